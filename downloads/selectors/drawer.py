"""The queue at a glance, for the drawer that stands beside every page: a few rows of each kind, whatever its length."""

from __future__ import annotations

from dataclasses import dataclass, replace

from downloads.models import Download
from downloads.selectors import queue
from downloads.selectors.queue import QueueCounts
from downloads.selectors.rows import JobRow, job_row, job_rows, still_words
from downloads.services.pausing import Standstill

NEEDS, WORKING, NEXT = 3, 6, 5


@dataclass(frozen=True, slots=True)
class Drawer:
    """What runs now, what needs a person, and what waits next."""

    counts: QueueCounts
    still: Standstill | None
    needs: list[JobRow]
    working: list[JobRow]
    next: list[JobRow]

    @property
    def still_words(self) -> str:
        return still_words(self.still) if self.still else ""

    @property
    def can_resume(self) -> bool:
        return self.still is not None and self.still.can_be_ended

    @property
    def is_empty(self) -> bool:
        return not (self.needs or self.working or self.next)

    @property
    def more_needs(self) -> int:
        return self.counts.needs_you - len(self.needs)

    @property
    def more_waiting(self) -> int:
        return self.counts.waiting + self.counts.paused - len(self.next)


def drawer(counts: QueueCounts, still: Standstill | None) -> Drawer:
    """The first rows of each kind: five queries."""
    return Drawer(
        counts=counts,
        still=still,
        needs=job_rows(queue.first_needing_you(NEEDS)),
        working=[_moving(download) for download in queue.working_downloads(WORKING)],
        next=job_rows(queue.waiting_page(size=NEXT).rows),
    )


def _moving(download: Download) -> JobRow:
    """What goes on in words and how long it takes: there is no room for more."""
    left = queue.time_left(queue.seconds_left(download))
    return replace(job_row(download), facts=[part for part in (download.doing or download.status, left) if part])
