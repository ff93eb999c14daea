"""What came of a steering: which rows obeyed, and why the others did not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from accounts.models import Person
from core.bulk import among
from downloads.models import Download, Status
from downloads.services import states
from history.models import Event


@dataclass(frozen=True, slots=True)
class Steered:
    """The rows that did as asked, and the others with why not.

    ``shared`` were left alone because another unfinished request wants them too. ``undo`` is the number by which
    ``queue.undo`` takes back what was done, where it can. ``left`` are so many rows that the background is still at.
    """

    done: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)
    shared: list[int] = field(default_factory=list)
    undo: int | None = None
    left: int = 0

    def __bool__(self) -> bool:
        return bool(self.done)


def refusals(ids: Iterable[int], words: str) -> dict[int, str]:
    """Why each of these did not do as asked: what it is, or that it is gone."""
    wanted = list(ids)
    found: dict[int, str] = {}
    for part in states.chunks(wanted):
        found |= dict(Download.objects.filter(pk__in=among(part)).values_list("pk", "status"))
    return {
        pk: f"It is {Status(found[pk]).label.lower()} and {words}." if pk in found else "It is gone." for pk in wanted
    }


def record_steps(ids: list[int], message: str, *, by: Person | None = None, **detail: object) -> None:
    """Each row's own page tells what was asked of it."""
    states.record_of(ids, Event.Kind.TRANSITION, by=by, message=message, detail=detail)
