"""The one state machine of a download.

``move`` is the only place that writes ``Download.status`` after a row is made. A move locks the rows, leaves out those
that may not go there, writes them, keeps the counts of their requests, records history and raises the live sequence:
all in one transaction, so each happens once or not at all. A worker moves with its fence (lease owner and attempt): a
worker whose lease is gone changes nothing and learns it by ``LostLease``.

Rows are locked downloads first, then requests, each by id, then the live sequence: no two moves wait in a circle.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Protocol

from django.db import connection, transaction
from django.db.models import F, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject
from django.utils import timezone

from accounts.models import Person
from core.bulk import FEW, among
from core.errors import Cancelled
from downloads.models import ENDED, WORKING, Download, DownloadRequest, Status
from downloads.services import parents
from history.models import Event
from history.services import record_each
from ops.services import live

S = Status
AT_WORK = {S.QUEUED, S.PAUSED, S.WAITING, S.NEEDS_YOU, S.DONE, S.SKIPPED, S.FAILED, S.CANCELLED}
ALLOWED: dict[Status, set[Status]] = {
    S.QUEUED: {S.SEARCHING, S.PAUSED, S.CANCELLED},
    S.WAITING: {S.SEARCHING, S.QUEUED, S.PAUSED, S.CANCELLED},
    # Also what an undo brings back: a row that waited, or needed somebody, does so again.
    S.PAUSED: {S.QUEUED, S.WAITING, S.NEEDS_YOU, S.CANCELLED},
    S.SEARCHING: {S.FETCHING, S.PROCESSING} | AT_WORK,
    S.FETCHING: {S.SEARCHING, S.PROCESSING} | AT_WORK,
    S.PROCESSING: {S.SEARCHING, S.FETCHING} | AT_WORK,
    S.NEEDS_YOU: {S.QUEUED, S.PAUSED, S.SKIPPED, S.CANCELLED},
    S.DONE: set(),  # getting it again is a new download
    S.SKIPPED: {S.QUEUED},
    S.FAILED: {S.QUEUED, S.SKIPPED},
    S.CANCELLED: {S.QUEUED, S.PAUSED, S.WAITING, S.NEEDS_YOU},
}
EVENT_KINDS = {
    S.DONE: Event.Kind.DONE,
    S.SKIPPED: Event.Kind.SKIPPED,
    S.FAILED: Event.Kind.FAILED,
    S.CANCELLED: Event.Kind.CANCELLED,
}
# Waiting for one's turn in a lane comes and goes every few seconds: shown on the row, not told in the history.
QUIET_REASONS = {"lane_busy", "lane_pace", "folder_busy"}
CHUNK = 2_000  # rows a transaction: some 40 ms, so that other writers get their turn
WORK_SECONDS, REST_SECONDS = 0.4, 0.11


class Keeper(Protocol):
    """Remembers how rows stand that are about to move."""

    def keep(self, ids: list[int]) -> None: ...


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
    ids: Iterable[int],
    to: Status,
    *,
    only: Collection[Status] = tuple(Status),
    by: Person | None = None,
    memory: Keeper | None = None,
    **changes: Any,
) -> list[int]:
    """A person's move of many rows, those in the statuses ``only``, a chunk a transaction; the ids that moved."""
    moved: list[int] = []
    for part in turns(ids):
        rows = Download.objects.filter(pk__in=among(part), status__in=only)
        moved += move(rows, to, by=by, memory=memory, **changes)
    return moved


@transaction.atomic
def move(
    rows: QuerySet[Download],
    to: Status,
    *,
    reason: str | Subquery = "",
    message: str | Subquery = "",
    by: Person | None = None,
    detail: dict[str, object] | None = None,
    memory: Keeper | None = None,
    **changes: Any,
) -> list[int]:
    """Those of ``rows`` that may go to ``to`` are there; their ids. The rest is untouched.

    As many statements for thousands of rows as for one. ``memory`` is told of the rows before they change.
    """
    locked = rows.select_for_update().order_by("pk").values_list("pk", "status")
    movers = [(pk, Status(status)) for pk, status in locked if to in ALLOWED[Status(status)]]
    if not movers:
        return []
    ids = [pk for pk, _ in movers]
    if memory:
        memory.keep(ids)
    if reason not in QUIET_REASONS:
        _record(ids, to, reason, message, by, detail or {}, changes)
    touched = parents.settle([(pk, before, to) for pk, before in movers])
    fields: dict[str, object] = {"status": to, "reason": reason, "message": message}
    fields |= _standing_fields(to, timezone.now()) | changes
    write(ids, touched, **fields)
    return ids


def write(download_ids: list[int], request_ids: list[int], **fields: Any) -> None:
    """These downloads have these values, and carry the next number with the requests. Called last, as ``mark``."""
    rows = Download.objects.filter(pk__in=among(download_ids))
    if len(download_ids) <= FEW:
        rows.update(**fields)
        mark(download_ids, request_ids)
    else:  # writing thousands of rows twice takes longer than holding the number while they are written
        number = live.bump()
        rows.update(**fields, live=number)
        parents.mark(request_ids, number)


def mark(download_ids: list[int], request_ids: list[int]) -> int:
    """These rows carry the next number of the live sequence. The caller holds them; called last."""
    return live.mark({Download: download_ids, DownloadRequest: request_ids})


def mark_progress(download_id: int) -> None:
    """The row, which stays where it is and as it is but for its progress, carries the next number."""
    live.mark({Download: [download_id]}, is_progress=True)


def turns(ids: Iterable[int]) -> Iterator[list[int]]:
    """``ids`` in chunks, each for a transaction of its own, with a rest now and then.

    SQLite has one writer at a time, and who waits looks every tenth of a second whether it is free: a rest shorter than
    that would often be missed, and heartbeats and claims would wait for the last chunk.
    """
    began = time.monotonic()
    for part in chunks(ids):
        is_crowded = connection.vendor == "sqlite" and not connection.in_atomic_block
        if is_crowded and time.monotonic() - began >= WORK_SECONDS:
            time.sleep(REST_SECONDS)
            began = time.monotonic()
        yield part


def chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    """``ids`` in lists of at most ``CHUNK``."""
    rest = iter(ids)
    while part := list(islice(rest, CHUNK)):
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


def _record(
    ids: list[int],
    to: Status,
    reason: str | Subquery,
    message: str | Subquery,
    by: Person | None,
    detail: dict[str, object],
    changes: dict[str, Any],
) -> None:
    """History tells of the moves. Called before them: it is read off the rows where they come from."""
    values: dict[str, Any] = {
        "source": changes.get("source", F("source")),
        "reason": reason,
        "message": message,
        "detail": JSONObject(**{"from": F("status"), "to": Value(to.value), "attempt": F("attempts")}),
    }
    if file := changes.get("file"):
        values["file_id"] = file.pk
    if detail:  # a worker's receipt of one row
        row = Download.objects.values_list("status", "attempts").get(pk=ids[0])
        values["detail"] = {"from": row[0], "to": to.value, "attempt": row[1]} | detail
    record_of(ids, EVENT_KINDS.get(to, Event.Kind.TRANSITION), by=by, **values)


def record_of(ids: list[int], kind: Event.Kind, *, by: Person | None = None, **values: Any) -> None:
    """History tells the same of each of these downloads: one statement."""
    of_row = {
        "title": F("recording__title"),
        "artist_text": F("recording__artist_text"),
        "download_id": F("pk"),
        "recording_id": F("recording_id"),
    }
    record_each(Download.objects.filter(pk__in=among(ids)).order_by("pk"), kind, person=by, **of_row | values)
