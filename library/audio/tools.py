"""Where ffmpeg is."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

from django.conf import settings

from core.errors import UserError


def ffmpeg_path() -> Path:
    """The setting's ffmpeg, else the one on PATH (measured faster), else the one in the imageio-ffmpeg wheel."""
    return _find(settings.FFMPEG)


@cache
def _find(wanted: str) -> Path:
    if wanted:
        if found := shutil.which(wanted):
            return Path(found)
        raise UserError(
            f"SPOTIZER_FFMPEG names {wanted}, which is no program here.",
            remedy="Correct the setting, or remove it to use the ffmpeg that Spotizer brings.",
            reason="ffmpeg_missing",
        )
    if found := shutil.which("ffmpeg"):
        return Path(found)
    import imageio_ffmpeg  # looks through its folder at import: only where it is needed

    try:
        return Path(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as exc:
        raise UserError(
            "There is no ffmpeg.",
            remedy="Install it (apt install ffmpeg), or reinstall Spotizer's Python packages, which bring one.",
            reason="ffmpeg_missing",
        ) from exc
