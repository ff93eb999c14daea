"""Steering rows by their ids: cancel, pause, resume, retry, choose."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import Person
from core.errors import UserError
from downloads.models import Download, DownloadCandidate, Status
from downloads.services import states, tokens
from downloads.services.queue.memory import Act, Memory
from downloads.services.queue.requeue import DOUBLED, requeue
from downloads.services.queue.steered import Steered, refusals

RETRIABLE = (Status.FAILED, Status.CANCELLED, Status.SKIPPED, Status.NEEDS_YOU, Status.WAITING)
FRESH: dict[str, Any] = {"failures": 0, "crashes": 0, "percent": 0, "done_bytes": 0, "cleared_at": None}
State = DownloadCandidate.State


def cancel(ids: Iterable[int], *, by: Person | None = None, memory: Memory | None = None) -> Steered:
    """The rows are cancelled at once; a worker in the middle of one notices within a second and cleans up.

    All of them ended at the same moment. ``memory``: of the act that this is a part of.
    """
    memory = memory or Memory(Act.CANCEL, by)
    return _moved(ids, Status.CANCELLED, "cannot be cancelled", by, memory, ended_at=memory.at)


def pause(ids: Iterable[int], *, by: Person | None = None, memory: Memory | None = None) -> Steered:
    """The rows stay as they are until resumed; what was fetched of them is kept."""
    return _moved(ids, Status.PAUSED, "cannot be paused", by, memory or Memory(Act.PAUSE, by))


def resume(ids: Iterable[int], *, by: Person | None = None, memory: Memory | None = None) -> Steered:
    """Paused rows are queued again, at their old place."""
    memory = memory or Memory(Act.RESUME, by)
    steered = _moved(ids, Status.QUEUED, "is not paused", by, memory, only=[Status.PAUSED])
    transaction.on_commit(tokens.top_up)
    return steered


def _moved(ids: Iterable[int], to: Status, words: str, by: Person | None, memory: Memory, **how: Any) -> Steered:
    wanted = list(dict.fromkeys(ids))
    done = states.move_ids(wanted, to, by=by, memory=memory, **how)
    return Steered(done, refusals(set(wanted) - set(done), words), undo=memory.id if done else None)


def hurry(ids: Iterable[int], *, by: Person | None = None) -> Steered:
    """Rows that wait for their next try are due now, with what was found and spent."""
    wanted = list(dict.fromkeys(ids))
    done, doubled = requeue(wanted, [Status.WAITING], by=by)
    transaction.on_commit(tokens.top_up)
    return Steered(done, doubled | refusals(set(wanted) - set(done) - set(doubled), "waits for no next try"))


def retry(ids: Iterable[int], *, by: Person | None = None) -> Steered:
    """The rows start afresh: with a full budget, and the sources are asked again."""
    wanted = list(dict.fromkeys(ids))
    done, doubled = requeue(wanted, RETRIABLE, by=by, is_afresh=True, **FRESH)
    transaction.on_commit(tokens.top_up)
    return Steered(done, doubled | refusals(set(wanted) - set(done) - set(doubled), "has nothing to try again"))


def choose(download_id: int, candidate_id: int, *, by: Person | None = None) -> Download:
    """The row is fetched from the candidate that a person picked, whatever its score. Raises UserError."""
    with transaction.atomic():
        download = Download.objects.select_for_update().filter(pk=download_id).first()
        candidate = DownloadCandidate.objects.filter(pk=candidate_id, download_id=download_id).first()
        if download is None or candidate is None:
            raise UserError("This candidate is gone.", remedy="Try the download again, so that it is looked for anew.")
        options = download.options | {"picked": candidate.pk}
        try:
            moved = states.move(Download.objects.filter(pk=download_id), Status.QUEUED, by=by, options=options, **FRESH)
        except IntegrityError:
            raise UserError(DOUBLED) from None
        if not moved:
            raise UserError(f"Nothing can be chosen for a download that is {download.status}.")
        DownloadCandidate.objects.filter(pk=candidate_id).update(state=State.UNTRIED, message="Picked by hand.")
        transaction.on_commit(tokens.top_up)
    download.refresh_from_db()
    return download
