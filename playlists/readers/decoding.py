"""Bytes to text, the encoding found out."""

from __future__ import annotations

import codecs
import re

from core.errors import UserError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),  # before UTF-16, whose mark begins it
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_PACKED = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_LOOKED_AT = 100_000
_WHOLE_TO_BROKEN = 10


def decode(data: bytes) -> tuple[str, str]:
    """The text, and its encoding in words. Raises UserError for what is no text."""
    if data.startswith(_PACKED):
        raise UserError("This is a packed file.", remedy="Unpack it, and give one of the files in it.")
    text, encoding = _decode(data)
    start = text[:_LOOKED_AT]
    if len(_BINARY.findall(start)) * 50 > len(start):
        raise UserError("This is no text.", remedy="Give a text file: lines, CSV, M3U, or JSON of an account export.")
    return text, encoding


def _decode(data: bytes) -> tuple[str, str]:
    for mark, codec, name in _MARKS:
        if data.startswith(mark):
            return data.decode(codec, "replace"), name
    if codec := _unmarked_utf16(data[:_LOOKED_AT]):
        return data.decode(codec, "replace"), "UTF-16"
    try:
        return data.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        pass
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = sum(map(_is_beyond_ascii, text)) - broken
    if whole > _WHOLE_TO_BROKEN * broken:
        return text, "UTF-8, damaged in places"
    return data.decode("cp1252", "replace"), "Windows-1252"


def _is_beyond_ascii(sign: str) -> bool:
    return sign > "\x7f"


def _unmarked_utf16(start: bytes) -> str:
    """Latin text in UTF-16 has a zero in every other byte."""
    half = len(start) // 2
    if half < 2:
        return ""
    if start[1::2].count(0) > half * 0.7 and start[0::2].count(0) < half * 0.1:
        return "utf-16-le"
    if start[0::2].count(0) > half * 0.7 and start[1::2].count(0) < half * 0.1:
        return "utf-16-be"
    return ""
