"""Reads of the history: pages by key, newest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet

from history.models import Event

PAGE = 50
WORDS = {
    Event.Kind.REQUESTED: ("Asked for", "line"),
    Event.Kind.DONE: ("Done", "ok"),
    Event.Kind.SKIPPED: ("Left out", "line"),
    Event.Kind.FAILED: ("Failed", "bad"),
    Event.Kind.CANCELLED: ("Removed", "line"),
    Event.Kind.STEERED: ("Steered", "line"),
    Event.Kind.TRANSITION: ("Step", "line"),
}


@dataclass(frozen=True, slots=True)
class EventRow:
    """One thing that happened, in words."""

    number: int
    at: datetime
    label: str
    tone: str
    title: str
    artist_text: str
    person: str
    source: str
    reason: str
    message: str
    download_id: int | None
    request_id: int | None
    is_request: bool
    receipt: list[tuple[str, str]] = field(default_factory=list)

    @property
    def request_text(self) -> str:
        return str(self.request_id or "")

    @property
    def source_label(self) -> str:
        return self.source.replace("_", " ").title().replace("Youtube", "YouTube")


@dataclass(frozen=True, slots=True)
class EventPage:
    rows: list[EventRow]
    next: str = ""


def events_page(
    *, kind: str = "", text: str = "", request: int | None = None, after: int | None = None, size: int = PAGE
) -> EventPage:
    """Fifty events, newest first, those after the id ``after``: one query at any depth."""
    rows = Event.objects.select_related("person")
    rows = rows.filter(kind=kind) if kind else rows.filter(~Q(kind=Event.Kind.TRANSITION))
    if text:
        rows = rows.filter(Q(title__icontains=text) | Q(artist_text__icontains=text))
    if request is not None:
        rows = rows.filter(request_id=request)
    if after is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows.order_by("-id")[: size + 1])
    return EventPage([event_row(event) for event in found[:size]], str(found[size - 1].pk) if len(found) > size else "")


def events_of_download(number: int) -> list[EventRow]:
    """The whole story of one download, oldest first."""
    rows: QuerySet[Event] = Event.objects.select_related("person").filter(download_id=number)
    return [event_row(event) for event in rows.order_by("id")[:200]]


def event_row(event: Event) -> EventRow:
    label, tone = WORDS[Event.Kind(event.kind)]
    if event.kind == Event.Kind.TRANSITION:
        label = str(event.detail.get("to", label)).replace("_", " ").capitalize()
    return EventRow(
        number=event.pk,
        at=event.at,
        label=label,
        tone=tone,
        title=event.title,
        artist_text=event.artist_text,
        person=event.person.get_username() if event.person else "",
        source=event.source,
        reason=event.reason,
        message=event.message,
        download_id=event.download_id,
        request_id=event.request_id,
        is_request=event.kind == Event.Kind.REQUESTED and event.request_id is not None,
        receipt=receipt(event.detail),
    )


def receipt(detail: Mapping[str, object]) -> list[tuple[str, str]]:
    """The receipt as names and words, in its own order; what is empty is left out."""
    return [(name.replace("_", " ").capitalize(), _words(value)) for name, value in detail.items() if _words(value)]


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, map(_words, value)))
    if isinstance(value, dict):
        return ", ".join(f"{name} {_words(one)}" for name, one in value.items() if _words(one))
    return "" if value is None else str(value)
