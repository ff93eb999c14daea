"""The link of an album, a set or a playlist, entry by entry: each is identified like a single link.

Of an album the catalogue's own is looked for first, so that its tracks come to lie together; what is not surely on it
is looked for alone, and what the catalogue does not have becomes a recording of its own under the source's names.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from django.utils import timezone

from catalog.matching import rank
from catalog.models import Album, Recording, Track
from catalog.names import plain, without_edition
from catalog.selectors import track_infos
from catalog.services.browse import load_album_tracks, open_album
from catalog.services.catalogues import get_catalogue
from catalog.services.store import store_tracks
from core.errors import PermanentError, SpotizerError
from downloads.models import Download, DownloadCandidate, DownloadRequest, RequestItem, Status
from downloads.services.identify import in_catalogue, own_info
from downloads.services.listings import describe, pause_between, read_listing
from ops.settings import in_force
from providers.base import AlbumInfo, ArtistInfo, Candidate, Credit, Kind, Link, Listing, TrackInfo

AT_ONCE = 10  # entries in one batch: some must be asked for by themselves
HITS = 5
OPEN = (Status.QUEUED, Status.PAUSED, Status.WAITING)


@dataclass(frozen=True, slots=True)
class Given:
    """The audio that was given for a place of the request, and how surely it is the track."""

    candidate: Candidate
    score: int


@dataclass(frozen=True, slots=True)
class Part:
    """Some entries of a listing: their tracks, the audio given for each, and what the next call takes."""

    tracks: Sequence[Track | None]
    given: Sequence[Given | None]
    cursor: str
    is_last: bool


def next_part(link: Link, request: DownloadRequest) -> Part:
    """The entries from ``request.cursor`` on (``number album``), identified. Raises the source's errors."""
    listing = read_listing(link)
    number, _, album_id = request.cursor.partition(" ")
    first = int(number or 0)
    entries = [_named(entry, listing) for entry in listing.entries[first : first + AT_ONCE]]
    if first == 0:
        _name_request(request, listing, entries)
        album_id = str(_album_id(listing, entries))
    shelf = _shelf(int(album_id or 0))
    found = [_identified(entry, place, listing, shelf) for place, entry in enumerate(entries, first + 1)]
    after = first + len(entries)
    is_last = after >= len(listing.entries)
    if is_last:
        # Its own album is as whole as it gets: no catalogue is asked for more of it.
        Album.objects.filter(
            external_ids__provider=listing.source, external_ids__value=listing.id, tracks_fetched_at=None
        ).update(tracks_fetched_at=timezone.now())
    return Part(
        [one[0] if one else None for one in found],
        [one[1] if one else None for one in found],
        f"{after} {album_id}",
        is_last,
    )


def give(request: DownloadRequest, first_position: int, given: Sequence[Given | None]) -> None:
    """Each download of these places has the audio that was given for it, to be fetched before any source is asked.

    In the transaction that made the downloads: whoever claims one finds it there.
    """
    at = {position: one for position, one in enumerate(given, first_position) if one is not None}
    items = RequestItem.objects.filter(request=request, position__in=at, download__status__in=OPEN)
    rows = [_row(pk, at[position]) for position, pk in items.values_list("position", "download_id") if pk]
    DownloadCandidate.objects.bulk_create(rows, ignore_conflicts=True)


def _row(download_id: int, given: Given) -> DownloadCandidate:
    found = given.candidate
    return DownloadCandidate(
        download_id=download_id,
        source=found.source,
        source_id=found.source_id[:500],
        url=found.url[:2000],
        title=found.title[:1000],
        artist_text=(", ".join(found.artists) or found.uploader)[:1000],
        album=found.album[:1000],
        duration_ms=found.duration_ms,
        kind=found.kind,
        score=max(0, min(100, given.score)),
        breakdown={"listed": True},
        message="Given by link.",
        info=asdict(found),
    )


def is_given_alone(download: Download) -> bool:
    """Whether links alone ask for this download, and one of a list gave its audio: no source is asked for another."""
    if not download.candidates.filter(breakdown__listed=True).exists():
        return False
    others = RequestItem.objects.filter(download=download).exclude(request__kind=DownloadRequest.Kind.LINK)
    return not others.exists()


