"""YouTube Music as a source: the recording's code first, its album's list, then the search for artist and title."""

from __future__ import annotations

from pathlib import Path

import requests

from providers.base import Candidate, FetchedFile, IsCancelled, ReportProgress, TrackInfo, UploadKind
from providers.youtube.fetch import fetch
from providers.youtube.options import FetchOptions
from providers.youtube.starting import fetch_start
from providers.youtube_music.albums import AlbumShelf
from providers.youtube_music.client import MusicClient
from providers.youtube_music.likeness import is_surely
from providers.youtube_music.mapping import NAME, candidate_from

LANE = "youtube"


class YouTubeMusicSource:
    """Mostly audio as labels deliver it. Not to be shared between threads."""

    name = NAME
    label = "YouTube Music"
    lane = LANE
    has_lossless = False

    def __init__(self, session: requests.Session, options: FetchOptions | None = None) -> None:
        self.options = options or FetchOptions()
        self.client = MusicClient(session, engine=self.options.engine)
        self._shelf = AlbumShelf(self.client)

    def find_candidates(self, wanted: TrackInfo, *, limit: int = 10) -> list[Candidate]:
        """Candidates, the surest first. It stops asking as soon as one surely is the recording.

        The second track of an album loads the album's own list, which then serves all of its tracks: twelve tracks
        cost about four calls and not twelve searches.
        """
        found: dict[str, Candidate] = {}
        for step in (self._from_album, self._by_isrc, self._by_name, self._among_videos):
            for candidate in step(wanted):
                found.setdefault(candidate.source_id, candidate)
            if any(is_surely(wanted, candidate) for candidate in found.values()):
                break
        ordered = sorted(found.values(), key=lambda candidate: not is_surely(wanted, candidate))
        return ordered[:limit]

    def fetch(
        self, candidate: Candidate, folder: Path, *, prefer: str, progress: ReportProgress, cancelled: IsCancelled
    ) -> FetchedFile:
        return fetch(candidate, folder, prefer=prefer, progress=progress, cancelled=cancelled, options=self.options)

    def fetch_start(self, candidate: Candidate, folder: Path, *, seconds: int, cancelled: IsCancelled) -> Path:
        return fetch_start(candidate, folder, seconds=seconds, cancelled=cancelled, options=self.options)

    def _from_album(self, wanted: TrackInfo) -> list[Candidate]:
        return self._shelf.candidates(wanted)

    def _by_isrc(self, wanted: TrackInfo) -> list[Candidate]:
        """The hits for the recording's code that are the recording: unrelated ones come back at times.

        Spelling correction may split the joined code; the form with a gap then works.
        """
        code = wanted.isrc.replace("-", "").upper()
        if len(code) != 12:
            return []
        for query in (code, f"{code[:2]} {code[2:]}"):
            hits = [candidate_from(hit) for hit in self.client.songs(query, exactly=True)]
            sure = [hit for hit in hits if hit is not None and is_surely(wanted, hit)]
            if sure or any(hits):
                return sure
        return []

    def _by_name(self, wanted: TrackInfo) -> list[Candidate]:
        return [hit for hit in map(candidate_from, self.client.songs(_query(wanted))) if hit is not None]

    def _among_videos(self, wanted: TrackInfo) -> list[Candidate]:
        hits = [hit for hit in map(candidate_from, self.client.videos(_query(wanted))) if hit is not None]
        return [hit for hit in hits if hit.kind is UploadKind.VIDEO]


def _query(wanted: TrackInfo) -> str:
    return " ".join((*wanted.artists[:2], wanted.title)).strip()
