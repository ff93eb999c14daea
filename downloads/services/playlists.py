"""The M3U8 of a playlist whose downloads have ended."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta

from django.db.models import F, Q
from django.utils import timezone

from core.bulk import among
from core.errors import SpotizerError
from downloads.models import DownloadRequest, RequestItem
from library.models import AudioFile, FileAct
from library.services import Entry, write_playlist
from ops.settings import in_force

AT_ONCE = 20
MOVES_LOOKED_BACK = timedelta(days=1)  # for those of a process that is no more
log = logging.getLogger(__name__)
_looked_at = 0  # the newest act on a file that was looked at here


def write_ended_playlists() -> int:
    """Each playlist that ended since its list was written has a list of what is here now; how many were written.

    Of two requests for one playlist the one that ended last says what its list is. Where the library cannot take it,
    the list stays due.
    """
    if not in_force.SAVE_PLAYLIST:
        return 0
    _mark_moved()
    due = DownloadRequest.objects.filter(
        Q(listed_at=None) | Q(listed_at__lt=F("ended_at")),
        kind=DownloadRequest.Kind.PLAYLIST,
        stage=DownloadRequest.Stage.ENDED,
        playlist__isnull=False,
    ).exclude(options__has_key="albums")  # that is a wish for albums
    return sum(_write(request) for request in due.select_related("playlist").order_by("ended_at")[:AT_ONCE])


def _mark_moved() -> None:
    """Lists of which a file lies elsewhere than when they were written are due again."""
    global _looked_at
    moves = FileAct.objects.filter(
        kind=FileAct.Kind.MOVE,
        state__in=(FileAct.State.DONE, FileAct.State.UNDONE),
        pk__gt=_looked_at,
        file__isnull=False,
    )
    newest = moves.order_by("-pk").values_list("pk", flat=True).first()
    if newest is None:
        return
    recent = moves.filter(pk__lte=newest, ended_at__gt=timezone.now() - MOVES_LOOKED_BACK)
    moved = set(recent.values_list("file_id", flat=True))
    items = RequestItem.objects.filter(request__kind=DownloadRequest.Kind.PLAYLIST)
    items = items.filter(Q(file__in=among(moved)) | Q(download__file__in=among(moved)))
    DownloadRequest.objects.filter(pk__in=items.values("request")).update(listed_at=None)
    _looked_at = newest


def _write(request: DownloadRequest) -> int:
    assert request.playlist is not None  # noqa: S101 - the query asks for it
    began = timezone.now()
    entries = list(_entries(request))
    if entries:
        try:
            write_playlist(request.playlist, entries)
        except SpotizerError as exc:
            log.warning("The list of %s could not be written: %s", request.title, exc)
            return 0
    DownloadRequest.objects.filter(pk=request.pk).update(listed_at=began)
    return 1 if entries else 0


def _entries(request: DownloadRequest) -> Iterator[Entry]:
    items = RequestItem.objects.filter(request=request, track__isnull=False).order_by("position")
    for item in items.select_related("track__recording", "file", "download__file"):
        file = _present(item.file) or _present(item.download.file if item.download else None)
        if file and item.track:
            recording = item.track.recording
            yield Entry(file.path, item.track.title, recording.artist_text, file.duration_ms)


def _present(file: AudioFile | None) -> AudioFile | None:
    return file if file and file.gone_at is None else None
