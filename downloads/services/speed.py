"""The speed of a transfer as people read it: over some seconds, and steady until it has really changed."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

WINDOW_SECONDS = 20.0
STEP = 0.1  # less of a change is not told: time left would go up and down in turns


@dataclass(slots=True)
class Speed:
    """What was seen of one transfer lately. Moments are seconds of a clock that only goes on."""

    seen: deque[tuple[float, int]] = field(default_factory=deque)
    told: int | None = None

    def at(self, moment: float, done_bytes: int) -> int | None:
        """Bytes a second over the last 20 s; None where there is nothing to compare with yet."""
        if self.seen and done_bytes < self.seen[-1][1]:  # begun anew
            self.seen.clear()
            self.told = None
        self.seen.append((moment, done_bytes))
        while len(self.seen) > 2 and self.seen[1][0] <= moment - WINDOW_SECONDS:
            self.seen.popleft()
        since, before = self.seen[0]
        if moment <= since:
            return self.told
        now = round((done_bytes - before) / (moment - since))
        if self.told is None or abs(now - self.told) > STEP * self.told:
            self.told = now
        return self.told
