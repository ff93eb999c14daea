"""What yt-dlp raises, told as our own errors. Classes and status codes come first, then its words."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.errors import (
    AuthRequired,
    BadResponse,
    PermanentError,
    RateLimited,
    SpotizerError,
    TransientError,
    UserError,
)
from core.http import retry_after
from core.storage import storage_error

YOUTUBE = "YouTube"
LATER_SECONDS = 3600.0  # a session that is limited stays so for up to an hour
BLOCKED_SECONDS = 1800.0
WAIT_REMEDY = "Spotizer waits and goes on by itself. If it happens often, fetch slower (SPOTIZER_YOUTUBE_PACE)."
BOT_REMEDY = (
    "Wait an hour, fetch slower (SPOTIZER_YOUTUBE_PACE), or use a home connection instead of a VPN or data centre; "
    "then try again."
)
UPGRADE_REMEDY = "If it stays so, upgrade yt-dlp: YouTube changes and yt-dlp follows within days."

_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS})
_DISK_WORDS = {number: os.strerror(number) for number in sorted(_DISK)}

# Signs in yt-dlp's words (lower case), in order: error class, reason, message, remedy.
_SIGNS: tuple[tuple[tuple[str, ...], type[SpotizerError], str, str, str], ...] = (
    (
        ("try again later", "rate-limited", "rate limited", "too many requests"),
        RateLimited,
        "rate_limited",
        "YouTube limits this session and asks us to wait.",
        WAIT_REMEDY,
    ),
    (
        ("confirm your age", "age-restricted", "inappropriate for some users"),
        PermanentError,
        "age_restricted",
        "YouTube gives this video only to signed-in adults.",
        "Choose another candidate.",
    ),
    (
        ("private video", "this video is private"),
        PermanentError,
        "private",
        "This video is private.",
        "Choose another candidate.",
    ),
    (
        ("sign in to confirm", "not a bot", "captcha", "cookies are no longer valid", "login required"),
        AuthRequired,
        "login_needed",
        "YouTube wants to know that we are not a robot.",
        BOT_REMEDY,
    ),
    (
        (
            "members-only",
            "join this channel",
            "requires payment",
            "music premium",
            "available to this channel's members",
        ),
        PermanentError,
        "unavailable",
        "This video is only for paying members.",
        "Choose another candidate.",
    ),
    (
        ("drm",),
        PermanentError,
        "drm",
        "This video is given only encrypted, and Spotizer never decrypts.",
        "Choose another candidate.",
    ),
    (
        ("available in your country", "not available from your location", "geo restrict", "blocked it in your country"),
        PermanentError,
        "region_locked",
        "This video is blocked in your region.",
        "Choose another candidate.",
    ),
    (
        ("premieres in", "live event", "is live", "will begin in", "live stream recording is not available"),
        PermanentError,
        "unavailable",
        "This is a broadcast or a premiere, not a recording.",
        "Choose another candidate.",
    ),
    (
        ("been removed", "account associated", "been terminated", "video unavailable", "no longer available"),
        PermanentError,
        "removed",
        "YouTube has this video no more.",
        "Choose another candidate.",
    ),
    (
        ("no supported javascript runtime", "javascript runtime"),
        UserError,
        "broken_install",
        "YouTube needs a JavaScript runtime, and none was found.",
        "Reinstall Spotizer's Python packages (they bring deno), then run manage.py doctor.",
    ),
    (
        ("ffmpeg not found", "ffprobe not found", "ffmpeg is not installed", "ffmpeg or avconv"),
        UserError,
        "broken_install",
        "ffmpeg was not found.",
        "Run manage.py doctor: it names what to install.",
    ),
    (
        ("no suitable extractor", "unsupported url", "is not a valid url"),
        PermanentError,
        "bad_request",
        "This address is none that Spotizer fetches from.",
        "Paste the link of a single video.",
    ),
    (
        ("requested format is not available", "no video formats found"),
        PermanentError,
        "unavailable",
        "YouTube gives no audio for this video.",
        f"Choose another candidate. {UPGRADE_REMEDY}",
    ),
    (
        ("timed out", "timeout"),
        TransientError,
        "timeout",
        "YouTube took too long to answer.",
        "It is tried again by itself.",
    ),
    (
        (
            *("connection", "more expected", "bytes read", "name resolution", "unreachable", "giving up after", "ssl"),
            *("proxy", "reset by peer", "unable to connect", "remote end closed", "incompleteread", "network"),
        ),
        TransientError,
        "network",
        "The transfer from YouTube broke off.",
        "It is tried again by itself.",
    ),
)


def error_from(
    exc: BaseException, *, warnings: Sequence[str] = (), folder: Path | None = None, label: str = YOUTUBE
) -> SpotizerError:
    """Our error for what yt-dlp raised. ``warnings`` are what it said before, ``label`` whose audio it is."""
    return named(_error_from(exc, warnings, folder), label)


def named(error: SpotizerError, label: str) -> SpotizerError:
    """``error`` in the words of another service than YouTube, whose pace is no setting."""
    if label != YOUTUBE:
        error.message = error.message.replace(YOUTUBE, label).replace("video", "recording")
        error.remedy = error.remedy.replace(" (SPOTIZER_YOUTUBE_PACE)", "").replace(YOUTUBE, label)
    return error


def _error_from(exc: BaseException, warnings: Sequence[str], folder: Path | None) -> SpotizerError:
    cause = _cause(exc)
    if folder is not None and (system := _system_error(exc, cause)) is not None:
        return storage_error(system, folder)
    if (status := _status(cause)) is not None and (error := _for_status(status, cause)) is not None:
        return error
    said = f"{exc} {getattr(cause, 'orig_msg', '') or cause}".lower().replace("’", "'")
    if "geo" in type(cause).__name__.lower():
        said += " geo restrict"
    if any(sign in said for sign in ("requested format is not available", "no video formats found")):
        said = " ".join([*(text.lower() for text in warnings if "runtime" in text.lower()), said])
    for signs, kind, reason, message, remedy in _SIGNS:
        if any(sign in said for sign in signs):
            return _make(kind, reason, message, remedy)
    return _unknown(exc, cause, said)


def is_from_ytdlp(exc: BaseException) -> bool:
    """Whether it came from yt-dlp or the disk; anything else is a bug of ours."""
    # By name: after a change of the engine there may be two classes of it.
    return isinstance(exc, OSError) or any(base.__name__ == "YoutubeDLError" for base in type(exc).__mro__)


def is_forbidden(exc: BaseException) -> bool:
    """Whether the media's server refused (403): the address may have expired, so extracting again can help."""
    return _status(_cause(exc)) == 403


