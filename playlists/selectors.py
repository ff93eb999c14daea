"""What pages show of the lists that people bring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from accounts.models import Person
from catalog.models import Track
from core.keys import number_for
from core.units import clock
from playlists.models import ImportLine, ListImport

PAGE = 50
State = ImportLine.State
TONES = {State.MATCHED: "ok", State.DOUBTFUL: "warn", State.MISSING: "bad", State.WAITING: "work"}


@dataclass(frozen=True, slots=True)
class Choice:
    """A track as a line offers it."""

    id: int
    title: str
    note: str
    url: str
    art: str
    is_taken: bool


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of a list as its page shows it."""

    id: int
    number: int
    raw: str
    state: str
    label: str
    tone: str
    why: str
    choices: Sequence[Choice]

    @property
    def can_answer(self) -> bool:
        return self.state not in {State.UNREAD, State.WAITING}


@dataclass(frozen=True, slots=True)
class LinePage:
    rows: list[LineRow]
    next: int | None


def changed_since(key: str, viewer: Person | None, since: int) -> bool:
    """Whether the list changed after number ``since``; never for who may not know of it."""
    number = number_for(key)
    return number is not None and ListImport.objects.filter(pk=number, person=viewer, live__gt=since).exists()


def is_under_way(key: str) -> bool:
    """Whether the list is being looked up."""
    number = number_for(key)
    if number is None:
        return False
    return ListImport.objects.filter(pk=number, begun_at__isnull=False, ended_at=None).exists()


def state_counts(owner: ListImport) -> dict[str, int]:
    """How many lines are in each state."""
    rows = ImportLine.objects.filter(owner=owner).values_list("state").annotate(number=Count("pk")).order_by()
    return dict(rows)


def lines_page(owner: ListImport, *, state: str = "", after: int = 0) -> LinePage:
    """Lines after place ``after``, with the tracks they mean or may mean. The queries do not grow with the rows."""
    rows = ImportLine.objects.filter(owner=owner, position__gt=after).order_by("position")
    found = list((rows.filter(state=state) if state else rows)[: PAGE + 1])
    shown = found[:PAGE]
    ids = {pk for row in shown for pk in (row.track_id, *row.candidates) if pk}
    tracks = Track.objects.filter(pk__in=ids).select_related("recording", "album").in_bulk()
    return LinePage([_row(row, tracks) for row in shown], shown[-1].position if len(found) > PAGE else None)


def _row(row: ImportLine, tracks: dict[int, Track]) -> LineRow:
    ids = [row.track_id] if row.state == State.MATCHED else row.candidates if row.state == State.DOUBTFUL else []
    choices = [_choice(tracks[pk], is_taken=pk == row.track_id) for pk in ids if pk in tracks]
    why = row.why if row.state in {State.DOUBTFUL, State.MISSING, State.UNREAD} else ""
    state = State(row.state)
    return LineRow(row.pk, row.number, row.raw, state.value, state.label, TONES.get(state, ""), why, choices)


def _choice(track: Track, *, is_taken: bool) -> Choice:
    recording = track.recording
    length = clock(recording.duration_ms) if recording.duration_ms else ""
    note = " · ".join(filter(None, [recording.artist_text, track.album.title if track.album else "", length]))
    art = (track.album.artwork_id if track.album else None) or ""
    return Choice(track.pk, track.title, note, track.get_absolute_url(), art, is_taken)
