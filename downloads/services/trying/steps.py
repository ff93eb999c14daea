"""One step of a trial, and how a call becomes one."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from core.errors import SpotizerError
from downloads import reasons


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a trial. ``message`` says what was seen, ``remedy`` what to do where it is not well."""

    name: str
    is_ok: bool
    message: str
    remedy: str = ""
    seconds: float = 0.0


def take(name: str, do: Callable[[], str]) -> Step:
    """The step that ``do`` is: it returns what was seen, or raises one of our errors."""
    began = time.monotonic()
    try:
        return Step(name, True, do(), seconds=time.monotonic() - began)
    except SpotizerError as exc:
        return failed(name, exc, began)


def failed(name: str, exc: SpotizerError, began: float) -> Step:
    """The step that ended with ``exc``; began at that moment of the monotonic clock."""
    remedy = exc.remedy or reasons.reason_for(exc.reason).remedy
    return Step(name, False, exc.message, remedy, time.monotonic() - began)
