"""Claiming: one statement takes the best row that is due, so two workers never hold the same one.

A claim counts the attempt up; owner and attempt together are the fence of everything the worker writes afterwards.
Rows are written here and not by ``states.move`` because choosing and taking must be one act; history and the live
sequence follow in the same transaction.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from downloads.models import WORKING, Download, Status
from downloads.services import parents, pausing, quiet_hours, states
from downloads.services.worker import Worker
from history.models import Event
from history.services import record_many

MOST_CRASHES = 3  # a row that takes its worker down so often is set aside

# Queued rows come out of their index in order; of the waiting ones only those that are due are looked at, by theirs
# (the plus keeps SQLite from walking all that wait for the sake of the order).
CLAIM = """
UPDATE downloads_download
SET status = 'searching', lease_owner = %(owner)s, lease_expires_at = %(until)s, attempts = attempts + 1,
    wants_stop = %(no)s, doing = 'Looking for it', reason = '', message = '', not_before_at = NULL, lane = '',
    ended_at = NULL, started_at = COALESCE(started_at, %(now)s)
WHERE id = (
    SELECT id FROM (
        SELECT * FROM (
            SELECT id, priority, position FROM downloads_download
            WHERE status = 'queued' {only} ORDER BY priority, position, id LIMIT 1 {lock}) AS queued
        UNION ALL
        SELECT * FROM (
            SELECT id, priority, position FROM downloads_download
            WHERE status = 'waiting' AND not_before_at <= %(now)s {only}
            ORDER BY +priority, position, id LIMIT 1 {lock}) AS waiting
    ) AS best ORDER BY priority, position, id LIMIT 1)
AND NOT EXISTS (SELECT 1 FROM ops_setting WHERE "key" IN ({marks}))
RETURNING *
"""
# The command that works on its own requests where no server runs.
ONLY = "AND id IN (SELECT download_id FROM downloads_requestitem WHERE request_id IN ({requests}))"


def claim_next(worker: Worker) -> Download | None:
    """The best row that is due, now held by ``worker``; None where there is none or the queue is paused."""
    if quiet_hours.ends_at() is not None:
        return None
    return _claim(worker) or (_claim(worker) if not pausing.is_paused() and put_lapsed_back() else None)


def as_stored(moment: datetime) -> datetime | str:
    """``moment`` as the ORM writes it: SQLite compares moments as text, so all must be written in one way."""
    stored: datetime | str | None = connection.ops.adapt_datetimefield_value(moment)
    return stored or moment


@transaction.atomic
def _claim(worker: Worker) -> Download | None:
    download = next(iter(Download.objects.raw(*_statement(worker))), None)
    if download is None:
        return None
    record_many([_claimed(download)])
    download.live = states.mark([download.pk], parents.hold(download.pk))
    return download


def _statement(worker: Worker) -> tuple[str, dict[str, object]]:
    """The claim and its parameters."""
    now = timezone.now()
    marks: dict[str, object] = {f"mark_{place}": mark for place, mark in enumerate(pausing.marks())}
    values = marks | {
        "owner": worker.name,
        "until": as_stored(now + timedelta(seconds=settings.LEASE_SECONDS)),
        "now": as_stored(now),
        "no": False,
    }
    requests = ", ".join(str(int(pk)) for pk in worker.only_requests)
    statement = CLAIM.format(
        lock="FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else "",
        only=ONLY.format(requests=requests) if requests else "",
        marks=", ".join(f"%({name})s" for name in marks),
    )
    return statement, values


def _claimed(download: Download) -> Event:
    return Event(
        kind=Event.Kind.TRANSITION,
        title=download.recording.title,
        artist_text=download.recording.artist_text,
        download_id=download.pk,
        recording_id=download.recording_id,
        detail={"to": Status.SEARCHING.value, "attempt": download.attempts, "worker": download.lease_owner},
    )


def heartbeat(download: Download, *, fence: states.Fence | None = None, now: datetime | None = None) -> bool:
    """The lease holds for another while; False where the row is no longer ours."""
    until = (now or timezone.now()) + timedelta(seconds=settings.LEASE_SECONDS)
    return (fence or states.Fence.of(download)).held(download.pk).update(lease_expires_at=until) == 1


def put_lapsed_back(*, now: datetime | None = None) -> int:
    """Rows whose worker gave no sign of life for a lease are queued again, or set aside the third time; how many."""
    now = now or timezone.now()
    lapsed = Download.objects.filter(status__in=WORKING, lease_expires_at__lte=now)
    ids = list(lapsed.values_list("pk", flat=True)[: states.CHUNK])
    return sum(_put_back(pk, now) for pk in ids)


@transaction.atomic
def _put_back(download_id: int, now: datetime) -> int:
    row = Download.objects.filter(pk=download_id, status__in=WORKING, lease_expires_at__lte=now)
    crashes = row.select_for_update().values_list("crashes", flat=True).first()
    if crashes is None:
        return 0
    if crashes + 1 >= MOST_CRASHES:
        message = f"Its worker ended unexpectedly {crashes + 1} times, so it is set aside."
        return len(states.move(row, Status.FAILED, reason="worker_lost", message=message, crashes=crashes + 1))
    return len(states.move(row, Status.QUEUED, reason="worker_lost", crashes=crashes + 1))


def claimable_count(most: int) -> int:
    """How many rows could be claimed now, counted up to ``most``."""
    if pausing.is_paused():
        return 0
    queued = Download.objects.filter(status=Status.QUEUED)
    due = Download.objects.filter(status=Status.WAITING, not_before_at__lte=timezone.now())
    number = len(queued.values_list("pk")[:most])
    return number if number >= most else min(most, number + len(due.values_list("pk")[:most]))


def seconds_until_due() -> float | None:
    """How long until the next waiting row is due, or None where none waits."""
    rows = Download.objects.filter(status=Status.WAITING, not_before_at__isnull=False)
    at = rows.order_by("not_before_at").values_list("not_before_at", flat=True).first()
    return None if at is None else max(0.0, (at - timezone.now()).total_seconds())
