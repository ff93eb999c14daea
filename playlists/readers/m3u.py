"""M3U and M3U8: what ``#EXTINF`` says, else the name of the file."""

from __future__ import annotations

import re
from pathlib import PureWindowsPath
from urllib.parse import unquote

from playlists.readers.text import halves
from playlists.readers.values import Gathered, Line, ReadList, Unread, shown, tidy, track_link, unread

AUDIO = re.compile(
    r"\.(?:mp3|flac|m4a|m4b|aac|ogg|oga|opus|wav|wma|ape|alac|aiff?|wv|mpc|mka|mp4|webm)$", re.IGNORECASE
)
_EXTINF = re.compile(r"#EXTINF:\s*(-?\d+(?:\.\d+)?)?((?:\s+[\w-]+=\"[^\"]*\")*)\s*,(.*)", re.IGNORECASE)
_TRACK_NUMBER = re.compile(r"(?:\d{1,2}-)?\d{1,3}(?:\s*[.)_-]\s*|\s+)(?=\D)")
_LONGEST_SECONDS = 24 * 3600


def is_m3u(text: str) -> bool:
    """Whether ``text`` is one: it says so, or its lines are paths of audio files."""
    if re.match(r"\s*#EXT(?:M3U|INF)", text, re.IGNORECASE):
        return True
    rows = [row.strip() for row in text[:50_000].splitlines() if row.strip() and not row.startswith("#")]
    return bool(rows) and sum(bool(AUDIO.search(row)) for row in rows) * 2 > len(rows)


def read_m3u(text: str) -> ReadList:
    """Each file or ``#EXTINF`` as a wish."""
    gathered = Gathered()
    title, album, said = "", "", None
    for number, row in enumerate(text.splitlines(), 1):
        line = row.strip()
        head, _, rest = line.partition(":")
        match head.upper():
            case "#PLAYLIST":
                title = title or rest
            case "#EXTALB":
                album = rest
            case "#EXTINF":
                if said:
                    gathered.add(_entry(said[0], said[1], "", album))
                said = (number, line)
            case _ if not line or line.startswith("#"):
                continue
            case _:
                gathered.add(_entry(number, said[1] if said else "", line, album))
                said, album = None, ""
    if said:
        gathered.add(_entry(said[0], said[1], "", album))
    return gathered.finish("M3U playlist", title)


def _entry(number: int, extinf: str, path: str, album: str) -> Line | Unread:
    raw = extinf or path
    match = _EXTINF.fullmatch(extinf)
    words = match[3] if match else ""
    seconds = float(match[1] or 0) if match else 0.0
    artist, title, others = halves(words) if re.search(r"\w", words) else _from_path(path)
    link = track_link(path) if path else ""
    if not re.search(r"\w", title) and not link:
        return unread(number, raw, "There is no name in it.")
    duration = round(seconds * 1000) if 0 < seconds < _LONGEST_SECONDS else None
    return Line(number, title, artist, tidy(album), duration, link=link, raw=shown(raw), others=others)


def _from_path(path: str) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    """What a file's name says: "03 - Artist - Title", or a title in a folder of its artist's album."""
    if re.match(r"(?:file|https?)://", path, re.IGNORECASE):
        path = unquote(path.partition("?")[0])
    name = PureWindowsPath(path).name  # it parts at both slashes
    name = AUDIO.sub("", name).replace("_", " ")
    match = _TRACK_NUMBER.match(name)
    artist, title, others = halves(name[match.end() :] if match else name)
    if match:
        as_written = halves(name)[:2]  # 99 may be a number, and may be the name
        others = (*others, as_written)
    folders = [part for part in PureWindowsPath(path).parts[:-1] if part not in {".", "..", "/", "\\"}]
    if not artist and len(folders) > 1:
        others = ((tidy(folders[-2]), title), *others)
    return artist, title, others