def _named(entry: Candidate | None, listing: Listing) -> Candidate | None:
    """The entry with all that its source says of it, None where it is not there any more."""
    if entry is None:
        return None
    if not entry.title or entry.duration_ms is None:
        try:
            time.sleep(pause_between(listing.source))
            entry = describe(listing.source, entry.url)
        except PermanentError:
            return None
    return replace(entry, album=entry.album or listing.title) if listing.is_album else entry


def _name_request(request: DownloadRequest, listing: Listing, entries: Sequence[Candidate | None]) -> None:
    request.title, request.subtitle = listing.title[:1000], _artist_of(listing, entries)[:1000]
    DownloadRequest.objects.filter(pk=request.pk).update(title=request.title, subtitle=request.subtitle)


def _artist_of(listing: Listing, entries: Sequence[Candidate | None]) -> str:
    if listing.artist or not listing.is_album:
        return listing.artist
    return next((entry.artists[0] for entry in entries if entry and entry.artists), "")


def _album_id(listing: Listing, entries: Sequence[Candidate | None]) -> int:
    """The catalogue's album of this name by this artist, the one nearest in size; 0 where there is none."""
    artist = _artist_of(listing, entries)
    if not listing.is_album or not artist:
        return 0
    try:
        catalogue = get_catalogue()
        hits = catalogue.search(f"{artist} {listing.title}", kinds=(Kind.ALBUM,), limit=HITS).albums
        alike = [hit for hit in hits if _is_alike(hit, listing.title, artist)]
        if not alike:
            return 0
        size = len(listing.entries)
        nearest = min(alike, key=lambda hit: abs((hit.track_total or 0) - size))
        album = open_album(catalogue.name, nearest.id)
        load_album_tracks(album)
    except SpotizerError:
        return 0  # each is then looked for alone
    return album.pk


def _is_alike(hit: AlbumInfo, title: str, artist: str) -> bool:
    names = {plain(credit.artist.name) for credit in hit.credits}
    return plain(artist) in names and plain(without_edition(hit.title)) == plain(without_edition(title))


def _shelf(album_id: int) -> list[tuple[Track, TrackInfo]]:
    tracks = list(Track.objects.filter(album_id=album_id).select_related("recording", "album")) if album_id else []
    return list(zip(tracks, track_infos(tracks), strict=True))


def _identified(
    entry: Candidate | None, place: int, listing: Listing, shelf: list[tuple[Track, TrackInfo]]
) -> tuple[Track, Given] | None:
    if entry is None:
        return None
    track, score = _on_shelf(entry, place, shelf)
    if track is None:
        info, score = in_catalogue(entry)
        track = store_tracks([info or _own_info(entry, place, listing)])[0]
        if info is None:
            Recording.objects.filter(pk=track.recording_id).update(is_identified=False)
    return track, Given(entry, score)


def _on_shelf(entry: Candidate, place: int, shelf: list[tuple[Track, TrackInfo]]) -> tuple[Track | None, int]:
    """The album's track that this surely is, those at its own place first."""
    number = entry.track_number or place
    title = plain(entry.title)
    near = sorted(shelf, key=lambda pair: (pair[1].track_number != number, plain(pair[1].title) != title))
    for track, info in near:
        [scored] = rank(info, [entry], threshold=in_force.MATCH_THRESHOLD)
        if scored.is_accepted:
            return track, scored.score
    return None, 0


def _own_info(entry: Candidate, place: int, listing: Listing) -> TrackInfo:
    """The entry as its source names it; on an album of its own, where it is of one."""
    info = own_info(entry)
    if not listing.is_album:
        return info
    people = (Credit(ArtistInfo(listing.source, "", listing.artist)),) if listing.artist else info.credits[:1]
    album = AlbumInfo(
        listing.source,
        listing.id,
        listing.title,
        people,
        track_total=len(listing.entries),
        link=listing.url,
    )
    return replace(info, album=album, disc_number=entry.disc_number or 1, track_number=entry.track_number or place)
