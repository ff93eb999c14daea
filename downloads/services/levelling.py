"""The album's ReplayGain, once the last of its tracks is here."""

from __future__ import annotations

import logging

from core.errors import SpotizerError
from downloads.models import Download
from history.models import Event
from history.services import record
from library.services import level_album
from library.steps import steps_for

log = logging.getLogger(__name__)


def level(download: Download) -> None:
    """Where the download wanted loudness tags and completed its album, the album's files say its gain; and the history.

    The download is done already, and stays so: what cannot be written is in the log and the journal.
    """
    album = download.track.album
    if album is None or steps_for(download.options).loudness != "tags":
        return
    try:
        files = level_album(album)
    except SpotizerError as exc:
        log.warning("The gain of the album %s was not written: %s", album.pk, exc)
        return
    owners = dict(Download.objects.filter(file__in=files).order_by("pk").values_list("file_id", "pk"))
    for file in files:
        step = dict(file.passport["steps"][-1])
        record(
            Event.Kind.TRANSITION,
            title=file.recording.title if file.recording else file.path,
            artist_text=file.recording.artist_text if file.recording else "",
            download_id=owners.get(file.pk),
            recording_id=file.recording_id,
            file_id=file.pk,
            message=str(step.pop("words")),
            detail={"to": "album gain", **step},
        )
