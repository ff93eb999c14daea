"""Tracks on which a name template shows what it does."""

from __future__ import annotations

from catalog.models import Track
from catalog.selectors import track_infos
from library.naming import EXAMPLES
from providers.base import TrackInfo

COUNT = 3


def newest_tracks(count: int = COUNT) -> tuple[TrackInfo, ...]:
    """The tracks whose files came last."""
    here = Track.objects.filter(files__gone_at=None, files__isnull=False).order_by("-files__added_at")[:count]
    return tuple(track_infos(list(here)))


def example_tracks(count: int = COUNT) -> tuple[TrackInfo, ...]:
    """So many tracks of the library, with invented ones where it has fewer."""
    return (*newest_tracks(count), *EXAMPLES)[:count]
