"""Asks Deezer. Shapes and limits: https://developers.deezer.com/api (50 requests in 5 seconds for one address)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from core.answers import DAY, HOUR, get_json
from core.errors import (
    AuthRequired,
    BadResponse,
    Forbidden,
    NotFound,
    RateLimited,
    TransientError,
    UserError,
)
from core.http import ServiceSession
from core.text import whole_number
from providers.base import (
    Ability,
    AlbumInfo,
    ArtistInfo,
    Credit,
    Kind,
    PlaylistInfo,
    PlaylistPage,
    SearchResults,
    TrackInfo,
)
from providers.deezer import mapping

BASE_URL = "https://api.deezer.com"
LABEL = "Deezer"
PAGE = 100  # the most that Deezer gives at once
LARGEST_DISCOGRAPHY = 2000
QUOTA_SECONDS = 7.0  # after "Quota limit exceeded"; no Retry-After comes with it
NUMBER = re.compile(r"[0-9]{1,19}")


class DeezerCatalogue:
    """Deezer as a catalogue; no account, no key."""

    name = "deezer"
    label = LABEL
    abilities = frozenset(Ability)

    def __init__(self, session: ServiceSession, *, base_url: str = BASE_URL) -> None:
        self._session = session
        self._base_url = base_url.rstrip("/")

    def search(self, query: str, *, kinds: tuple[Kind, ...], limit: int = 20, offset: int = 0) -> SearchResults:
        found: dict[Kind, list[dict[str, Any]]] = {}
        totals: dict[Kind, int] = {}
        has_more = False
        for kind in kinds:
            body = self._get(f"search/{kind}", q=query, limit=min(limit, PAGE), index=offset, keep=3 * HOUR)
            found[kind] = _rows(body)
            has_more = has_more or bool(body.get("next"))
            if isinstance(body.get("total"), int):
                totals[kind] = body["total"]
        return SearchResults(
            tracks=tuple(mapping.track(row) for row in found.get(Kind.TRACK, ())),
            albums=tuple(mapping.album_head(row) for row in found.get(Kind.ALBUM, ())),
            artists=tuple(mapping.artist(row) for row in found.get(Kind.ARTIST, ())),
            playlists=tuple(mapping.playlist(row) for row in found.get(Kind.PLAYLIST, ())),
            totals=totals,
            has_more=has_more,
        )

    def track(self, track_id: str) -> TrackInfo:
        return mapping.track(self._get(f"track/{_number(track_id, 'track')}", keep=30 * DAY))

    def track_by_isrc(self, isrc: str) -> TrackInfo:
        return mapping.track(self._get(f"track/isrc:{isrc}", keep=30 * DAY))

    def preview_address(self, *, track_id: str = "", isrc: str = "") -> str:
        """Where half a minute of the track is heard for some hours, empty where nowhere. Asked anew each time."""
        path = f"track/{_number(track_id, 'track')}" if track_id else f"track/isrc:{isrc}"
        return mapping.text(self._get(path).get("preview"))

    def album(self, album_id: str) -> AlbumInfo:
        return self._whole_album(self._get(f"album/{_number(album_id, 'album')}", keep=30 * DAY))

    def album_by_upc(self, upc: str) -> AlbumInfo:
        return self._whole_album(self._get(f"album/upc:{upc}", keep=30 * DAY))

    def artist(self, artist_id: str) -> ArtistInfo:
        return mapping.artist(self._get(f"artist/{_number(artist_id, 'artist')}", keep=DAY))

    def artist_albums(self, artist_id: str) -> Iterator[AlbumInfo]:
        """In Deezer's order, which is mostly newest first. The list names no artist: they are the asked one's."""
        owner = (Credit(self.artist(artist_id)),)
        path, index = f"artist/{artist_id}/albums", 0
        while index < LARGEST_DISCOGRAPHY:
            body = self._get(path, limit=PAGE, index=index, keep=12 * HOUR)
            for row in _rows(body):
                head = mapping.album_head(row)
                yield head if head.credits else replace(head, credits=owner)
            following = _next_index(body)
            if following is None or following <= index:
                return
            index = following

    def playlist(self, playlist_id: str) -> PlaylistInfo:
        return mapping.playlist(self._get(f"playlist/{_number(playlist_id, 'playlist')}"))

    def playlist_page(self, playlist_id: str, *, cursor: str | None = None) -> PlaylistPage:
        index = whole_number(cursor or "") or 0
        body = self._get(f"playlist/{_number(playlist_id, 'playlist')}/tracks", limit=PAGE, index=index)
        _rows(body)  # refuses what is no list
        following = _next_index(body)
        total = body.get("total")
        return PlaylistPage(
            tracks=tuple(
                mapping.track(row) if isinstance(row, dict) and row.get("id") else None for row in body["data"]
            ),
            next=str(following) if following is not None and following > index else None,
            total=total if isinstance(total, int) else None,
        )

    def _whole_album(self, head_body: dict[str, Any]) -> AlbumInfo:
        """The album with its tracks from ``/tracks``: only there do they have ISRC, disc and position."""
        head = mapping.album_head(head_body)
        rows: list[dict[str, Any]] = []
        index: int | None = 0
        while index is not None and len(rows) <= LARGEST_DISCOGRAPHY:
            body = self._get(f"album/{head.id}/tracks", limit=PAGE, index=index, keep=30 * DAY)
            rows += _rows(body)
            following = _next_index(body)
            index = following if following is not None and following > index else None
        tracks = [mapping.track(row, album=head) for row in rows]
        tracks.sort(key=lambda track: (track.disc_number or 1, track.track_number or 10_000))
        discs = max((track.disc_number or 1 for track in tracks), default=None)
        head = replace(head, disc_total=discs, track_total=head.track_total or len(tracks) or None)
        return replace(head, tracks=tuple(replace(track, album=head) for track in tracks))

    def _get(self, path: str, *, keep: float = 0.0, **params: Any) -> dict[str, Any]:
        body = get_json(self._session, f"{self._base_url}/{path}", params, label=LABEL, keep=keep, check=raise_error)
        if not isinstance(body, dict):
            raise BadResponse(f"{LABEL} answered with something unreadable.", remedy="Try again later.")
        return body


def raise_error(body: Any) -> None:
    """Raise what an ``error`` in the body means, whatever the status was."""
    error = body.get("error") if isinstance(body, dict) else None
    if not error:
        return
    details = error if isinstance(error, dict) else {}
    code, said = details.get("code"), mapping.text(details.get("message"))
    match code:
        case 4:
            raise RateLimited(
                f"{LABEL} is asked too often.", retry_after=QUOTA_SECONDS, remedy="Spotizer goes on by itself."
            )
        case 700:
            raise TransientError(f"{LABEL} is busy.", remedy="Try again in a moment.")
        case 800:
            raise NotFound(f"{LABEL} has nothing there: it was removed or never existed.")
        case 200 | 901:
            raise Forbidden(f"{LABEL} keeps this private.", remedy="Ask its owner to make it public.")
        case 300:
            raise AuthRequired(f"{LABEL} does not accept our credentials.")
        case 100 | 500 | 501 | 600:
            raise UserError(f"{LABEL} does not understand this: {said[:200]}", remedy="Try plainer words.")
    raise TransientError(f"{LABEL} reports a problem: {said[:200] or code}.", remedy="Try again later.")


def _number(value: str, what: str) -> str:
    if not NUMBER.fullmatch(value):
        raise UserError(
            f"{value[:40]!r} is not the id of a {what} of {LABEL}.", remedy="Ids of Deezer are numbers; copy the link."
        )
    return value


def _rows(body: dict[str, Any]) -> list[dict[str, Any]]:
    data = body.get("data")
    if not isinstance(data, list):
        raise BadResponse(f"{LABEL} answered without a list.", remedy="Try again later.")
    return [row for row in data if isinstance(row, dict)]


def _next_index(body: dict[str, Any]) -> int | None:
    """Where the next page begins, read from ``next``; ``total`` is only an estimate."""
    index = parse_qs(urlsplit(mapping.text(body.get("next"))).query).get("index", [""])[0]
    return int(index) if index.isdigit() else None
