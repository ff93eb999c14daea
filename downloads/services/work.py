"""The work on one claimed download: find, choose, fetch, finish, record.

It ends in exactly one way: done, skipped, failed, waiting for a person, waiting for a time, or back in the queue
untouched. Whatever happens on the way, the row, its history and its requests change in one transaction, and a worker
that lost the row changes nothing.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import DatabaseError, transaction
from django.utils import timezone

from core.errors import Cancelled, PermanentError, SpotizerError, StorageError, TransientError, UserError
from downloads.models import Download, DownloadCandidate, RequestItem, Status
from downloads.services import finding, states
from downloads.services.closing import Parked, back_off, explained
from downloads.services.completing import complete
from downloads.services.fetching import fetch
from downloads.services.folders import held_folder, remove_folder
from downloads.services.hearing import listen
from downloads.services.job import Job
from downloads.services.levelling import level
from downloads.services.limits import check_fetched
from downloads.services.pausing import pause_for_storage
from downloads.services.processing import finish, found_on_disk
from downloads.services.pulse import Pulse
from downloads.services.verdicts import say_who_won
from downloads.services.worker import Worker
from library.selectors import owned_file
from library.services import Finished, adopt_finished, record_file, take_back
from ops.settings import in_force
from providers.base import FetchedFile

log = logging.getLogger(__name__)
State = DownloadCandidate.State
FOLDER_BUSY_SECONDS = 3.0


def run(download: Download, worker: Worker) -> None:
    """Work on the claimed row until it ends, waits or is taken away. Leaves no error unsaid.

    A bug is recorded on the row, so that the person sees it and the row does not come back for ever, and raised.
    """
    with Pulse(download, worker) as pulse:
        try:
            with held_folder(download.pk) as folder:
                if folder is None:
                    _park(download, Parked(FOLDER_BUSY_SECONDS, "folder_busy"))
                else:
                    _work(Job.of(download, worker, pulse, folder))
        except Cancelled:
            _let_go(download)
        except Parked as parked:
            _park(download, parked)
        except StorageError as exc:
            log.warning("The queue stands still: %s", exc)
            pause_for_storage(exc)
            _ending(download, Status.QUEUED, reason=exc.reason, message=exc.message)
        except SpotizerError as exc:
            _ending(download, Status.FAILED, reason=exc.reason, message=explained(exc))
        except DatabaseError:
            raise  # nothing can be written now: the lease runs out and the row is claimed again
        except Exception as exc:
            message = f"{type(exc).__name__} in Spotizer itself; the log has the details."
            _ending(download, Status.FAILED, reason="internal", message=message)
            raise


def _work(job: Job) -> None:
    if finished := adopt_finished(job.folder):
        _record(job, finished, _source_of(job, finished))
        return
    download = job.download
    owned = owned_file(download.recording_id, output_format=download.output_format, quality_kbps=download.quality_kbps)
    if owned and not download.options.get("get_again"):
        with transaction.atomic():
            job.move(Status.SKIPPED, reason="owned", message=owned.path, file=owned)
            RequestItem.objects.filter(download=download).update(file=owned)
        remove_folder(download.pk)
        return
    complete(job)
    if not download.options.get("get_again") and (found := found_on_disk(job)):
        _record(job, found, None, message=f"It lay on the disk already and was not fetched: {found.path}")
        return
    while candidate := _next(job):
        try:
            fetched = fetch(job, candidate)
            is_picked = candidate.pk == download.options.get("picked") or "correction" in candidate.breakdown
            check_fetched(fetched, is_picked=is_picked)
            heard = listen(job, fetched, is_picked=is_picked)
            finished = finish(job, fetched, is_picked=is_picked)
        except TransientError as exc:
            _spend(job, candidate, exc)
        except (PermanentError, UserError) as exc:
            _reject(job, candidate, exc)
        else:
            _record(job, finished, candidate, fetched, heard=heard)
            return
    _give_up(job)


def _next(job: Job) -> DownloadCandidate | None:
    """The next candidate to try. A search without an answer spends of the budget as a fetch does.

    Where the budget is spent the sources that gave none count as asked, and what the others had decides.
    """
    while True:
        try:
            return finding.next_candidate(job)
        except TransientError as exc:
            if job.download.failures + 1 < in_force.MAX_FAILURES:
                raise back_off(job.download, exc) from exc
            job.remember(failures=0, message=explained(exc), reason=exc.reason)
            finding.mark_asked(job, *finding.unasked(job))


def _spend(job: Job, candidate: DownloadCandidate, error: TransientError) -> None:
    """One try of the candidate is spent: the row waits for the next, or goes on with the next candidate."""
    log.warning("Download %s, %s: %s", job.download.pk, candidate.source_id, error)
    if job.download.failures + 1 < in_force.MAX_FAILURES:
        raise back_off(job.download, error) from error
    _reject(job, candidate, error)


def _reject(job: Job, candidate: DownloadCandidate, error: PermanentError | UserError | TransientError) -> None:
    """The candidate will not do; the row looks for the next one with a fresh budget."""
    candidate.state, candidate.message = State.FAILED, explained(error)
    candidate.breakdown = candidate.breakdown | {"failed": error.reason}
    candidate.save(update_fields=["state", "message", "breakdown"])
    message = f"{candidate.title}: {explained(error)}"
    job.move(Status.SEARCHING, reason=error.reason, message=message, failures=0, doing="Trying the next candidate")


def _give_up(job: Job) -> None:
    """No candidate is left: failed with what the last one said, or a person is asked about the doubtful ones."""
    download = job.download
    candidates = list(download.candidates.all())
    failed = [row for row in candidates if row.state == State.FAILED]
    if failed:
        last = max(failed, key=lambda row: row.pk)
        reason, message = str(last.breakdown.get("failed", "unknown")), last.message
        if len(failed) > 1:
            message = f"All {len(failed)} candidates failed. The last one: {message}"
        job.move(Status.FAILED, reason=reason, message=message)
        remove_folder(download.pk)
    elif candidates:
        best = candidates[0]
        by = best.artist_text or "nobody named"
        message = f"The nearest is “{best.title}” by {by} with {best.score} of 100. {best.message}"
        job.move(Status.NEEDS_YOU, reason="match_too_poor", message=message)
    elif download.reason and download.message:  # the sources gave no answer until the budget was spent
        job.move(Status.FAILED, reason=download.reason, message=download.message)
    else:
        names = ", ".join(source.label for source in finding.sources_of(job))
        job.move(Status.FAILED, reason="no_match", message=f"{names or 'No source'}: nothing like it was found.")


def _record(
    job: Job,
    finished: Finished,
    candidate: DownloadCandidate | None,
    fetched: FetchedFile | None = None,
    *,
    message: str = "",
    heard: str = "",
) -> None:
    """The file's row, the download's end, its history and its requests stand together, or nothing does."""
    download = job.download
    if heard:
        finished.passport.setdefault("checks", {})["heard"] = heard
    try:
        with transaction.atomic():
            states.Fence.of(download).held(download.pk).select_for_update().first()
            file = record_file(finished, track=download.track, recording=download.recording)
            RequestItem.objects.filter(download=download).update(file=file)
            receipt = _receipt(finished, candidate, fetched)
            if heard:
                receipt["heard"] = heard
            if candidate:
                DownloadCandidate.objects.filter(pk=candidate.pk).update(state=State.CHOSEN)
                receipt |= say_who_won(candidate, picked=download.options.get("picked"))
            states.move_mine(
                download,
                Status.DONE,
                message=message,
                file=file,
                done_bytes=finished.size_bytes,
                total_bytes=finished.size_bytes,
                detail=receipt,
            )
    except states.LostLease:
        # Back in the queue or with another worker, the file is adopted by its receipt.
        if _is_cancelled(download):
            take_back(finished)
        raise
    remove_folder(download.pk)
    level(download)


def _source_of(job: Job, finished: Finished) -> DownloadCandidate | None:
    """The candidate that an adopted file came from, by its passport."""
    link = finished.passport.get("source", {}).get("link", "")
    return job.download.candidates.filter(url=link).first() if link else None


def _receipt(finished: Finished, candidate: DownloadCandidate | None, fetched: FetchedFile | None) -> dict[str, object]:
    receipt: dict[str, object] = {"path": finished.path, "changes": finished.changes}
    if steps := finished.passport.get("steps"):
        receipt["steps"] = [{name: value for name, value in step.items() if name != "words"} for step in steps]
    if candidate:
        receipt |= {"candidate": candidate.pk, "url": candidate.url, "score": candidate.score, "why": candidate.message}
    if fetched:
        receipt |= {"codec": fetched.codec, "bitrate_kbps": fetched.bitrate_kbps}
        if fetched.licence:
            receipt["licence"] = fetched.licence
    return receipt


def _let_go(download: Download) -> None:
    """The row was taken away, or this process stops: then it goes back to the queue with what was fetched so far."""
    if _ending(download, Status.QUEUED, message="Spotizer was stopped; it goes on where it was."):
        return
    if _is_cancelled(download):
        remove_folder(download.pk)


def _is_cancelled(download: Download) -> bool:
    status = Download.objects.filter(pk=download.pk).values_list("status", flat=True).first()
    return status in {None, Status.CANCELLED}


def _park(download: Download, parked: Parked) -> None:
    changes: dict[str, object] = {} if parked.failures is None else {"failures": parked.failures}
    not_before = timezone.now() + timedelta(seconds=parked.seconds)
    if not _ending(
        download,
        Status.WAITING,
        reason=parked.reason,
        message=parked.message,
        not_before_at=not_before,
        lane=parked.lane,
        **changes,
    ):
        _let_go(download)


def _ending(download: Download, to: Status, **words: object) -> bool:
    """The row goes to ``to`` if it is still ours."""
    try:
        states.move_mine(download, to, **words)  # type: ignore[arg-type]
    except states.LostLease:
        return False
    return True
