"""Taking what ended off the queue's page; history keeps it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from accounts.models import Person
from core.bulk import among
from downloads.models import ENDED, Download
from downloads.services import states
from downloads.services.queue.memory import Act, Memory
from downloads.services.queue.steered import Steered, refusals


def clear(ids: Iterable[int], *, by: Person | None = None, memory: Memory | None = None) -> Steered:
    """Rows that ended, also those that failed, leave the queue's page."""
    memory = memory or Memory(Act.CLEAR, by)
    wanted = list(dict.fromkeys(ids))
    done: list[int] = []
    for part in states.turns(wanted):
        done += _clear(part, memory)
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
