"""Stores playlists page by page, and who may know of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Person
from catalog.models import Playlist, PlaylistEntry, PlaylistReader
from catalog.services.store.shared import art_key, cut, lock_catalogue, number, store_artworks
from catalog.services.store.tracks import store_tracks
from providers.base import PlaylistInfo, PlaylistPage
from providers.spotify.listed import ListedPlaylist


@transaction.atomic
def store_playlist(info: PlaylistInfo, *, reader: Person | None = None, is_theirs: bool = False) -> Playlist:
    """The playlist's head as the service has it now. A new snapshot makes the stored entries stale.

    ``reader`` is whom the service showed it to; ``is_theirs``: with that person's own token.
    """
    lock_catalogue()
    store_artworks([info.pictures])
    playlist = Playlist.objects.filter(provider=info.provider, provider_id=info.id).first() or Playlist()
    _take(playlist, info, is_theirs=is_theirs)
    playlist.save()
    if reader is not None and (playlist.is_private or is_theirs):
        seen = {"is_closed": not info.is_readable, "seen_at": timezone.now()}
        PlaylistReader.objects.update_or_create(playlist=playlist, person=reader, defaults=seen)
    return playlist


@transaction.atomic
def store_listed(person: Person, listed: Sequence[ListedPlaylist], *, offset: int, is_last: bool) -> None:
    """These are the playlists of ``person`` from place ``offset`` on; what was listed there before is no more."""
    lock_catalogue()
    infos = [one.info for one in listed]
    store_artworks([info.pictures for info in infos])
    stored = {
        (row.provider, row.provider_id): row
        for row in Playlist.objects.filter(provider="spotify", provider_id__in=[info.id for info in infos])
    }
    rows = [stored.get((info.provider, info.id)) or Playlist() for info in infos]
    for row, info in zip(rows, infos, strict=True):
        _take(row, info, is_theirs=True)
    Playlist.objects.bulk_update([row for row in rows if row.pk], [*HEAD, "entries_fetched_at"])
    Playlist.objects.bulk_create([row for row in rows if not row.pk])
    readers = [
        PlaylistReader(
            playlist=row,
            person=person,
            position=offset + place,
            is_own=one.is_own,
            is_shared=one.is_shared,
            is_closed=not one.info.is_readable,
        )
        for place, (row, one) in enumerate(zip(rows, listed, strict=True), 1)
    ]
    before = PlaylistReader.objects.filter(person=person, position__gt=offset)
    if not is_last:
        before = before.filter(position__lte=offset + len(readers))
    before.update(position=None)
    PlaylistReader.objects.bulk_create(
        readers,
        update_conflicts=True,
        unique_fields=["playlist", "person"],
        update_fields=["position", "is_own", "is_shared", "is_closed", "seen_at"],
    )


HEAD = (
    "title",
    "owner",
    "description",
    "link",
    "artwork_id",
    "track_total",
    "unreadable_reason",
    "seen_at",
    "is_private",
    "snapshot",
)


def _take(row: Playlist, info: PlaylistInfo, *, is_theirs: bool) -> None:
    """The head on the row, not saved. What a person's own token shows is private unless it says that it is not."""
    snapshot = cut(info.snapshot, Playlist, "snapshot")
    if row.snapshot != snapshot or not snapshot:
        row.entries_fetched_at = None
    values: dict[str, Any] = {
        "title": cut(info.title, Playlist, "title"),
        "owner": cut(info.owner, Playlist, "owner"),
        "description": info.description.replace("\x00", ""),
        "link": cut(info.link, Playlist, "link"),
        "artwork_id": art_key(info.pictures) or None,
        "track_total": number(info.track_total),
        "unreadable_reason": "" if info.is_readable else info.unreadable_reason or "Its contents are not readable.",
        "seen_at": timezone.now(),
        "is_private": info.is_public is False or (info.is_public is None and is_theirs),
        "snapshot": snapshot,
    }
    row.provider, row.provider_id = info.provider, info.id
    for name, value in values.items():
        setattr(row, name, value)


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
