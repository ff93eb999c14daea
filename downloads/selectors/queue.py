"""The queue as its page shows it: sections, counts, and the numbers of the shell.

Lists are paged by key. Waiting rows are read per status, each by its index, and merged, so that nothing sorts the
queue.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, Protocol, TypeVar

from django.db import connection
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from downloads.models import ACTIVE, WORKING, Download, DownloadRequest, RequestItem, Status

PAGE = 50
WAITING = (Status.QUEUED, Status.WAITING, Status.PAUSED)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Row = TypeVar("Row")


class Progress(Protocol):
    """How far a download at work is: the row, or the columns of it that change from one second to the next."""

    @property
    def status(self) -> str: ...
    @property
    def percent(self) -> int: ...
    @property
    def done_bytes(self) -> int: ...
    @property
    def total_bytes(self) -> int | None: ...
    @property
    def bytes_per_second(self) -> int | None: ...
    @property
    def doing(self) -> str: ...


@dataclass(frozen=True, slots=True)
class KeyPage(Generic[Row]):
    """Some rows and the key after which the next page starts, empty on the last one."""

    rows: list[Row]
    next: str = ""

    def __bool__(self) -> bool:
        return bool(self.rows)


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """How many rows stand where; read from an index of what is unfinished. Failed ones count until cleared."""

    working: int = 0
    waiting: int = 0
    paused: int = 0
    needs_you: int = 0
    failed: int = 0

    @property
    def on_the_way(self) -> int:
        return self.working + self.waiting + self.paused

    @property
    def all(self) -> int:
        return self.on_the_way + self.needs_you + self.failed


# One comparison, so that the index is entered at the key however far it is; Django writes it apart for SQLite.
BEHIND = "(downloads_download.priority, downloads_download.position, downloads_download.id) > (%s, %s, %s)"
TO_SHOW = {"cleared_at": None, "ended_at__isnull": False}  # as the index of these rows says it
# Each status by its own range of the index, without grouping: a third of the time of one GROUP BY.
COUNT = "SELECT %s, COUNT(*) FROM downloads_download WHERE status = %s"


def queue_counts() -> QueueCounts:
    """All of them by one statement."""
    failed = f"{COUNT} AND cleared_at IS NULL AND ended_at IS NOT NULL"
    with connection.cursor() as cursor:
        names = [name for status in (*ACTIVE, Status.FAILED) for name in (status.value, status.value)]
        cursor.execute(" UNION ALL ".join([COUNT] * len(ACTIVE) + [failed]), names)
        of: dict[str, int] = dict(cursor.fetchall())
    return QueueCounts(
        working=sum(of[status] for status in WORKING),
        waiting=of[Status.QUEUED] + of[Status.WAITING],
        paused=of[Status.PAUSED],
        needs_you=of[Status.NEEDS_YOU],
        failed=of[Status.FAILED],
    )


CREDITS = "recording__credits__artist"


def rows_to_show() -> QuerySet[Download]:
    """Downloads with what a row names, and no more."""
    return Download.objects.select_related("recording", "track", "track__album").defer(
        "options", "track__album__genres"
    )


def working_downloads(limit: int = PAGE) -> list[Download]:
    """What is being worked on, the longest at work first."""
    return list(rows_to_show().filter(status__in=WORKING).order_by("started_at", "id")[:limit])


def downloads_by_id(ids: Iterable[int]) -> list[Download]:
    return list(rows_to_show().filter(pk__in=list(ids)))


def downloads_of_request(number: int, ids: Iterable[int]) -> set[int]:
    """Those of these downloads that the request brought."""
    items = RequestItem.objects.filter(request_id=number, download_id__in=list(ids))
    return set(items.values_list("download_id", flat=True))


def downloads_needing_you(limit: int = 10) -> list[Download]:
    """Rows with candidates below the threshold, oldest first, with their candidates."""
    rows = rows_to_show().filter(status=Status.NEEDS_YOU).order_by("priority", "position", "id")
    return list(rows.prefetch_related("candidates", CREDITS)[:limit])


def first_needing_you(limit: int) -> list[Download]:
    """The first of these rows, without their candidates."""
    return list(rows_to_show().filter(status=Status.NEEDS_YOU).order_by("priority", "position", "id")[:limit])


def waiting_page(after: str = "", size: int = PAGE) -> KeyPage[Download]:
    """Waiting and paused rows in the order in which they will be claimed."""
    key = _waiting_key(after)
    parts: list[Iterable[Download]] = []
    for status in WAITING:
        rows = rows_to_show().filter(status=status)
        if key is not None:
            rows = rows.filter(RawSQL(BEHIND, key, BooleanField()))  # noqa: S611 - the key is parameters
        parts.append(rows.order_by("priority", "position", "id")[: size + 1])
    found = list(heapq.merge(*parts, key=lambda row: (row.priority, row.position, row.pk)))[: size + 1]
    more = found[size - 1] if len(found) > size else None
    return KeyPage(found[:size], f"{more.priority}-{more.position}-{more.pk}" if more else "")


def _waiting_key(after: str) -> tuple[int, int, int] | None:
    parts = re.fullmatch(r"(\d{1,9})-(-?\d{1,18})-(\d{1,18})", after)
    return (int(parts[1]), int(parts[2]), int(parts[3])) if parts else None


def ended_page(status: Status, after: str = "", size: int = PAGE) -> KeyPage[Download]:
    """Rows that ended so, the latest first."""
    rows = rows_to_show().filter(status=status, **TO_SHOW).order_by("-ended_at", "-id")
    if parts := re.fullmatch(r"([0-9]{1,17})-([0-9]{1,18})", after):
        at = EPOCH + timedelta(microseconds=int(parts[1]))
        rows = rows.filter(Q(ended_at__lt=at) | Q(ended_at=at, id__lt=int(parts[2])), ended_at__lte=at)
    found = list(rows[: size + 1])
    last = found[size - 1] if len(found) > size else None
    key = f"{round(last.ended_at.timestamp() * 1_000_000)}-{last.pk}" if last and last.ended_at else ""
    return KeyPage(found[:size], key)


def requests_under_way(limit: int = 12) -> list[DownloadRequest]:
    """Albums, playlists and artists that are not finished, in the order of the queue."""
    stages = [DownloadRequest.Stage.EXPANDING, DownloadRequest.Stage.RUNNING]
    rows = DownloadRequest.objects.filter(stage__in=stages).exclude(kind=DownloadRequest.Kind.TRACK)
    return list(rows.order_by("priority", "id")[:limit])


def request_by_id(number: int) -> DownloadRequest | None:
    return DownloadRequest.objects.filter(pk=number).first()


def failed_requests(limit: int = 10) -> list[DownloadRequest]:
    """Requests that could not be expanded, the latest first."""
    rows = DownloadRequest.objects.filter(stage=DownloadRequest.Stage.FAILED).defer("options")
    return list(rows.order_by("-id")[:limit])


@dataclass(frozen=True, slots=True)
class Today:
    done: int
    failed: int


def ended_today(now: datetime | None = None) -> Today:
    """What ended since midnight, local time; both counts come from one index."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = Download.objects.filter(ended_at__gte=midnight)
    return Today(
        done=rows.filter(status=Status.DONE).count(),
        failed=rows.filter(status=Status.FAILED).count(),
    )


def download_with_candidates(number: int) -> Download | None:
    rows = rows_to_show().select_related("file").prefetch_related("candidates", "items__request", CREDITS)
    return rows.filter(pk=number).first()


def downloads_of_recording(number: int, limit: int = 10) -> list[Download]:
    """Every try to have this recording, the latest first."""
    return list(rows_to_show().filter(recording_id=number).order_by("-id")[:limit])


def seconds_left(download: Progress) -> float | None:
    """Seconds until the bytes are here at the present speed, or None where that cannot be said."""
    if not download.bytes_per_second or not download.total_bytes:
        return None
    return max(0.0, (download.total_bytes - download.done_bytes) / download.bytes_per_second)


def time_left(seconds: float | None) -> str:
    """``25 s left``, ``3 min left``, ``a while left``; empty where unknown. Rounded, so that it does not flicker."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{max(5, 5 * round(seconds / 5))} s left"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} min left"
    return "a while left"


def due_in(download: Download, now: datetime | None = None) -> timedelta | None:
    """How long a waiting row still waits, or None where it may start at once."""
    if download.not_before_at is None:
        return None
    left = download.not_before_at - (now or timezone.now())
    return left if left > timedelta(0) else None
