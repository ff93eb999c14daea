"""The first half minute of audio that may be cut short, as an MP3 that every browser plays.

What came from outside is decoded and encoded anew, so that no byte of it reaches a browser.
"""

from __future__ import annotations

from pathlib import Path

from core.errors import PermanentError
from core.storage import storage_errors
from library.audio.watch import IsCancelled, never
from library.convert.ffmpeg import run_ffmpeg

PREVIEW_SECONDS = 30
BITRATE = "128k"
LEAST_BYTES = 16_000  # a second
TIME_LIMIT = 20.0


def make_preview(source: Path, target: Path, *, cancelled: IsCancelled = never) -> Path:
    """``target`` holds the first ``PREVIEW_SECONDS`` of ``source``, without tags or pictures.

    Raises PermanentError where there is no second of audio in it, Cancelled, StorageError.
    """
    try:
        run_ffmpeg(
            [
                *("-protocol_whitelist", "file", "-t", str(PREVIEW_SECONDS), "-i", f"file:{source}"),
                *("-map", "0:a:0", "-map_metadata", "-1", "-ac", "2", "-ar", "44100"),
                *("-c:a", "libmp3lame", "-b:a", BITRATE, "-id3v2_version", "0", "-f", "mp3", f"file:{target}"),
            ],
            cancelled=cancelled,
            time_limit=TIME_LIMIT,
        )
    except PermanentError as exc:
        raise _unheard() from exc
    with storage_errors(target):
        if target.stat().st_size < LEAST_BYTES:
            raise _unheard()
    return target


def _unheard() -> PermanentError:
    return PermanentError(
        "What came cannot be played as a preview.",
        remedy="Open the source's own page, or use it and listen to the file.",
        reason="not_audio",
    )
