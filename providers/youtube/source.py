"""YouTube as a source: what its search finds, fetched through yt-dlp."""

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

NAME = "youtube"
LANE = "youtube"
MOST_HITS = 10
TOPIC = " - Topic"  # the end of the name of a channel that YouTube keeps for an artist


class YouTubeSource:
    """Uploads by anybody; found by artist and title."""

    name = NAME
    label = "YouTube"
    lane = LANE
    has_lossless = False
    describes = frozenset({"youtube", "youtube_music"})

    def __init__(self, options: FetchOptions | None = None) -> None:
        self.options = options or FetchOptions()

    def find_candidates(self, wanted: TrackInfo, *, limit: int = 5) -> list[Candidate]:
        """The first hits for artist and title, in YouTube's order; broadcasts are left out."""
        query = " ".join((*wanted.artists[:2], wanted.title)).strip()
        if not query:
            return []
        hits = reading.search(f"ytsearch{max(1, min(limit, MOST_HITS))}:{query}", self.options)
        return [_candidate(hit) for hit in hits]

    def describe(self, url: str) -> Candidate:
        """The video at ``url``; where its label delivered it, as the label names it."""
        check_address(url, self.options)
        info = reading.describe(url, self.options)
        artists = tuple(str(name) for name in info.get("artists") or () if name)
        title = str(info.get("track") or info["title"]) if artists else str(info["title"])
        found = replace(_candidate(info), title=title, artists=artists, album=str(info.get("album") or ""))
        return replace(found, kind=UploadKind.SONG) if artists and found.album else found

    def listing(self, url: str) -> Listing:
        """The playlist at ``url``; an album of YouTube Music is one too."""
        check_address(url, self.options)
        found, entries = reading.listing(url, self.options)
        title, is_album = str(found.get("title") or "Playlist of YouTube"), str(found["id"]).startswith("OLAK5uy_")
        channels = {str(entry.get("channel") or "") for entry in entries if entry}
        artist = channels.pop().removesuffix(TOPIC) if len(channels) == 1 else ""
        return Listing(
            source=NAME,
            id=str(found["id"]),
            url=url,
            title=title.removeprefix("Album - ") if is_album else title,
            artist=artist if is_album else str(found.get("channel") or found.get("uploader") or ""),
            is_album=is_album,
            entries=tuple(None if entry is None else _listed(entry) for entry in entries),
        )

    def fetch(
        self, candidate: Candidate, folder: Path, *, prefer: str, progress: ReportProgress, cancelled: IsCancelled
    ) -> FetchedFile:
        return fetch(candidate, folder, prefer=prefer, progress=progress, cancelled=cancelled, options=self.options)

    def fetch_start(self, candidate: Candidate, folder: Path, *, seconds: int, cancelled: IsCancelled) -> Path:
        return fetch_start(candidate, folder, seconds=seconds, cancelled=cancelled, options=self.options)


def watch_address(video_id: str) -> str:
    """The address of a video on YouTube."""
    return f"https://www.youtube.com/watch?v={video_id}"


def _candidate(entry: Mapping[str, Any]) -> Candidate:
    views = entry.get("view_count")
    return Candidate(
        source=NAME,
        source_id=str(entry["id"]),
        url=watch_address(str(entry["id"])),
        title=str(entry["title"]),
        uploader=str(entry.get("channel") or entry.get("uploader") or ""),
        duration_ms=reading.duration_ms_of(entry),
        kind=UploadKind.VIDEO,
        views=int(views) if views is not None else None,
    )


def _listed(entry: Mapping[str, Any]) -> Candidate:
    """An entry of a list; what is on a topic channel was delivered by the label, under its own title."""
    found = _candidate(entry)
    if not found.uploader.endswith(TOPIC):
        return found
    return replace(found, artists=(found.uploader.removesuffix(TOPIC),), kind=UploadKind.SONG)
