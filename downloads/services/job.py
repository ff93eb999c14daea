"""One download in hand: its row, the worker, the pulse, and how it tells the page what is going on."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction

from catalog.selectors import track_info
from downloads.models import Download, Status
from downloads.services import states
from downloads.services.pulse import Pulse
from downloads.services.speed import Speed
from downloads.services.worker import Worker
from providers.base import Progress, TrackInfo

WRITE_SECONDS = 1.0  # progress is written at most so often
FETCHED_PERCENT = 90  # the rest is for checking, converting, tagging and filing
STEP_PERCENT = {"Checking": 92, "Converting": 94, "Writing tags": 97, "Filing": 99}


@dataclass(slots=True)
class Job:
    """What the steps of one download share."""

    download: Download
    worker: Worker
    pulse: Pulse
    folder: Path
    wanted: TrackInfo
    written_at: float = field(default=0.0)
    speed: Speed = field(default_factory=Speed)

    @staticmethod
    def of(download: Download, worker: Worker, pulse: Pulse, folder: Path) -> Job:
        return Job(download, worker, pulse, folder, track_info(download.track))

    def move(self, to: Status, *, reason: str = "", message: str = "", **changes: Any) -> None:
        """The row is in status ``to``; raises LostLease where it is no longer ours."""
        self.pulse.check()
        states.move_mine(self.download, to, reason=reason, message=message, **changes)
        self.written_at = time.monotonic()

    def say(self, words: str) -> None:
        """What is going on, in words; shown at most once a second."""
        step = next((percent for name, percent in STEP_PERCENT.items() if words.startswith(name)), None)
        self.download.doing = words[:100]
        if step is not None:
            self.download.percent = step
        self._write({"doing": self.download.doing, "percent": self.download.percent})

    def progress(self, now: Progress) -> None:
        """How far the fetch is; written at most once a second. Raises LostLease where the row is no longer ours."""
        done, total = max(0, now.done_bytes), now.total_bytes or 0
        percent = min(FETCHED_PERCENT, FETCHED_PERCENT * done // total) if total > 0 else self.download.percent
        self.download.percent = percent
        speed = self.speed.at(time.monotonic(), done)
        self._write({"percent": percent, "done_bytes": done, "total_bytes": total or None, "bytes_per_second": speed})

    def _write(self, changes: dict[str, object]) -> None:
        now = time.monotonic()
        if now - self.written_at < WRITE_SECONDS:
            return
        self.written_at = now
        held = states.Fence.of(self.download).held(self.download.pk)
        with transaction.atomic():
            if not held.update(**changes):
                raise states.LostLease
            states.mark_progress(self.download.pk)

    def remember(self, **changes: object) -> None:
        """``changes`` are stored on the row, which stays in its status."""
        if not states.Fence.of(self.download).held(self.download.pk).update(**changes):
            raise states.LostLease
        for name, value in changes.items():
            setattr(self.download, name, value)
