"""Who works: one worker is one token at work, with a name that no other ever had, and a time after which it ends."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

from core.stopping import is_stopping

TOKEN_SECONDS = 900.0  # then the token ends and a fresh one goes on: nothing in a process grows for ever


@dataclass(slots=True)
class Worker:
    """One claimer of rows. ``only_requests``: claims only what belongs to these, as a command without a server does."""

    name: str
    ends_at: float = field(default_factory=lambda: time.monotonic() + TOKEN_SECONDS)
    only_requests: tuple[int, ...] = ()
    stop: threading.Event = field(default_factory=threading.Event)

    @staticmethod
    def here(
        *,
        only_requests: tuple[int, ...] = (),
        seconds: float = TOKEN_SECONDS,
        stop: threading.Event | None = None,
    ) -> Worker:
        """A worker of this process."""
        name = f"{socket.gethostname()[:60]}:{os.getpid()}:{uuid.uuid4().hex[:12]}"
        return Worker(name, time.monotonic() + seconds, only_requests, stop or threading.Event())

    @property
    def is_stopping(self) -> bool:
        """Whether the row in hand goes back to the queue now."""
        return self.stop.is_set() or is_stopping()

    def wait(self, seconds: float) -> None:
        """Stands still for ``seconds``, less where the worker has to stop."""
        until = time.monotonic() + seconds
        while not self.is_stopping and (rest := until - time.monotonic()) > 0:
            self.stop.wait(min(0.2, rest))

    def has_time(self) -> bool:
        """Whether another row may be taken up."""
        return not self.is_stopping and time.monotonic() < self.ends_at


@contextmanager
def stopped_by_signal(worker: Worker) -> Iterator[None]:
    """A SIGTERM lets the row in hand go back to the queue first, then ends the process as it would have.

    django-q's workers leave SIGTERM at its default, which would leave the row to its lease. Only a main thread may
    listen to signals; elsewhere the stop file and the owner of the thread do.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    caught: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        caught.append(number)
        worker.stop.set()

    before = signal.signal(signal.SIGTERM, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
        if caught:
            os.kill(os.getpid(), signal.SIGTERM)
