"""Asks MusicBrainz and Last.fm about music that is known. Nothing is written here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from django.conf import settings

from catalog.metadata.genres import genres_among
from catalog.metadata.releases import choose_by_name, choose_recording, choose_release, paired_artists, track_on
from catalog.services.sessions import session_for
from core.errors import AuthRequired, NotFound, PermanentError, SpotizerError, TransientError
from ops.services import notices
from ops.settings import in_force
from providers.base import AlbumInfo, ArtistInfo, Credit, TrackInfo
from providers.lastfm.client import LastfmClient, Tag
from providers.musicbrainz.details import DetailedTrack, MusicBrainzDetails, RecordingHit

KEY_NOTICE = "lastfm:key"


@dataclass(slots=True)
class Found:
    """What was found of a recording, its album and its artists (by their place in the credits of the recording).

    ``notes`` say what was left out and why; ``error`` is the first thing that kept a service from answering.
    """

    recording: TrackInfo | None = None
    isrcs: tuple[str, ...] = ()
    album: AlbumInfo | None = None
    artists: dict[int, ArtistInfo] = field(default_factory=dict)
    recording_genres: list[str] = field(default_factory=list)
    album_genres: list[str] = field(default_factory=list)
    artist_genres: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    error: TransientError | None = None


def ask_about(track: TrackInfo, *, release_mbid: str = "") -> Found:
    """What both services say of ``track``. ``release_mbid``: the release that its album was found to be before."""
    found = Found()
    for ask in (_ask_musicbrainz, _ask_lastfm):
        try:
            ask(track, found, release_mbid)
        except TransientError as exc:
            found.error = found.error or exc
        except AuthRequired as exc:
            found.notes.append(exc.message)
            notices.raise_notice(KEY_NOTICE, exc.message, remedy=exc.remedy)
        except SpotizerError as exc:
            found.notes.append(exc.message)
    return found


# --- MusicBrainz -----------------------------------------------------------------------------------------------------


def _ask_musicbrainz(track: TrackInfo, found: Found, release_mbid: str) -> None:
    details = MusicBrainzDetails(session_for("musicbrainz"), base_url=settings.SERVICE_URLS["musicbrainz"])
    theirs = _on_release(details, track, found, release_mbid) if release_mbid else None
    if theirs is None:
        theirs = _by_code(details, track, found)
    if theirs is None:
        return
    found.recording, found.isrcs = _with_our_code(theirs, track), theirs.isrcs
    known = (*theirs.track.credits, *(found.album.credits if found.album else ()))
    for place, mbid in paired_artists(track.credits, known).items():
        found.artists[place] = details.artist(mbid)


def _on_release(details: MusicBrainzDetails, track: TrackInfo, found: Found, mbid: str) -> DetailedTrack | None:
    try:
        release = details.release(mbid)
    except NotFound:
        return None
    found.album = release.album
    return track_on(release, track)


def _by_code(details: MusicBrainzDetails, track: TrackInfo, found: Found) -> DetailedTrack | None:
    hits = details.recordings_by_isrc(track.isrc) if track.isrc else ()
    hit = choose_recording(track, hits)
    if not hits and track.duration_ms and track.credits:
        hits = details.recordings_by_name(track.title, track.credits[0].artist.name, track.duration_ms)
        hit = choose_by_name(track, hits)
    if hit is None:
        found.notes.append(f"{len(hits)} recordings in question" if len(hits) > 1 else "MusicBrainz: no such recording")
    if found.album is None and track.album is not None:
        mbid = _release_of(details, track.album, hit, found)
        if mbid and (on_release := _on_release(details, track, found, mbid)) is not None:
            return on_release
    return details.recording(hit.track.mbid) if hit is not None else None


def _release_of(details: MusicBrainzDetails, album: AlbumInfo, hit: RecordingHit | None, found: Found) -> str:
    """The id of the release that ``album`` is; empty where that is not sure."""
    hits = hit.releases if hit else ()
    choice = choose_release(album, hits)
    if album.upc and (choice.release is None or choice.why != "barcode"):
        # A lookup names 25 releases at most, and none of those that lack this recording.
        by_barcode = choose_release(album, details.releases_by_barcode(album.upc))
        choice = by_barcode if by_barcode.release is not None else choice
    if choice.release is None:
        found.notes.append(f"MusicBrainz: {choice.why}")
        return ""
    return choice.release.mbid


def _with_our_code(theirs: DetailedTrack, track: TrackInfo) -> TrackInfo:
    """A recording may carry several codes: ours is the one where it has it."""
    code = track.isrc if track.isrc in theirs.isrcs else ""
    return replace(theirs.track, isrc=code or (theirs.isrcs[0] if len(theirs.isrcs) == 1 and not track.isrc else ""))


# --- Last.fm ---------------------------------------------------------------------------------------------------------


def _ask_lastfm(track: TrackInfo, found: Found, release_mbid: str) -> None:
    if not in_force.LASTFM_KEY or not track.credits:
        return
    client = LastfmClient(session_for("lastfm"), key=in_force.LASTFM_KEY, base_url=settings.SERVICE_URLS["lastfm"])
    artist = track.credits[0].artist.name
    found.recording_genres = _genres(lambda: client.track_tags(artist, track.title))
    found.artist_genres = _genres(lambda: client.artist_tags(artist))
    if track.album is not None:
        owner = _first(track.album.credits) or artist
        found.album_genres = _genres(lambda: client.album_tags(owner, track.album.title if track.album else ""))
    notices.clear_notice(KEY_NOTICE)


def _genres(ask: Callable[[], list[Tag]]) -> list[str]:
    try:
        return genres_among(ask(), more=in_force.MORE_GENRES)
    except PermanentError:  # it knows nothing of it
        return []


def _first(credits: tuple[Credit, ...]) -> str:
    return credits[0].artist.name if credits else ""
