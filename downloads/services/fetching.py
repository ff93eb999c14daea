"""Fetching one candidate: a permit for the lane, then the source's own fetch with progress and a way to stop it."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from core.errors import SpotizerError, StillWaiting, TransientError, UserError
from downloads.models import DownloadCandidate, Status
from downloads.services.closing import Parked, close_for, closes_lane
from downloads.services.finding import candidate_of
from downloads.services.given import describe_given
from downloads.services.job import Job
from downloads.services.kept import keep, kept_file
from downloads.services.seen import note_failed, note_worked
from downloads.services.sources import leave, source_named, try_enter
from ops.services import lanes
from providers.base import FetchedFile, Source

HOLD_SECONDS = 10.0  # so long a worker waits for its turn with the row in hand
PARK_SECONDS = 5.0  # so long a row waits at least once its worker has gone on
CODECS = {"opus": "opus", "m4a": "aac"}  # what to ask for, so that nothing need be encoded


def fetch(job: Job, row: DownloadCandidate) -> FetchedFile:
    """The candidate's audio in its own folder, where it may lie already from a try that was cut off.

    Raises the source's errors; Parked where its lane makes it wait.
    """
    folder = job.folder / str(row.pk)
    if fetched := kept_file(folder):
        return fetched
    source = source_named(row.source)
    if source is None:
        raise UserError(f"The source {row.source} is switched off.", remedy="Enable it, or choose another candidate.")
    permits = _enter(job, source, urlsplit(row.url).hostname or "")
    job.pulse.permits = permits
    try:
        job.move(
            Status.FETCHING,
            detail={"candidate": row.pk, "source_id": row.source_id},  # history can be held against what was fetched
            source=source.name,
            doing=f"Fetching from {source.label}",
            percent=0,
            done_bytes=0,
            total_bytes=None,
        )
        describe_given(job, row, source)
        folder.mkdir(exist_ok=True)
        fetched = source.fetch(
            candidate_of(row),
            folder,
            prefer=CODECS.get(job.download.output_format, ""),
            progress=job.progress,
            cancelled=job.pulse.cancelled,
        )
        keep(fetched, folder)
        note_worked(source.name)
    except StillWaiting as exc:
        raise Parked(exc.retry_after or PARK_SECONDS, exc.reason, exc.message) from exc
    except SpotizerError as exc:
        if closes_lane(exc) or isinstance(exc, TransientError):
            note_failed(source.name, exc)
        if closes_lane(exc):
            raise close_for(source, exc) from exc
        raise
    finally:
        job.pulse.permits = ()
        leave(permits)
    return fetched


def _enter(job: Job, source: Source, host: str) -> tuple[lanes.Permit, ...]:
    """The permits it takes; waits for a short while with the row in hand, else raises Parked."""
    until = time.monotonic() + HOLD_SECONDS
    while True:
        answer = try_enter(source, host, f"{job.worker.name}/{job.download.pk}")
        if not isinstance(answer, lanes.Wait):
            return answer
        if answer.is_closed:
            raise Parked(answer.seconds, answer.reason, answer.message, lane=source.lane)
        if time.monotonic() + answer.seconds > until:
            raise Parked(max(PARK_SECONDS, answer.seconds), answer.reason, answer.message)
        job.say("Waiting for its turn")
        job.pulse.wait(answer.seconds)
