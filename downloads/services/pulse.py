"""The pulse of a worker: a small thread that keeps the leases of the row in hand, and notices when the row is lost.

A search, a decode or ffmpeg may take longer than a lease; the thread renews it meanwhile. It looks at the row twice a
second, so that a cancel is obeyed within a second on whatever machine the work runs, and asks the stop flag.
"""

from __future__ import annotations

import logging
import threading
import time
from types import TracebackType
from typing import Self

from django.conf import settings
from django.db import DatabaseError, connection

from downloads.models import Download
from downloads.services import claims, states
from downloads.services.worker import Worker
from ops.services import heartbeats, lanes

LOOK_SECONDS = 0.5
BEAT_SECONDS = 10.0
log = logging.getLogger(__name__)


class Pulse:
    """Runs from entering to leaving the ``with`` block; ``cancelled`` is what the steps ask."""

    def __init__(self, download: Download, worker: Worker) -> None:
        self.download = download
        self.worker = worker
        self.permits: tuple[lanes.Permit, ...] = ()
        self.is_lost = False
        self._fence = states.Fence.of(download)
        self._ended = threading.Event()
        self._renewed_at = time.monotonic()
        self._beat_at = 0.0
        self._thread = threading.Thread(target=self._run, name=f"pulse-{download.pk}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join(timeout=30)

    def cancelled(self) -> bool:
        """Whether the work in hand has to end now: the row is lost, or this process stops."""
        return self.is_lost or self.worker.is_stopping

    def wait(self, seconds: float) -> None:
        """Stand still for ``seconds``, less where the work has to end. Raises LostLease then."""
        until = time.monotonic() + seconds
        while not self.cancelled() and (rest := until - time.monotonic()) > 0:
            self._ended.wait(min(0.1, rest))
        self.check()

    def check(self) -> None:
        """Raises LostLease where the work has to end."""
        if self.cancelled():
            raise states.LostLease

    def _run(self) -> None:
        try:
            while not self._ended.wait(LOOK_SECONDS):
                self._look()
        finally:
            connection.close()

    def _look(self) -> None:
        try:
            if not self._keep():
                self.is_lost = True
                self._ended.set()
        except DatabaseError:
            # The database may be away for a moment; the lease outlives it, and the fence guards every write.
            log.warning("The lease of download %s could not be looked at", self.download.pk, exc_info=True)
            connection.close()

    def _keep(self) -> bool:
        """Whether the row is still ours. The lease comes before all other signs of life: it is what others go by."""
        is_ours = self._renew() if self._is_due() else self._fence.held(self.download.pk).exists()
        if is_ours and time.monotonic() - self._beat_at >= BEAT_SECONDS:
            heartbeats.beat(f"worker:{self.worker.name}", download=self.download.pk)
            self._beat_at = time.monotonic()
        return is_ours

    def _is_due(self) -> bool:
        return time.monotonic() - self._renewed_at >= settings.LEASE_SECONDS / 4

    def _renew(self) -> bool:
        """One that failed, as the database was away or busy, is tried again at the next look."""
        began = time.monotonic()
        if not claims.heartbeat(self.download, fence=self._fence):
            return False
        for permit in self.permits:
            lanes.renew(permit)
        self._renewed_at = began
        return True
