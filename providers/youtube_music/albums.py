"""Albums of YouTube Music found once and kept for a while, so that their other tracks cost no call."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.errors import BadResponse, NotFound
from providers.base import AlbumInfo, Candidate, TrackInfo
from providers.youtube_music.client import MusicClient
from providers.youtube_music.likeness import is_same_title, key, shares_artist
from providers.youtube_music.mapping import candidate_from, names_of

KEPT_SECONDS = 900.0
MOST_KEPT = 64
ASKS_BEFORE_LOADING = 2  # a single track is found by its own search at less cost
PLACE_MS = 2_000


@dataclass(slots=True)
class _Place:
    """One album: how often it was asked for, and its tracks once they are loaded."""

    until: float
    asks: int = 0
    tracks: list[Candidate] | None = field(default=None)


class AlbumShelf:
    """The newest albums; ``clock`` is given by tests."""

    def __init__(self, client: MusicClient, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._places: OrderedDict[tuple[str, str], _Place] = OrderedDict()

    def candidates(self, wanted: TrackInfo) -> list[Candidate]:
        """The tracks of the wanted album that have the wanted title, or its number and length."""
        album = wanted.album
        if album is None or not album.title or not wanted.artists:
            return []
        place = self._place(key(wanted.artists[0]), key(album.title))
        place.asks += 1
        if place.tracks is None:
            if place.asks < ASKS_BEFORE_LOADING:
                return []
            place.tracks = self._load(wanted, album)
        return [track for track in place.tracks if _may_be(wanted, track)]

    def _place(self, artist: str, title: str) -> _Place:
        now = self._clock()
        place = self._places.get((artist, title))
        if place is None or place.until < now:
            place = self._places[(artist, title)] = _Place(now + KEPT_SECONDS)
            while len(self._places) > MOST_KEPT:
                self._places.popitem(last=False)
        self._places.move_to_end((artist, title))
        return place

    def _load(self, wanted: TrackInfo, album: AlbumInfo) -> list[Candidate]:
        """The album's tracks in two calls; none where no album is surely the wanted one."""
        artists = tuple(credit.artist.name for credit in album.credits) or wanted.artists
        hits = self._client.albums(f"{artists[0]} {album.title}")
        hit = _best(hits, album, artists)
        if hit is None:
            return []
        try:
            found = self._client.album(str(hit["browseId"]))
        except (NotFound, BadResponse):
            return []  # the search goes on without it
        title = str(found.get("title") or album.title)
        return [track for row in found.get("tracks") or () if (track := candidate_from(row, album=title)) is not None]


def _best(hits: list[dict[str, Any]], album: AlbumInfo, artists: tuple[str, ...]) -> dict[str, Any] | None:
    """The edition of the same title and artist, of the wanted year where there are several."""
    fitting = [
        hit
        for hit in hits
        if hit.get("browseId") and is_same_title(str(hit.get("title") or ""), album.title) and _is_by(hit, artists)
    ]
    year = album.released_on[:4]
    return min(fitting, key=lambda hit: str(hit.get("year") or "") != year, default=None)


def _is_by(hit: Mapping[str, Any], artists: tuple[str, ...]) -> bool:
    """An album that names no artist is taken: ytmusicapi drops some."""
    names = names_of(hit)
    return not names or shares_artist(artists, names)


def _may_be(wanted: TrackInfo, track: Candidate) -> bool:
    if is_same_title(wanted.title, track.title):
        return True
    if wanted.duration_ms is None or track.duration_ms is None or track.track_number is None:
        return False
    return track.track_number == wanted.track_number and abs(track.duration_ms - wanted.duration_ms) <= PLACE_MS
