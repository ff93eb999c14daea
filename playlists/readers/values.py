"""What a list holds once it is read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from core.errors import UserError
from providers.base import Kind
from providers.links import recognise

LARGEST_PASTE = 1_000_000  # bytes
LARGEST_FILE = 20_000_000
MOST_LINES = 10_000
LONGEST_NAME = 1000  # as a track's title is stored
LONGEST_LINE = 20_000
SHOWN_OF_A_LINE = 300


@dataclass(frozen=True, slots=True)
class Line:
    """One wished track. ``others``: further ways to read a line whose halves do not say which is which."""

    number: int  # the line of the file, or the place in it
    title: str
    artist: str = ""  # as written, several names in one
    album: str = ""
    duration_ms: int | None = None
    isrc: str = ""
    link: str = ""  # of the track itself; title and artist may be empty then
    raw: str = ""
    others: tuple[tuple[str, str], ...] = ()  # (artist, title)


@dataclass(frozen=True, slots=True)
class Unread:
    """A line that could not be understood, and why."""

    number: int
    raw: str
    why: str


@dataclass(frozen=True, slots=True)
class ReadList:
    """One list. ``title`` is empty where the file names none; ``left_off`` counts the lines beyond the most."""

    kind: str  # in words: "CSV", "M3U playlist"
    title: str
    lines: tuple[Line, ...]
    unread: tuple[Unread, ...] = ()
    left_off: int = 0
    encoding: str = "UTF-8"


@dataclass(slots=True)
class Gathered:
    """The lines of a list while it is read; what is beyond the most is counted only."""

    lines: list[Line] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    left_off: int = 0

    @property
    def is_full(self) -> bool:
        return len(self.lines) + len(self.unread) >= MOST_LINES

    def add(self, found: Line | Unread) -> None:
        """``found`` is in the list, or counted as left off."""
        if self.is_full:
            self.left_off += 1
        elif isinstance(found, Line):
            self.lines.append(found)
        else:
            self.unread.append(found)

    def finish(self, kind: str, title: str = "") -> ReadList:
        """The list as it is."""
        return ReadList(kind, tidy(title), tuple(self.lines), tuple(self.unread), self.left_off)


_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]+")
_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")


def tidy(text: str) -> str:
    """``text`` without signs that nobody sees, its spaces single, no longer than a title may be."""
    return " ".join(_UNSEEN.sub(" ", text).split())[:LONGEST_NAME].strip()


def unread(number: int, raw: str, why: str) -> Unread:
    """A line that is not understood, as it may be shown."""
    return Unread(number, tidy(raw[:LONGEST_LINE])[:SHOWN_OF_A_LINE], why)


def shown(raw: str) -> str:
    """The line as it stood, short enough to be shown."""
    return tidy(raw[:LONGEST_LINE])[:SHOWN_OF_A_LINE]


def tidy_isrc(text: str) -> str:
    """The ISRC that ``text`` is, without its hyphens; empty where it is none."""
    value = text.strip().upper().replace("-", "").replace(" ", "")
    return value if _ISRC.fullmatch(value) else ""


def track_link(text: str) -> str:
    """The address of the track that ``text`` points at; empty for all else."""
    try:
        link = recognise(text)
    except UserError:
        return ""
    return link.url if link and link.kind is Kind.TRACK else ""


def clock_ms(text: str) -> int | None:
    """``3:45`` or ``1:02:03`` in milliseconds; None for all else."""
    match = re.fullmatch(r"(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d)", text.strip())
    if match is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return (hours * 3600 + minutes * 60 + seconds) * 1000
