"""The small loop beside the workers: lapsed work back, enough tokens, signs of life, which services answer."""

from __future__ import annotations

import logging
import signal
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from types import FrameType

from django.db import connection

from core.stopping import is_stopping
from downloads.services.sources import sweep_sources
from downloads.services.sweep import sweep
from downloads.services.worker import Worker
from library.services import jobs
from ops.services import cache
from spotizer.supervisor import beats, enricher, expander, matcher, reach
from spotizer.supervisor.chores import Chores

SWEEP_SECONDS = 3.0
LOOK_SECONDS = 1.0  # for what a person waits for
REACH_SECONDS = 300.0
PRUNE_SECONDS = 600.0
TIDY_SECONDS = 60.0
STOP_SECONDS = 6.0
AFTER_A_GAP_SECONDS = 30.0  # while something does not answer
log = logging.getLogger(__name__)


class Sweeper:
    def __init__(self) -> None:
        self._ended = threading.Event()
        self._pool = ThreadPoolExecutor(1)
        self._asked: Future[list[str]] | None = None
        self._ask_at = time.monotonic()
        self._missing: list[str] = []
        self._prune_at = time.monotonic() + PRUNE_SECONDS
        self._tidying: Future[None] | None = None
        self._tidy_at = time.monotonic() + TIDY_SECONDS
        self._at_files: threading.Thread | None = None
        self._chores = Chores(self._ended, beats.node())

    def run(self) -> None:
        """Sweeps every few seconds until SIGTERM."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        beside = threading.Thread(target=expander.run, args=(self._ended,), name="expander", daemon=True)
        beside.start()
        threading.Thread(target=enricher.run, args=(self._ended,), name="enricher", daemon=True).start()
        threading.Thread(target=matcher.run, args=(self._ended,), name="matcher", daemon=True).start()
        self._chores.begin()
        while not self._ended.is_set() and not is_stopping():
            sweep()
            beats.ask_for_beat()
            self._look_outside()
            self._tidy_sources()
            self._work_on_files()
            self._prune()
            self._rest()
        self._ended.set()
        self._pool.shutdown(wait=False, cancel_futures=True)
        beside.join(STOP_SECONDS)
        if self._at_files is not None:
            self._at_files.join(STOP_SECONDS)
        self._chores.join(1.0)
        connection.close()

    def _rest(self) -> None:
        """Until the next sweep; what a person asked for meanwhile is begun."""
        until = time.monotonic() + SWEEP_SECONDS
        while not self._ended.is_set() and time.monotonic() < until:
            self._chores.look()
            self._ended.wait(LOOK_SECONDS)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._ended.set()

    def _prune(self) -> None:
        """Now and then, drop outside answers that are stale."""
        if time.monotonic() >= self._prune_at:
            cache.prune()
            self._prune_at = time.monotonic() + PRUNE_SECONDS

    def _tidy_sources(self) -> None:
        """Now and then, in the background: sources let go what downloads that are gone had asked for."""
        if time.monotonic() >= self._tidy_at and (self._tidying is None or self._tidying.done()):
            self._tidying = self._pool.submit(_sweep_sources)
            self._tidy_at = time.monotonic() + TIDY_SECONDS

    def _work_on_files(self) -> None:
        """Jobs on many files have a thread of their own for as long as there are any."""
        if (self._at_files is None or not self._at_files.is_alive()) and jobs.are_waiting():
            self._at_files = threading.Thread(target=_work_on_files, args=(self._ended,), name="files", daemon=True)
            self._at_files.start()

    def _look_outside(self) -> None:
        if self._asked is None and time.monotonic() >= self._ask_at:
            self._asked = self._pool.submit(reach.unreachable)
        elif self._asked is not None and self._asked.done():
            missing, self._asked = self._asked.result(), None
            if missing != self._missing:
                log.warning("Not reachable: %s", ", ".join(missing) or "nothing any more")
            self._missing = missing
            reach.tell(missing)
            self._ask_at = time.monotonic() + (AFTER_A_GAP_SECONDS if missing else REACH_SECONDS)


def _sweep_sources() -> None:
    """In a thread of the pool, whose connection to the database must not outlive it."""
    try:
        sweep_sources()
    finally:
        connection.close()


def _work_on_files(ended: threading.Event) -> None:
    try:
        while not ended.is_set() and jobs.carry_on(Worker.here().name):
            pass
    finally:
        connection.close()
