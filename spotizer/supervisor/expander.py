"""Expands requests and carries on errands, one after the other, beside the cluster: neither waits for a download."""

from __future__ import annotations

import logging
import threading

from django.db import close_old_connections, connection

from downloads.services import draining
from downloads.services.worker import Worker

LOOK_SECONDS = 0.5
REST_SECONDS = 5.0  # after an error, which may last
log = logging.getLogger(__name__)


def run(ended: threading.Event) -> None:
    """Looks for requests until ``ended``; the one in hand then goes back with what it has."""
    pause = 0.0
    while not ended.wait(pause):
        pause = LOOK_SECONDS
        try:
            if draining.has_requests():
                draining.drain_requests(Worker.here(stop=ended))
            close_old_connections()
        except Exception:
            log.exception("Requests could not be expanded")
            connection.close()
            pause = REST_SECONDS
    connection.close()
