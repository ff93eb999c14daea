"""YouTube as a source: what its search finds, fetched through yt-dlp."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.errors import PermanentError, SpotizerError
from providers.base import Candidate, FetchedFile, IsCancelled, ReportProgress, TrackInfo, UploadKind
from providers.youtube.engine import JobLog, new_downloader
from providers.youtube.errors import error_from, is_from_ytdlp
from providers.youtube.fetch import fetch
from providers.youtube.options import FetchOptions, check_address, common_parameters

NAME = "youtube"
LANE = "youtube"
MOST_HITS = 10


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
        log = JobLog()
        parameters = {**common_parameters(self.options, log), "extract_flat": True}
        address = f"ytsearch{max(1, min(limit, MOST_HITS))}:{query}"
        try:
            with new_downloader(parameters, self.options, lambda: None) as downloader:
                found: dict[str, Any] = downloader.extract_info(address, download=False)
        except SpotizerError:
            raise
        except Exception as exc:
            if not is_from_ytdlp(exc):
                raise
            raise error_from(exc, warnings=log.warnings) from exc
        return [_candidate(entry) for entry in found.get("entries") or () if _is_recording(entry)]

    def describe(self, url: str) -> Candidate:
        """The video at ``url``; where its label delivered it, as the label names it."""
        check_address(url, self.options)
        log = JobLog()
        try:
            with new_downloader(common_parameters(self.options, log), self.options, lambda: None) as downloader:
                info: dict[str, Any] = downloader.extract_info(url, download=False, process=False)
        except SpotizerError:
            raise
        except Exception as exc:
            if not is_from_ytdlp(exc):
                raise
            raise error_from(exc, warnings=log.warnings) from exc
        if info.get("_type", "video") != "video" or not _is_recording(info):
            raise PermanentError(
                "This link is not one recording: it is a list, a channel or a broadcast.",
                remedy="Paste the link of a single video.",
                reason="not_audio",
            )
        artists = tuple(str(name) for name in info.get("artists") or () if name)
        title = str(info.get("track") or info["title"]) if artists else str(info["title"])
        found = replace(_candidate(info), title=title, artists=artists, album=str(info.get("album") or ""))
        return replace(found, kind=UploadKind.SONG) if artists and found.album else found

    def fetch(
        self, candidate: Candidate, folder: Path, *, prefer: str, progress: ReportProgress, cancelled: IsCancelled
    ) -> FetchedFile:
        return fetch(candidate, folder, prefer=prefer, progress=progress, cancelled=cancelled, options=self.options)


def watch_address(video_id: str) -> str:
    """The address of a video on YouTube."""
    return f"https://www.youtube.com/watch?v={video_id}"


def _is_recording(entry: Mapping[str, Any]) -> bool:
    return bool(entry.get("id") and entry.get("title")) and entry.get("live_status") in (None, "not_live", "was_live")


def _candidate(entry: Mapping[str, Any]) -> Candidate:
    seconds, views = entry.get("duration"), entry.get("view_count")
    return Candidate(
        source=NAME,
        source_id=str(entry["id"]),
        url=watch_address(str(entry["id"])),
        title=str(entry["title"]),
        uploader=str(entry.get("channel") or entry.get("uploader") or ""),
        duration_ms=round(float(seconds) * 1000) if seconds else None,
        kind=UploadKind.VIDEO,
        views=int(views) if views is not None else None,
    )
