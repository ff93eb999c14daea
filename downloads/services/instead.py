"""What a person picks by hand for a recording that is here already: it takes the file's place, through the journal."""

from __future__ import annotations

from django.db import transaction

from accounts.models import Person
from core.errors import NotFound, UserError
from downloads.models import ACTIVE, Correction, Download, DownloadCandidate, DownloadRequest, Status
from downloads.selectors.asked import as_before
from downloads.services.corrections import correct
from downloads.services.queue.requeue import DOUBLED
from downloads.services.requests import request_download
from library.selectors import owned_file

State = DownloadCandidate.State
COPIED = [
    field.name for field in DownloadCandidate._meta.concrete_fields if field.name not in {"id", "download", "state"}
]


def take_instead(download_id: int, candidate_id: int, *, by: Person | None = None) -> DownloadRequest:
    """This candidate of a download that is done is fetched, and nothing else: it takes the place of the file.

    Until it does the file stays; then it lies in the bin, and the journal can bring it back. The choice is remembered
    for the recording. Raises UserError, NotFound.
    """
    with transaction.atomic():
        done = _done(download_id)
        candidate = done.candidates.filter(pk=candidate_id).first()
        if candidate is None:
            raise UserError("This candidate is gone.", remedy="Get it again, so that it is looked for anew.")
        if candidate.state == State.CHOSEN:
            raise UserError("This is what you have.", remedy="Choose another one.")
        same = {"recording_id": done.recording_id, "output_format": done.output_format}
        if Download.objects.filter(**same, quality_kbps=done.quality_kbps, status__in=ACTIVE).exists():
            raise UserError(DOUBLED)
        correct(done.recording, candidate, Correction.Verdict.RIGHT, by=by)
        wish = request_download(
            track=done.track,
            by=by,
            output_format=done.output_format,
            quality_kbps=done.quality_kbps,
            priority=2,
            options=as_before(done.options) | in_place_of(done) | {"only_picked": True},
        )
        _give(wish, candidate)
    return wish


def in_place_of(done: Download) -> dict[str, object]:
    """The options that fetch once more what ``done`` brought, so that there is one file of it afterwards."""
    options: dict[str, object] = {"get_again": True}
    if done.file and done.file.gone_at is None:
        options["replaces"] = done.file.path
    return options


def in_place_of_owned(download: Download) -> dict[str, object]:
    """The same for a download whose recording is here in its form already; empty where it is not."""
    owned = owned_file(download.recording_id, output_format=download.output_format, quality_kbps=download.quality_kbps)
    return {"get_again": True, "replaces": owned.path} if owned else {}


def _done(download_id: int) -> Download:
    rows = Download.objects.select_for_update(of=("self",)).select_related("recording", "track", "file")
    done = rows.filter(pk=download_id).first()
    if done is None:
        raise NotFound("It is gone.", remedy="Reload the page.")
    if done.status != Status.DONE:
        raise UserError("Only for what is done another candidate can be taken instead.", remedy="Reload the page.")
    return done


def _give(wish: DownloadRequest, candidate: DownloadCandidate) -> None:
    """The request's download has the candidate, as the one that a person picked. Raises UserError where it has none."""
    download = Download.objects.filter(items__request=wish, status__in=ACTIVE).first()
    if download is None:
        raise UserError("Your settings leave this track out.", remedy="Change them, then choose again.")
    copy = DownloadCandidate.objects.create(
        **{name: getattr(candidate, name) for name in COPIED} | {"message": "Picked by hand."},
        download=download,
        state=State.UNTRIED,
    )
    Download.objects.filter(pk=download.pk).update(options=download.options | {"picked": copy.pk})
