"""Asks MusicBrainz: one request a second, with a User-Agent that names a contact.

Rules: https://musicbrainz.org/doc/MusicBrainz_API
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from core.answers import DAY, HOUR
from core.errors import NotFound, UserError
from core.http import ServiceSession
from providers.base import (
    Ability,
    AlbumInfo,
    ArtistInfo,
    Kind,
    PlaylistInfo,
    PlaylistPage,
    SearchResults,
    TrackInfo,
)
from providers.musicbrainz import mapping
from providers.musicbrainz.asking import BASE_URL, LABEL, ask, escape, mbid_of, rows_of

PAGE = 100
LARGEST_DISCOGRAPHY = 2000
RECORDING_PARTS = "artist-credits+isrcs+releases+release-groups+genres"
RELEASE_PARTS = "artist-credits+labels+recordings+isrcs+release-groups+genres+media"
NO_PLAYLISTS = "MusicBrainz has no playlists."


class MusicBrainzCatalogue:
    """MusicBrainz as a catalogue. An album is a release; a release group opens as its best release."""

    name = "musicbrainz"
    label = LABEL
    abilities = frozenset({Ability.SEARCH, Ability.TRACK, Ability.ALBUM, Ability.ARTIST, Ability.ISRC})

    def __init__(self, session: ServiceSession, *, base_url: str = BASE_URL) -> None:
        self._session = session
        self._base_url = base_url.rstrip("/")

    def search(self, query: str, *, kinds: tuple[Kind, ...], limit: int = 20, offset: int = 0) -> SearchResults:
        words = escape(query)
        found: dict[str, list[dict[str, Any]]] = {}
        totals: dict[Kind, int] = {}
        for kind, path in ((Kind.TRACK, "recording"), (Kind.ALBUM, "release"), (Kind.ARTIST, "artist")):
            if kind in kinds:
                body = self._get(path, query=words, limit=min(limit, PAGE), offset=offset, keep=3 * HOUR)
                found[path] = rows_of(body, f"{path}s")
                totals[kind] = body["count"] if isinstance(body.get("count"), int) else len(found[path])
        return SearchResults(
            tracks=tuple(self._hit(row) for row in found.get("recording", ())),
            albums=tuple(mapping.release(row) for row in found.get("release", ())),
            artists=tuple(mapping.artist(row) for row in found.get("artist", ())),
            totals=totals,
            has_more=any(offset + limit < total for total in totals.values()),
        )

    def track(self, track_id: str) -> TrackInfo:
        """A recording; ``recording@release`` is it at its place on that release."""
        recording_id, _, release_id = track_id.partition("@")
        if release_id:
            for track in self.album(release_id).tracks:
                if track.id == track_id:
                    return track
            raise NotFound("MusicBrainz has this recording on that release no more.")
        body = self._get(f"recording/{mbid_of(recording_id)}", inc=RECORDING_PARTS, keep=30 * DAY)
        return self._placed(body)

    def track_by_isrc(self, isrc: str) -> TrackInfo:
        body = self._get(f"isrc/{isrc}", inc="artist-credits+releases+release-groups", keep=30 * DAY)
        recordings = rows_of(body, "recordings")
        if not recordings:
            raise NotFound(f"MusicBrainz has no recording with the ISRC {isrc}.")
        best = max(recordings, key=lambda row: len(row.get("releases") or []))
        return replace(self._placed(best), isrc=isrc)

    def album(self, album_id: str) -> AlbumInfo:
        """The release with its tracks; for a release group the official release that came first."""
        if album_id.startswith(mapping.GROUP):
            album_id = self._best_release(album_id.removeprefix(mapping.GROUP))
        body = self._get(f"release/{mbid_of(album_id)}", inc=RELEASE_PARTS, keep=30 * DAY)
        head = mapping.release(body)
        tracks = [
            mapping.release_track(row, disc=mapping.positive(medium.get("position")), album=head)
            for medium in body.get("media") or []
            for row in medium.get("tracks") or []
            if (row.get("recording") or {}).get("id")
        ]
        return replace(head, track_total=head.track_total or len(tracks) or None, tracks=tuple(tracks))

    def releases_by_barcode(self, barcode: str) -> tuple[AlbumInfo, ...]:
        """The heads of all editions with this barcode; none where MusicBrainz knows none."""
        body = self._get("release", query=f"barcode:{escape(barcode)}", limit=PAGE, keep=30 * DAY)
        return tuple(mapping.release(row) for row in rows_of(body, "releases"))

    def artist(self, artist_id: str) -> ArtistInfo:
        return mapping.artist(self._get(f"artist/{mbid_of(artist_id)}", inc="aliases+genres", keep=7 * DAY))

    def artist_albums(self, artist_id: str) -> Iterator[AlbumInfo]:
        """Release groups: MusicBrainz lists each album once, not each of its editions."""
        owner = self.artist(artist_id)
        offset = 0
        while offset < LARGEST_DISCOGRAPHY:
            body = self._get(
                "release-group",
                artist=owner.id,
                inc="artist-credits",
                type="album|ep|single",
                limit=PAGE,
                offset=offset,
                keep=12 * HOUR,
            )
            rows = rows_of(body, "release-groups")
            for row in rows:
                yield mapping.release_group(row)
            offset += len(rows)
            total = body.get("release-group-count")
            if not rows or not isinstance(total, int) or offset >= total:
                return

    def playlist(self, playlist_id: str) -> PlaylistInfo:
        raise UserError(NO_PLAYLISTS)

    def playlist_page(self, playlist_id: str, *, cursor: str | None = None) -> PlaylistPage:
        raise UserError(NO_PLAYLISTS)

    def _hit(self, row: dict[str, Any]) -> TrackInfo:
        release = _best([release for release in row.get("releases") or [] if isinstance(release, dict)])
        return mapping.recording(row, album=mapping.release(release) if release else None)

    def _placed(self, row: dict[str, Any]) -> TrackInfo:
        """The recording at its place on its best release, where that names it; else with the release's head only."""
        release = _best([release for release in row.get("releases") or [] if isinstance(release, dict)])
        if release is None:
            return mapping.recording(row)
        known = mapping.recording(row)
        for track in self.album(mapping.text(release.get("id"))).tracks:
            if track.mbid == known.id:
                return replace(track, isrc=track.isrc or known.isrc)
        return mapping.recording(row, album=mapping.release(release))

    def _best_release(self, group_id: str) -> str:
        body = self._get(f"release-group/{mbid_of(group_id)}", inc="releases", keep=30 * DAY)
        release = _best([row for row in body.get("releases") or [] if isinstance(row, dict)])
        if release is None:
            raise NotFound("MusicBrainz knows no edition of this album.")
        return mapping.text(release.get("id"))

    def _get(self, path: str, *, keep: float, **params: Any) -> dict[str, Any]:
        return ask(self._session, self._base_url, path, keep=keep, **params)


def _best(releases: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Official before bootleg, an album before a compilation, the earliest before reissues; undated last."""

    def rank(release: dict[str, Any]) -> tuple[bool, bool, str]:
        group = release.get("release-group") or {}
        is_collection = bool(group.get("secondary-types"))
        return release.get("status") not in {"Official", None}, is_collection, release.get("date") or "9999"

    return min((release for release in releases if release.get("id")), key=rank, default=None)
