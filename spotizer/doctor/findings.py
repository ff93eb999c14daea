"""What a check finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    GOOD = "good"
    NOTE = "note"  # worth knowing, nothing is broken
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, how it is, and for what is bad the command that mends it."""

    name: str
    health: Health
    message: str
    remedy: str = ""


def good(name: str, message: str) -> Finding:
    return Finding(name, Health.GOOD, message)


def note(name: str, message: str, remedy: str = "") -> Finding:
    return Finding(name, Health.NOTE, message, remedy)


def bad(name: str, message: str, remedy: str) -> Finding:
    return Finding(name, Health.BAD, message, remedy)
