"""SoundCloud as a source: what its search finds, fetched through yt-dlp."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from providers.base import Candidate, FetchedFile, IsCancelled, Listing, ReportProgress, TrackInfo, UploadKind
from providers.youtube import reading
from providers.youtube.fetch import fetch
from providers.youtube.options import FetchOptions, check_address
from providers.youtube.starting import fetch_start

NAME = "soundcloud"
LABEL = "SoundCloud"
MOST_HITS = 10
EXTRACTORS = (
    *("soundcloud", "soundcloud:search", "soundcloud:set"),
    *("soundcloud:sandbox", "soundcloud:search:sandbox", "soundcloud:set:sandbox"),
)
HOSTS = frozenset(
    {"soundcloud.com", "www.soundcloud.com", "m.soundcloud.com", "api.soundcloud.com", "api-v2.soundcloud.com"}
)


class SoundCloudSource:
    """Uploads by artists and by anybody; found by artist and title."""

    name = NAME
    label = LABEL
    lane = NAME
    has_lossless = False
    describes = frozenset({NAME})

    def __init__(self, options: FetchOptions) -> None:
        self.options = replace(options, extractors=EXTRACTORS, hosts=HOSTS, label=LABEL)

    def find_candidates(self, wanted: TrackInfo, *, limit: int = 5) -> list[Candidate]:
        """The first hits for artist and title, in SoundCloud's order."""
        query = " ".join((*wanted.artists[:2], wanted.title)).strip()
        if not query:
            return []
        hits = reading.search(f"scsearch{max(1, min(limit, MOST_HITS))}:{query}", self.options)
        return [_candidate(hit) for hit in hits]

    def describe(self, url: str) -> Candidate:
        """The track at ``url``."""
        check_address(url, self.options)
        return _candidate(reading.describe(url, self.options))

    def listing(self, url: str) -> Listing:
        """The set at ``url``. It names the addresses of its tracks and nothing else of them."""
        check_address(url, self.options)
        found, entries = reading.listing(url, self.options)
        is_album = found.get("album_type") in {"album", "ep", "single"}
        return Listing(
            source=NAME,
            id=str(found["id"]),
            url=url,
            title=str(found.get("title") or "Set of SoundCloud"),
            artist=str(found.get("album_artist") or found.get("uploader") or ""),
            is_album=is_album,
            entries=tuple(None if entry is None else _listed(entry) for entry in entries),
        )

    def fetch(
        self, candidate: Candidate, folder: Path, *, prefer: str, progress: ReportProgress, cancelled: IsCancelled
    ) -> FetchedFile:
        return fetch(candidate, folder, prefer=prefer, progress=progress, cancelled=cancelled, options=self.options)

    def fetch_start(self, candidate: Candidate, folder: Path, *, seconds: int, cancelled: IsCancelled) -> Path:
        return fetch_start(candidate, folder, seconds=seconds, cancelled=cancelled, options=self.options)


def _candidate(entry: Mapping[str, Any]) -> Candidate:
    views = entry.get("view_count")
    return Candidate(
        source=NAME,
        source_id=str(entry["id"]),
        url=str(entry.get("webpage_url") or entry.get("url") or ""),
        title=str(entry["title"]),
        artists=tuple(str(name) for name in entry.get("artists") or () if name),
        uploader=str(entry.get("uploader") or ""),
        duration_ms=reading.duration_ms_of(entry),
        kind=UploadKind.VIDEO,
        views=int(views) if views is not None else None,
    )


def _listed(entry: Mapping[str, Any]) -> Candidate:
    return Candidate(
        source=NAME,
        source_id=str(entry.get("id") or entry["url"]),
        url=str(entry["url"]),
        title=str(entry.get("title") or ""),
        duration_ms=reading.duration_ms_of(entry),
    )
