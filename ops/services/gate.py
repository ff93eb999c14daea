"""The gate before every outside call: one ledger, one limit and one breaker per service, shared by all workers.

A place is taken in a short transaction that ends before anything is sent. A person may take the next free place even if
it lies a little ahead; background work takes only a place that is free now, leaves some for people, and spreads its
calls, so that it never stands in a person's way.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, Sum

from core.answers import wait_in_words
from core.errors import QuotaExceeded, RateLimited, TransientError
from core.http import Outcome, interactive, is_interactive, seconds_left
from ops.models import ServiceCalls, ServiceState
from ops.services import notices
from ops.services.limits import LIMITS, Limit, label_of

__all__ = ["DatabaseGate", "count_calls", "interactive"]

PERSON_WAITS = 3.0
WORK_WAITS = 2.0
LEFT_FOR_PEOPLE = 0.2  # of each window
FAILURES_TO_CLOSE = 5
FIRST_CLOSING = 15.0
LONGEST_CLOSING = 900.0
UNSAID_WAIT = 8.0  # after a 429 that does not say how long
PROBE_SECONDS = 10.0  # so long one call alone tries a service that was closed
PROBE_LOOK = 0.2  # how often the others look whether it worked
NOTICE_FROM = 60.0
OUTAGE, PROBE = "network", "probe"


class DatabaseGate:
    """``core.http.Gate`` over the tables ServiceState and ServiceCalls."""

    def __init__(
        self,
        *,
        limits: Callable[[], Mapping[str, Limit]] = LIMITS.copy,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._limits = limits  # asked at every call: they may be changed while this process runs
        self._clock = clock
        self._sleep = sleep

    def enter(self, service: str) -> None:
        is_person = is_interactive()
        patience = min(PERSON_WAITS, seconds_left() or 0.0) if is_person else WORK_WAITS
        until = self._clock() + patience
        while True:
            wait, is_taken = self._try(service, is_person=is_person, patience=until - self._clock())
            if not is_taken and self._clock() + wait > until + 0.001:
                raise RateLimited(
                    f"{label_of(service)} may not be asked more often just now.",
                    retry_after=max(wait, 0.1),
                    remedy="Try again in a few seconds.",
                )
            if wait > 0:
                self._sleep(wait)
            if is_taken:
                return

    @transaction.atomic
    def _try(self, service: str, *, is_person: bool, patience: float) -> tuple[float, bool]:
        """How long to wait, and whether a place is taken (for after that wait). Raises where the service is closed."""
        state = _locked(service)
        now = self._clock()
        if state.closed_reason == PROBE and _left(state, now) > 0 and patience > PROBE_LOOK:
            return PROBE_LOOK, False
        self._raise_if_closed(state, now)
        fields = []
        if state.closed_until is not None:  # the time is up: this call alone tries whether it works again
            state.closed_until = _at(now + PROBE_SECONDS)
            state.closed_reason = PROBE
            fields += ["closed_until", "closed_reason"]
        wait = 0.0
        if limit := self._limits().get(service):
            state.recent = [at for at in state.recent if at > now - limit.seconds]
            wait = _wait(state.recent, limit, now, is_person=is_person)
            if wait > (patience if is_person else 0.0):
                return wait, False
            state.recent = sorted([*state.recent, now + wait])
            fields.append("recent")
        if fields:
            state.save(update_fields=fields)
        count_calls(service, _at(now), calls=1)
        return wait, True

    def _raise_if_closed(self, state: ServiceState, now: float) -> None:
        left = _left(state, now)
        if left <= 0:
            return
        kinds = {QuotaExceeded.reason: QuotaExceeded, RateLimited.reason: RateLimited}
        kind = kinds.get(state.closed_reason, TransientError)
        message = state.closed_message or f"{label_of(state.service)} does not answer at the moment."
        raise kind(
            message,
            retry_after=left,
            remedy=f"Spotizer asks it again in {wait_in_words(left)}.",
            reason=state.closed_reason if state.closed_reason != PROBE else OUTAGE,
        )

    def report(self, service: str, outcome: Outcome, retry_after: float | None = None) -> None:
        now = self._clock()
        if outcome is Outcome.OK:
            self._note_ok(service, now)
        else:
            self._note_failure(service, outcome, retry_after, now)

    def _note_ok(self, service: str, now: float) -> None:
        """One statement, which writes only where it changes what is known.

        An answer that was on its way when the service said "too often" does not open what that closed.
        """
        asked_to_wait = Q(closed_until__isnull=False) & ~Q(closed_reason__in=[OUTAGE, PROBE])
        changed = (
            ServiceState.objects.filter(pk=service)
            .exclude(asked_to_wait)
            .filter(
                Q(failures_in_a_row__gt=0)
                | Q(closed_until__isnull=False)
                | Q(last_ok_at__isnull=True)
                | Q(last_ok_at__lt=_at(now - 60))
            )
        )
        if changed.update(
            failures_in_a_row=0, closed_until=None, closed_reason="", closed_message="", last_ok_at=_at(now)
        ):
            notices.clear_notice(_notice(service))

    @transaction.atomic
    def _note_failure(self, service: str, outcome: Outcome, retry_after: float | None, now: float) -> None:
        state = _locked(service)
        state.failures_in_a_row += 1
        state.last_failed_at = _at(now)
        label = label_of(service)
        seconds, message, reason = 0.0, "", ""
        if outcome is Outcome.FAILED:
            if state.failures_in_a_row >= FAILURES_TO_CLOSE or state.closed_reason == PROBE:
                seconds, reason = _back_off(state.failures_in_a_row), OUTAGE
                message = f"{label} has not answered {state.failures_in_a_row} times in a row."
        else:
            seconds, reason = max(retry_after or UNSAID_WAIT, 0.1), outcome.value
            what = "says that our quota for today is used up" if outcome is Outcome.QUOTA else "is asked too often"
            message = f"{label} {what}."
        closes_at = _at(now + seconds)
        is_longer = state.closed_until is None or state.closed_until < closes_at or state.closed_reason == PROBE
        if seconds and is_longer:
            state.closed_until, state.closed_reason, state.closed_message = closes_at, reason, message
        state.save()
        count_calls(service, _at(now), failures=1)
        if seconds >= NOTICE_FROM and is_longer:
            notices.raise_notice(
                _notice(service), message, remedy=f"Spotizer asks it again by itself at {closes_at:%H:%M} UTC."
            )


def _wait(recent: list[float], limit: Limit, now: float, *, is_person: bool) -> float:
    """Seconds until the next place. ``recent`` are the places taken, oldest first, some maybe a little ahead."""
    places = limit.calls if is_person else max(1, int(limit.calls * (1 - LEFT_FOR_PEOPLE)))
    free_at = recent[-places] + limit.seconds if len(recent) >= places else now
    half = max(1, places // 2)
    if not is_person and len(recent) >= half:
        # Past half of the window background calls are spread evenly, so that none has to wait for long.
        free_at = max(free_at, recent[-1] + limit.seconds / max(1, places - half) if places > 1 else free_at)
    return max(0.0, free_at - now)


def _back_off(failures: int) -> float:
    closing = FIRST_CLOSING * 2.0 ** min(max(failures - FAILURES_TO_CLOSE, 0), 10)
    return min(closing, LONGEST_CLOSING) * random.uniform(0.85, 1.15)


def _locked(service: str) -> ServiceState:
    """The service's row, ours until the transaction ends."""
    rows = ServiceState.objects.select_for_update()
    state = rows.filter(pk=service).first()
    if state is None:
        ServiceState.objects.bulk_create([ServiceState(service=service)], ignore_conflicts=True)
        state = rows.get(pk=service)
    return state


