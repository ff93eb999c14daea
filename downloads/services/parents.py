"""The kept counts of requests. Each moves in the transaction of what it counts, under the lock of the download."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db import connection
from django.db.models import Count, F
from django.utils import timezone

from core.bulk import among, update_each
from downloads.models import DownloadRequest, RequestItem, Status

# An ended download counts in the column of its name; one that is under way counts in none.
COUNTED = {Status.DONE: "done", Status.SKIPPED: "skipped", Status.FAILED: "failed", Status.CANCELLED: "cancelled"}
COLUMNS = tuple(COUNTED.values())
Stage = DownloadRequest.Stage
# Written out because every claim asks it, and building it takes longer than the answer.
HOLD = """
SELECT id FROM downloads_downloadrequest
WHERE id IN (SELECT request_id FROM downloads_requestitem WHERE download_id = %s) ORDER BY id {lock}
"""


def settle(moves: Iterable[tuple[int, Status, Status]]) -> list[int]:
    """Each (download, from, to) is counted in all of its requests, which end when all is; their ids."""
    moved = {pk: (COUNTED.get(before), COUNTED.get(after)) for pk, before, after in moves}
    counted = RequestItem.objects.filter(download_id__in=among(moved)).values_list("request_id", "download_id")
    deltas: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for request_id, download_id, number in counted.annotate(number=Count("pk")).order_by():
        before, after = moved[download_id]
        delta = deltas[request_id]
        if before != after:
            if before:
                delta[before] -= number
            if after:
                delta[after] += number
    return add(deltas)


def hold(download_id: int) -> list[int]:
    """The requests that wish for this download, locked: their counts stay, their live number will change."""
    lock = "FOR UPDATE" if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(HOLD.format(lock=lock), [download_id])
        return [request_id for (request_id,) in cursor.fetchall()]


def add(deltas: dict[int, dict[str, int]]) -> list[int]:
    """The counts of each request are changed by these; requests that are through end, others run again. Their ids.

    All of them are locked, also those whose counts stay: their live number is written after the sequence was raised.
    """
    ids = sorted(deltas)
    if ids:
        list(DownloadRequest.objects.filter(pk__in=among(ids)).order_by("pk").select_for_update().values_list("pk"))
    changes = {pk: tuple(deltas[pk].get(column, 0) for column in COLUMNS) for pk in ids}
    changed = [pk for pk in ids if any(changes[pk])]
    if changed:
        update_each(DownloadRequest, COLUMNS, [(pk, *changes[pk]) for pk in changed], is_added=True)
        if again := [pk for pk in changed if min(changes[pk]) < 0]:
            ended = DownloadRequest.objects.filter(pk__in=among(again), stage=Stage.ENDED)
            ended.update(stage=Stage.RUNNING, ended_at=None)
        end_if_through(*changed)
    return ids


def end_if_through(*request_ids: int) -> None:
    """Those requests have ended of which all tracks have and none can come."""
    through = F("done") + F("failed") + F("skipped") + F("cancelled")
    running = DownloadRequest.objects.filter(pk__in=among(request_ids), stage=Stage.RUNNING, is_expanded=True)
    running.filter(total__lte=through).update(stage=Stage.ENDED, ended_at=timezone.now())


def mark(request_ids: Collection[int], number: int) -> None:
    """The requests carry ``number`` of the live sequence."""
    DownloadRequest.objects.filter(pk__in=among(request_ids)).update(live=number)
