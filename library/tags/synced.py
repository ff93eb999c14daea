"""Synced lyrics: LRC lines, and the frame of ID3 that holds the same. Pure.

https://id3.org/id3v2.4.0-frames, section 4.9. What other tag systems hold is the LRC text itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from library.tags.values import clean_text

KEY = "SYNCEDLYRICS"  # in Vorbis comments and free atoms, as Picard and players have it
STAMP = re.compile(r"\[(\d{1,3}):([0-5]?\d)(?:[.:](\d{1,3}))?\]")
WORD_STAMP = re.compile(r"<\d{1,3}:\d\d(?:[.:]\d+)?>")
OFFSET = re.compile(r"^\[offset:\s*([+-]?\d{1,6})\s*\]\s*$", re.IGNORECASE | re.MULTILINE)
MOST_LINES = 5_000  # longer than any song; what a file from outside may ask of us

Line = tuple[int, str]  # milliseconds, words


def lines_of(lrc: str) -> list[Line]:
    """The lines of LRC text with their times, in their order; those without a time are left out."""
    found = OFFSET.search(lrc)
    shift = int(found[1]) if found else 0  # a positive one shows lines earlier
    lines: list[Line] = []
    for line in lrc.splitlines():
        stamps, end = [], 0
        while match := STAMP.match(line, end):
            stamps.append(_milliseconds(match))
            end = match.end()
        words = clean_text(WORD_STAMP.sub("", line[end:]))
        lines += [(max(0, time - shift), words) for time in stamps]
        if len(lines) >= MOST_LINES:
            break
    return sorted(lines[:MOST_LINES], key=lambda one: one[0])


def lrc_of(lines: Iterable[Line]) -> str:
    """The lines as LRC text."""
    return "\n".join(
        f"[{time // 60_000:02}:{time // 1000 % 60:02}.{time % 1000 // 10:02}]{f' {words}' if words else ''}"
        for time, words in sorted(lines, key=lambda one: one[0])
    )


def _milliseconds(match: re.Match[str]) -> int:
    minutes, seconds, part = match.groups()
    return int(minutes) * 60_000 + int(seconds) * 1000 + int((part or "0").ljust(3, "0"))
