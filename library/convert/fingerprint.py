"""The Chromaprint of a sound, where the ffmpeg at hand can make it."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

from core.errors import PermanentError
from library.audio import ffmpeg_path
from library.audio.watch import IsCancelled, never
from library.convert.ffmpeg import run_ffmpeg

HEARD_SECONDS = 120  # what AcoustID's own program listens to
MOST_SECONDS = 60.0
LONGEST = 20_000


def can_fingerprint() -> bool:
    """Whether this ffmpeg was built with Chromaprint."""
    return _has_muxer(ffmpeg_path())


@cache
def _has_muxer(ffmpeg: Path) -> bool:
    command = [str(ffmpeg), "-hide_banner", "-h", "muxer=chromaprint"]
    try:
        answer = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return b"fp_format" in answer.stdout


def fingerprint(path: Path, work_folder: Path, *, cancelled: IsCancelled = never) -> str:
    """The fingerprint of the first two minutes of ``path``, in base64. Raises PermanentError where there is none."""
    written = work_folder / "fingerprint.part"
    try:
        run_ffmpeg(
            [
                *("-protocol_whitelist", "file", "-t", str(HEARD_SECONDS), "-i", f"file:{path}", "-map", "0:a:0"),
                *("-ac", "2", "-ar", "44100", "-f", "chromaprint", "-fp_format", "base64", f"file:{written}"),
            ],
            cancelled=cancelled,
            time_limit=MOST_SECONDS,
        )
        text = written.read_text("ascii", errors="replace").strip()
    finally:
        written.unlink(missing_ok=True)
    if not text or len(text) > LONGEST:
        raise PermanentError(f"{path.name} has no fingerprint.", reason="broken_file")
    return text
