"""Gets identifiers where another catalogue gives them more cheaply."""

from __future__ import annotations

import logging
from dataclasses import replace

from catalog.names import plain
from catalog.services.catalogues import deezer
from core.errors import SpotizerError
from providers.base import AlbumInfo, TrackInfo

log = logging.getLogger(__name__)

SAME_LENGTH_MS = 3000


def add_isrcs(album: AlbumInfo) -> AlbumInfo:
    """``album`` with the ISRCs that Deezer knows for the same UPC; unchanged where they are known or not to be had.

    Spotify names no ISRC in an album's track list and charges a call for each track; Deezer gives all in two calls.
    Only a track at the same place, of the same length, is believed to be the same.
    """
    if album.provider == "deezer" or not album.upc or all(track.isrc for track in album.tracks):
        return album
    try:
        twin = deezer().album_by_upc(album.upc)
    except SpotizerError as exc:
        log.info("No ISRCs from Deezer for UPC %s: %s", album.upc, exc)
        return album
    there = {(track.disc_number or 1, track.track_number): track for track in twin.tracks}
    return replace(
        album,
        tracks=tuple(
            _with_isrc(track, there.get((track.disc_number or 1, track.track_number))) for track in album.tracks
        ),
    )


def _with_isrc(track: TrackInfo, twin: TrackInfo | None) -> TrackInfo:
    if track.isrc or twin is None or not twin.isrc or track.duration_ms is None or twin.duration_ms is None:
        return track
    is_same = abs(track.duration_ms - twin.duration_ms) <= SAME_LENGTH_MS
    is_alike = plain(track.title)[:8] == plain(twin.title)[:8]
    return replace(track, isrc=twin.isrc) if is_same and is_alike else track