def is_beyond_the_end(exc: BaseException) -> bool:
    """Whether a part was continued that is as long as the media or longer (416)."""
    return _status(_cause(exc)) == 416


def blocked() -> RateLimited:
    """The error for a second refusal in a row."""
    return RateLimited(
        "YouTube refused the audio twice in a row (403).",
        retry_after=BLOCKED_SECONDS,
        remedy=f"Spotizer waits half an hour and goes on by itself. {UPGRADE_REMEDY}",
        reason="blocked",
    )


def _make(kind: type[SpotizerError], reason: str, message: str, remedy: str) -> SpotizerError:
    if issubclass(kind, RateLimited):
        return kind(message, retry_after=LATER_SECONDS, remedy=remedy, reason=reason)
    return kind(message, remedy=remedy, reason=reason)


def _unknown(exc: BaseException, cause: Any, said: str) -> SpotizerError:
    words = str(getattr(cause, "orig_msg", "") or exc).partition("; please report")[0].removeprefix("ERROR: ")[:300]
    if getattr(cause, "expected", False):
        return PermanentError(f"YouTube does not give this video: {words}", remedy="Choose another candidate.")
    if "please report this issue" in said or type(cause).__name__ == "ExtractorError":
        return PermanentError(
            f"yt-dlp does not understand YouTube's answer: {words}",
            remedy="Upgrade yt-dlp, then try again.",
            reason="outdated",
        )
    return BadResponse(f"The fetch from YouTube failed: {words}", remedy="It is tried again by itself.")


def _cause(exc: BaseException) -> Any:
    """What lies behind a DownloadError, and behind an ExtractorError that only wraps it."""
    inner = getattr(exc, "exc_info", None)
    cause: Any = inner[1] if inner and inner[1] is not None else exc
    deeper = getattr(cause, "cause", None)
    if not getattr(cause, "expected", False) and isinstance(deeper, BaseException):
        return deeper
    return cause


def _status(cause: Any) -> int | None:
    status = getattr(cause, "status", None)
    return status if isinstance(status, int) else None


def _for_status(status: int, cause: Any) -> SpotizerError | None:
    headers = getattr(getattr(cause, "response", None), "headers", {})
    if status == 429:
        asked = retry_after(headers)
        return RateLimited(
            "YouTube is asked too often (429).",
            retry_after=LATER_SECONDS if asked is None else asked,
            remedy=WAIT_REMEDY,
        )
    if status == 403:
        return blocked()
    if status in {404, 410}:
        return PermanentError("YouTube has this video no more.", remedy="Choose another candidate.", reason="removed")
    if status >= 500:
        return TransientError(
            f"YouTube has a problem of its own (error {status}).", remedy="It is tried again by itself."
        )
    return None


def _system_error(exc: BaseException, cause: Any) -> OSError | None:
    """The system's own error where the disk is to blame."""
    for error in (cause, exc, exc.__cause__, exc.__context__):
        if isinstance(error, OSError) and error.errno is not None and error.filename is not None:
            return error
        if isinstance(error, OSError) and error.errno in _DISK:
            return error
    text = str(exc).lower()
    return next((OSError(number, words) for number, words in _DISK_WORDS.items() if words.lower() in text), None)
