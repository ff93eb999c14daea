"""Lanes: what all workers on all machines share of one source, so that together they stay within its pace.

A lane lets so many fetches run at once, starts them so far apart, and so many in an hour; it can be closed for a while.
The state is rows of the database: a worker that dies leaves a permit that lapses, and a lapsed permit is free.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from ops.models import LanePermit, ServiceState
from ops.services import live, notices
from ops.signals import lane_opened

HOUR = 3600.0
BUSY_SECONDS = 1.0  # when another worker leaves is not known: look again so soon
NEXT = 30_000  # the slot of a person who waits: no fetch runs in it, and background work lets them go first
NEXT_SECONDS = 10.0  # so long after they asked last


@dataclass(frozen=True, slots=True)
class Permit:
    """The right to fetch through ``lane`` now. ``slot`` is None where the lane has no limit of fetches at once."""

    lane: str
    owner: str
    slot: int | None
    lease_seconds: float


@dataclass(frozen=True, slots=True)
class Wait:
    """Not now: look again in ``seconds``. ``reason`` is lane_busy, lane_pace, lane_hour, or why the lane is closed."""

    seconds: float
    reason: str
    message: str = ""
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class LaneState:
    """Whether a lane is open, and if not until when and why."""

    lane: str
    closed_until: datetime | None
    reason: str
    message: str
    starts_last_hour: int
    running: int

    @property
    def is_closed(self) -> bool:
        return self.closed_until is not None


def try_enter(
    lane: str,
    owner: str,
    *,
    at_once: int,
    pace_seconds: float,
    jitter_seconds: float,
    per_hour: int,
    lease_seconds: float,
    is_person: bool = False,
    now: datetime | None = None,
) -> Permit | Wait:
    """A permit, or how long to wait. Zero means no limit; never waits itself.

    ``is_person``: somebody waits for it. The limits are the same, but the lane's next turn is theirs.
    """
    now = now or timezone.now()
    if not (at_once or pace_seconds or per_hour):
        state = ServiceState.objects.filter(pk=_row(lane)).first()
        return _closed(state, now) or Permit(lane, owner, None, lease_seconds)
    with transaction.atomic():
        state = _locked(lane)
        recent = [at for at in state.recent if at > now.timestamp() - HOUR]
        if not is_person and _next_up(lane, now).exists():
            return Wait(BUSY_SECONDS, "lane_busy", "Somebody listens to what was found: they go first.")
        wait = _closed(state, now) or _paced(recent, pace_seconds, jitter_seconds, per_hour, now)
        slot = None
        if not wait and at_once:
            slot = _free_slot(lane, owner, at_once, lease_seconds, now)
            if slot is None:
                wait = Wait(BUSY_SECONDS, "lane_busy", "Another download from this source is running.")
        if is_person:
            _ask_for_next(lane, owner, now, is_waiting=wait is not None and not wait.is_closed)
        if wait:
            return wait
        state.recent = [*recent, now.timestamp()]
        state.save(update_fields=["recent"])
    return Permit(lane, owner, slot, lease_seconds)


def renew(permit: Permit, *, now: datetime | None = None) -> bool:
    """The permit holds for another lease; False where it lapsed and someone else took it."""
    if permit.slot is None:
        return True
    expires_at = (now or timezone.now()) + timedelta(seconds=permit.lease_seconds)
    held = LanePermit.objects.filter(lane=permit.lane, slot=permit.slot, owner=permit.owner)
    return held.update(expires_at=expires_at) == 1


def leave(permit: Permit) -> None:
    """The permit is free for the next."""
    if permit.slot is not None:
        LanePermit.objects.filter(lane=permit.lane, slot=permit.slot, owner=permit.owner).delete()


@transaction.atomic
def close_lane(lane: str, seconds: float, reason: str, message: str, *, remedy: str = "") -> datetime:
    """The lane is closed for ``seconds`` (never shorter than it already was), and a notice says why; until when."""
    until = timezone.now() + timedelta(seconds=seconds)
    state = _locked(lane)
    ServiceState.objects.filter(pk=state.pk).update(
        closed_until=until if state.closed_until is None else Greatest(F("closed_until"), until),
        closed_reason=reason,
        closed_message=message,
    )
    notices.raise_notice(notice_code(lane), message, remedy=remedy, level="warning")
    return max(until, state.closed_until or until)


@transaction.atomic
def open_lane(lane: str) -> bool:
    """The lane is open again and its notice gone; True where it was closed.

    Whoever waits for it hears of it by ``lane_opened``, after the commit.
    """
    was_closed = ServiceState.objects.filter(pk=_row(lane), closed_until__isnull=False).update(
        closed_until=None, closed_reason="", closed_message=""
    )
    notices.clear_notice(notice_code(lane))
    if was_closed:
        live.bump()
        transaction.on_commit(lambda: tell_opened(lane), robust=True)
    return bool(was_closed)


def tell_opened(lane: str) -> None:
    lane_opened.send(sender=LaneState, lane=lane)


def open_lapsed_lanes(*, now: datetime | None = None) -> list[str]:
    """Open every lane whose time is up, so that its notice goes too; their names."""
    lapsed = ServiceState.objects.filter(pk__startswith="lane:", closed_until__lte=now or timezone.now())
    names = [pk.removeprefix("lane:") for pk in lapsed.values_list("pk", flat=True)]
    for name in names:
        open_lane(name)
    return names


def known_lanes() -> list[str]:
    """The names of all lanes that were ever used."""
    rows = ServiceState.objects.filter(pk__startswith="lane:").order_by("pk")
    return [pk.removeprefix("lane:") for pk in rows.values_list("pk", flat=True)]


def lane_state(lane: str, *, now: datetime | None = None) -> LaneState:
    """What is so of the lane now; an unknown lane is open."""
    now = now or timezone.now()
    state = ServiceState.objects.filter(pk=_row(lane)).first()
    running = LanePermit.objects.filter(lane=lane, slot__lt=NEXT, expires_at__gt=now).count()
    if state is None:
        return LaneState(lane, None, "", "", 0, running)
    starts = sum(at > now.timestamp() - HOUR for at in state.recent)
    if state.closed_until is None or state.closed_until <= now:
        return LaneState(lane, None, "", "", starts, running)
    return LaneState(lane, state.closed_until, state.closed_reason, state.closed_message, starts, running)


def notice_code(lane: str) -> str:
    """The code of the notice that stands while ``lane`` is closed."""
    return f"lane:{lane}"


def _row(lane: str) -> str:
    # A lane may be named as a service of the call ledger is; their rows are apart.
    return f"lane:{lane}"


def _locked(lane: str) -> ServiceState:
    """The lane's row, held until the caller's transaction ends."""
    ServiceState.objects.bulk_create([ServiceState(service=_row(lane))], ignore_conflicts=True)
    return ServiceState.objects.select_for_update().get(pk=_row(lane))


def _closed(state: ServiceState | None, now: datetime) -> Wait | None:
    if state is None or state.closed_until is None or state.closed_until <= now:
        return None
    seconds = (state.closed_until - now).total_seconds()
    return Wait(seconds, state.closed_reason or "lane_closed", state.closed_message, is_closed=True)


def _paced(recent: list[float], pace: float, jitter: float, per_hour: int, now: datetime) -> Wait | None:
    """How long until the next start is due, or None where it is due now."""
    if per_hour and len(recent) >= per_hour:
        seconds = recent[-per_hour] + HOUR - now.timestamp()
        return Wait(seconds, "lane_hour", f"{per_hour} downloads an hour are allowed from this source.")
    if pace and recent:
        # Drawn from the last start, so that all workers agree on it without a column.
        apart = max(0.0, pace + random.Random(recent[-1]).uniform(-jitter, jitter))
        if (seconds := recent[-1] + apart - now.timestamp()) > 0:
            return Wait(seconds, "lane_pace", "Downloads from this source start some seconds apart.")
    return None


def _next_up(lane: str, now: datetime) -> QuerySet[LanePermit]:
    """The person whose turn is next, if there is one."""
    return LanePermit.objects.filter(lane=lane, slot=NEXT, expires_at__gt=now)


def _ask_for_next(lane: str, owner: str, now: datetime, *, is_waiting: bool) -> None:
    """The lane's next turn is a person's for a while, or no longer. The caller holds the lane's row."""
    LanePermit.objects.filter(lane=lane, slot=NEXT).delete()
    if is_waiting:
        expires_at = now + timedelta(seconds=NEXT_SECONDS)
        LanePermit.objects.create(lane=lane, slot=NEXT, owner=owner, expires_at=expires_at)


def _free_slot(lane: str, owner: str, at_once: int, lease_seconds: float, now: datetime) -> int | None:
    """A slot taken for ``owner``, or None where all are held. The caller holds the lane's row."""
    LanePermit.objects.filter(lane=lane, expires_at__lte=now).delete()
    held = set(LanePermit.objects.filter(lane=lane, slot__lt=NEXT).values_list("slot", flat=True))
    if len(held) >= at_once:
        return None
    slot = next(number for number in range(at_once) if number not in held)
    LanePermit.objects.create(lane=lane, slot=slot, owner=owner, expires_at=now + timedelta(seconds=lease_seconds))
    return slot
