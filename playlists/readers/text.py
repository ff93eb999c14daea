"""Lines of text as people write them: "Artist – Title", "Title by Artist", numbered, with a length, or a link."""

from __future__ import annotations

import re
from itertools import pairwise

from playlists.readers.values import (
    LONGEST_LINE,
    Gathered,
    Line,
    ReadList,
    Unread,
    clock_ms,
    shown,
    tidy,
    track_link,
    unread,
)
from providers.links import is_address

# A dash with room around it comes first; long dashes may touch what they part.
_DASHES = (
    re.compile(r"\s+(?:-{1,3}|[\u2010-\u2015\u2212~|·•])\s+|\t+\s*"),
    re.compile(r"\s*[\u2013-\u2015]+\s*|\s+-(?=\S)|(?<=\S)-\s+"),
)
_NUMBER = re.compile(r"\s*#?(\d{1,5})\s*(?:[.):\]]\s+|\t\s*)")
_NUMBER_AND_DASH = re.compile(r"\s*#?(\d{1,5})\s*[-\u2013\u2014]\s+(?=.*\S\s*[-\u2010-\u2015]\s)")
_BULLET = re.compile(r"\s*[*•‣◦+-]\s+")
_TIME_BEFORE = re.compile(r"\s*[\[(]?(?:\d{1,2}:)?\d{1,3}:[0-5]\d[\])]?\s+(?=\S)")
_TIME_AFTER = re.compile(r"\s+[\[(]?((?:\d{1,2}:)?\d{1,3}:[0-5]\d)[\])]?\s*$")
_BY = re.compile(r"\s+by\s+", re.IGNORECASE)
_QUOTES = "\"“”„«»'‘’"


def read_text(text: str) -> ReadList:
    """Every line that says something as a wish; lines that begin with # or // are remarks."""
    rows = [(number, row) for number, row in enumerate(text.splitlines(), 1) if row.strip()]
    is_numbered = _are_numbered([row for _, row in rows])
    gathered = Gathered()
    for number, row in rows:
        if not re.match(r"\s*(?://|#(?!\d))", row):
            gathered.add(read_row(number, row, is_numbered=is_numbered))
    return gathered.finish("Lines of text")


def read_row(number: int, row: str, *, is_numbered: bool = False) -> Line | Unread:
    """One line as a wish, or why it is none. ``is_numbered``: a number at its start counts the lines."""
    if len(row) > LONGEST_LINE:
        return unread(number, row, "It is too long for one track.")
    if is_address(row):
        address = track_link(row)
        if not address:
            return unread(number, row, "It is no link to a track; other links are taken by the search field.")
        return Line(number, "", link=address, raw=shown(row))
    said, duration = _without_extras(row, is_numbered=is_numbered)
    if not re.search(r"\w", said):
        return unread(number, row, "There is no name in it.")
    artist, title, others = halves(said)
    return Line(number, title, artist, duration_ms=duration, raw=shown(row), others=others)


def halves(text: str) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """Artist and title that ``text`` most likely names, and how else it may be meant; the artist may be empty."""
    whole = _bare(text)
    dash = next((dash for dash in _DASHES if dash.search(text)), _DASHES[0])
    parts = [part for part in map(_bare, dash.split(text)) if part]
    if len(parts) > 1:
        first, rest = parts[0], " - ".join(parts[1:])
        others = [(rest, first)] if len(parts) == 2 else [(parts[0], parts[-1]), (parts[-1], " - ".join(parts[:-1]))]
        return first, rest, tuple(others)
    spans = list(_BY.finditer(text))
    if spans:
        title, artist = _bare(text[: spans[-1].start()]), _bare(text[spans[-1].end() :])
        if title and artist:
            return artist, title, (("", whole),)
    return "", whole, ()


def _are_numbered(rows: list[str]) -> bool:
    """Whether numbers at the start count the lines: most have one, and no artist is called so in all of them."""
    numbers = [int(match[1]) for row in rows if (match := _NUMBER.match(row) or _NUMBER_AND_DASH.match(row))]
    if len(rows) == 1:
        return numbers == [1]
    rising = sum(later > earlier for earlier, later in pairwise(numbers))
    return len(numbers) * 2 > len(rows) and rising * 2 >= len(numbers) - 1


def _without_extras(row: str, *, is_numbered: bool) -> tuple[str, int | None]:
    """The line without bullet, number and times, and its length where it ends with one."""
    said = _BULLET.sub("", row, count=1) if _BULLET.match(row) else row
    if is_numbered:
        match = _NUMBER.match(said) or _NUMBER_AND_DASH.match(said)
        said = said[match.end() :] if match else said
    said = _TIME_BEFORE.sub("", said, count=1) if _TIME_BEFORE.match(said) else said
    duration = None
    if match := _TIME_AFTER.search(said):
        said, duration = said[: match.start()], clock_ms(match[1])
    return said, duration


def _bare(text: str) -> str:
    """``text`` without quotes around it as a whole."""
    said = tidy(text)
    while len(said) > 1 and said[0] in _QUOTES and said[-1] in _QUOTES:
        said = said[1:-1].strip()
    return said
