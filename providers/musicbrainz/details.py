"""What MusicBrainz adds to music that is known already: from a code to recordings, from those to a release.

One question about a release answers for all of its tracks, composers and genres included.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from core.answers import DAY
from core.errors import NotFound
from core.http import ServiceSession
from providers.base import AlbumInfo, ArtistInfo, TrackInfo
from providers.musicbrainz import mapping
from providers.musicbrainz.asking import BASE_URL, ask, escape, mbid_of, rows_of
from providers.musicbrainz.mapping import positive, text

KEEP = 30 * DAY
SPREAD_MS = 3000
WORKS = "recording-level-rels+work-rels+work-level-rels+artist-rels"
ISRC_PARTS = "artist-credits+releases+release-groups+media"
RELEASE_PARTS = f"artist-credits+labels+recordings+isrcs+release-groups+genres+media+{WORKS}"
RECORDING_PARTS = "artist-credits+isrcs+genres+work-rels+work-level-rels+artist-rels"


@dataclass(frozen=True, slots=True)
class ReleaseHit:
    """A release among those that may be the wanted one: ``album`` without its tracks."""

    album: AlbumInfo
    is_official: bool = True


@dataclass(frozen=True, slots=True)
class RecordingHit:
    """A recording that carries a code, with the releases that it is on."""

    track: TrackInfo
    releases: tuple[ReleaseHit, ...] = ()
    note: str = ""  # what tells it from others of its name: live, 2011-05-06: Oslo


@dataclass(frozen=True, slots=True)
class DetailedTrack:
    """A recording with everything asked for; a recording may carry several codes."""

    track: TrackInfo
    isrcs: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Release:
    album: AlbumInfo
    tracks: tuple[DetailedTrack, ...] = ()


class MusicBrainzDetails:
    """Every method raises NotFound, RateLimited, BadResponse or TransientError; UserError for a malformed id."""

    def __init__(self, session: ServiceSession, *, base_url: str = BASE_URL) -> None:
        self._session = session
        self._base_url = base_url.rstrip("/")

    def recordings_by_isrc(self, isrc: str) -> tuple[RecordingHit, ...]:
        """The recordings with this code and the releases that they are on; none where nobody entered it."""
        try:
            body = self._get(f"isrc/{isrc}", inc=ISRC_PARTS)
        except NotFound:
            return ()
        return tuple(_recording_hit(row) for row in rows_of(body, "recordings"))

    def recordings_by_name(self, title: str, artist: str, duration_ms: int) -> tuple[RecordingHit, ...]:
        """Recordings of that title by that artist and about so long; none where there is none."""
        low, high = max(0, duration_ms - SPREAD_MS), duration_ms + SPREAD_MS
        query = f'recording:"{escape(title)}" AND artist:"{escape(artist)}" AND dur:[{low} TO {high}]'
        body = self._get("recording", query=query, limit=25)
        return tuple(_recording_hit(row) for row in rows_of(body, "recordings"))

    def releases_by_barcode(self, barcode: str) -> tuple[ReleaseHit, ...]:
        """The releases with this barcode, with or without zeros before it."""
        bare = barcode.lstrip("0")
        for form in dict.fromkeys((barcode, bare, bare.rjust(12, "0"), bare.rjust(13, "0"))):
            body = self._get("release", query=f"barcode:{form}", limit=25)
            if found := rows_of(body, "releases"):
                return tuple(_release_hit(row) for row in found)
        return ()

    def release(self, mbid: str) -> Release:
        """The release with all that is known of its tracks."""
        body = self._get(f"release/{mbid_of(mbid)}", inc=RELEASE_PARTS)
        head = mapping.release(body)
        tracks = tuple(
            _detailed(row["recording"], mapping.release_track(row, disc=positive(medium.get("position")), album=head))
            for medium in body.get("media") or []
            for row in medium.get("tracks") or []
            if isinstance(row.get("recording"), dict) and row["recording"].get("id")
        )
        return Release(replace(head, track_total=head.track_total or len(tracks) or None), tracks)

    def recording(self, mbid: str) -> DetailedTrack:
        body = self._get(f"recording/{mbid_of(mbid)}", inc=RECORDING_PARTS)
        return _detailed(body, mapping.recording(body))

    def artist(self, mbid: str) -> ArtistInfo:
        return mapping.artist(self._get(f"artist/{mbid_of(mbid)}", inc="aliases+genres"))

    def _get(self, path: str, **params: Any) -> dict[str, Any]:
        return ask(self._session, self._base_url, path, keep=KEEP, **params)


def _recording_hit(row: dict[str, Any]) -> RecordingHit:
    releases = [release for release in row.get("releases") or [] if isinstance(release, dict) and release.get("id")]
    note = text(row.get("disambiguation"))
    return RecordingHit(mapping.recording(row), tuple(_release_hit(release) for release in releases), note)


def _release_hit(row: dict[str, Any]) -> ReleaseHit:
    return ReleaseHit(mapping.release(row), row.get("status") in {"Official", None})


def _detailed(recording: dict[str, Any], track: TrackInfo) -> DetailedTrack:
    isrcs = tuple(text(isrc).upper() for isrc in recording.get("isrcs") or [] if text(isrc))
    return DetailedTrack(track, isrcs, text(recording.get("disambiguation")))
