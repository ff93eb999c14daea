"""Which of MusicBrainz's releases and recordings is the one that we hold; none where that is not sure. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from catalog.matching.names import any_same, name_key
from catalog.metadata.alike import alike, same_title
from catalog.metadata.fields import Shape
from providers.base import AlbumInfo, Credit, TrackInfo
from providers.musicbrainz.details import DetailedTrack, RecordingHit, Release, ReleaseHit


@dataclass(frozen=True, slots=True)
class Choice:
    """The release, None with the reason why none was taken."""

    release: AlbumInfo | None
    why: str


def choose_release(album: AlbumInfo, hits: Iterable[ReleaseHit]) -> Choice:
    """The release that ``album`` is.

    By its barcode, else by title, artist and number of tracks with a date that does not contradict. Of several that
    say the same of what we ask any will do; of several that do not, none.
    """
    unique = {hit.album.mbid: hit for hit in hits if hit.album.mbid}
    named = [hit for hit in unique.values() if _is_named_so(album, hit.album)]
    if not named:
        return Choice(None, "no release of this name" if unique else "no release")
    if album.upc and (same_code := [hit for hit in named if _same_barcode(album, hit.album)]):
        return _the_one(album, same_code, "barcode")
    fitting = [hit for hit in named if _fits(album, hit.album)]
    if not fitting:
        return Choice(None, "no release with as many tracks of that date")
    return _the_one(album, fitting, "title, artist, tracks and date")


def choose_recording(track: TrackInfo, hits: Sequence[RecordingHit]) -> RecordingHit | None:
    """Of the recordings with the track's code the one that has its title and length; None where that is not one."""
    fitting = [hit for hit in hits if _is_track(track, hit.track)]
    exact = [hit for hit in fitting if hit.track.duration_ms is not None and track.duration_ms is not None]
    found = exact or fitting
    return found[0] if len(found) == 1 else None


def choose_by_name(track: TrackInfo, hits: Sequence[RecordingHit]) -> RecordingHit | None:
    """The same without a code: title, version, artist and length must all be said, and be the same."""
    artists = [name_key(credit.artist.name) for credit in track.credits]
    fitting = [
        hit
        for hit in hits
        if track.duration_ms is not None
        and hit.track.duration_ms is not None
        and same_title(track.title, hit.track.title)
        and any_same(artists[:1], [name_key(credit.artist.name) for credit in hit.track.credits])
        and alike(Shape.DURATION, track.duration_ms, hit.track.duration_ms)
        and not hit.note  # live, demo: what the title does not say
    ]
    return fitting[0] if len(fitting) == 1 else None


def track_on(release: Release, track: TrackInfo) -> DetailedTrack | None:
    """``track`` on the release: by its code, else by its place where title and length agree; None where it is not."""
    by_code = [one for one in release.tracks if track.isrc and track.isrc in one.isrcs]
    same = [one for one in by_code if _is_track(track, one.track)]
    if len(same) == 1:
        return same[0]
    if by_code:
        return None
    for one in release.tracks:
        at_place = (one.track.disc_number or 1, one.track.track_number) == (track.disc_number or 1, track.track_number)
        if at_place and _is_track(track, one.track) and not (track.isrc and one.isrcs):
            return one
    return None


def paired_artists(ours: Iterable[Credit], theirs: Iterable[Credit]) -> dict[int, str]:
    """The MusicBrainz id of each of our credits, by its place; those without a namesake are left out."""
    known = [(name_key(credit.artist.name), credit.artist.mbid) for credit in theirs if credit.artist.mbid]
    pairs: dict[int, str] = {}
    for place, credit in enumerate(ours):
        key = name_key(credit.artist.name)
        ids = {mbid for name, mbid in known if any_same([key], [name])}
        if len(ids) == 1:
            pairs[place] = ids.pop()
    return pairs


def _is_named_so(album: AlbumInfo, other: AlbumInfo) -> bool:
    if not alike(Shape.TITLE, album.title, other.title):
        return False
    names = [name_key(credit.artist.name) for credit in album.credits]
    others = [name_key(credit.artist.name) for credit in other.credits]
    return not names or not others or bool(any_same(names, others))


def _same_barcode(album: AlbumInfo, other: AlbumInfo) -> bool:
    return bool(other.upc) and alike(Shape.BARCODE, album.upc, other.upc)


def _fits(album: AlbumInfo, other: AlbumInfo) -> bool:
    """Whether it may be this edition: another barcode says that it is not."""
    if album.upc and other.upc:
        return False
    if not album.track_total or album.track_total != other.track_total:
        return False
    if not same_title(album.title, other.title):
        return False
    return not album.released_on or not other.released_on or alike(Shape.DATE, album.released_on, other.released_on)


def _the_one(album: AlbumInfo, hits: list[ReleaseHit], how: str) -> Choice:
    """One of ``hits``: the official ones, those of the same date and size; the rest must say the same of themselves."""
    for is_better in (
        lambda hit: hit.is_official,
        lambda hit: hit.album.track_total == album.track_total,
        lambda hit: hit.album.released_on == album.released_on,
        lambda hit: same_title(hit.album.title, album.title),
    ):
        hits = [hit for hit in hits if is_better(hit)] or hits
    if len({(hit.album.title, hit.album.released_on, hit.album.track_total, hit.album.upc) for hit in hits}) > 1:
        return Choice(None, f"{len(hits)} releases of the same {how}")
    return Choice(min(hits, key=lambda hit: hit.album.mbid).album, how)


def _is_track(track: TrackInfo, other: TrackInfo) -> bool:
    if not alike(Shape.TITLE, track.title, other.title):
        return False
    if track.duration_ms is None or other.duration_ms is None:
        return True
    return alike(Shape.DURATION, track.duration_ms, other.duration_ms)
