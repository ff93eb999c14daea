"""From the fetched file to the library: cover and lyrics are looked up, the library does the rest."""

from __future__ import annotations

import logging

from catalog.services.covers import cover_bytes
from catalog.services.lyrics import Lyrics, find_lyrics
from core.errors import SpotizerError
from downloads.models import DownloadRequest, RequestItem, Status
from downloads.services.job import Job
from library.services import Covers, Finished, finish_track
from library.services.stray import Sought, find_stray
from library.steps import steps_for
from ops.settings import in_force
from providers.base import FetchedFile

log = logging.getLogger(__name__)


def finish(job: Job, fetched: FetchedFile, *, is_picked: bool = False) -> Finished:
    """The file verified, converted, tagged and filed; its row is written by the caller.

    ``is_picked``: a person chose it, so its length may be another than the catalogue's.
    """
    job.move(Status.PROCESSING, doing="Checking", percent=91, bytes_per_second=None)
    download = job.download
    return finish_track(
        fetched,
        wanted=job.wanted,
        may_differ_in_length=is_picked,
        track=download.track,
        recording=download.recording,
        work_folder=job.folder,
        output_format=download.output_format,
        quality_kbps=download.quality_kbps,
        steps=steps_for(download.options),
        template=_template(job),
        names=_names(job),
        download_id=download.pk,
        covers=_covers(job),
        lyrics=_lyrics(job),
        replaces=str(download.options.get("replaces") or ""),
        on_step=job.say,
        cancelled=job.pulse.cancelled,
    )


def found_on_disk(job: Job) -> Finished | None:
    """The file, where it lies at its place without a row; verified as a fetched one is."""
    download = job.download
    sought = Sought(
        wanted=job.wanted,
        track=download.track,
        recording=download.recording,
        template=_template(job),
        names=_names(job),
        output_format=download.output_format,
        quality_kbps=download.quality_kbps,
    )
    return find_stray(sought, cancelled=job.pulse.cancelled)


def _template(job: Job) -> str:
    return str(job.download.options.get("template") or in_force.NAME_TEMPLATE)


def _names(job: Job) -> dict[str, str]:
    """What a template may say of the playlist that asked first."""
    items = RequestItem.objects.filter(download=job.download, request__kind=DownloadRequest.Kind.PLAYLIST)
    first = items.order_by("request_id", "position").select_related("request__playlist").first()
    if first is None:
        return {}
    asked = first.request
    title = asked.playlist.title if asked.is_private and asked.playlist else asked.title
    digits = max(2, len(str(asked.total)))
    return {"Playlist": title, "Position": f"{first.position:0{digits}}"}


def _covers(job: Job) -> Covers:
    """The album's cover as the file shall show it, and as it shall lie beside it."""
    album = job.download.track.album
    if album is None:
        return Covers()
    embedded = cover_bytes(album, in_force.COVER_PX) if in_force.EMBED_COVER else None
    is_had = embedded is not None or not in_force.EMBED_COVER  # a server that is down is not waited for twice
    return Covers(embedded, cover_bytes(album, in_force.COVER_FILE_PX) if in_force.SAVE_COVER and is_had else None)


def _lyrics(job: Job) -> Lyrics | None:
    """The lyrics. A track without them is better than no track."""
    if not in_force.EMBED_LYRICS and not in_force.SAVE_LYRICS:
        return None
    try:
        return find_lyrics(job.wanted)
    except SpotizerError as exc:
        log.warning("No lyrics for download %s: %s", job.download.pk, exc)
        return None
