"""Work on more files than a person waits for, carried on in the background; a notice says how far it is.

Each kind of job looks again at what is still to be done, so one that was cut short is simply done once more.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.models import Person
from core.errors import SpotizerError
from core.stopping import is_stopping
from core.text import plural
from library.models import FileJob
from library.services.journal import Outcome
from ops.services import notices

log = logging.getLogger("library.jobs")
MOST_TRIES = 3  # one that takes its worker down is not tried for ever
TELL_SECONDS = 1.0
TROUBLE = "files:trouble"

Report = Callable[[int], None]  # how many files are done
Run = Callable[[FileJob, Report], Outcome | None]
KINDS: dict[str, tuple[Run, str]] = {}


def kind(name: str, label: str) -> Callable[[Run], Run]:
    """The decorated function does jobs of this name; ``label`` begins the notice: “Writing the tags of”."""

    def keep(run: Run) -> Run:
        KINDS[name] = (run, label)
        return run

    return keep


def leave(name: str, ids: Sequence[int], *, by: Person | None, **arguments: Any) -> FileJob:
    """A job that the background takes up within seconds."""
    job = FileJob.objects.create(kind=name, ids=list(ids), person=by, arguments=arguments)
    notices.clear_notice(TROUBLE)
    _tell(job, 0)
    return job


def are_waiting() -> bool:
    """Whether there is a job that nobody is at."""
    return _free().exists()


def carry_on(worker: str) -> bool:
    """The oldest job that nobody is at is done, or left for the next start where Spotizer stops; False: none is."""
    job = _claim(worker)
    if job is None:
        return False
    try:
        _run(job)
    except SpotizerError as exc:
        _end(job, f"{exc.message} {exc.remedy}".strip())
    except Exception:
        log.exception("Job %s of files failed", job.pk)
        _end(job, "Spotizer itself failed at it; the log has the details.")
    return True


def _run(job: FileJob) -> None:
    told = time.monotonic()

    def report(done: int) -> None:
        nonlocal told
        if time.monotonic() - told >= TELL_SECONDS:
            told = time.monotonic()
            FileJob.objects.filter(pk=job.pk).update(lease_expires_at=_until())
            _tell(job, done)

    outcome = KINDS[job.kind][0](job, report)
    if is_stopping():
        FileJob.objects.filter(pk=job.pk).update(lease_owner="", lease_expires_at=None, tries=F("tries") - 1)
        return
    failed = outcome.failed if outcome else []
    _end(job, f"{plural(len(failed), 'file')} could not be done: {failed[0].message}" if failed else "")


def _end(job: FileJob, trouble: str) -> None:
    """Nothing of the job is left to be done; what went wrong stands in a notice until the next job."""
    FileJob.objects.filter(pk=job.pk).delete()
    notices.clear_notice(_code(job))
    if trouble:
        label = KINDS[job.kind][1]
        notices.raise_notice(
            TROUBLE,
            f"{label} {plural(len(job.ids), 'file')}: {trouble}",
            remedy="The journal says what was done.",
            link="/library/journal/",
        )


def _free() -> QuerySet[FileJob]:
    now = timezone.now()
    return FileJob.objects.filter(Q(lease_expires_at=None) | Q(lease_expires_at__lte=now), kind__in=list(KINDS))


def _claim(worker: str) -> FileJob | None:
    for number in _free().order_by("pk").values_list("pk", flat=True)[:1]:
        values = {"lease_owner": worker[:120], "lease_expires_at": _until(), "tries": F("tries") + 1}
        if _free().filter(pk=number).update(**values):
            job = FileJob.objects.select_related("person").get(pk=number)
            if job.tries <= MOST_TRIES:
                return job
            _end(job, "it took Spotizer down several times.")
    return None


def _until() -> Any:
    return timezone.now() + timedelta(seconds=settings.LEASE_SECONDS)


def _tell(job: FileJob, done: int) -> None:
    message = f"{KINDS[job.kind][1]} {plural(len(job.ids), 'file')} in the background: {done:,} done."
    notices.raise_notice(_code(job), message, level="info")


def _code(job: FileJob) -> str:
    return f"files:{job.pk}"
