"""YouTube Music's dictionaries as our candidates. Any field may be absent or null."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from providers.base import Candidate, UploadKind

NAME = "youtube_music"
_OFFICIAL_AUDIO = "MUSIC_VIDEO_TYPE_ATV"
_NO_MUSIC = "MUSIC_VIDEO_TYPE_PODCAST_EPISODE"
_COUNT = re.compile(r"([\d.,]+)\s*([KMB]?)")
_THOUSANDS = {"": 1, "K": 1_000, "M": 1_000_000, "B": 1_000_000_000}


def candidate_from(hit: Mapping[str, Any], *, album: str = "") -> Candidate | None:
    """A hit or an album's track as a candidate; None for what cannot be played or is no music."""
    video_id = hit.get("videoId")
    if not video_id or not hit.get("title") or hit.get("isAvailable") is False or hit.get("videoType") == _NO_MUSIC:
        return None
    kind = _kind(hit)
    number = hit.get("trackNumber")
    return Candidate(
        source=NAME,
        source_id=str(video_id),
        url=f"https://music.youtube.com/watch?v={video_id}",
        title=str(hit["title"]),
        artists=names_of(hit),
        album=album or _album_of(hit),
        duration_ms=_duration_ms(hit),
        kind=kind,
        explicit=bool(hit["isExplicit"]) if kind is UploadKind.SONG and hit.get("isExplicit") is not None else None,
        views=_views(hit.get("views")),
        track_number=number if isinstance(number, int) else None,
    )


def names_of(hit: Mapping[str, Any]) -> tuple[str, ...]:
    """The artists' names; ytmusicapi drops an only artist without a page."""
    return tuple(str(artist["name"]) for artist in hit.get("artists") or () if artist and artist.get("name"))


def _kind(hit: Mapping[str, Any]) -> UploadKind:
    told = hit.get("videoType")
    if told:
        return UploadKind.SONG if told == _OFFICIAL_AUDIO else UploadKind.VIDEO
    return UploadKind.SONG if hit.get("resultType") == "song" or hit.get("trackNumber") else UploadKind.VIDEO


def _album_of(hit: Mapping[str, Any]) -> str:
    album = hit.get("album")
    if isinstance(album, Mapping):
        return str(album.get("name") or "")
    return str(album or "")


def _duration_ms(hit: Mapping[str, Any]) -> int | None:
    seconds = hit.get("duration_seconds")
    if isinstance(seconds, int | float):
        return round(seconds * 1000)
    total = 0
    for part in str(hit.get("duration") or "").split(":"):
        if not part.isdigit():
            return None
        total = total * 60 + int(part)
    return total * 1000


def _views(text: object) -> int | None:
    match = _COUNT.match(str(text or ""))
    if match is None:
        return None
    try:
        return round(float(match[1].replace(",", "")) * _THOUSANDS[match[2]])
    except ValueError:
        return None
