"""MusicBrainz's JSON to our types. Keys have hyphens; lengths are milliseconds and may be null."""

from __future__ import annotations

from typing import Any

from providers.base import AlbumInfo, ArtistInfo, Credit, Picture, ReleaseKind, TrackInfo
from providers.cover_art_archive.addresses import front_pictures

NAME = "musicbrainz"
SITE = "https://musicbrainz.org"
GROUP = "rg-"  # marks the id of a release group among ids of albums
KINDS = {"album": ReleaseKind.ALBUM, "single": ReleaseKind.SINGLE, "ep": ReleaseKind.EP}


def recording(data: dict[str, Any], *, album: AlbumInfo | None = None) -> TrackInfo:
    """A recording. A place on a release comes from ``release_track``."""
    isrcs = [text(isrc) for isrc in data.get("isrcs") or [] if text(isrc)]
    return TrackInfo(
        provider=NAME,
        id=text(data.get("id")),
        title=text(data.get("title")),
        credits=credits_of(data),
        album=album,
        duration_ms=positive(data.get("length")),
        isrc=isrcs[0].upper() if isrcs else "",
        link=f"{SITE}/recording/{data.get('id')}",
        mbid=text(data.get("id")),
        genres=genres_of(data),
        composer=", ".join(composers_of(data)),
        first_released_on=text(data.get("first-release-date")),
    )


def release_track(data: dict[str, Any], *, disc: int | None, album: AlbumInfo) -> TrackInfo:
    """A recording at its place on a release. One recording is on many releases, so its id names the release too."""
    inner = data.get("recording") if isinstance(data.get("recording"), dict) else {}
    known = recording(inner or {}, album=album)
    return TrackInfo(
        provider=NAME,
        id=f"{known.id}@{album.id}",
        title=text(data.get("title")) or known.title,
        credits=credits_of(data) or known.credits,
        album=album,
        disc_number=disc,
        track_number=positive(data.get("position")),
        duration_ms=positive(data.get("length")) or known.duration_ms,
        isrc=known.isrc,
        link=known.link,
        mbid=known.mbid,
        genres=known.genres,
        composer=known.composer,
        first_released_on=known.first_released_on,
    )


def release(data: dict[str, Any]) -> AlbumInfo:
    """One edition, without its tracks."""
    group = data.get("release-group") if isinstance(data.get("release-group"), dict) else {}
    media = [medium for medium in data.get("media") or [] if isinstance(medium, dict)]
    labels = [entry.get("label") or {} for entry in data.get("label-info") or [] if isinstance(entry, dict)]
    archive = data.get("cover-art-archive")
    has_front = archive.get("front") is not False if isinstance(archive, dict) else True
    identifier = text(data.get("id"))
    total = sum(positive(medium.get("track-count")) or 0 for medium in media)
    return AlbumInfo(
        provider=NAME,
        id=identifier,
        title=text(data.get("title")),
        credits=credits_of(data),
        kind=kind_of(group or {}),
        released_on=text(data.get("date")),
        track_total=total or positive(data.get("track-count")),
        disc_total=len(media) or None,
        upc=text(data.get("barcode")),
        label=next((text(label.get("name")) for label in labels if label.get("name")), ""),
        genres=genres_of(data) or genres_of(group or {}),
        link=f"{SITE}/release/{identifier}",
        pictures=front_pictures("release", identifier) if has_front else (),
        mbid=identifier,
        release_group_mbid=text((group or {}).get("id")),
        first_released_on=text((group or {}).get("first-release-date")),
    )


def release_group(data: dict[str, Any], *, credits: tuple[Credit, ...] = ()) -> AlbumInfo:
    """An album as an idea; opening it opens one of its editions."""
    identifier = text(data.get("id"))
    pictures: tuple[Picture, ...] = front_pictures("release-group", identifier)
    return AlbumInfo(
        provider=NAME,
        id=f"{GROUP}{identifier}",
        title=text(data.get("title")),
        credits=credits_of(data) or credits,
        kind=kind_of(data),
        released_on=text(data.get("first-release-date")),
        link=f"{SITE}/release-group/{identifier}",
        pictures=pictures,
        release_group_mbid=identifier,
        first_released_on=text(data.get("first-release-date")),
    )


def artist(data: dict[str, Any]) -> ArtistInfo:
    identifier = text(data.get("id"))
    return ArtistInfo(
        provider=NAME,
        id=identifier,
        name=text(data.get("name")),
        link=f"{SITE}/artist/{identifier}",
        genres=genres_of(data),
        mbid=identifier,
        sort_name=text(data.get("sort-name")),
        aliases=_aliases(data),
    )


def _aliases(data: dict[str, Any]) -> tuple[str, ...]:
    """Other names of the artist; what is only there to be searched for is none."""
    rows = [row for row in data.get("aliases") or [] if isinstance(row, dict) and row.get("type") != "Search hint"]
    return tuple(dict.fromkeys(filter(None, (text(row.get("name")) for row in rows))))


def credits_of(data: dict[str, Any]) -> tuple[Credit, ...]:
    """The credit as printed: the name used there, and what joins it to the next."""
    credits: list[Credit] = []
    is_featured = False
    for entry in data.get("artist-credit") or []:
        if not isinstance(entry, dict):
            continue
        person = entry.get("artist") or {}
        known = artist({**person, "name": entry.get("name") or person.get("name")})
        join = entry.get("joinphrase")
        join = join if isinstance(join, str) else ""
        if known.name:
            credits.append(Credit(known, join, is_featured))
        is_featured = is_featured or "feat" in join.lower() or "ft." in join.lower()
    return tuple(credits)


def kind_of(group: dict[str, Any]) -> ReleaseKind:
    secondary = {text(name).lower() for name in group.get("secondary-types") or []}
    if "compilation" in secondary:
        return ReleaseKind.COMPILATION
    if "live" in secondary:
        return ReleaseKind.LIVE
    primary = text(group.get("primary-type")).lower()
    return KINDS.get(primary, ReleaseKind.OTHER if primary else ReleaseKind.ALBUM)


def genres_of(data: dict[str, Any]) -> tuple[str, ...]:
    """The most agreed on first, five at most."""
    genres = [genre for genre in data.get("genres") or [] if isinstance(genre, dict) and genre.get("name")]
    genres.sort(key=lambda genre: -(genre.get("count") or 0))
    return tuple(text(genre["name"]).title() for genre in genres[:5])


def composers_of(data: dict[str, Any]) -> tuple[str, ...]:
    """Who wrote the works that the recording performs; each once."""
    names: dict[str, None] = {}
    for performance in data.get("relations") or []:
        work = performance.get("work") if isinstance(performance, dict) else None
        for relation in (work.get("relations") or []) if isinstance(work, dict) else []:
            person = relation.get("artist") if isinstance(relation, dict) else None
            if isinstance(person, dict) and relation.get("type") in {"composer", "writer"}:
                names[text(person.get("name"))] = None
    return tuple(name for name in names if name)


def text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def positive(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
