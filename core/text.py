"""Text helpers that know no app."""

from __future__ import annotations

import re


def plural(number: int, one: str, many: str | None = None) -> str:
    """``1 track`` or ``12 tracks``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def whole_number(text: str) -> int | None:
    """The number that ``text`` from outside spells in plain digits; None for all else, and for more than a row's id."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def licence_in_words(licence: str) -> str:
    """``CC BY-NC-SA 4.0`` for an address of Creative Commons; other words as they are, cut short."""
    match = re.search(r"creativecommons\.org/(?:licenses|publicdomain)/([a-z-]+)(?:/(\d\.\d))?", licence)
    if match is None:
        return licence[:80]
    name = {"zero": "CC0", "mark": "Public domain"}.get(match[1]) or f"CC {match[1].upper()}"
    return f"{name} {match[2]}" if match[2] else name
