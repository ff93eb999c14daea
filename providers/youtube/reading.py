"""What yt-dlp says of an address or a search, without fetching the audio."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.errors import PermanentError, SpotizerError
from providers.youtube.cookies import own_jar
from providers.youtube.engine import JobLog, new_downloader
from providers.youtube.errors import error_from, is_from_ytdlp
from providers.youtube.options import FetchOptions, common_parameters

MOST_ENTRIES = 5000
GONE = {"[Private video]", "[Deleted video]", "[Unavailable video]"}


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


def listing(url: str, options: FetchOptions) -> tuple[Mapping[str, Any], list[Mapping[str, Any] | None]]:
    """The list at ``url`` and its entries, none of them read; None for one that is not there any more.

    Raises PermanentError for what is no list or longer than ``MOST_ENTRIES``.
    """
    more = {"extract_flat": True, "noplaylist": False, "playlist_items": f"1:{MOST_ENTRIES + 1}"}
    found = _ask(url, options, more, process=True)
    if found.get("_type") != "playlist":
        raise PermanentError(
            "There is no list at this link.", remedy="Paste the link of the album or playlist.", reason="bad_request"
        )
    entries = list(found.get("entries") or ())
    if len(entries) > MOST_ENTRIES:
        raise PermanentError(
            f"This list has more than {MOST_ENTRIES:,} entries.",
            remedy="Split it at its service, and paste the parts.",
            reason="bad_request",
        )
    return found, [entry if _is_there(entry) else None for entry in entries]


def _is_there(entry: Mapping[str, Any] | None) -> bool:
    """Whether an entry of a list can be read: lists keep the places of what was removed or made private."""
    if not entry or not entry.get("url"):
        return False
    return str(entry.get("title") or "") not in GONE and entry.get("live_status") not in ("is_live", "is_upcoming")


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
