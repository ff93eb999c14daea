"""What is wrong with the settings about files, told at start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.checks import CheckMessage, Error

from core.errors import UserError
from library.audio import ffmpeg_path
from library.naming import check_template
from ops.settings.stored import at_start


def name_template(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """SPOTIZER_NAME_TEMPLATE and the one for playlists give every track a name of its own."""
    told = _told(lambda: check_template(at_start("NAME_TEMPLATE")), "library.E001", "SPOTIZER_NAME_TEMPLATE: ")
    if template := at_start("PLAYLIST_TEMPLATE"):
        told += _told(lambda: check_template(template), "library.E003", "SPOTIZER_PLAYLIST_TEMPLATE: ")
    return told


def ffmpeg(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """There is an ffmpeg."""
    return _told(ffmpeg_path, "library.E002")


def _told(look: Callable[[], object], code: str, before: str = "") -> list[CheckMessage]:
    try:
        look()
    except UserError as exc:
        return [Error(f"{before}{exc.message}", hint=exc.remedy, id=code)]
    return []
