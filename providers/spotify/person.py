"""Spotify asked with a person's own token: their playlists, also private ones, liked tracks and followed artists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from core.errors import AuthRequired, BadResponse, Forbidden, SpotizerError
from core.http import ServiceSession
from core.text import whole_number
from providers.base import PlaylistPage
from providers.spotify import mapping, words
from providers.spotify.client import BASE_URL, PAGE, Capabilities, SpotifyCatalogue, _next_offset
from providers.spotify.errors import SetupNeeded, TokenRefused
from providers.spotify.listed import FollowedPage, ListedPage, ListedPlaylist, Profile


class PersonTokens(Protocol):
    """Where a person's access token comes from."""

    def access(self) -> str:
        """One that is good for now. Raises AuthRequired where the person has to sign in again."""
        ...

    def refused(self, access: str) -> None:
        """This one was refused though it should be good: the next is another."""
        ...


class _Auth:
    """What spotipy asks for the header; it remembers which token was sent last."""

    def __init__(self, tokens: PersonTokens) -> None:
        self._tokens = tokens
        self._sent = ""

    def get_access_token(self, as_dict: bool = False) -> str:
        self._sent = self._tokens.access()
        return self._sent

    def refused(self) -> None:
        self._tokens.refused(self._sent)


class PersonCatalogue(SpotifyCatalogue):
    """Spotify as one person sees it. Answers that are theirs are never kept where others look."""

    closed_remedy = words.NOT_YOURS_REMEDY

    def __init__(
        self,
        session: ServiceSession,
        *,
        tokens: PersonTokens,
        capabilities: Capabilities,
        base_url: str = BASE_URL,
        on_refused: Callable[[SetupNeeded], None] | None = None,
    ) -> None:
        self._auth = _Auth(tokens)
        self._connect(session, self._auth, capabilities, market="", base_url=base_url, on_refused=on_refused)

    def me(self) -> Profile:
        body = self._ask("me", lambda: self._api._get("me"), keep=0)
        identifier = mapping.text(body.get("id"))
        if not identifier:
            raise BadResponse("Spotify did not say who signed in.", remedy="Try again in a moment.")
        name = mapping.text(body.get("display_name")) or identifier
        return Profile(identifier, mapping.text(body.get("account_id")), name)

    def my_playlists(self, user_id: str, offset: int = 0) -> ListedPage:
        """Their own playlists, those that several write to, and those they follow: fifty a page, in their order.

        ``is_readable`` is False for a followed one whose contents this app does not get.
        """
        body = self._ask(
            f"my playlists {offset}", lambda: self._api._get("me/playlists", limit=PAGE, offset=offset), keep=0
        )
        listed = [self._listed(row, user_id) for row in mapping.rows(body) if row.get("id")]
        return ListedPage(self._marked(listed), _next_offset(body), _total(body))

    def liked_head(self) -> tuple[int, str]:
        """How many tracks they like, and a text that changes when they like another or one no more."""
        body = self._ask("liked", lambda: self._api._get("me/tracks", limit=1, offset=0), keep=0)
        newest = next(iter(mapping.rows(body)), {})
        track = newest.get("track") if isinstance(newest.get("track"), dict) else {}
        total = _total(body) or 0
        return total, f"{total} {mapping.text(newest.get('added_at'))} {mapping.text((track or {}).get('id'))}"[:200]

    def liked_page(self, cursor: str | None = None) -> PlaylistPage:
        """Their liked tracks, newest first, as a page of a playlist."""
        start = whole_number(cursor or "") or 0
        body = self._ask(f"liked {start}", lambda: self._api._get("me/tracks", limit=PAGE, offset=start), keep=0)
        mapping.rows(body)
        following = _next_offset(body)
        return PlaylistPage(
            tracks=tuple(mapping.entry(row) for row in body["items"]),
            next=str(following) if following is not None and following > start else None,
            total=_total(body),
        )

    def followed_artists(self, after: str = "") -> FollowedPage:
        """The artists whom they follow, fifty after the one with the id ``after``."""

        def ask() -> Any:
            return self._api._get("me/following", type="artist", limit=PAGE, after=after or None)

        body = self._ask(f"following {after}", ask, keep=0)
        page = body.get("artists")
        artists = tuple(mapping.artist(row) for row in mapping.rows(page) if row.get("id"))
        cursors = page.get("cursors") if isinstance(page, dict) else None
        following = mapping.text(cursors.get("after")) if isinstance(cursors, dict) else ""
        has_more = isinstance(page, dict) and bool(page.get("next"))
        return FollowedPage(artists, following if has_more and following != after else "", _total(page))

    # --- what this app gets of other people's lists --------------------------------------------------------------

    def _listed(self, row: dict[str, Any], user_id: str) -> ListedPlaylist:
        owner = row.get("owner")
        is_own = isinstance(owner, dict) and mapping.text(owner.get("id")) == user_id
        return ListedPlaylist(mapping.playlist(row), is_own, row.get("collaborative") is True)

    def _marked(self, listed: list[ListedPlaylist]) -> tuple[ListedPlaylist, ...]:
        """The list does not say whose contents are closed: one that they follow is tried, once a week."""
        followed = [one for one in listed if not (one.is_own or one.is_shared)]
        is_open = self._reads_foreign(followed[0].info.id) if followed else True
        if is_open:
            return tuple(listed)
        closed = {one.info.id for one in followed}
        return tuple(
            ListedPlaylist(mapping.closed(one.info), one.is_own, one.is_shared) if one.info.id in closed else one
            for one in listed
        )

    def _reads_foreign(self, playlist_id: str) -> bool:
        known = self._can.get("foreign_playlists")
        if isinstance(known, bool):
            return known
        try:
            self._contents(playlist_id, 0)
        except Forbidden:
            return False  # and it is remembered
        except SpotizerError:
            return True  # not known yet
        self._can.learn("foreign_playlists", True)
        return True

    # --- the token -----------------------------------------------------------------------------------------------

    def _renew_token(self) -> None:
        self._auth.refused()

    def _ask(self, key: str, ask: Callable[[], Any], *, keep: float) -> dict[str, Any]:
        try:
            return super()._ask(key, ask, keep=0)
        except TokenRefused as exc:  # also the new one: only the person can help
            raise AuthRequired(words.SIGN_IN_AGAIN, remedy=words.SIGN_IN_AGAIN_REMEDY) from exc


def _total(page: Any) -> int | None:
    total = page.get("total") if isinstance(page, dict) else None
    return total if isinstance(total, int) and not isinstance(total, bool) else None
