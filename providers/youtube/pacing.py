"""Slowing a fetch down: never faster than its share of the line, and in real time where that is wanted.

yt-dlp's own limit works on the average since the start and sleeps in one go, which a share that changes turns into a
standstill of minutes. This one waits in small steps, so that a cancel is obeyed at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

STEP_SECONDS = 0.1


@dataclass(slots=True)
class Pace:
    """Bytes a second, 0 for no limit; ``share`` may change while the fetch runs. ``seconds``: last about so long."""

    share: float = 0
    seconds: float = 0
    _done: int | None = field(default=None)
    _due: float = field(default=0)

    def bytes_per_second(self, total: int | None) -> float:
        """The limit now; 0 where there is none."""
        real_time = total / self.seconds if total and self.seconds > 0 else 0
        return min(filter(None, (self.share, real_time)), default=0)

    def came(self, done: int, total: int | None, now: float) -> None:
        """So many bytes are there; what is left to wait follows from those that are new."""
        new = 0 if self._done is None else max(0, done - self._done)
        self._done = done
        rate = self.bytes_per_second(total)
        self._due = max(now, self._due) + (new / rate if rate > 0 else 0)

    def step(self, now: float) -> float:
        """Seconds to wait before looking again; 0 where the next bytes may come."""
        return max(0.0, min(STEP_SECONDS, self._due - now))


def wait(pace: Pace, look: Callable[[], None]) -> None:
    """Stands still until the next bytes may come. ``look`` is called at every step, and raises to end it."""
    while seconds := pace.step(time.monotonic()):
        look()
        time.sleep(seconds)
