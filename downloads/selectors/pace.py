"""How long the queue takes: from how fast its last tracks ended, so that every step of the work counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from downloads.models import Download, DownloadRequest, Status

WINDOW = timedelta(minutes=10)
ENOUGH, MOST = 3, 20  # so many tracks tell a pace; more say no more


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds a track, all workers together, and when the last one ended: from then on the time left counts down."""

    seconds_a_track: float
    last_ended_at: datetime

    def seconds_left(self, tracks: int, now: datetime | None = None) -> float | None:
        """Until so many tracks more are here; None where that is not known, or already over."""
        since = ((now or timezone.now()) - self.last_ended_at).total_seconds()
        left = tracks * self.seconds_a_track - since
        return left if tracks and left > 0 else None


def pace(now: datetime | None = None) -> Pace | None:
    """The pace of the last minutes, None where too little ended in them: one query."""
    now = now or timezone.now()
    rows = Download.objects.filter(status=Status.DONE, ended_at__gte=now - WINDOW, started_at__isnull=False)
    found = rows.order_by("-ended_at").values_list("started_at", "ended_at")[:MOST]
    seen = [(start, end) for start, end in found if start and end]
    if len(seen) < ENOUGH:
        return None
    last = seen[0][1]
    first = max(min(start for start, _ in seen), now - WINDOW)
    return Pace((last - first).total_seconds() / len(seen), last) if last > first else None


def seconds_left_of(
    requests: Sequence[DownloadRequest], found: Pace | None, now: datetime | None = None
) -> dict[int, float | None]:
    """By request: until it is through, where those before it in the queue come first."""
    ahead = 0
    left: dict[int, float | None] = {}
    for request in requests:
        if request.options.get("paused"):
            left[request.pk] = None
            continue
        ahead += max(0, request.total - request.done - request.skipped - request.failed - request.cancelled)
        left[request.pk] = found.seconds_left(ahead, now) if found else None
    return left
