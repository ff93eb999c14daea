"""The queue as the command line shows it: plain rows, in the order of the queue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from downloads.models import ACTIVE, CLAIMABLE, WORKING, Download, Status
from downloads.reasons import reason_for
from downloads.services.states import chunks

IN_QUEUE = (*ACTIVE, Status.FAILED)
OF_SHOW: dict[str, tuple[Status, ...]] = {  # the queue page's filters
    "all": IN_QUEUE,
    "working": WORKING,
    "needs_you": (Status.NEEDS_YOU,),
    "waiting": (Status.QUEUED, Status.WAITING, Status.PAUSED),
    "failed": (Status.FAILED,),
    "done": (Status.DONE,),
    "cancelled": (Status.CANCELLED,),
}


@dataclass(frozen=True, slots=True)
class ListedRow:
    """One download. ``waits_until`` is an ISO time, empty where it waits for nothing but its turn."""

    id: int
    status: str
    title: str
    artist: str
    priority: int
    position: int
    percent: int
    doing: str = ""
    reason: str = ""
    message: str = ""
    waits_until: str = ""


def matching(
    *, ids: Sequence[int] = (), request_id: int | None = None, statuses: Sequence[str] = ()
) -> QuerySet[Download]:
    """The downloads that are meant; without any wish all that are unfinished or failed and not cleared."""
    rows = Download.objects.filter(cleared_at=None)
    if ids:
        rows = Download.objects.filter(pk__in=ids)
    if request_id is not None:
        rows = rows.filter(pk__in=Download.objects.filter(items__request_id=request_id).values("pk"))
    if statuses:
        rows = rows.filter(status__in=statuses)
    elif not ids and request_id is None:
        rows = rows.filter(status__in=IN_QUEUE)
    return rows


def ids_of(rows: QuerySet[Download]) -> list[int]:
    """Their ids, in the order of the queue."""
    return list(rows.order_by("priority", "position", "pk").values_list("pk", flat=True))


def listed(rows: QuerySet[Download], *, most: int, all_wait_until: datetime | None = None) -> list[ListedRow]:
    """The first of them in the order of the queue, what is at work before all: one query.

    ``all_wait_until``: when the whole queue starts anything again, where that is known.
    """
    found = list(rows.select_related("recording").order_by("priority", "position", "pk")[:most])
    found.sort(key=lambda row: row.status not in {Status.SEARCHING, Status.FETCHING, Status.PROCESSING})
    return [_listed(row, all_wait_until) for row in found]


def known_ids(ids: Sequence[int]) -> set[int]:
    """Which of these there are."""
    known: set[int] = set()
    for part in chunks(ids):
        known |= set(Download.objects.filter(pk__in=part).values_list("pk", flat=True))
    return known


def _listed(row: Download, all_wait_until: datetime | None) -> ListedRow:
    until = row.not_before_at
    if all_wait_until and row.status in CLAIMABLE:
        until = max(all_wait_until, until or all_wait_until)
    message = row.message or (reason_for(row.reason).sentence if row.reason else "")
    return ListedRow(
        id=row.pk,
        status=row.status,
        title=row.recording.title,
        artist=row.recording.artist_text,
        priority=row.priority,
        position=row.position,
        percent=row.percent,
        doing=row.doing,
        reason=row.reason,
        message=message,
        waits_until=timezone.localtime(until).isoformat(timespec="minutes") if until else "",
    )
