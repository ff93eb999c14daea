"""Long work that can be cancelled."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from core.errors import Cancelled

EVERY_SECONDS = 0.25

IsCancelled = Callable[[], bool]


def never() -> bool:
    return False


class Watch:
    """Asks now and then whether the work is cancelled, however often it is told to look."""

    def __init__(self, cancelled: IsCancelled) -> None:
        self._cancelled = cancelled
        self._next_look = 0.0

    def look(self) -> None:
        """Raise Cancelled where it is."""
        now = monotonic()
        if now >= self._next_look:
            self._next_look = now + EVERY_SECONDS
            if self._cancelled():
                raise Cancelled
