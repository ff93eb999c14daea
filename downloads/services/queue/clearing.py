"""Taking what ended off the queue's page; history keeps it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from accounts.models import Person
from core.bulk import among
from core.text import plural
from downloads.models import ENDED, Download, Status
from downloads.services import states
from downloads.services.queue.memory import Act, Memory
from downloads.services.queue.steered import Steered, refusals
from history.models import Event
from history.services import record

CLEARED = (Status.DONE, Status.SKIPPED, Status.CANCELLED)


def clear_finished(*, by: Person | None = None) -> Steered:
    """What is done, skipped or cancelled leaves the queue's page."""
    finished = Download.objects.filter(status__in=CLEARED, cleared_at=None)
    return clear(list(finished.order_by("pk").values_list("pk", flat=True)), by=by)


def clear(ids: Iterable[int], *, by: Person | None = None) -> Steered:
    """Rows that ended, also those that failed, leave the queue's page."""
    memory = Memory(Act.CLEAR, by)
    wanted = list(dict.fromkeys(ids))
    done: list[int] = []
    for part in states.turns(wanted):
        done += _clear(part, memory)
    if done:
        words = f"{plural(len(done), 'finished download')} cleared."
        record(Event.Kind.STEERED, title="The queue", person=by, message=words)
    words = "cannot be cleared, or was cleared before"
    return Steered(done, refusals(set(wanted) - set(done), words), undo=memory.id if done else None)


@transaction.atomic
def _clear(ids: list[int], memory: Memory) -> list[int]:
    rows = Download.objects.filter(pk__in=among(ids), status__in=ENDED, cleared_at=None)
    found = list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
    if found:
        memory.keep_detail()  # the moment says which rows
        states.write(found, [], cleared_at=memory.at)
    return found
