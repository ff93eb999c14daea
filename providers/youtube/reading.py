"""What yt-dlp says of an address or a search, without fetching the audio."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.errors import PermanentError, SpotizerError
from providers.youtube.cookies import own_jar
from providers.youtube.engine import JobLog, new_downloader
from providers.youtube.errors import error_from, is_from_ytdlp
from providers.youtube.options import FetchOptions, common_parameters


def search(address: str, options: FetchOptions) -> list[Mapping[str, Any]]:
    """The hits for a search's address (``ytsearch5:words``); what is no recording is left out."""
    found = _ask(address, options, {"extract_flat": True}, process=True)
    return [entry for entry in found.get("entries") or () if is_recording(entry)]


def describe(url: str, options: FetchOptions) -> Mapping[str, Any]:
    """The one recording at ``url``. Raises PermanentError for a list, a channel or a broadcast."""
    info = _ask(url, options, {}, process=False)
    if info.get("_type", "video") != "video" or not is_recording(info):
        raise PermanentError(
            "This link is not one recording: it is a list, a channel or a broadcast.",
            remedy="Paste the link of a single one.",
            reason="not_audio",
        )
    return info


def is_recording(entry: Mapping[str, Any]) -> bool:
    return bool(entry.get("id") and entry.get("title")) and entry.get("live_status") in (None, "not_live", "was_live")


def duration_ms_of(entry: Mapping[str, Any]) -> int | None:
    seconds = entry.get("duration")
    return round(float(seconds) * 1000) if seconds else None


def _ask(address: str, options: FetchOptions, more: dict[str, Any], *, process: bool) -> Mapping[str, Any]:
    log = JobLog()
    parameters = {**common_parameters(options, log), **more}
    try:
        with own_jar(options) as jar, new_downloader(parameters | jar, options, lambda: None) as downloader:
            found: dict[str, Any] = downloader.extract_info(address, download=False, process=process)
            return found
    except SpotizerError:
        raise
    except Exception as exc:
        if not is_from_ytdlp(exc):
            raise
        raise error_from(exc, warnings=log.warnings, label=options.label) from exc
