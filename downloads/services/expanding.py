"""Expanding a request: from a link to one download per track, in batches, rows showing while later pages still come."""

from __future__ import annotations

import logging
import time
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from core.errors import PermanentError, RateLimited, SpotizerError, StorageError, TransientError, UserError
from downloads.models import DownloadRequest
from downloads.services import backoff, parents, states
from downloads.services.adding import add_tracks
from downloads.services.claims import as_stored
from downloads.services.contents import next_batch
from downloads.services.listed import give
from downloads.services.worker import Worker
from history.models import Event
from history.services import record
from ops.services import live
from ops.settings import in_force

log = logging.getLogger(__name__)
Stage = DownloadRequest.Stage
SLICE_SECONDS = 10.0  # a long playlist lets newer requests in between
FINISHED = {"is_expanded": True, "stage": Stage.RUNNING, "lease_owner": "", "lease_expires_at": None}
RELEASED = {"lease_owner": "", "lease_expires_at": None}

# The least far along first, so that a short request does not wait behind a long one. One that was left held by a
# worker that is gone counts as a try: it may be what killed it.
CLAIM = """
UPDATE downloads_downloadrequest
SET attempts = attempts + CASE WHEN lease_owner = '' THEN 0 ELSE 1 END, lease_owner = %(owner)s,
    lease_expires_at = %(until)s, not_before_at = NULL
WHERE id = (
    SELECT id FROM downloads_downloadrequest
    WHERE stage = 'expanding' AND (not_before_at IS NULL OR not_before_at <= %(now)s)
      AND (lease_expires_at IS NULL OR lease_expires_at <= %(now)s) {only}
    ORDER BY priority, next_position, id LIMIT 1 {lock})
RETURNING id
"""


def claim_next(worker: Worker) -> DownloadRequest | None:
    """The request to be expanded next, now held by ``worker``."""
    now = timezone.now()
    lock = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    only = f"AND id IN ({', '.join(str(int(pk)) for pk in worker.only_requests)})" if worker.only_requests else ""
    with transaction.atomic(), connection.cursor() as cursor:
        values = {"owner": worker.name, "until": as_stored(now + _lease()), "now": as_stored(now)}
        cursor.execute(CLAIM.format(lock=lock, only=only), values)
        taken = cursor.fetchone()
    return DownloadRequest.objects.get(pk=taken[0]) if taken else None


def expand(request: DownloadRequest, worker: Worker) -> None:
    """All of the request's tracks are on it, or why not stands on it, or what is left waits for its next turn."""
    if request.attempts >= in_force.MAX_FAILURES:
        fail(request, PermanentError("Reading it took down the worker several times.", reason="worker_lost"))
        return
    try:
        _expand(request, worker)
    except states.LostLease:
        log.info("Request %s was taken away while it was expanded", request.pk)
    except RateLimited as exc:
        _wait(request, exc, backoff.asked_or(exc, 60), spends=False)
    except TransientError as exc:
        tries = request.attempts + 1
        if tries >= in_force.MAX_FAILURES:
            fail(request, exc)
        else:
            _wait(request, exc, backoff.asked_or(exc, backoff.seconds_for(tries)), spends=True)
    except (PermanentError, UserError, StorageError) as exc:
        fail(request, exc)


def _expand(request: DownloadRequest, worker: Worker) -> None:
    ends_at = time.monotonic() + SLICE_SECONDS
    while True:
        batch = next_batch(request)
        if batch.is_last and not batch.tracks and request.next_position == 1:
            raise PermanentError(f"{request.title or 'It'} is empty: there is nothing to download.", reason="empty")
        done = FINISHED if batch.is_last else {"lease_expires_at": timezone.now() + _lease()}
        position = request.next_position + len(batch.tracks)
        changes = {"cursor": batch.cursor[:1000], "next_position": position, "attempts": 0, **done}
        with transaction.atomic():
            add_tracks(request, batch.tracks, first_position=request.next_position, **changes)
            if batch.given:
                give(request, request.next_position, batch.given)
        if batch.is_last:
            return
        request.cursor, request.next_position = batch.cursor, position
        if worker.is_stopping or time.monotonic() > ends_at:
            _mine(request).update(**RELEASED)
            return


def fail(request: DownloadRequest, error: SpotizerError) -> None:
    """The request could not be read; what it already brought goes on."""
    with transaction.atomic():
        changed = _mine(request).update(
            stage=Stage.FAILED,
            reason=error.reason,
            message=" ".join(part for part in (error.message, error.remedy) if part),
            ended_at=timezone.now(),
            **RELEASED,
        )
        if not changed:
            return
        record(
            Event.Kind.FAILED,
            title=request.title or request.link,
            artist_text=request.subtitle,
            person=request.asked_by,
            request_id=request.pk,
            reason=error.reason,
            message=error.message,
        )
        parents.mark([request.pk], live.bump())


def _wait(request: DownloadRequest, error: TransientError, seconds: float, *, spends: bool) -> None:
    with transaction.atomic():
        _mine(request).update(
            not_before_at=timezone.now() + timedelta(seconds=seconds),
            attempts=request.attempts + (1 if spends else 0),
            reason=error.reason,
            message=error.message,
            **RELEASED,
        )
        parents.mark([request.pk], live.bump())


def claimable_count(most: int) -> int:
    """How many requests wait for a worker, counted up to ``most``."""
    now = timezone.now()
    due = Q(not_before_at__isnull=True) | Q(not_before_at__lte=now)
    free = Q(lease_expires_at__isnull=True) | Q(lease_expires_at__lte=now)
    return len(DownloadRequest.objects.filter(due, free, stage=Stage.EXPANDING).values_list("pk")[:most])


def _mine(request: DownloadRequest) -> QuerySet[DownloadRequest]:
    return DownloadRequest.objects.filter(pk=request.pk, stage=Stage.EXPANDING, lease_owner=request.lease_owner)


def _lease() -> timedelta:
    return timedelta(seconds=settings.LEASE_SECONDS)
