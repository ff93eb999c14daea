"""What came of a steering: which rows obeyed, and why the others did not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from accounts.models import Person
from downloads.models import Download, Status
from downloads.services import states
from history.models import Event
from history.services import record_many


@dataclass(frozen=True, slots=True)
class Steered:
    """The rows that did as asked, and the others with why not.

    ``shared`` were left alone because another unfinished request wants them too. ``at`` is the moment by which
    ``undo`` finds what was done, where it can be undone.
    """

    done: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)
    shared: list[int] = field(default_factory=list)
    at: datetime | None = None

    def __bool__(self) -> bool:
        return bool(self.done)


def refusals(ids: Iterable[int], words: str) -> dict[int, str]:
    """Why each of these did not do as asked: what it is, or that it is gone."""
    wanted = list(ids)
    found: dict[int, str] = {}
    for part in states.chunks(wanted):
        found |= dict(Download.objects.filter(pk__in=part).values_list("pk", "status"))
    return {
        pk: f"It is {Status(found[pk]).label.lower()} and {words}." if pk in found else "It is gone." for pk in wanted
    }


def record_steps(rows: Iterable[Download], message: str, *, by: Person | None = None, **detail: object) -> None:
    """Each row's own page tells what was asked of it. ``rows`` come with their recordings."""
    record_many(
        Event(
            kind=Event.Kind.TRANSITION,
            title=row.recording.title,
            artist_text=row.recording.artist_text,
            person=by,
            download_id=row.pk,
            recording_id=row.recording_id,
            message=message,
            detail=detail,
        )
        for row in rows
    )
