"""Playlists: the head each time (it says whether anything changed), the contents page by page and only when it did."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from accounts.models import Person, SpotifyAccount
from accounts.services import spotify_people
from catalog.models import Playlist, PlaylistEntry, Track
from catalog.selectors import visible_playlists
from catalog.services import mine
from catalog.services.catalogues import get_catalogue, is_configured
from catalog.services.store import finish_playlist, store_playlist, store_playlist_page
from core.errors import AuthRequired, Forbidden, NotFound, TransientError, UserError
from core.text import whole_number
from providers.base import PlaylistPage
from providers.spotify import words
from providers.spotify.listed import LIKED

log = logging.getLogger(__name__)

HEAD_FRESH = timedelta(minutes=2)
PAGE = 100
MOST_ENTRIES = 100_000


@dataclass(frozen=True, slots=True)
class StoredPage:
    """Some of a playlist's entries in order. ``next`` is what the next call takes, None on the last page."""

    entries: list[PlaylistEntry]
    next: str | None = None
    total: int | None = None

    @property
    def tracks(self) -> list[Track | None]:
        """One for each entry; None where the service has the track no more."""
        return [entry.track for entry in self.entries]

    @property
    def skipped(self) -> int:
        return sum(entry.track_id is None for entry in self.entries)


def open_playlist(provider: str, playlist_id: str, person: Person | None = None) -> Playlist:
    """The playlist's head as it is now, as its service shows it to ``person``.

    Its ``unreadable_reason`` says where the contents are refused. What was stored for others is given only where they
    may know of it: else the service decides.
    """
    if playlist_id.startswith(LIKED):
        return mine.open_liked(person, playlist_id)
    if not playlist_id.isprintable():
        raise NotFound("There is no such playlist.")
    row = visible_playlists(person).filter(provider=provider, provider_id=playlist_id).first()
    account = spotify_people.account_of(person) if provider == "spotify" else None
    if row is not None and _is_fresh(row, person if account else None):
        return row
    try:
        return _asked(provider, playlist_id, person, account)
    except NotFound as exc:
        if provider != "spotify" or account is not None or exc.remedy:
            raise
        raise NotFound(exc.message, remedy=words.MAYBE_PRIVATE_REMEDY) from exc
    except TransientError:
        if row is None:
            raise
        log.warning("%s did not answer for playlist %s; giving what is stored", provider, playlist_id)
        return row


def _is_fresh(row: Playlist, person: Person | None) -> bool:
    """Whether the stored head will do. One that is closed to others is asked for anew with the person's own token."""
    since = timezone.now() - HEAD_FRESH
    if row.seen_at <= since:
        return False
    if person is None or not row.unreadable_reason:
        return True
    return row.readers.filter(person=person, is_closed=True, seen_at__gt=since).exists()


def _asked(provider: str, playlist_id: str, person: Person | None, account: SpotifyAccount | None) -> Playlist:
    if account is not None:
        try:
            info = spotify_people.catalogue_of(account).playlist(playlist_id)
        except AuthRequired:
            if not is_configured(provider):
                raise
            log.info("Playlist %s is asked for without the person's token, which is refused", playlist_id)
        else:
            return store_playlist(info, reader=person, is_theirs=True)
    return store_playlist(get_catalogue(provider).playlist(playlist_id), reader=person)


def playlist_page(playlist: Playlist, cursor: str | None = None, person: Person | None = None) -> StoredPage:
    """Entries from ``cursor`` on: the stored ones where the playlist has not changed, else its service's.

    A page is stored before it is given, so whoever goes on later goes on here. Raises Forbidden where the contents are
    refused to ``person``, with the ways out as its remedy, and AuthRequired where they have to sign in.
    """
    start = whole_number(cursor or "") or 0
    if playlist.entries_fetched_at is not None:
        return _stored(playlist, start)
    if start >= MOST_ENTRIES:
        raise UserError(f"This playlist has more than {MOST_ENTRIES:,} entries.", remedy="Split it at its service.")
    page = read_page(playlist, cursor, person)
    entries = store_playlist_page(playlist, page, start + 1)
    if page.next is None:
        finish_playlist(playlist, start + len(entries))
    return StoredPage(entries, page.next, playlist.track_total if page.total is None else page.total)


def read_page(playlist: Playlist, cursor: str | None, person: Person | None) -> PlaylistPage:
    """The service's own page, as it shows it to ``person``; nothing is stored. Raises as ``playlist_page`` does."""
    if playlist.provider_id.startswith(LIKED):
        return mine.liked_page(playlist, cursor, person)
    if playlist.provider != "spotify":
        if playlist.unreadable_reason:
            raise Forbidden(playlist.unreadable_reason)
        return get_catalogue(playlist.provider).playlist_page(playlist.provider_id, cursor=cursor)
    account = spotify_people.require_account(person) if playlist.is_private else spotify_people.account_of(person)
    if account is None:
        if playlist.unreadable_reason:
            raise Forbidden(words.NOT_READABLE, remedy=words.NOT_READABLE_REMEDY)
        return get_catalogue("spotify").playlist_page(playlist.provider_id, cursor=cursor)
    if playlist.unreadable_reason and playlist.readers.filter(person=person, is_closed=True).exists():
        raise Forbidden(words.NOT_READABLE, remedy=words.NOT_YOURS_REMEDY)
    page = spotify_people.catalogue_of(account).playlist_page(playlist.provider_id, cursor=cursor)
    if playlist.unreadable_reason:
        playlist.unreadable_reason = ""
        playlist.save(update_fields=["unreadable_reason"])
    return page


def _stored(playlist: Playlist, start: int) -> StoredPage:
    rows = list(
        playlist.entries.filter(position__gt=start)
        .select_related("track__recording", "track__album__artwork")
        .order_by("position")[: PAGE + 1]
    )
    following = str(rows[PAGE - 1].position) if len(rows) > PAGE else None
    return StoredPage(rows[:PAGE], following, playlist.track_total)
