"""What a request asks for, batch by batch: each batch says where the next one starts, so expanding can go on later."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Min

from catalog.models import Album, Artist, Playlist, Track
from catalog.services.browse import load_album_tracks, load_artist_albums, read_page
from catalog.services.store import finish_playlist, store_playlist_page
from core.errors import PermanentError, UserError
from downloads.models import DownloadRequest, RequestItem
from downloads.services.identify import identify_link
from downloads.services.listed import Given, next_part
from providers.base import ReleaseKind
from providers.links import recognise

STORED_BATCH = 2500
log = logging.getLogger(__name__)
Kind = DownloadRequest.Kind
T = TypeVar("T")
GROUP_ORDER = [kind.value for kind in ReleaseKind]


@dataclass(frozen=True, slots=True)
class Batch:
    """Some of the tracks in order; None where the service has an entry no more."""

    tracks: Sequence[Track | None]
    cursor: str = ""
    is_last: bool = True
    given: Sequence[Given | None] = ()  # the audio of each, where a link gave it


def next_batch(request: DownloadRequest) -> Batch:
    """The tracks from ``request.cursor`` on. Raises the errors of the catalogue."""
    match request.kind:
        case Kind.TRACK:
            return Batch([_still_there(request.track)])
        case Kind.ALBUM:
            return Batch(load_album_tracks(_still_there(request.album)))
        case Kind.PLAYLIST:
            return _playlist_albums_batch(request) if request.options.get("albums") else _playlist_batch(request)
        case Kind.ARTIST:
            return _artist_batch(request)
        case Kind.LINK:
            return _link_batch(request)
        case _:
            raise UserError(f"There is no way to download a {request.kind}.")


def _still_there(row: T | None) -> T:
    if row is None:
        raise PermanentError("It is no longer in the catalogue.", reason="not_found")
    return row


def _playlist_batch(request: DownloadRequest) -> Batch:
    """From the stored entries where they are whole, else the service's next page, stored."""
    playlist = _still_there(request.playlist)
    first = request.next_position
    if playlist.entries_fetched_at and not request.cursor:
        entries = list(playlist.entries.filter(position__gte=first).select_related("track")[: STORED_BATCH + 1])
        return Batch([entry.track for entry in entries[:STORED_BATCH]], is_last=len(entries) <= STORED_BATCH)
    page = read_page(playlist, request.cursor or None, request.asked_by)
    entries = store_playlist_page(playlist, page, first)
    if page.next is None:
        finish_playlist(playlist, first + len(entries) - 1)
    return Batch([entry.track for entry in entries], cursor=page.next or "", is_last=page.next is None)


def _link_batch(request: DownloadRequest) -> Batch:
    """One recording, or the next entries of the list that stands at the link."""
    link = recognise(request.link)
    if link is None or not link.is_list:
        return Batch([identify_link(request.link, request)])
    part = next_part(link, request)
    return Batch(part.tracks, part.cursor, part.is_last, part.given)


def _artist_batch(request: DownloadRequest) -> Batch:
    """The next release's tracks, those left out that an earlier release brought; albums come before singles."""
    artist = _still_there(Artist.objects.filter(pk=int(request.provider_id)).first())
    groups = request.options.get("groups") or GROUP_ORDER
    albums = [album for album in load_artist_albums(artist) if album.kind in groups]
    albums.sort(key=lambda album: (GROUP_ORDER.index(album.kind), album.released_on, album.pk))
    number = int(request.cursor or 0)
    if number >= len(albums):
        return Batch([])
    tracks = _not_there_yet(request, _tracks_of(albums[number]))
    return Batch(tracks, cursor=str(number + 1), is_last=number + 1 >= len(albums))


def _playlist_albums_batch(request: DownloadRequest) -> Batch:
    """First the list is read page by page, then its albums come one by one, in the order of the list.

    The cursor says which: ``page FIRST CURSOR`` or ``album NUMBER``.
    """
    playlist = _still_there(request.playlist)
    step, _, rest = request.cursor.partition(" ")
    if step != "album" and (step == "page" or not playlist.entries_fetched_at):
        first, _, cursor = rest.partition(" ")
        return Batch([], cursor=_read_page(request, playlist, int(first or 1), cursor), is_last=False)
    number = int(rest or 0)
    entries = playlist.entries.filter(track__album__isnull=False).order_by().values_list("track__album_id")
    albums = list(entries.annotate(first=Min("position")).order_by("first")[number : number + 1])
    if albums:
        tracks = _not_there_yet(request, _tracks_of(Album.objects.get(pk=albums[0][0])))
        return Batch(tracks, cursor=f"album {number + 1}", is_last=False)
    alone = playlist.entries.filter(track__isnull=False, track__album=None).select_related("track")
    return Batch(_not_there_yet(request, [entry.track for entry in alone]))


def _read_page(request: DownloadRequest, playlist: Playlist, first: int, cursor: str) -> str:
    """The page is stored; the cursor of what comes next."""
    page = read_page(playlist, cursor or None, request.asked_by)
    entries = store_playlist_page(playlist, page, first)
    if page.next is not None:
        return f"page {first + len(entries)} {page.next}"
    finish_playlist(playlist, first + len(entries) - 1)
    return "album 0"


def _tracks_of(album: Album) -> Sequence[Track | None]:
    """The album's tracks; one None for an album that the service has no more: the others need not suffer."""
    try:
        return load_album_tracks(album)
    except PermanentError as exc:
        log.warning("%s is left out: %s", album, exc)
        return [None]


def _not_there_yet(request: DownloadRequest, tracks: Iterable[Track | None]) -> list[Track | None]:
    """Those whose recording is not on the request already."""
    known = set(RequestItem.objects.filter(request=request).values_list("track__recording_id", flat=True))
    found: list[Track | None] = []
    for track in tracks:
        if track is None or track.recording_id not in known:
            found.append(track)
        if track is not None:
            known.add(track.recording_id)
    return found
