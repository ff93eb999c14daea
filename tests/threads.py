"""Running the same thing in several threads at once, each with its own database connection."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

T = TypeVar("T")


def at_once(count: int, act: Callable[[int], T]) -> list[T]:
    """What ``act(0)`` to ``act(count - 1)`` returned, started together; the first exception is raised."""
    gate = Barrier(count)

    def run(number: int) -> T:
        gate.wait(timeout=20)
        try:
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))
