"""Reads of the catalogue: rows back to the value types that every other part takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet, prefetch_related_objects

from accounts.models import Person
from catalog.models import (
    Album,
    AlbumCredit,
    Artist,
    Artwork,
    ExternalId,
    Playlist,
    PlaylistReader,
    RecordingCredit,
    Track,
)
from providers.base import AlbumInfo, ArtistInfo, Credit, Picture, ReleaseKind, TrackInfo

# Which of several external ids stands for a row: the one that needs no account first.
PROVIDER_ORDER = ("deezer", "spotify", "musicbrainz")

ALBUM_PARTS = ("credits__artist__external_ids", "external_ids", "artwork", "release_group")
TRACK_PARTS = (
    "external_ids",
    "recording__credits__artist__external_ids",
    *(f"album__{part}" for part in ALBUM_PARTS),
)


def visible_playlists(person: Person | None) -> QuerySet[Playlist]:
    """The playlists that ``person`` may know of: those that are not private, and those that were shown to them."""
    if person is None:
        return Playlist.objects.filter(is_private=False)
    shown = PlaylistReader.objects.filter(playlist=OuterRef("pk"), person=person)
    return Playlist.objects.filter(Q(is_private=False) | Exists(shown))


def track_info(track: Track) -> TrackInfo:
    """``track`` with its album and credits, as providers describe tracks."""
    return track_infos([track])[0]


def track_infos(tracks: Sequence[Track]) -> list[TrackInfo]:
    """The same for many; the number of queries does not grow with them."""
    rows = list(tracks)
    prefetch_related_objects(rows, *TRACK_PARTS)
    albums: dict[int, AlbumInfo] = {}
    infos = []
    for track in rows:
        if track.album is not None and track.album.pk not in albums:
            albums[track.album.pk] = _album(track.album)
        infos.append(_track(track, albums[track.album.pk] if track.album is not None else None))
    return infos


def album_info(album: Album) -> AlbumInfo:
    """``album`` without its tracks."""
    prefetch_related_objects([album], *ALBUM_PARTS)
    return _album(album)


def artist_info(artist: Artist) -> ArtistInfo:
    return _artist(artist)


def main_id(external_ids: Iterable[ExternalId]) -> tuple[str, str, str]:
    """Provider, id and link by which a row is known best; three empty texts where no service knows it."""

    def rank(external: ExternalId) -> tuple[int, int]:
        known = external.provider in PROVIDER_ORDER
        return (PROVIDER_ORDER.index(external.provider) if known else len(PROVIDER_ORDER)), external.pk

    best = min(external_ids, key=rank, default=None)
    return (best.provider, best.value, best.link) if best else ("", "", "")


def _track(track: Track, album: AlbumInfo | None) -> TrackInfo:
    provider, value, link = main_id(track.external_ids.all())
    recording = track.recording
    return TrackInfo(
        provider=provider,
        id=value,
        title=track.title,
        credits=_credits(recording.credits.all()),
        album=album,
        disc_number=track.disc_number,
        track_number=track.track_number,
        duration_ms=recording.duration_ms,
        isrc=recording.isrc,
        explicit=recording.explicit,
        is_playable=track.is_playable,
        link=link,
        mbid=recording.mbid,
        genres=tuple(recording.genres),
        composer=recording.composer,
        first_released_on=recording.first_released_on,
    )


def _album(album: Album) -> AlbumInfo:
    provider, value, link = main_id(album.external_ids.all())
    return AlbumInfo(
        provider=provider,
        id=value,
        title=album.title,
        credits=_credits(album.credits.all()),
        kind=ReleaseKind(album.kind),
        released_on=album.released_on,
        track_total=album.track_total,
        disc_total=album.disc_total,
        upc=album.upc,
        label=album.label,
        copyright=album.copyright,
        genres=tuple(album.genres),
        explicit=album.explicit,
        link=link,
        pictures=_pictures(album.artwork),
        mbid=album.mbid,
        release_group_mbid=album.release_group.mbid,
        first_released_on=album.first_released_on,
    )


def _artist(artist: Artist) -> ArtistInfo:
    provider, value, link = main_id(artist.external_ids.all())
    return ArtistInfo(
        provider=provider,
        id="" if value.startswith("name:") else value,
        name=artist.name,
        link=link,
        genres=tuple(artist.genres),
        mbid=artist.mbid,
        sort_name=artist.sort_name,
    )


def _credits(rows: Iterable[AlbumCredit | RecordingCredit]) -> tuple[Credit, ...]:
    return tuple(Credit(_artist(row.artist), row.join_phrase, row.is_featured) for row in rows)


def _pictures(artwork: Artwork | None) -> tuple[Picture, ...]:
    return (Picture(artwork.url),) if artwork else ()
