"""Acts on more rows than a person waits for: what is not done in the page's time is carried on in the background.

Each chunk is one transaction with the count of what is done, so a worker that dies leaves an errand that another takes
up at the next chunk. Rows are steered by the same functions as a handful of them; doing a chunk twice changes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.models import Person
from core.text import plural
from downloads.models import Errand
from downloads.services import states
from downloads.services.queue.clearing import clear
from downloads.services.queue.memory import Act, Memory
from downloads.services.queue.ordering import set_priority
from downloads.services.queue.steered import Steered
from downloads.services.queue.steering import cancel, pause, resume, retry
from downloads.services.worker import Worker
from history.models import Event
from history.services import record
from ops.services import notices

STEER: dict[str, tuple[Callable[..., Steered], str]] = {
    "pause": (pause, "Pausing"),
    "resume": (resume, "Resuming"),
    "retry": (retry, "Trying again"),
    "cancel": (cancel, "Removing"),
    "priority": (set_priority, "Changing the priority of"),
    "clear": (clear, "Clearing"),
}
TELL_SECONDS = 1.0


def steer(
    name: str,
    ids: Iterable[int],
    *,
    by: Person | None = None,
    seconds: float | None = None,
    memory: Memory | None = None,
    **arguments: Any,
) -> Steered:
    """The act ``name`` of ``STEER`` on these rows. What is not done after ``seconds`` is left to the background.

    ``left`` of the result is how many rows that are.
    """
    until = None if seconds is None else time.monotonic() + seconds
    memory = memory or _memory(name, by)
    # Of several rows of one track the newest is tried again.
    wanted = sorted(set(ids), reverse=name == "retry")
    done: list[int] = []
    refused: dict[int, str] = {}
    undo, at = None, 0
    for part in states.turns(wanted):
        if until is not None and at and time.monotonic() >= until:
            break
        one = _steer(name, part, by, memory, arguments)
        undo = undo if one.undo is None else one.undo
        done += one.done
        refused |= one.refused
        at += len(part)
    if name == "clear" and done:
        message = f"{plural(len(done) + len(wanted) - at, 'finished download')} cleared."
        record(Event.Kind.STEERED, title="The queue", person=by, message=message)
    if at < len(wanted):
        _leave(name, wanted[at:], by, memory, arguments, total=len(wanted))
    return Steered(sorted(done), refused, undo=undo, left=len(wanted) - at)


def are_free() -> bool:
    """Whether there is an errand that nobody is at."""
    return _free(timezone.now()).exists()


def carry_on(worker: Worker) -> bool:
    """The oldest errand that nobody is at is carried on, to its end or until the worker has to stop; False: none is."""
    errand = _claim(worker)
    if errand is None:
        return False
    told = 0.0
    for part in states.turns(errand.ids[errand.done :]):
        if worker.is_stopping:
            Errand.objects.filter(pk=errand.pk, lease_owner=worker.name).update(lease_owner="", lease_expires_at=None)
            return True
        if not _carry(errand, part, worker):
            return True  # taken back, or somebody else is at it
        if time.monotonic() - told >= TELL_SECONDS:
            _tell(errand)
            told = time.monotonic()
    drop(errand.pk)
    return True


def drop(number: int) -> None:
    """Nothing of the errand is left to be done."""
    if Errand.objects.filter(pk=number).delete()[0]:
        notices.clear_notice(_code(number))


def _memory(name: str, by: Person | None, at: datetime | None = None) -> Memory:
    """Of the act; one that is not taken back writes nothing in it and has but its number."""
    return Memory(Act(name) if name in Act.values else Act.RESUME, by, at=at)


def _steer(name: str, ids: list[int], by: Person | None, memory: Memory, arguments: dict[str, Any]) -> Steered:
    kept = {} if name == "retry" else {"memory": memory}  # what was tried again is not taken back
    return STEER[name][0](ids, by=by, **kept, **arguments)


@transaction.atomic
def _leave(
    name: str, ids: list[int], by: Person | None, memory: Memory, arguments: dict[str, Any], *, total: int
) -> None:
    errand = Errand.objects.create(
        pk=memory.id, act=name, arguments=arguments, person=by, at=memory.at, ids=ids, total=total
    )
    _tell(errand)


def _free(now: datetime) -> QuerySet[Errand]:
    return Errand.objects.filter(Q(lease_expires_at=None) | Q(lease_expires_at__lte=now))


def _claim(worker: Worker) -> Errand | None:
    now = timezone.now()
    free = _free(now)
    until = now + timedelta(seconds=settings.LEASE_SECONDS)
    for number in free.order_by("at").values_list("pk", flat=True)[:1]:
        if free.filter(pk=number).update(lease_owner=worker.name, lease_expires_at=until):
            return Errand.objects.select_related("person").get(pk=number)
    return None


@transaction.atomic
def _carry(errand: Errand, ids: list[int], worker: Worker) -> bool:
    """One chunk is done and counted; False where the errand is gone or another's."""
    mine = Errand.objects.filter(pk=errand.pk, lease_owner=worker.name)
    if not mine.select_for_update().values_list("pk").first():
        return False
    memory = _memory(errand.act, errand.person, errand.at)
    memory.id = errand.pk
    _steer(errand.act, ids, errand.person, memory, errand.arguments)
    until = timezone.now() + timedelta(seconds=settings.LEASE_SECONDS)
    mine.update(done=F("done") + len(ids), lease_expires_at=until)
    errand.done += len(ids)
    return True


def _tell(errand: Errand) -> None:
    """Everybody sees how far it is."""
    done = errand.total - len(errand.ids) + errand.done
    message = f"{STEER[errand.act][1]} {plural(errand.total, 'download')} in the background: {done:,} done."
    notices.raise_notice(_code(errand.pk), message, level="info")


def _code(number: int) -> str:
    return f"errand:{number}"
