"""Deezer's JSON to our types. Every field is optional: what is missing stays empty."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from providers.base import AlbumInfo, ArtistInfo, Credit, Picture, PlaylistInfo, ReleaseKind, TrackInfo

NAME = "deezer"
IMAGES = "https://cdn-images.dzcdn.net/images"
NO_PICTURE = {"", "d41d8cd98f00b204e9800998ecf8427e"}  # the MD5 of nothing: a grey placeholder
SIZES = (1000, 500, 250, 56)
RECORD_TYPES = {
    "album": ReleaseKind.ALBUM,
    "single": ReleaseKind.SINGLE,
    "ep": ReleaseKind.EP,
    "compile": ReleaseKind.COMPILATION,
    "compilation": ReleaseKind.COMPILATION,
}
# explicit_content_lyrics: 1 explicit, 4 partly; 0 not, 3 edited (the clean twin); the rest says nothing.
EXPLICIT = {0: False, 1: True, 3: False, 4: True}


def track(data: dict[str, Any], *, album: AlbumInfo | None = None) -> TrackInfo:
    own_album = data.get("album") if isinstance(data.get("album"), dict) else None
    return TrackInfo(
        provider=NAME,
        id=text(data.get("id")),
        title=_track_title(data),
        credits=track_credits(data),
        album=album or (album_head(own_album) if own_album and own_album.get("id") else None),
        disc_number=positive(data.get("disk_number")),
        track_number=positive(data.get("track_position")),
        duration_ms=(positive(data.get("duration")) or 0) * 1000 or None,
        isrc=text(data.get("isrc")).upper().replace("-", ""),
        explicit=explicit(data),
        is_playable=data.get("readable") is not False,
        link=text(data.get("link")) or f"https://www.deezer.com/track/{data.get('id')}",
    )


def album_head(data: dict[str, Any]) -> AlbumInfo:
    genres = (data.get("genres") or {}).get("data") or []
    return AlbumInfo(
        provider=NAME,
        id=text(data.get("id")),
        title=text(data.get("title")),
        credits=album_credits(data),
        kind=RECORD_TYPES.get(text(data.get("record_type")).lower(), ReleaseKind.ALBUM),
        released_on=date(data.get("release_date")),
        track_total=positive(data.get("nb_tracks")),
        upc=text(data.get("upc")),
        label=text(data.get("label")),
        genres=tuple(text(genre.get("name")) for genre in genres if genre.get("name")),
        explicit=explicit(data),
        link=text(data.get("link")) or f"https://www.deezer.com/album/{data.get('id')}",
        pictures=pictures(data, "cover"),
    )


def artist(data: dict[str, Any]) -> ArtistInfo:
    return ArtistInfo(
        provider=NAME,
        id=text(data.get("id")),
        name=text(data.get("name")),
        link=text(data.get("link")) or f"https://www.deezer.com/artist/{data.get('id')}",
        pictures=pictures(data, "picture"),
    )


def playlist(data: dict[str, Any]) -> PlaylistInfo:
    owner = data.get("creator") or data.get("user") or {}
    return PlaylistInfo(
        provider=NAME,
        id=text(data.get("id")),
        title=text(data.get("title")),
        owner=text(owner.get("name")),
        description=text(data.get("description")),
        track_total=data.get("nb_tracks") if isinstance(data.get("nb_tracks"), int) else None,
        snapshot=text(data.get("checksum")),
        link=text(data.get("link")) or f"https://www.deezer.com/playlist/{data.get('id')}",
        pictures=pictures(data, "picture"),
    )


def track_credits(data: dict[str, Any]) -> tuple[Credit, ...]:
    """Everyone named, the main artists first; who is featured is joined by `` feat. ``."""
    people = data.get("contributors") or []
    main = [person for person in people if text(person.get("role")).lower() != "featured"]
    featured = [person for person in people if text(person.get("role")).lower() == "featured"]
    if not main and isinstance(data.get("artist"), dict):
        main = [data["artist"]]
    return joined(
        [artist(person) for person in main if person.get("name")],
        [artist(person) for person in featured if person.get("name")],
    )


def album_credits(data: dict[str, Any]) -> tuple[Credit, ...]:
    people = [person for person in data.get("contributors") or [] if text(person.get("role")).lower() != "featured"]
    if not people and isinstance(data.get("artist"), dict):
        people = [data["artist"]]
    return joined([artist(person) for person in people if person.get("name")], [])


def joined(main: Iterable[ArtistInfo], featured: Iterable[ArtistInfo]) -> tuple[Credit, ...]:
    """``A, B & C feat. D``: credits with what stands between the names."""
    main = list({person.id or person.name: person for person in main}.values())
    named = {person.id or person.name for person in main}
    guests = [person for person in featured if (person.id or person.name) not in named]
    credits: list[Credit] = []
    for group, is_featured in ((main, False), (guests, True)):
        for index, person in enumerate(group):
            join = "" if index == len(group) - 1 else " & " if index == len(group) - 2 else ", "
            if not is_featured and index == len(group) - 1 and guests:
                join = " feat. "
            credits.append(Credit(person, join, is_featured))
    return tuple(credits)


def pictures(data: dict[str, Any], what: str) -> tuple[Picture, ...]:
    """Addresses per size from the picture's MD5, else the ones in the answer; none for the grey placeholder."""
    if "md5_image" in data:
        md5 = text(data["md5_image"])
        if md5 in NO_PICTURE:
            return ()
        kind = "cover" if what == "cover" else "artist" if data.get("type") == "artist" else ""
        if kind and not data.get(f"{what}_xl"):
            return tuple(Picture(f"{IMAGES}/{kind}/{md5}/{n}x{n}-000000-80-0-0.jpg", n, n) for n in SIZES)
    found = []
    for size, name in zip(SIZES, ("xl", "big", "medium", "small"), strict=True):
        url = text(data.get(f"{what}_{name}"))
        if (
            url.startswith("https://")
            and not any(f"/{none}/" in url for none in NO_PICTURE if none)
            and "//" not in url[8:]
        ):
            found.append(Picture(url, size, size))
    return tuple(found)


def explicit(data: dict[str, Any]) -> bool | None:
    code = data.get("explicit_content_lyrics")
    if isinstance(code, int) and code in EXPLICIT:
        return EXPLICIT[code]
    value = data.get("explicit_lyrics")
    return value if isinstance(value, bool) else None


def date(value: object) -> str:
    """``2025-10-03``; a date of zeros is unknown, a month or day of zero is left out."""
    match = re.match(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", text(value))
    if match is None or match[1] == "0000":
        return ""
    parts = [match[1]]
    for part in (match[2], match[3]):
        if part in {None, "00"}:
            break
        parts.append(str(part))
    return "-".join(parts)


def text(value: object) -> str:
    return "" if value is None or isinstance(value, (dict, list)) else str(value).strip()


def positive(value: object) -> int | None:
    """A number above zero; services write 0 for unknown."""
    if isinstance(value, str) and value.isdigit():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _track_title(data: dict[str, Any]) -> str:
    """``title``, completed by the version where a list left it out."""
    title, version = text(data.get("title")), text(data.get("title_version"))
    if version and version.lower() not in title.lower():
        return f"{title} {version}"
    return title or text(data.get("title_short"))
