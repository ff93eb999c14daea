"""Workers of one command: where no server runs, it works on its own requests itself, and on nothing else."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from django.db import connection

from downloads.services import draining, workforce
from downloads.services.worker import Worker

IDLE_SECONDS = 0.2
log = logging.getLogger(__name__)


class OwnWorkers:
    """Threads that expand these requests and work on their downloads until the ``with`` block ends."""

    def __init__(self, request_ids: Sequence[int]) -> None:
        self.request_ids = tuple(request_ids)
        self.stop = threading.Event()
        self._threads: list[threading.Thread] = []

    @property
    def are_running(self) -> bool:
        return bool(self._threads)

    def start(self) -> None:
        """As many workers as the settings say."""
        self._threads = [threading.Thread(target=self._work, name=f"worker-{n}") for n in range(workforce.workers())]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop.set()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        try:
            while not self.stop.is_set():
                worker = Worker.here(only_requests=self.request_ids, stop=self.stop)
                try:
                    taken = draining.drain_requests(worker) + draining.drain_downloads(worker)
                except Exception:  # the row says it; a bug in one must not keep the others from being done
                    log.exception("A download failed by a bug")
                    taken = 1
                if not taken:
                    self.stop.wait(IDLE_SECONDS)
        finally:
            connection.close()
