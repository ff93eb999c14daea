"""Which column is what, by the names that programs and people give them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from playlists.readers.values import Line, Unread, clock_ms, shown, tidy, tidy_isrc, track_link, unread

# Folded: lower case, letters and digits alone. The better names of a field stand first.
NAMES: dict[str, tuple[str, ...]] = {
    "title": (
        "trackname", "tracktitle", "songname", "songtitle", "title", "titel", "song", "name", "track", "recording",
    ),
    "artist": (
        "artistnames", "artistname", "artists", "artist", "trackartist", "trackartists", "performer", "interpret",
        "kunstler", "künstler", "creator", "band",
    ),
    "album": ("albumname", "albumtitle", "album", "releasename", "release"),
    "isrc": ("isrc", "isrcs", "isrccode"),
    "duration": (
        "trackdurationms", "durationms", "lengthms", "trackduration", "duration", "length", "time", "dauer", "lange",
        "länge",
    ),
    "link": (
        "trackuri", "spotifyuri", "spotifyurl", "spotifylink", "trackurl", "spotifyid", "spotifytrackid", "trackid",
        "uri", "url", "link", "id",
    ),
}  # fmt: skip
_MOST_SECONDS = 20_000  # a bare number above it is milliseconds


def fold_name(text: str) -> str:
    """A column's name as the table above writes it."""
    return re.sub(r"[\W_]", "", text.casefold())


def find_columns(header: Sequence[str]) -> dict[str, int]:
    """Where each known field stands in ``header``; empty where there is neither title nor link of a track."""
    folded = [fold_name(name) for name in header]
    found = {
        field: folded.index(name)
        for field, names in NAMES.items()
        if (name := next((name for name in names if name in folded), None)) is not None
    }
    named = "title" in found and len(found) > 1
    linked = "link" in found and folded[found["link"]] not in {"id", "url", "link"}
    return found if named or linked else {}


def is_in_ms(header: Sequence[str], columns: Mapping[str, int]) -> bool:
    """Whether the column of lengths says that they are milliseconds."""
    return "duration" in columns and fold_name(header[columns["duration"]]).endswith("ms")


def line_of(number: int, raw: str, values: Mapping[str, str], *, in_ms: bool = False) -> Line | Unread:
    """The wish that a row's fields make, or why they make none."""
    title, artist = tidy(values.get("title", "")), names_of(values.get("artist", ""))
    link = track_link(values.get("link", "").strip())
    if not re.search(r"\w", title) and not link:
        return unread(number, raw, "It has no title.")
    return Line(
        number,
        title,
        artist,
        tidy(values.get("album", "")),
        duration_of(values.get("duration", ""), in_ms=in_ms),
        tidy_isrc(values.get("isrc", "")),
        link,
        shown(raw),
    )


def names_of(text: str) -> str:
    """Several artists as one text, also where semicolons or escaped commas part them."""
    return tidy(", ".join(part.strip() for part in text.replace("\\,", ",").split(";") if part.strip()))


def duration_of(text: str, *, in_ms: bool) -> int | None:
    """A length in milliseconds: a clock's, seconds or milliseconds; None where it is none."""
    text = text.strip()
    if (clock := clock_ms(text)) is not None:
        return clock or None
    if not re.fullmatch(r"\d{1,9}(?:\.\d{1,6})?", text):
        return None
    number = float(text)
    return round(number if in_ms or number > _MOST_SECONDS else number * 1000) or None
