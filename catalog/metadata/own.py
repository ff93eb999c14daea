"""A value as a person writes it, and as it is shown."""

from __future__ import annotations

import re
from typing import Any

from catalog.metadata.alike import is_empty
from catalog.metadata.fields import Field, Shape
from catalog.metadata.words import KINDS, clean_value
from core.errors import UserError
from core.units import clock

YES, NO = {"yes", "true", "1", "explicit"}, {"no", "false", "0", "clean"}
CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d)(?:\.(\d{1,3}))?")


def parse(field: Field, text: str) -> Any:
    """What a person wrote for ``field``, as it is kept. Raises UserError that says how it is written."""
    value = clean_value(field, _read(field, text.strip()))
    if is_empty(value):
        raise UserError(f"“{text[:60]}” is no value for {field.label.lower()}.", remedy=_how(field))
    return value


def show(field: Field, value: Any) -> str:
    """``value`` as people read it."""
    match field.shape:
        case Shape.LIST:
            return ", ".join(map(str, value))
        case Shape.DURATION:
            return clock(value)
        case Shape.FLAG:
            return "Explicit" if value else "Not explicit"
        case Shape.KIND:
            return "EP" if value == "ep" else str(value).capitalize()
    return str(value)


def _read(field: Field, text: str) -> Any:
    match field.shape:
        case Shape.LIST:
            return [" ".join(part.split()) for part in text.split(",")]
        case Shape.DURATION:
            return _milliseconds(text)
        case Shape.FLAG:
            return True if text.lower() in YES else False if text.lower() in NO else None
        case Shape.KIND:
            return text.lower()
        case Shape.BARCODE:
            return text if re.fullmatch(r"\d{8,14}", text) else ""
    return text


def _milliseconds(text: str) -> int | None:
    found = CLOCK.fullmatch(text)
    if found is None:
        return None
    hours, minutes, seconds, rest = found.groups()
    return (int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)) * 1000 + int((rest or "0").ljust(3, "0"))


def _how(field: Field) -> str:
    match field.shape:
        case Shape.DURATION:
            return "Write it as 3:21."
        case Shape.DATE:
            return "Write it as 2025, 2025-10 or 2025-10-03."
        case Shape.FLAG:
            return "Write yes or no."
        case Shape.KIND:
            return f"One of {', '.join(sorted(KINDS))}."
        case Shape.BARCODE:
            return "Write 8 to 14 digits."
        case Shape.LIST:
            return "Write them with commas between."
    return "Write something."
