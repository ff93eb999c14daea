"""What was asked of the sandbox, and how often."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter, deque
from dataclasses import asdict, dataclass

KEPT = 20_000


@dataclass(slots=True)
class Line:
    number: int
    at: float
    method: str
    path: str  # with the host, without the query
    query: str
    status: int
    bytes_sent: int
    milliseconds: float
    fault: str
    user_agent: str


class Log:
    """Thread-safe; the newest lines are kept, the counts are of all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lines: deque[Line] = deque(maxlen=KEPT)
        self._counts: Counter[str] = Counter()
        self._number = 0

    def add(self, *, method: str, path: str, query: str, status: int, began: float, fault: str, agent: str) -> Line:
        """A line for a request that is about to be answered: whoever has the answer finds it in the log."""
        taken = round((time.time() - began) * 1000, 2)
        with self._lock:
            self._number += 1
            line = Line(self._number, began, method, path, query, status, 0, taken, fault, agent)
            self._lines.append(line)
            self._counts[path] += 1
        return line

    def clear(self) -> None:
        with self._lock:
            self._lines.clear()
            self._counts.clear()

    def lines(
        self, *, match: str = "", status: int | None = None, method: str = "", after: int = 0
    ) -> list[dict[str, object]]:
        """The lines whose ``host/path?query`` ``match`` finds (a regular expression), oldest first."""
        found = re.compile(match).search
        with self._lock:
            lines = list(self._lines)
        return [
            asdict(line)
            for line in lines
            if line.number > after
            and (status is None or line.status == status)
            and (not method or line.method == method)
            and found(f"{line.path}?{line.query}" if line.query else line.path)
        ]

    def counts(self, match: str = "") -> dict[str, int]:
        """How often each path was asked for."""
        found = re.compile(match).search
        with self._lock:
            return {path: count for path, count in sorted(self._counts.items()) if found(path)}
