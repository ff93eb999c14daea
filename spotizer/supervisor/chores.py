"""What people ask for that takes long and is no download: trials, and the renewal of the engine.

One after the other in a thread of the sweeper, so that none waits behind downloads and none holds up the sweeping.
"""

from __future__ import annotations

import logging
import threading

from django.db import connection

from core.stopping import is_stopping
from downloads.services.trying import trials

log = logging.getLogger(__name__)


class Chores:
    """A thread that is there only while something is to be done. One for each machine."""

    def __init__(self, ended: threading.Event, machine: str) -> None:
        self._ended = ended
        self._machine = machine
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """What the one before left unfinished is told so."""
        trials.end_left_over(self._machine)

    def look(self) -> None:
        """What waits is begun, unless something is at it already."""
        if (self._thread is None or not self._thread.is_alive()) and trials.is_waiting():
            self._thread = threading.Thread(target=self._run, name="chores", daemon=True)
            self._thread.start()

    def join(self, seconds: float) -> None:
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self) -> None:
        try:
            while not self._is_stopping() and trials.run_next(machine=self._machine, is_stopping=self._is_stopping):
                pass
        except Exception:
            log.exception("A trial broke off")
        finally:
            connection.close()  # the thread's own, which must not outlive it

    def _is_stopping(self) -> bool:
        return self._ended.is_set() or is_stopping()
