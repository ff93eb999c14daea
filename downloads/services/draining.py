"""What a token does: claim, work, and go on until nothing is due or its time is up."""

from __future__ import annotations

import logging

from django.db import close_old_connections

from downloads.services import claims, expanding, tokens, work
from downloads.services.pausing import is_paused
from downloads.services.queue import errands
from downloads.services.worker import Worker
from ops.services import heartbeats

LINGER_SECONDS = 10.0  # a row that is due so soon is worth waiting for: a retry need not wait for a sweep
log = logging.getLogger(__name__)


def drain_downloads(worker: Worker) -> int:
    """Works on downloads, best first; how many were taken up."""
    taken = 0
    try:
        while worker.has_time():
            if download := claims.claim_next(worker):
                taken += 1
                work.run(download, worker)
                close_old_connections()
            elif not _linger(worker):
                break
    finally:
        heartbeats.forget(f"worker:{worker.name}")
        if not worker.is_stopping and not worker.only_requests:
            tokens.top_up()
    return taken


def has_requests() -> bool:
    """Whether there is something for ``drain_requests``."""
    return bool(expanding.claimable_count(1)) or errands.are_free()


def drain_requests(worker: Worker) -> int:
    """Expands requests, the least far along first, and carries on what people began; how many were taken up."""
    taken = 0
    while worker.has_time():
        if worker.only_requests or not errands.carry_on(worker):
            request = expanding.claim_next(worker)
            if request is None:
                break
            expanding.expand(request, worker)
        taken += 1
        close_old_connections()
    if taken and not worker.only_requests:
        tokens.top_up()
    return taken


def _linger(worker: Worker) -> bool:
    """Waits for a row that is due soon; False where none is."""
    seconds = None if is_paused() else claims.seconds_until_due()
    if seconds is None or seconds > LINGER_SECONDS:
        return False
    worker.wait(max(0.1, seconds))
    return True
