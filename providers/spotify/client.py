"""Asks Spotify with the keys of an app (client credentials), on every kind of app that exists in 2026.

A new app gets ten hits a search, single items only, and no contents of other people's playlists; older ones get more.
What an app can do is learned from its answers and remembered for a week.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

import spotipy
from spotipy.cache_handler import CacheHandler

from core.answers import DAY, HOUR, kept_answer
from core.errors import BadResponse, Forbidden, NotFound, PermanentError, UserError
from core.http import ServiceSession, fresh_answers
from core.text import whole_number
from providers.base import (
    Ability,
    AlbumInfo,
    ArtistInfo,
    Kind,
    PlaylistInfo,
    PlaylistPage,
    SearchResults,
    TrackInfo,
)
from providers.spotify import mapping, words
from providers.spotify.errors import LABEL, InvalidLimit, SetupNeeded, TokenRefused, spotify_errors

BASE_URL = "https://api.spotify.com/v1"
ACCOUNTS_URL = "https://accounts.spotify.com"
BASE62 = re.compile(r"[0-9A-Za-z]{22}")
SMALL_PAGE = 10  # what new apps get, https://developer.spotify.com/documentation/web-api/references/changes
LARGE_PAGE = 50
PAGE = 50
LARGEST_DISCOGRAPHY = 2000
LARGEST_ALBUM = 2000

logging.getLogger("spotipy").setLevel(logging.CRITICAL)  # its debug lines hold tokens; its errors become ours


class Capabilities(Protocol):
    """What one app was found able to do; forgotten after a week."""

    def get(self, name: str) -> Any: ...
    def learn(self, name: str, value: Any) -> None: ...


class _Spotify(spotipy.Spotify):  # type: ignore[misc]
    def __del__(self) -> None:
        """Leave the session open: it is shared."""


class _ClientCredentials(spotipy.SpotifyClientCredentials):  # type: ignore[misc]
    def __del__(self) -> None:
        """Leave the session open: it is shared."""


class SpotifyCatalogue:
    """Spotify as a catalogue, without a signed-in person."""

    name = "spotify"
    label = LABEL
    abilities = frozenset(Ability)
    closed_remedy = words.NOT_READABLE_REMEDY

    def __init__(
        self,
        session: ServiceSession,
        *,
        client_id: str,
        client_secret: str,
        token_cache: CacheHandler,
        capabilities: Capabilities,
        market: str = "",
        base_url: str = BASE_URL,
        accounts_url: str = ACCOUNTS_URL,
        on_refused: Callable[[SetupNeeded], None] | None = None,
    ) -> None:
        """``on_refused`` hears of refusals that somebody has to mend at Spotify."""
        self._tokens = token_cache
        auth = _ClientCredentials(client_id, client_secret, requests_session=session, cache_handler=token_cache)
        auth.OAUTH_TOKEN_URL = f"{accounts_url.rstrip('/')}/api/token"
        self._connect(session, auth, capabilities, market=market, base_url=base_url, on_refused=on_refused)

    def _connect(
        self,
        session: ServiceSession,
        auth: object,
        capabilities: Capabilities,
        *,
        market: str,
        base_url: str,
        on_refused: Callable[[SetupNeeded], None] | None,
    ) -> None:
        """Ask with the token that ``auth`` gives (spotipy's ``auth_manager``)."""
        self._session = session
        self._can = capabilities
        self._market = market or None
        self._on_refused = on_refused
        self._api = _Spotify(auth_manager=auth, requests_session=session)
        self._api.prefix = f"{base_url.rstrip('/')}/"

    def search(self, query: str, *, kinds: tuple[Kind, ...], limit: int = 20, offset: int = 0) -> SearchResults:
        """Hits in pages as large as the app may have; ``offset`` reaches to 1000."""
        found = SearchResults()
        size = self._page_size("search_limit", limit)
        for start in range(offset, min(offset + limit, 1000), size):
            page = self._search_page(query, kinds, min(size, offset + limit - start), start)
            found = _added(found, page)
            if not page.has_more:
                break
        return found

    def track(self, track_id: str) -> TrackInfo:
        identifier = _base62(track_id, "track")
        body = self._ask(f"track {identifier}", lambda: self._api.track(identifier, market=self._market), keep=30 * DAY)
        return mapping.track(body)

    def track_by_isrc(self, isrc: str) -> TrackInfo:
        found = self.search(f"isrc:{isrc}", kinds=(Kind.TRACK,), limit=1)
        for track in found.tracks:
            if track.isrc in {isrc, ""}:
                return track
        raise NotFound(f"Spotify has no track with the ISRC {isrc}.")

    def album(self, album_id: str) -> AlbumInfo:
        """The album with all tracks. Spotify names no ISRC in them."""
        identifier = _base62(album_id, "album")
        body = self._ask(f"album {identifier}", lambda: self._api.album(identifier, market=self._market), keep=30 * DAY)
        head = mapping.album_head(body)
        if not head.title:
            raise NotFound("Spotify has taken this album down.")
        page = body.get("tracks")
        rows = mapping.rows(page)
        while (start := _next_offset(page)) is not None and len(rows) < start + 1 <= LARGEST_ALBUM:
            page = self._album_page(identifier, start)
            rows += mapping.rows(page)
        tracks = sorted(
            (mapping.track(row, album=head) for row in rows if row.get("id")),
            key=lambda track: (track.disc_number or 1, track.track_number or 10_000),
        )
        head = replace(head, disc_total=max((track.disc_number or 1 for track in tracks), default=None))
        return replace(head, tracks=tuple(replace(track, album=head) for track in tracks))

    def artist(self, artist_id: str) -> ArtistInfo:
        identifier = _base62(artist_id, "artist")
        return mapping.artist(self._ask(f"artist {identifier}", lambda: self._api.artist(identifier), keep=DAY))

    def artist_albums(self, artist_id: str) -> Iterator[AlbumInfo]:
        """Albums, singles and compilations; Spotify groups them by kind, newest first within each."""
        identifier = _base62(artist_id, "artist")
        start: int | None = 0
        while start is not None and start < LARGEST_DISCOGRAPHY:
            page = self._discography_page(identifier, start)
            for row in mapping.rows(page):
                yield mapping.album_head(row)
            following = _next_offset(page)
            start = following if following is not None and following > start else None

    def playlist(self, playlist_id: str) -> PlaylistInfo:
        """The head; ``is_readable`` is False where this app does not get the contents."""
        identifier = _base62(playlist_id, "playlist")
        try:
            body = self._ask(
                f"playlist {identifier}", lambda: self._api.playlist(identifier, market=self._market), keep=0
            )
        except NotFound as exc:
            if identifier.startswith("37i9dQZ"):
                raise NotFound(words.MADE_BY_SPOTIFY, remedy=words.MADE_BY_SPOTIFY_REMEDY) from exc
            raise
        return mapping.playlist(body)

    def playlist_page(self, playlist_id: str, *, cursor: str | None = None) -> PlaylistPage:
        identifier = _base62(playlist_id, "playlist")
        start = whole_number(cursor or "") or 0
        page = self._contents(identifier, start)
        mapping.rows(page)  # refuses what is no list
        following = _next_offset(page)
        total = page.get("total")
        return PlaylistPage(
            tracks=tuple(mapping.entry(row) for row in page["items"]),
            next=str(following) if following is not None and following > start else None,
            total=total if isinstance(total, int) else None,
        )

    def probe(self) -> None:
        """Learn with one cheap call what the app can do. Raises AuthRequired where its keys are refused."""
        self._can.learn("search_limit", LARGE_PAGE)
        with fresh_answers():
            self._search_page("a", (Kind.TRACK,), LARGE_PAGE, 0)

    # --- pages ---------------------------------------------------------------------------------------------------

    def _search_page(self, query: str, kinds: tuple[Kind, ...], limit: int, offset: int) -> SearchResults:
        types = ",".join(kinds)

        def ask(size: int) -> Any:
            return self._api.search(query, limit=size, offset=offset, type=types, market=self._market)

        key = f"search {json.dumps([query, types, limit, offset])}"
        body = self._ask(key, lambda: self._sized("search_limit", limit, ask), keep=3 * HOUR)
        pages = {kind: body.get(f"{kind}s") for kind in kinds}
        totals = {kind: page["total"] for kind, page in pages.items() if isinstance(page, dict) and "total" in page}
        return SearchResults(
            tracks=tuple(mapping.track(row) for row in _rows(pages, Kind.TRACK) if row.get("id")),
            albums=tuple(mapping.album_head(row) for row in _rows(pages, Kind.ALBUM) if row.get("id")),
            artists=tuple(mapping.artist(row) for row in _rows(pages, Kind.ARTIST) if row.get("id")),
            playlists=tuple(mapping.playlist(row) for row in _rows(pages, Kind.PLAYLIST) if row.get("id")),
            totals={kind: total for kind, total in totals.items() if isinstance(total, int)},
            has_more=any(_next_offset(page) is not None for page in pages.values()),
        )

    def _album_page(self, album_id: str, start: int) -> dict[str, Any]:
        return self._ask(
            f"album {album_id} tracks {start}",
            # spotipy's own method ends the path with a slash, which the documentation does not have
            lambda: self._api._get(f"albums/{album_id}/tracks", limit=PAGE, offset=start, market=self._market),
            keep=30 * DAY,
        )

    def _discography_page(self, artist_id: str, start: int) -> dict[str, Any]:
        def ask(size: int) -> Any:
            return self._api._get(
                f"artists/{artist_id}/albums",
                include_groups="album,single,compilation",
                market=self._market,
                limit=size,
                offset=start,
            )

        wanted = self._page_size("search_limit", LARGE_PAGE)
        return self._ask(
            f"artist {artist_id} albums {wanted} {start}",
            lambda: self._sized("search_limit", wanted, ask),
            keep=12 * HOUR,
        )

    def _contents(self, playlist_id: str, start: int) -> dict[str, Any]:
        """One page of entries under whichever path this app may use. Raises Forbidden, with ways out, for neither."""
        known = self._can.get("playlist_items_path")
        paths = ("tracks", "items") if known == "tracks" else ("items", "tracks")
        refused = False
        for path in paths:
            try:
                page = self._ask(
                    f"playlist {playlist_id} {path} {start}", self._entries(playlist_id, path, start), keep=0
                )
            except (Forbidden, NotFound, TokenRefused) as exc:
                refused = refused or not isinstance(exc, NotFound)
                continue
            except PermanentError:  # 405: this path is unknown there
                continue
            if path != known:
                self._can.learn("playlist_items_path", path)
            return page
        if not refused:
            raise NotFound("Spotify has nothing there: the playlist was removed or never existed.")
        self._can.learn("foreign_playlists", False)
        raise Forbidden(words.NOT_READABLE, remedy=self.closed_remedy)

    def _entries(self, playlist_id: str, path: str, start: int) -> Callable[[], Any]:
        return lambda: self._api._get(
            f"playlists/{playlist_id}/{path}",
            limit=PAGE,
            offset=start,
            market=self._market,
            additional_types="track",
        )

    # --- one question --------------------------------------------------------------------------------------------

    def _page_size(self, capability: str, wanted: int) -> int:
        return min(wanted, LARGE_PAGE if self._can.get(capability) == LARGE_PAGE else SMALL_PAGE)

    def _sized(self, capability: str, size: int, ask: Callable[[int], Any]) -> Any:
        """``ask`` with ``size``; where the app may not have so many, with what it may, and that is remembered."""
        try:
            with spotify_errors():
                return ask(size)
        except InvalidLimit:
            if size <= SMALL_PAGE:
                raise
        self._can.learn(capability, SMALL_PAGE)
        return ask(SMALL_PAGE)

    def _ask(self, key: str, ask: Callable[[], Any], *, keep: float) -> dict[str, Any]:
        """The answer's body, kept for ``keep`` seconds. A token that was refused is renewed once."""

        def once() -> Any:
            try:
                with spotify_errors():
                    return ask()
            except SetupNeeded as exc:
                if self._on_refused is not None:
                    self._on_refused(exc)
                raise

        def twice() -> Any:
            try:
                return once()
            except TokenRefused:
                self._renew_token()
                return once()

        body = kept_answer(self._session, f"{self._market} {key}", twice, label=LABEL, keep=keep)
        if not isinstance(body, dict):
            raise BadResponse("Spotify answered with something unreadable.", remedy="Try again later.")
        return body

    def _renew_token(self) -> None:
        """The next call asks with another token."""
        self._tokens.save_token_to_cache({"access_token": "", "expires_at": 0})


def _base62(value: str, what: str) -> str:
    if not BASE62.fullmatch(value):
        raise UserError(
            f"{value[:40]!r} is not the id of a {what} of Spotify.",
            remedy="Ids of Spotify are 22 letters and digits; copy the link.",
        )
    return value


def _rows(pages: dict[Kind, Any], kind: Kind) -> list[dict[str, Any]]:
    return mapping.rows(pages[kind]) if pages.get(kind) is not None else []


def _next_offset(page: Any) -> int | None:
    """Where the next page begins. Read from ``next``, whose host is not trusted with our token."""
    following = page.get("next") if isinstance(page, dict) else None
    offset = parse_qs(urlsplit(following).query).get("offset", [""])[0] if isinstance(following, str) else ""
    return int(offset) if offset.isdigit() else None


def _added(found: SearchResults, page: SearchResults) -> SearchResults:
    return SearchResults(
        tracks=found.tracks + page.tracks,
        albums=found.albums + page.albums,
        artists=found.artists + page.artists,
        playlists=found.playlists + page.playlists,
        totals=found.totals | page.totals,
        has_more=page.has_more,
    )
