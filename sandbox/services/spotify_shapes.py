"""Spotify's objects in the three dialects of 2026: the new one lacks fields, and says ``item`` for ``track``."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar
from urllib.parse import urlencode

from sandbox.catalogue.model import Album, Artist, Entry, Playlist, Track

Item = TypeVar("Item")
Shape = dict[str, object]
API = "https://api.spotify.com/v1"
SIZES = (("ab67616d0000b273", 640), ("ab67616d00001e02", 300), ("ab67616d00004851", 64))
ARTIST_SIZES = (("ab6761610000e5eb", 640), ("ab67616100005174", 320), ("ab6761610000f178", 160))
ALBUM_TYPES = {"album": "album", "single": "single", "ep": "single", "compile": "compilation"}
MARKETS = ["NO", "SE", "DK", "DE", "GB", "US"]


def name_of(track: Track) -> str:
    """The title as Spotify writes it: guests in brackets, the version behind a dash."""
    recording = track.recording
    guests = f" (feat. {', '.join(a.name for a in recording.featured)})" if recording.featured else ""
    version = f" - {recording.version.strip('()')}" if recording.version else ""
    return f"{recording.title}{guests}{version}"


def images(picture: str, sizes: tuple[tuple[str, int], ...] = SIZES) -> list[Shape]:
    base = "https://i.scdn.co/image/"
    return [{"url": f"{base}{prefix}{picture[:24]}", "height": size, "width": size} for prefix, size in sizes]


def _reference(kind: str, identifier: str) -> Shape:
    return {
        "type": kind,
        "id": identifier,
        "uri": f"spotify:{kind}:{identifier}",
        "href": f"{API}/{kind}s/{identifier}",
        "external_urls": {"spotify": f"https://open.spotify.com/{kind}/{identifier}"},
    }


class Dialect:
    """Writes objects for one caller: his app's dialect and the market that applies to him."""

    def __init__(self, name: str, *, has_market: bool) -> None:
        self.name = name
        self.is_new = name == "new"
        self._has_market = has_market

    def artist_stub(self, artist: Artist) -> Shape:
        return {**_reference("artist", artist.spotify_id), "name": artist.name}

    def artist(self, artist: Artist) -> Shape:
        is_known = artist.kind != "Other"
        shape = {
            **self.artist_stub(artist),
            "images": images(artist.picture, ARTIST_SIZES) if is_known else [],
            "genres": [],
        }
        if self.is_new:
            return shape
        followers = {"href": None, "total": artist.fans}
        return {**shape, "genres": [artist.genre.lower()], "followers": followers, "popularity": artist.fans // 9_100}

    def album_stub(self, album: Album, *, group: str = "") -> Shape:
        precision = album.date_precision
        shape: Shape = {
            **_reference("album", album.spotify_id),
            "name": "" if album.is_removed else album.title,
            "album_type": ALBUM_TYPES[album.record_type],
            "total_tracks": 0 if album.is_removed else len(album.tracks),
            "release_date": album.released_on[: {"year": 4, "month": 7, "day": 10}[precision]],
            "release_date_precision": precision,
            "images": images(album.picture) if album.has_cover else [],
            "artists": [self.artist_stub(artist) for artist in album.artists],
        }
        if self._has_market:
            shape["is_playable"] = not album.is_removed
        if not self.is_new:
            shape["available_markets"] = MARKETS
            if group:
                shape["album_group"] = group
        return shape

    def album(self, album: Album, request_path: str) -> Shape:
        tracks = [] if album.is_removed else album.tracks
        shape = {
            **self.album_stub(album),
            "copyrights": [
                {"text": f"{album.released_on[:4]} {album.label}", "type": "C"},
                {"text": f"{album.released_on[:4]} {album.label}", "type": "P"},
            ],
            "external_ids": {"upc": album.upc},
            "genres": [],
            "tracks": page(f"{request_path}/tracks", {}, tracks, self.track_of_album, limit=50, offset=0),
        }
        return shape if self.is_new else {**shape, "label": album.label, "popularity": album.deezer_id % 90}

    def track_of_album(self, track: Track) -> Shape:
        """Simplified: neither ISRC nor album."""
        recording = track.recording
        shape: Shape = {
            **_reference("track", track.spotify_id),
            "name": name_of(track),
            "artists": [self.artist_stub(artist) for artist in recording.all_artists],
            "disc_number": track.disc_number,
            "track_number": track.track_number,
            "duration_ms": recording.duration_ms,
            "explicit": recording.explicit,
            "is_local": False,
            "preview_url": None,
        }
        # Without a market nothing can be said about playing, and the service says no.
        shape["is_playable"] = track.is_readable and self._has_market
        if not track.is_readable and self._has_market:
            shape["restrictions"] = {"reason": "market"}
        return shape if self.is_new else {**shape, "available_markets": MARKETS if track.is_readable else ["JP"]}

    def track(self, track: Track) -> Shape:
        shape = {
            **self.track_of_album(track),
            "album": self.album_stub(track.album),
            "external_ids": {"isrc": track.recording.isrc},
        }
        return shape if self.is_new else {**shape, "popularity": track.recording.rank // 10_000}

    def playlist_stub(self, playlist: Playlist) -> Shape:
        count = {
            "href": f"{API}/playlists/{playlist.spotify_id}/{'items' if self.is_new else 'tracks'}",
            "total": len(playlist.entries),
        }
        return {
            **_reference("playlist", playlist.spotify_id),
            "name": playlist.title,
            "description": playlist.description,
            "collaborative": playlist.is_collaborative,
            "public": not playlist.is_private,
            "images": images(playlist.picture)[:1],
            "owner": {**_reference("user", playlist.owner), "display_name": playlist.owner_name},
            "primary_color": None,
            "snapshot_id": snapshot(playlist),
            ("items" if self.is_new else "tracks"): count,
        }

    def entry(self, entry: Entry) -> Shape:
        """A line of a playlist; what is no track any more is null, a file of one's own has no id."""
        shape: Shape = {
            "added_at": _time(entry.added_at),
            "added_by": {
                "id": "ida.berg",
                "type": "user",
                "uri": "spotify:user:ida.berg",
                "href": f"{API}/users/ida.berg",
            },
            "is_local": entry.kind == "local",
            "primary_color": None,
        }
        content = self._content(entry)
        if self.name == "extended":
            return {**shape, "track": content, "item": content}
        return {**shape, ("item" if self.is_new else "track"): content}

    def _content(self, entry: Entry) -> Shape | None:
        if entry.track is not None:
            return {**self.track(entry.track), "track": True, "episode": False}
        return {"local": LOCAL, "episode": EPISODE}.get(entry.kind)


LOCAL: Shape = {
    "type": "track",
    "id": None,
    "name": "Garage demo",
    "uri": "spotify:local:Vera+Holm::Garage+demo:184",
    "href": None,
    "duration_ms": 184_000,
    "explicit": False,
    "is_local": True,
    "disc_number": 0,
    "track_number": 0,
    "artists": [{"id": None, "name": "Vera Holm", "type": "artist", "uri": None, "href": None, "external_urls": {}}],
    "album": {"id": None, "name": "", "images": [], "album_type": None, "artists": [], "release_date": None},
    "external_ids": {},
    "external_urls": {},
}
EPISODE: Shape = {
    **_reference("episode", "0Ep00000000000000000E1"),
    "name": "Talking About Tides",
    "description": "An hour about water.",
    "duration_ms": 3_600_000,
    "explicit": False,
    "is_playable": True,
    "release_date": "2025-11-01",
    "release_date_precision": "day",
    "images": [],
    "show": {**_reference("show", "0Sh00000000000000000S1"), "name": "Shipping News", "publisher": "Radio Nord"},
}


def snapshot(playlist: Playlist) -> str:
    return base64.b64encode(f"{playlist.revision},{playlist.spotify_id}".encode()).decode()


def page(
    path: str, query: dict[str, str], items: Sequence[Item], shape: Callable[[Item], object], *, limit: int, offset: int
) -> Shape:
    """A paging object; ``next`` and ``previous`` are addresses on the real host, to be followed as they are."""

    def link(start: int) -> str:
        return f"{API}{path}?{urlencode({**query, 'offset': start, 'limit': limit})}"

    total = len(items)
    return {
        "href": link(offset),
        "limit": limit,
        "offset": offset,
        "total": total,
        "next": link(offset + limit) if offset + limit < total else None,
        "previous": link(max(0, offset - limit)) if offset > 0 else None,
        "items": [shape(item) for item in items[offset : offset + limit]],
    }


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
