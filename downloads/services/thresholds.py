"""From which score on candidates are taken: the setting's, or what a person said for an artist."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.models import Person
from catalog.models import Artist, Recording
from core.errors import NotFound, UserError
from downloads.models import ArtistThreshold, Download, DownloadCandidate, Status
from downloads.services.queue.requeue import requeue
from downloads.services.tokens import top_up
from ops.settings import in_force

State = DownloadCandidate.State
LEAST_SCORE = 50  # below it what was found is another recording in at least one respect


def threshold_for(recording: Recording) -> int:
    """From which score on a candidate for the recording is taken: its artist's, else the setting's."""
    scores = ArtistThreshold.objects.filter(artist__recordings=recording).values_list("score", flat=True)
    return min([*scores, in_force.MATCH_THRESHOLD])


def accept_from(download_id: int, score: int, *, by: Person | None = None) -> tuple[Artist, list[int]]:
    """For the download's first artist candidates are taken from ``score`` on; doubtful rows that this settles go on.

    The artist and the rows' ids. What a correction or the settings refuse stays refused. Raises UserError.
    """
    if not LEAST_SCORE <= score <= 100:
        raise UserError(
            f"{score} of 100 is no score to go by.", remedy=f"Give one from {LEAST_SCORE} to 100, or choose by hand."
        )
    download = Download.objects.select_related("recording").filter(pk=download_id).first()
    if download is None:
        raise NotFound("It is gone.", remedy="Reload the page.")
    credit = download.recording.credits.select_related("artist").order_by("position").first()
    if credit is None:
        raise UserError("This track names no artist.", remedy="Choose a candidate by hand.")
    with transaction.atomic():
        ArtistThreshold.objects.update_or_create(
            artist=credit.artist, defaults={"score": score, "by": by, "decided_at": timezone.now()}
        )
        rows = Download.objects.filter(status=Status.NEEDS_YOU, recording__artists=credit.artist)
        settled = _reopened(list(rows.values_list("pk", flat=True)), score)
        done, _ = requeue(settled, [Status.NEEDS_YOU], by=by)
        transaction.on_commit(top_up)
    return credit.artist, done


def _reopened(download_ids: list[int], score: int) -> list[int]:
    """Of the rows those that have a candidate of that score, which may now be tried."""
    candidates = DownloadCandidate.objects.filter(download_id__in=download_ids, state=State.REJECTED, score__gte=score)
    good = [row for row in candidates if not {"limits", "correction"} & row.breakdown.keys()]
    for row in good:
        row.state = State.UNTRIED
        row.message = f"{row.message} Taken, as {row.score} is enough for this artist."
    DownloadCandidate.objects.bulk_update(good, ["state", "message"])
    return sorted({row.download_id for row in good})
