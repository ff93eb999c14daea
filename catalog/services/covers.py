"""The cover that an album's files show: the catalogue's, else the Cover Art Archive's. Fetched once for all of them."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from catalog.models import Album, Artwork
from catalog.services.artwork import jpeg_bytes, original
from catalog.services.catalogues import musicbrainz
from catalog.services.store.shared import art_key, store_artworks
from core.errors import PermanentError, SpotizerError
from providers.cover_art_archive.addresses import front_pictures

__all__ = ["cover_bytes", "find_cover"]

log = logging.getLogger(__name__)
MOST_EDITIONS = 3  # of those that share a barcode


def find_cover(album: Album) -> Artwork | None:
    """The album's cover, which is on disk now; None where there is none to be had.

    Where the catalogue names none, or what it names is gone or no picture, the Archive's becomes the album's. A missing
    cover is no reason to fail a download, so no error comes out of here.
    """
    is_wanting = album.artwork is None
    for artwork in _offered(album):
        try:
            original(artwork)
        except PermanentError:
            is_wanting = is_wanting or artwork == album.artwork
        except (SpotizerError, OSError) as exc:
            log.warning("No answer about the cover of album %s: %s", album.pk, exc)
        else:
            if is_wanting:
                Album.objects.filter(pk=album.pk).update(artwork=artwork)
                album.artwork = artwork
            return artwork
    return None


def cover_bytes(album: Album, max_px: int) -> bytes | None:
    """The same as JPEG of at most ``max_px`` pixels a side, never enlarged."""
    artwork = find_cover(album)
    try:
        return jpeg_bytes(artwork, max_px) if artwork else None
    except (SpotizerError, OSError) as exc:
        log.warning("The cover of album %s cannot be read: %s", album.pk, exc)
        return None


def _offered(album: Album) -> Iterator[Artwork]:
    """The covers to try, best first; each is looked up only when those before it were of no use."""
    if album.artwork is not None:
        yield album.artwork
    known = [("release", album.mbid), ("release-group", album.release_group.mbid)]
    for what, mbid in known:
        yield from _in_archive(what, mbid)
    for what, mbid in _by_barcode(album):
        if (what, mbid) not in known:
            yield from _in_archive(what, mbid)


def _in_archive(what: str, mbid: str) -> Iterator[Artwork]:
    pictures = front_pictures(what, mbid)
    if pictures:
        store_artworks([pictures])
        yield Artwork.objects.get(pk=art_key(pictures))


def _by_barcode(album: Album) -> list[tuple[str, str]]:
    """What MusicBrainz calls the editions with the album's barcode, and their release groups."""
    if not album.upc:
        return []
    try:
        editions = musicbrainz().releases_by_barcode(album.upc)[:MOST_EDITIONS]
    except SpotizerError as exc:
        log.warning("MusicBrainz was not asked about the cover of album %s: %s", album.pk, exc)
        return []
    found = [("release", edition.mbid) for edition in editions]
    found += [("release-group", edition.release_group_mbid) for edition in editions]
    return list(dict.fromkeys(pair for pair in found if pair[1]))
