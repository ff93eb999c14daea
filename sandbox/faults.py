"""Bad days on demand: what is done to answers whose path fits."""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.http import Response

KINDS = frozenset(
    "status latency reset break truncate corrupt stall content_type garbage empty wrong_duration html trickle".split()
)
HTML = b"<!doctype html><html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"


@dataclass
class Fault:
    """One order: to which requests, what happens, how often.

    ``match`` is a regular expression searched in ``host/path?query``, or a plain prefix of it. ``times`` is how many
    answers it spoils (None: all), ``skip`` how many it lets pass first, ``every`` spoils only each n-th; with ``each``
    every path is counted by itself, so that what is spoilt does not depend on who asks first.
    """

    match: str
    kind: str
    times: int | None = None
    skip: int = 0
    every: int = 1
    each: bool = False
    method: str = ""
    status: int = 500
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "text/plain; charset=utf-8"
    seconds: float = 1.0  # latency; how long a stall lasts
    percent: float = 50.0  # where a body is cut, breaks, stalls or begins to be corrupt; wrong_duration: what is left
    bytes_per_second: int = 20_000
    number: int = 0
    seen: dict[str, int] = field(default_factory=dict)  # by path where ``each``, else all together
    done: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no such kind of fault: {self.kind} (known: {', '.join(sorted(KINDS))})")
        self._search = re.compile(self.match).search

    def wants(self, method: str, path: str) -> bool:
        """Whether this request is to be spoilt; counts it where it fits."""
        if (self.method and self.method != method) or not (path.startswith(self.match) or self._search(path)):
            return False
        which = path.partition("?")[0] if self.each else ""
        if self.times is not None and self.done.get(which, 0) >= self.times:
            return False
        self.seen[which] = seen = self.seen.get(which, 0) + 1
        if seen <= self.skip or (seen - self.skip - 1) % self.every:
            return False
        self.done[which] = self.done.get(which, 0) + 1
        return True


class Faults:
    """Thread-safe list of orders; the first that wants a request gets it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._number = 0

    def add(self, fault: Fault) -> int:
        with self._lock:
            self._number += 1
            fault.number = self._number
            self._faults.append(fault)
            return fault.number

    def remove(self, number: int) -> bool:
        with self._lock:
            before = len(self._faults)
            self._faults = [fault for fault in self._faults if fault.number != number]
            return len(self._faults) < before

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def all(self) -> list[Fault]:
        with self._lock:
            return list(self._faults)

    def take(self, method: str, path: str) -> Fault | None:
        with self._lock:
            return next((fault for fault in self._faults if fault.wants(method, path)), None)


def spoil(fault: Fault, make: Callable[[], Response]) -> Response:
    """The answer with the fault in it. ``make`` is asked only where the real answer is needed."""
    if fault.kind == "status":
        return _status(fault)
    if fault.kind == "reset":
        return Response(is_reset=True)
    if fault.kind == "html":
        return Response(
            fault.status if fault.status != 500 else 200, HTML, "text/html; charset=utf-8", dict(fault.headers)
        )
    if fault.kind == "latency":
        time.sleep(fault.seconds)
        return make()
    return _mangle(fault, make())


def _status(fault: Fault) -> Response:
    body, content_type = fault.body.encode(), fault.content_type
    if not body and not fault.headers.get("Content-Type"):
        body, content_type = b'{"error":"ordered"}', "application/json"
    return Response(fault.status, body, content_type, dict(fault.headers))


def _mangle(fault: Fault, response: Response) -> Response:
    size = len(response.body)
    place = int(size * fault.percent / 100)
    response.headers.update(fault.headers)
    if fault.kind in {"truncate", "break"}:
        response.cut_percent, response.is_broken = fault.percent, fault.kind == "break"
    elif fault.kind == "stall":
        response.stall_percent, response.stall_seconds = fault.percent, fault.seconds
    elif fault.kind == "trickle":
        response.bytes_per_second = fault.bytes_per_second
    elif fault.kind == "content_type":
        response.content_type = fault.content_type
    elif fault.kind == "empty":
        response.body = b""
    elif fault.kind == "garbage":
        response.body = random.Random(size).randbytes(max(size, 64))
    elif fault.kind == "corrupt":
        response.body = response.body[:place] + random.Random(size).randbytes(size - place)
    return response
