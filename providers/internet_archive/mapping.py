"""The Archive's items and files as candidates. All numbers are texts; a field is a text, a list, or absent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from providers.base import Candidate, UploadKind

NAME = "internet_archive"
DOWNLOAD = "https://archive.org/download"
# What is taken, best first: lossless, then by what a listener gets. Encrypted forms are not in it.
FORMATS = {
    "flac": ("flac", True),
    "24bit flac": ("flac", True),
    "apple lossless audio": ("alac", True),
    "wave": ("wav", True),
    "320kbps mp3": ("mp3", False),
    "ogg vorbis": ("vorbis", False),
    "vbr mp3": ("mp3", False),
    "256kbps mp3": ("mp3", False),
    "192kbps mp3": ("mp3", False),
    "160kbps mp3": ("mp3", False),
    "mp3": ("mp3", False),
    "128kbps mp3": ("mp3", False),
    "64kbps mp3": ("mp3", False),
}
ORDER = {name: place for place, name in enumerate(FORMATS)}
_LENGTH = re.compile(r"(?:(\d+):)?(\d{1,3}):(\d{2}(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class ArchivedFile:
    """One recording of an item in its best form, and what the Archive says of it."""

    identifier: str
    name: str
    candidate: Candidate
    size_bytes: int | None
    md5: str


def files_of(item: Mapping[str, Any]) -> list[ArchivedFile]:
    """The recordings of an item, each in its best form, in their order; those that are only lent out are left."""
    head = item.get("metadata") or {}
    if not isinstance(head, Mapping) or not head.get("identifier"):
        return []
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for file in item.get("files") or ():
        if isinstance(file, Mapping) and _is_usable(file):
            groups.setdefault(str(file.get("original") or file["name"]), []).append(file)
    found = []
    for files in groups.values():
        best = min(files, key=lambda file: (ORDER[_format(file)], str(file["name"])))
        # What was made of a file does not repeat its names.
        words = next((file for file in files if file.get("title")), best)
        found.append(_archived(head, best, words))
    return found


def is_lent(item: Mapping[str, Any]) -> bool:
    """Whether the item is only lent out, behind encryption."""
    head = item.get("metadata") or {}
    return isinstance(head, Mapping) and str(head.get("access-restricted-item", "")).lower() == "true"


def _is_usable(file: Mapping[str, Any]) -> bool:
    is_private = str(file.get("private", "")).lower() == "true"
    return bool(file.get("name")) and _format(file) in FORMATS and not is_private


def _archived(head: Mapping[str, Any], file: Mapping[str, Any], words: Mapping[str, Any]) -> ArchivedFile:
    identifier, name = str(head["identifier"]), str(file["name"])
    codec, _ = FORMATS[_format(file)]
    artist = text_of(words.get("creator")) or text_of(words.get("artist")) or text_of(head.get("creator"))
    album = text_of(words.get("album")) or text_of(head.get("title"))
    title = text_of(words.get("title")) or _bare(name)
    number, size = _number(words.get("track")), _number(file.get("size"))
    duration_ms = _duration_ms(file.get("length")) or _duration_ms(words.get("length"))
    place = f"{number:02d} " if number else ""
    folder = "/".join(part.replace("/", "-") for part in (artist, album) if part)
    candidate = Candidate(
        source=NAME,
        source_id=f"{identifier}/{name}",
        url=f"{DOWNLOAD}/{identifier}/{quote(name)}",
        title=title,
        artists=(artist,) if artist else (),
        uploader=artist,
        album=album,
        duration_ms=duration_ms,
        kind=UploadKind.FILE,
        codec=codec,
        bitrate_kbps=_bitrate(size, duration_ms),
        track_number=number,
        # Read like a shared file's: folders that name artist and album, then the number and the title.
        path=f"{folder}/{place}{title.replace('/', '-')}.{codec}",
        licence=text_of(head.get("licenseurl")) or text_of(head.get("rights"))[:200],
    )
    return ArchivedFile(identifier, name, candidate, size, text_of(file.get("md5")))


def text_of(value: object) -> str:
    """The text, or the first of several."""
    if isinstance(value, list):
        value = value[0] if value else ""
    return str(value).strip() if isinstance(value, str | int | float) else ""


def _format(file: Mapping[str, Any]) -> str:
    return text_of(file.get("format")).lower()


def _bare(name: str) -> str:
    return name.rpartition("/")[2].rpartition(".")[0] or name


def _number(value: object) -> int | None:
    match = re.match(r"\d{1,15}", text_of(value))
    return int(match[0]) if match else None


def _bitrate(size_bytes: int | None, duration_ms: int | None) -> int | None:
    return round(size_bytes * 8 / duration_ms) if size_bytes and duration_ms else None


def _duration_ms(value: object) -> int | None:
    """``201.48`` seconds, or ``3:21``."""
    text = text_of(value)
    if match := _LENGTH.fullmatch(text):
        return round((int(match[1] or 0) * 3600 + int(match[2]) * 60 + float(match[3])) * 1000)
    try:
        seconds = float(text)
    except ValueError:
        return None
    return round(seconds * 1000) if 0 < seconds < 1e6 else None
