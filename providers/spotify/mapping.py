"""Spotify's JSON, in all three dialects, to our types. Nothing outside knows the words ``item`` and ``track``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from core.errors import BadResponse
from providers.base import AlbumInfo, ArtistInfo, Credit, Picture, PlaylistInfo, ReleaseKind, TrackInfo
from providers.spotify import words

NAME = "spotify"
KINDS = {
    "album": ReleaseKind.ALBUM,
    "single": ReleaseKind.SINGLE,
    "ep": ReleaseKind.EP,
    "compilation": ReleaseKind.COMPILATION,
}


def track(data: dict[str, Any], *, album: AlbumInfo | None = None) -> TrackInfo:
    own_album = data.get("album")
    if album is None and isinstance(own_album, dict) and own_album.get("id"):
        album = album_head(own_album)
    is_refused = data.get("is_playable") is False or bool(data.get("restrictions"))
    return TrackInfo(
        provider=NAME,
        id=text(data.get("id")),
        title=text(data.get("name")),
        credits=credits_of(data),
        album=album,
        disc_number=positive(data.get("disc_number")),
        track_number=positive(data.get("track_number")),
        duration_ms=positive(data.get("duration_ms")),
        isrc=text((data.get("external_ids") or {}).get("isrc")).upper().replace("-", ""),
        explicit=data["explicit"] if isinstance(data.get("explicit"), bool) else None,
        is_playable=not is_refused,
        link=f"https://open.spotify.com/track/{data.get('id')}",
    )


def album_head(data: dict[str, Any]) -> AlbumInfo:
    copyrights = [entry for entry in data.get("copyrights") or [] if isinstance(entry, dict) and entry.get("text")]
    return AlbumInfo(
        provider=NAME,
        id=text(data.get("id")),
        title=text(data.get("name")),
        credits=credits_of(data),
        kind=KINDS.get(text(data.get("album_type")).lower(), ReleaseKind.ALBUM),
        released_on="" if text(data.get("release_date")).startswith("0000") else text(data.get("release_date"))[:10],
        track_total=positive(data.get("total_tracks")),
        upc=text((data.get("external_ids") or {}).get("upc")),
        label=text(data.get("label")),
        copyright="; ".join(dict.fromkeys(text(entry["text"]) for entry in copyrights)),
        genres=tuple(genre for genre in data.get("genres") or [] if isinstance(genre, str)),
        link=f"https://open.spotify.com/album/{data.get('id')}",
        pictures=pictures(data),
    )


def artist(data: dict[str, Any]) -> ArtistInfo:
    identifier = text(data.get("id"))
    return ArtistInfo(
        provider=NAME,
        id=identifier,
        name=text(data.get("name")),
        link=f"https://open.spotify.com/artist/{identifier}" if identifier else "",
        pictures=pictures(data),
        genres=tuple(genre for genre in data.get("genres") or [] if isinstance(genre, str)),
    )


def playlist(data: dict[str, Any]) -> PlaylistInfo:
    """The head. Its contents are readable where the answer holds them, under either name."""
    contents = data.get("items") if isinstance(data.get("items"), dict) else data.get("tracks")
    is_readable = isinstance(contents, dict)
    total = contents.get("total") if isinstance(contents, dict) else None
    owner = data.get("owner") or {}
    return PlaylistInfo(
        provider=NAME,
        id=text(data.get("id")),
        title=text(data.get("name")),
        owner=text(owner.get("display_name")) or text(owner.get("id")),
        description=text(data.get("description")),
        track_total=total if isinstance(total, int) else None,
        snapshot=text(data.get("snapshot_id")),
        link=f"https://open.spotify.com/playlist/{data.get('id')}",
        pictures=pictures(data),
        is_readable=is_readable,
        unreadable_reason="" if is_readable else f"{words.NOT_READABLE} {words.NOT_READABLE_REMEDY}",
        is_public=data["public"] if isinstance(data.get("public"), bool) else None,
    )


def closed(info: PlaylistInfo) -> PlaylistInfo:
    """``info`` of a playlist whose head is all that this app gets."""
    return replace(info, is_readable=False, unreadable_reason=f"{words.NOT_READABLE} {words.NOT_YOURS_REMEDY}")


def entry(data: Any) -> TrackInfo | None:
    """The track of one playlist entry; None for what is no track any more: removed, a local file, an episode."""
    if not isinstance(data, dict):
        return None
    inner = data.get("item") or data.get("track")
    if not isinstance(inner, dict) or inner.get("type", "track") != "track":
        return None
    if data.get("is_local") or inner.get("is_local") or not inner.get("id"):
        return None
    return track(inner)


def credits_of(data: dict[str, Any]) -> tuple[Credit, ...]:
    """Everyone named, in order; Spotify does not say who is featured, so commas join them."""
    people = [person for person in data.get("artists") or [] if isinstance(person, dict) and person.get("name")]
    last = len(people) - 1
    return tuple(Credit(artist(person), "" if index == last else ", ") for index, person in enumerate(people))


def pictures(data: dict[str, Any]) -> tuple[Picture, ...]:
    return tuple(
        Picture(text(image.get("url")), positive(image.get("width")) or 0, positive(image.get("height")) or 0)
        for image in data.get("images") or []
        if isinstance(image, dict) and text(image.get("url")).startswith("https://")
    )


def rows(page: Any) -> list[dict[str, Any]]:
    """The entries of a paging object that are there; searches for playlists hold nulls."""
    if not isinstance(page, dict) or not isinstance(page.get("items"), list):
        raise BadResponse("Spotify answered without a list.", remedy="Try again later.")
    return [row for row in page["items"] if isinstance(row, dict)]


def text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def positive(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
