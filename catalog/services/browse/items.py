"""Tracks, albums and artists."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from catalog.models import Album, AlbumId, Artist, ArtistId, Track, TrackId
from catalog.selectors import PROVIDER_ORDER, main_id
from catalog.services.catalogues import get_catalogue
from catalog.services.identifiers import add_isrcs
from catalog.services.store import store_album, store_albums, store_artist, store_artists, store_tracks
from catalog.services.store.shared import lock_catalogue
from core.errors import PermanentError, TransientError, UserError
from providers.base import AlbumInfo, Catalogue, TrackInfo

log = logging.getLogger(__name__)

ALBUM_FRESH = timedelta(days=30)
RELEASES_FRESH = timedelta(hours=12)


def open_track(provider: str, track_id: str) -> Track:
    """The track with all that its catalogue knows, its whole album included."""
    row = _track(provider, track_id)
    if row is not None and is_complete(row):
        return row
    try:
        return _fetch_track(get_catalogue(provider), track_id)
    except TransientError:
        if row is None:
            raise
        log.warning("%s did not answer for track %s; giving what is stored", provider, track_id)
        return row


def complete_track(track: Track) -> Track:
    """``track`` with place, ISRC and album artist, which lists and playlists leave out. Asks only where they lack.

    Call it before a download that began from a list. What its catalogue no longer has, or no longer lets us see, stays
    as it is. Raises TransientError where the catalogue does not answer.
    """
    if is_complete(track):
        return track
    provider, value, _ = main_id(track.external_ids.all())
    if provider not in PROVIDER_ORDER:
        return track
    try:
        return _fetch_track(get_catalogue(provider), value)
    except (PermanentError, UserError) as exc:
        log.warning("Track %s of %s cannot be completed: %s", value, provider, exc)
        return track


def is_complete(track: Track) -> bool:
    """Whether tags can be written from what is stored."""
    if not (track.recording.isrc and track.track_number and track.album):
        return False
    return bool(track.album.track_total) and track.album.credits.exists()


def open_album(provider: str, album_id: str) -> Album:
    """The album with its tracks; asked for anew when they are older than a month."""
    row = _album(provider, album_id)
    if row is not None and _is_fresh(row.tracks_fetched_at, ALBUM_FRESH):
        return row
    try:
        return _fetch_album(get_catalogue(provider), album_id, row)
    except TransientError:
        if row is None or row.tracks_fetched_at is None:
            raise
        log.warning("%s did not answer for album %s; giving what is stored", provider, album_id)
        return row


def load_album_tracks(album: Album) -> list[Track]:
    """The album's tracks in order, fetched where only its head is known."""
    if not _is_fresh(album.tracks_fetched_at, ALBUM_FRESH):
        provider, value, _ = main_id(album.external_ids.all())
        if provider in PROVIDER_ORDER:
            album = open_album(provider, value)
    return list(album.tracks.select_related("recording", "album").order_by("disc_number", "track_number", "id"))


def open_artist(provider: str, artist_id: str) -> Artist:
    """The artist; their releases come with ``load_artist_albums``."""
    row = _artist(provider, artist_id)
    if row is not None and row.artwork_id:  # a name in a credit has no portrait yet
        return row
    try:
        return store_artist(get_catalogue(provider).artist(artist_id))
    except TransientError:
        if row is None:
            raise
        log.warning("%s did not answer for artist %s; giving what is stored", provider, artist_id)
        return row


def load_artist_albums(artist: Artist) -> list[Album]:
    """The heads of the artist's releases, newest first; asked for anew twice a day.

    A catalogue that answers "none" for an artist with known releases is not believed: Deezer answers so when it is
    asked too often.
    """
    stored = _releases(artist)
    provider, value, _ = main_id(artist.external_ids.all())
    if _is_fresh(artist.releases_fetched_at, RELEASES_FRESH) or provider not in PROVIDER_ORDER:
        return stored
    try:
        heads = list(get_catalogue(provider).artist_albums(value))
    except TransientError:
        if not stored:
            raise
        log.warning("%s did not answer for artist %s; giving what is stored", provider, value)
        return stored
    _store_releases(artist, heads, is_believed=bool(heads) or not stored)
    return _releases(artist)


def _releases(artist: Artist) -> list[Album]:
    rows = artist.albums.select_related("artwork", "release_group").prefetch_related("credits__artist")
    return list(rows.order_by("-released_on", "-id").distinct())


@transaction.atomic
def _store_releases(artist: Artist, heads: list[AlbumInfo], *, is_believed: bool) -> None:
    lock_catalogue()
    artists = store_artists(credit.artist for head in heads for credit in head.credits)
    store_albums(heads, artists)
    if is_believed:
        artist.releases_fetched_at = timezone.now()
        artist.save(update_fields=["releases_fetched_at"])


def _fetch_track(catalogue: Catalogue, track_id: str) -> Track:
    """Ask for the track, and for its album: a track's own answer lacks label, discs and often the album's artist."""
    info = catalogue.track(track_id)
    if info.album is not None:
        _try_album(catalogue, info, info.album.id)
    [row] = store_tracks([info])
    if info.id != track_id:
        _remember_track(info.provider, track_id, row)
    return row


def _try_album(catalogue: Catalogue, info: TrackInfo, album_id: str) -> None:
    try:
        open_album(catalogue.name, album_id)
    except (PermanentError, TransientError, UserError) as exc:
        log.warning("The album of %s is not to be had from %s: %s", info.title, catalogue.label, exc)


def _fetch_album(catalogue: Catalogue, album_id: str, row: Album | None) -> Album:
    info = add_isrcs(catalogue.album(album_id))
    if info.id == album_id:
        return store_album(info)
    # The service calls it otherwise now. A head kept under the old id becomes the album, where that is not stored yet.
    if row is not None:
        _remember_album(info.provider, info.id, row)
    album = store_album(info)
    _remember_album(info.provider, album_id, album)
    return album


def _remember_track(provider: str, value: str, track: Track) -> None:
    TrackId.objects.get_or_create(provider=provider, value=value, defaults={"track": track})


def _remember_album(provider: str, value: str, album: Album) -> None:
    AlbumId.objects.get_or_create(provider=provider, value=value, defaults={"album": album})


def _track(provider: str, value: str) -> Track | None:
    rows = TrackId.objects.select_related("track__recording", "track__album")
    found = rows.filter(provider=provider, value=value).first()
    return found.track if found else None


def _album(provider: str, value: str) -> Album | None:
    found = AlbumId.objects.select_related("album").filter(provider=provider, value=value).first()
    return found.album if found else None


def _artist(provider: str, value: str) -> Artist | None:
    found = ArtistId.objects.select_related("artist").filter(provider=provider, value=value).first()
    return found.artist if found else None


def _is_fresh(at: datetime | None, age: timedelta) -> bool:
    return at is not None and timezone.now() - at < age
