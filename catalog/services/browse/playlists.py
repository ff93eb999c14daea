"""Playlists: the head each time (it says whether anything changed), the contents page by page and only when it did."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from catalog.models import Playlist, PlaylistEntry, Track
from catalog.services.catalogues import get_catalogue
from catalog.services.store import finish_playlist, store_playlist, store_playlist_page
from core.errors import Forbidden, TransientError, UserError
from core.text import whole_number

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


def open_playlist(provider: str, playlist_id: str) -> Playlist:
    """The playlist's head as it is now. Its ``unreadable_reason`` says where the contents are refused."""
    row = Playlist.objects.filter(provider=provider, provider_id=playlist_id).first()
    if row is not None and timezone.now() - row.seen_at < HEAD_FRESH:
        return row
    try:
        return store_playlist(get_catalogue(provider).playlist(playlist_id))
    except TransientError:
        if row is None:
            raise
        log.warning("%s did not answer for playlist %s; giving what is stored", provider, playlist_id)
        return row


def playlist_page(playlist: Playlist, cursor: str | None = None) -> StoredPage:
    """Entries from ``cursor`` on: the stored ones where the playlist has not changed, else its service's.

    A page is stored before it is given, so whoever goes on later goes on here. Raises Forbidden where the contents are
    refused, with the ways out as its remedy.
    """
    start = whole_number(cursor or "") or 0
    if playlist.entries_fetched_at is not None:
        return _stored(playlist, start)
    if playlist.unreadable_reason:
        raise Forbidden(playlist.unreadable_reason)
    if start >= MOST_ENTRIES:
        raise UserError(f"This playlist has more than {MOST_ENTRIES:,} entries.", remedy="Split it at its service.")
    page = get_catalogue(playlist.provider).playlist_page(playlist.provider_id, cursor=cursor)
    entries = store_playlist_page(playlist, page, start + 1)
    if page.next is None:
        finish_playlist(playlist, start + len(entries))
    return StoredPage(entries, page.next, playlist.track_total if page.total is None else page.total)


def _stored(playlist: Playlist, start: int) -> StoredPage:
    rows = list(
        playlist.entries.filter(position__gt=start)
        .select_related("track__recording", "track__album__artwork")
        .order_by("position")[: PAGE + 1]
    )
    following = str(rows[PAGE - 1].position) if len(rows) > PAGE else None
    return StoredPage(rows[:PAGE], following, playlist.track_total)
