"""Stores playlists page by page."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from catalog.models import Playlist, PlaylistEntry
from catalog.services.store.shared import art_key, cut, lock_catalogue, number, store_artworks
from catalog.services.store.tracks import store_tracks
from providers.base import PlaylistInfo, PlaylistPage


@transaction.atomic
def store_playlist(info: PlaylistInfo) -> Playlist:
    """The playlist's head as the service has it now. A new snapshot makes the stored entries stale."""
    lock_catalogue()
    store_artworks([info.pictures])
    head = {
        "title": cut(info.title, Playlist, "title"),
        "owner": cut(info.owner, Playlist, "owner"),
        "description": info.description.replace("\x00", ""),
        "link": cut(info.link, Playlist, "link"),
        "artwork_id": art_key(info.pictures) or None,
        "track_total": number(info.track_total),
        "unreadable_reason": "" if info.is_readable else info.unreadable_reason or "Its contents are not readable.",
        "seen_at": timezone.now(),
    }
    snapshot = cut(info.snapshot, Playlist, "snapshot")
    playlist, _ = Playlist.objects.update_or_create(
        provider=info.provider, provider_id=info.id, defaults=head, create_defaults={**head, "snapshot": snapshot}
    )
    if playlist.snapshot != snapshot or not snapshot:
        playlist.snapshot = snapshot
        playlist.entries_fetched_at = None
        playlist.save(update_fields=["snapshot", "entries_fetched_at"])
    return playlist


@transaction.atomic
def store_playlist_page(playlist: Playlist, page: PlaylistPage, first_position: int) -> list[PlaylistEntry]:
    """The page's entries, in order, counted from ``first_position`` (the playlist's first is 1)."""
    lock_catalogue()
    tracks = iter(store_tracks([info for info in page.tracks if info is not None]))
    entries = [
        PlaylistEntry(playlist=playlist, position=position, track=None if info is None else next(tracks))
        for position, info in enumerate(page.tracks, first_position)
    ]
    return PlaylistEntry.objects.bulk_create(
        entries, update_conflicts=True, unique_fields=["playlist", "position"], update_fields=["track"]
    )


@transaction.atomic
def finish_playlist(playlist: Playlist, last_position: int) -> None:
    """All pages are stored: what lies behind the last entry is gone, and the entries are true for this snapshot."""
    playlist.entries.filter(position__gt=last_position).delete()
    playlist.entries_fetched_at = timezone.now()
    playlist.save(update_fields=["entries_fetched_at"])
