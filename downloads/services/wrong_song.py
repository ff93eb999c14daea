"""What was fetched is the wrong song: banned for the recording, and another is looked for in its place."""

from __future__ import annotations

from django.db import transaction

from accounts.models import Person
from core.errors import NotFound, UserError
from downloads.models import Correction, Download, DownloadCandidate, DownloadRequest, Status
from downloads.selectors.asked import as_before
from downloads.services.corrections import correct
from downloads.services.instead import in_place_of
from downloads.services.requests import request_download

State = DownloadCandidate.State


def wrong_song(download_id: int, *, by: Person | None = None) -> DownloadRequest:
    """What was fetched is banned for the recording, and another is looked for: it will take the file's place.

    Until it does the file stays; then it lies in the bin, and the journal can bring it back. Raises UserError where
    the download has no candidate or is not done.
    """
    download = Download.objects.select_related("recording", "track", "file").filter(pk=download_id).first()
    if download is None:
        raise NotFound("It is gone.", remedy="Reload the page.")
    chosen = download.candidates.filter(state=State.CHOSEN).first()
    if download.status != Status.DONE or chosen is None:
        raise UserError("Only what was fetched can be the wrong song.")
    with transaction.atomic():
        correct(download.recording, chosen, Correction.Verdict.WRONG, by=by)
        return request_download(
            track=download.track,
            by=by,
            output_format=download.output_format,
            quality_kbps=download.quality_kbps,
            priority=2,
            options=as_before(download.options) | in_place_of(download),
        )
