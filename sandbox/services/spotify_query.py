"""Spotify's search: free words and the filters ``track: artist: album: year: isrc: upc: genre: tag:new``."""

from __future__ import annotations

import re

from sandbox.catalogue import Catalogue
from sandbox.catalogue.model import Album, Artist, Playlist, Track
from sandbox.catalogue.search import words

FILTER = re.compile(r'\b(track|artist|album|year|isrc|upc|genre|tag):(?:"([^"]*)"|(\S+))')
NEW_SINCE = "2026-06-01"


class Query:
    def __init__(self, text: str) -> None:
        self.filters: dict[str, str] = {name: quoted or bare for name, quoted, bare in FILTER.findall(text)}
        self.free = FILTER.sub(" ", text).strip()

    def tracks(self, catalogue: Catalogue) -> list[Track]:
        if code := self.filters.get("isrc"):
            recording = catalogue.recording_by_isrc.get(code.upper())
            return [track for track in recording.tracks if not track.album.is_removed] if recording else []
        found = catalogue.track_index.find(self.free) if self.free else catalogue.live_tracks
        return [
            track
            for track in found
            if self._fits("track", track.recording.full_title)
            and self._fits("artist", " ".join(a.name for a in track.recording.all_artists))
            and self._fits("album", track.album.title)
            and self._fits("genre", track.album.genre)
            and self._year(track.album)
        ]

    def albums(self, catalogue: Catalogue) -> list[Album]:
        if code := self.filters.get("upc"):
            found = catalogue.album_by_upc.get(code.zfill(13))
            return [found] if found and not found.is_removed else []
        albums = catalogue.album_index.find(self.free) if self.free else catalogue.albums
        return [
            album
            for album in albums
            if not album.is_removed
            and self._fits("album", album.title)
            and self._fits("artist", " ".join(a.name for a in album.artists))
            and (self.filters.get("tag") != "new" or album.released_on >= NEW_SINCE)
            and self._year(album)
        ]

    def artists(self, catalogue: Catalogue) -> list[Artist]:
        found = catalogue.artist_index.find(self.free) if self.free else catalogue.artists
        return [artist for artist in found if self._fits("artist", artist.name) and self._fits("genre", artist.genre)]

    def playlists(self, catalogue: Catalogue) -> list[Playlist | None]:
        """With holes: some hits are null."""
        found: list[Playlist | None] = list(catalogue.playlist_index.find(self.free))
        if len(found) > 1:
            found.insert(1, None)
        return found

    def _fits(self, name: str, text: str) -> bool:
        return set(words(self.filters.get(name, ""))) <= set(words(text))

    def _year(self, album: Album) -> bool:
        first, _, last = self.filters.get("year", "0-9999").partition("-")
        year = album.released_on[:4]
        return first <= year <= (last or first)
