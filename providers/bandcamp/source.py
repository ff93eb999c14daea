"""Bandcamp as a source of given links: it has no search for programs, so nothing is looked for there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from core.errors import PermanentError
from providers.base import Candidate, FetchedFile, IsCancelled, Listing, ReportProgress, TrackInfo, UploadKind
from providers.youtube import reading
from providers.youtube.fetch import fetch
from providers.youtube.options import FetchOptions, check_address
from providers.youtube.starting import fetch_start

NAME = "bandcamp"
LABEL = "Bandcamp"
EXTRACTORS = ("Bandcamp", "Bandcamp:album", "Bandcamp:sandbox", "Bandcamp:album:sandbox")


class BandcampSource:
    """What artists let everybody hear, and lossless where they give it away."""

    name = NAME
    label = LABEL
    lane = NAME
    has_lossless = False
    describes = frozenset({NAME})

    def __init__(self, options: FetchOptions) -> None:
        self.options = replace(
            options, extractors=EXTRACTORS, hosts=frozenset(), below=frozenset({"bandcamp.com"}), label=LABEL
        )

    def find_candidates(self, wanted: TrackInfo, *, limit: int = 10) -> list[Candidate]:
        """Always none."""
        return []

    def describe(self, url: str) -> Candidate:
        """The track at ``url``. Raises PermanentError for an album."""
        check_address(url, self.options)
        if re.match(r"/album/", urlsplit(url).path):
            raise PermanentError(
                "This is the link of a whole album of Bandcamp.",
                remedy="Paste the link of one of its tracks.",
                reason="bad_request",
            )
        info = reading.describe(url, self.options)
        artist = str(info.get("artist") or info.get("uploader") or "")
        number = info.get("track_number")
        return Candidate(
            source=NAME,
            source_id=str(info["id"]),
            url=url,
            title=str(info.get("track") or info["title"]),
            artists=(artist,) if artist else (),
            uploader=str(info.get("uploader") or artist),
            album=str(info.get("album") or ""),
            duration_ms=reading.duration_ms_of(info),
            kind=UploadKind.SONG if info.get("track") and artist else UploadKind.VIDEO,
            track_number=number if isinstance(number, int) else None,
        )

    def listing(self, url: str) -> Listing:
        """The album at ``url``. Its page names the tracks and nothing else of them."""
        check_address(url, self.options)
        found, entries = reading.listing(url, self.options)
        shop = (urlsplit(url).hostname or "").partition(".")[0]
        return Listing(
            source=NAME,
            id=f"{shop}/{urlsplit(url).path.rpartition('/')[2]}",
            url=url,
            title=str(found.get("title") or "Album of Bandcamp"),
            is_album=True,
            entries=tuple(None if entry is None else _listed(entry) for entry in entries),
        )

    def fetch(
        self, candidate: Candidate, folder: Path, *, prefer: str, progress: ReportProgress, cancelled: IsCancelled
    ) -> FetchedFile:
        return fetch(candidate, folder, prefer=prefer, progress=progress, cancelled=cancelled, options=self.options)

    def fetch_start(self, candidate: Candidate, folder: Path, *, seconds: int, cancelled: IsCancelled) -> Path:
        return fetch_start(candidate, folder, seconds=seconds, cancelled=cancelled, options=self.options)


def _listed(entry: Mapping[str, Any]) -> Candidate:
    url = str(entry["url"])
    return Candidate(source=NAME, source_id=str(entry.get("id") or url), url=url, title=str(entry.get("title") or ""))
