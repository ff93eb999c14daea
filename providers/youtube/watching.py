"""Runs a blocking fetch in a thread of its own and watches it, so that a cancel takes effect whatever it waits for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from core.errors import Cancelled, TransientError
from providers.base import IsCancelled, Progress, ReportProgress

Result = TypeVar("Result")
LOOK_SECONDS = 0.1
GRACE_SECONDS = 0.5  # how long a stopped fetch gets to end by itself before it is left behind


class Watch:
    """What the watcher and the fetch tell each other."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.moved: float | None = None  # when the last bytes came
        self.progress: Progress | None = None
        self._is_stopped = threading.Event()

    def stop(self) -> None:
        self._is_stopped.set()

    def check(self) -> None:
        """Called by the fetch whenever it could stop. Raises Cancelled once the watcher has given it up."""
        if self._is_stopped.is_set():
            raise Cancelled

    def tell(self, progress: Progress) -> None:
        """Called by the fetch when bytes came."""
        self.progress, self.moved = progress, time.monotonic()
        self.check()

    def rest(self) -> None:
        """Called by the fetch while it holds back on purpose, which is no standstill. Raises Cancelled."""
        self.moved = time.monotonic()
        self.check()


class _Job(threading.Thread, Generic[Result]):
    def __init__(self, work: Callable[[], Result]) -> None:
        super().__init__(daemon=True, name="fetch")
        self._work = work
        self.result: Result | None = None
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self.result = self._work()
        except BaseException as exc:  # noqa: BLE001 - raised again by the watcher
            self.error = exc


def watched(
    work: Callable[[], Result],
    watch: Watch,
    *,
    progress: ReportProgress,
    cancelled: IsCancelled,
    stall_seconds: float,
    start_seconds: float,
) -> Result:
    """What ``work`` returns or raises. ``progress`` and ``cancelled`` are called here, in the caller's own thread.

    Raises Cancelled within a second of ``cancelled()`` turning true, TransientError where nothing moves any more. A
    fetch that hangs in a socket then is left behind: it ends at its next byte or timeout, and writes nothing.
    """
    job = _Job(work)
    told: Progress | None = None
    job.start()
    while job.is_alive():
        job.join(LOOK_SECONDS)
        if watch.progress is not None and watch.progress is not told:
            told = watch.progress
            progress(told)
        if not job.is_alive():
            break
        if cancelled():
            _abandon(job, watch)
            raise Cancelled
        if _stands_still(watch, stall_seconds, start_seconds):
            _abandon(job, watch)
            raise TransientError("The transfer stood still.", remedy="It is tried again by itself.", reason="stalled")
    if watch.progress is not None and watch.progress is not told:
        progress(watch.progress)
    if job.error is not None:
        raise job.error
    return job.result  # type: ignore[return-value]


def _abandon(job: _Job[Result], watch: Watch) -> None:
    watch.stop()
    job.join(GRACE_SECONDS)


def _stands_still(watch: Watch, stall_seconds: float, start_seconds: float) -> bool:
    now = time.monotonic()
    if watch.moved is None:
        return now - watch.started > start_seconds
    return now - watch.moved > stall_seconds
