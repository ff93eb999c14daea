"""Text helpers that know no app."""

from __future__ import annotations


def plural(number: int, one: str, many: str | None = None) -> str:
    """``1 track`` or ``12 tracks``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def whole_number(text: str) -> int | None:
    """The number that ``text`` from outside spells in plain digits; None for all else, and for more than a row's id."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
