"""Lyrics of a track."""

from __future__ import annotations

from django.conf import settings

from catalog.services.sessions import session_for
from core.errors import NotFound
from providers.base import TrackInfo
from providers.lrclib.client import LrclibClient, Lyrics

__all__ = ["Lyrics", "find_lyrics"]


def find_lyrics(info: TrackInfo) -> Lyrics | None:
    """The lyrics, None where there are none (which is remembered for a week or more). Raises TransientError."""
    try:
        return LrclibClient(session_for("lrclib"), base_url=settings.SERVICE_URLS["lrclib"]).find(info)
    except NotFound:
        return None
