"""Writes history. Always in the caller's transaction: an event stands exactly where what it tells of does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Person
from core.bulk import insert_from
from history.models import Event


def record(
    kind: Event.Kind,
    *,
    title: str,
    artist_text: str = "",
    person: Person | None = None,
    request_id: int | None = None,
    download_id: int | None = None,
    recording_id: int | None = None,
    file_id: int | None = None,
    source: str = "",
    reason: str = "",
    message: str = "",
    detail: dict[str, object] | None = None,
) -> Event:
    """The event as it now stands in the history."""
    return Event.objects.create(
        kind=kind,
        title=title[:1000],
        artist_text=artist_text[:1000],
        person=person,
        request_id=request_id,
        download_id=download_id,
        recording_id=recording_id,
        file_id=file_id,
        source=source,
        reason=reason,
        message=message,
        detail=detail or {},
    )


def record_many(events: Iterable[Event]) -> None:
    """All of ``events`` stand in the history, in as few statements as the database takes."""
    Event.objects.bulk_create(list(events), batch_size=500)


def record_each(rows: QuerySet[Any], kind: Event.Kind, *, person: Person | None = None, **values: Any) -> None:
    """One event for each of ``rows``, written by the database in one statement whatever their number.

    ``values`` are columns of the event: plain values, or expressions over ``rows``.
    """
    alike: dict[str, Any] = {"kind": kind.value, "at": timezone.now()}
    alike |= dict.fromkeys(("title", "artist_text", "source", "reason", "message"), "")
    if person is not None:
        alike["person"] = person.pk
    insert_from(Event, rows, alike | {"detail": {}} | values)