def count_calls(service: str, now: datetime, *, calls: int = 0, failures: int = 0, cache_hits: int = 0) -> None:
    """Add to the service's ledger of this hour."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    added = {
        "calls": F("calls") + calls,
        "failures": F("failures") + failures,
        "cache_hits": F("cache_hits") + cache_hits,
    }
    row = ServiceCalls.objects.filter(service=service, hour_at=hour)
    if row.update(**added):
        return
    ServiceCalls.objects.bulk_create([ServiceCalls(service=service, hour_at=hour)], ignore_conflicts=True)
    row.update(**added)


def _left(state: ServiceState, now: float) -> float:
    """Seconds that the service stays closed; 0 or less where it is open."""
    return state.closed_until.timestamp() - now if state.closed_until else 0.0


def _at(moment: float) -> datetime:
    return datetime.fromtimestamp(moment, UTC)


def _notice(service: str) -> str:
    return f"service_{service}"


def open_service(service: str) -> None:
    """Ask the service again at once: a person has mended what was wrong."""
    ServiceState.objects.filter(pk=service).update(
        closed_until=None, closed_reason="", closed_message="", failures_in_a_row=0
    )
    notices.clear_notice(_notice(service))


def calls_last_day_below(prefix: str, now: datetime) -> dict[str, int]:
    """Calls of the last 24 hours of every service whose name begins with ``prefix``, by the rest of its name."""
    rows = ServiceCalls.objects.filter(service__startswith=prefix, hour_at__gt=now - timedelta(hours=24))
    sums = rows.values_list("service").annotate(Sum("calls"))
    return {service.removeprefix(prefix): int(calls) for service, calls in sums}


def calls_last_day(service: str, now: datetime) -> int:
    """Calls of the last 24 hours, whole hours."""
    rows = ServiceCalls.objects.filter(service=service, hour_at__gt=now - timedelta(hours=24))
    return sum(rows.values_list("calls", flat=True))
