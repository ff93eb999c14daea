"""The one state machine of a download.

``move`` is the only place that writes ``Download.status`` after a row is made. A move locks the rows, leaves out those
that may not go there, writes them, keeps the counts of their requests, records history and raises the live sequence:
all in one transaction, so each happens once or not at all. A worker moves with its fence (lease owner and attempt): a
worker whose lease is gone changes nothing and learns it by ``LostLease``.

Rows are locked downloads first, then requests, each by id, then the live sequence: no two moves wait in a circle.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Person
from core.errors import Cancelled
from downloads.models import ENDED, WORKING, Download, DownloadRequest, Status
from downloads.services import parents
from history.models import Event
from history.services import record_many
from ops.services import live

S = Status
AT_WORK = {S.QUEUED, S.PAUSED, S.WAITING, S.NEEDS_YOU, S.DONE, S.SKIPPED, S.FAILED, S.CANCELLED}
ALLOWED: dict[Status, set[Status]] = {
    S.QUEUED: {S.SEARCHING, S.PAUSED, S.CANCELLED},
    S.WAITING: {S.SEARCHING, S.QUEUED, S.PAUSED, S.CANCELLED},
    S.PAUSED: {S.QUEUED, S.CANCELLED},
    S.SEARCHING: {S.FETCHING, S.PROCESSING} | AT_WORK,
    S.FETCHING: {S.SEARCHING, S.PROCESSING} | AT_WORK,
    S.PROCESSING: {S.SEARCHING, S.FETCHING} | AT_WORK,
    S.NEEDS_YOU: {S.QUEUED, S.PAUSED, S.CANCELLED},
    S.DONE: set(),  # getting it again is a new download
    S.SKIPPED: {S.QUEUED},
    S.FAILED: {S.QUEUED},
    S.CANCELLED: {S.QUEUED},
}
EVENT_KINDS = {
    S.DONE: Event.Kind.DONE,
    S.SKIPPED: Event.Kind.SKIPPED,
    S.FAILED: Event.Kind.FAILED,
    S.CANCELLED: Event.Kind.CANCELLED,
}
# Waiting for one's turn in a lane comes and goes every few seconds: shown on the row, not told in the history.
QUIET_REASONS = {"lane_busy", "lane_pace", "folder_busy"}
CHUNK = 500


class LostLease(Cancelled):
    """The row is no longer ours: cancelled, paused, or taken by another worker."""


@dataclass(frozen=True, slots=True)
class Fence:
    """What proves that a row is still held: who claimed it, and at which claim."""

    owner: str
    attempt: int

    @staticmethod
    def of(download: Download) -> Fence:
        return Fence(download.lease_owner, download.attempts)

    def held(self, download_id: int) -> QuerySet[Download]:
        """The row if it is still held by this claim."""
        return Download.objects.filter(
            pk=download_id, lease_owner=self.owner, attempts=self.attempt, status__in=WORKING
        )


def move_mine(
    download: Download,
    to: Status,
    *,
    reason: str = "",
    message: str = "",
    detail: dict[str, object] | None = None,
    **changes: Any,
) -> Download:
    """The worker's move of the row it claimed; ``download`` then shows what is stored. Raises LostLease."""
    held = Fence.of(download).held(download.pk)
    if not move(held, to, reason=reason, message=message, detail=detail, **changes):
        raise LostLease
    fresh = Download.objects.select_related("recording", "track").get(pk=download.pk)
    for field in Download._meta.concrete_fields:
        setattr(download, field.attname, getattr(fresh, field.attname))
    return download


def move_ids(
    ids: Iterable[int], to: Status, *, reason: str = "", message: str = "", by: Person | None = None, **changes: Any
) -> list[int]:
    """A person's move of many rows, some hundreds a transaction; the ids that moved."""
    moved: list[int] = []
    for part in chunks(ids):
        moved += move(Download.objects.filter(pk__in=part), to, reason=reason, message=message, by=by, **changes)
    return moved


@transaction.atomic
def move(
    rows: QuerySet[Download],
    to: Status,
    *,
    reason: str = "",
    message: str = "",
    by: Person | None = None,
    detail: dict[str, object] | None = None,
    **changes: Any,
) -> list[int]:
    """Those of ``rows`` that may go to ``to`` are there; their ids. The rest is untouched."""
    locked = rows.select_for_update(of=("self",)).select_related("recording").order_by("pk")
    movers = [row for row in locked if to in ALLOWED[Status(row.status)]]
    if not movers:
        return []
    ids = [row.pk for row in movers]
    now = timezone.now()
    fields: dict[str, object] = {"status": to, "reason": reason, "message": message}
    fields |= _standing_fields(to, now) | changes
    Download.objects.filter(pk__in=ids).update(**fields)
    touched = parents.settle([(row.pk, Status(row.status), to) for row in movers])
    if reason not in QUIET_REASONS:
        record_many(_events(movers, to, reason, message, by, detail or {}, changes))
    mark(ids, touched)
    return ids


def mark(download_ids: list[int], request_ids: list[int]) -> int:
    """These rows carry the next number of the live sequence. The caller holds them; called last."""
    return live.mark({Download: download_ids, DownloadRequest: request_ids})


def mark_progress(download_id: int) -> None:
    """The row, which stays where it is and as it is but for its progress, carries the next number."""
    live.mark({Download: [download_id]}, is_progress=True)


def chunks(ids: Iterable[int], size: int = CHUNK) -> Iterator[list[int]]:
    """``ids`` in lists of at most ``size``."""
    rest = iter(ids)
    while part := list(islice(rest, size)):
        yield part


def _standing_fields(to: Status, now: datetime) -> dict[str, object]:
    """What holds of every row in status ``to``, whatever it was before."""
    if to in WORKING:
        return {"not_before_at": None, "lane": ""}
    fields: dict[str, object] = {
        "lease_owner": "",
        "lease_expires_at": None,
        "wants_stop": False,
        "not_before_at": None,
        "lane": "",
        "doing": "",
        "bytes_per_second": None,
        "ended_at": now if to in ENDED else None,
    }
    if to is S.DONE:
        fields["percent"] = 100
    return fields


def _events(
    movers: list[Download],
    to: Status,
    reason: str,
    message: str,
    by: Person | None,
    detail: dict[str, object],
    changes: dict[str, object],
) -> Iterator[Event]:
    for row in movers:
        yield Event(
            kind=EVENT_KINDS.get(to, Event.Kind.TRANSITION),
            title=row.recording.title,
            artist_text=row.recording.artist_text,
            person=by,
            download_id=row.pk,
            recording_id=row.recording_id,
            file_id=getattr(changes.get("file"), "pk", None),
            source=str(changes.get("source", row.source)),
            reason=reason,
            message=message,
            detail={"from": row.status, "to": to.value, "attempt": row.attempts} | detail,
        )
