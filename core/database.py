"""What the database asks of whoever writes to it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection

P = ParamSpec("P")
T = TypeVar("T")
DEADLOCK = "40P01"  # the appendix of error codes in PostgreSQL's manual
TRIES = 5


def again_on_deadlock(write: Callable[P, T]) -> Callable[P, T]:
    """``write`` is called again, up to five times in all, where PostgreSQL ended it because two waited for each other.

    For writes whose locks cannot all be taken in one order. Nothing of the ended try is left. Within a transaction of
    the caller it is not called again: that one is lost as a whole.
    """

    @wraps(write)
    def tried(*args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(TRIES - 1):
            try:
                return write(*args, **kwargs)
            except OperationalError as exc:
                if getattr(exc.__cause__, "sqlstate", "") != DEADLOCK or connection.in_atomic_block:
                    raise
        return write(*args, **kwargs)

    return tried
