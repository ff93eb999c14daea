"""Looks up in the background what the library has, and carries rules through; nothing waits for it."""

from __future__ import annotations

import logging
import threading

from django.db import close_old_connections, connection

from downloads.services.enriching import Enricher
from downloads.services.worker import Worker

LOOK_SECONDS = 5.0
REST_SECONDS = 30.0  # after an error, which may last
log = logging.getLogger(__name__)


def run(ended: threading.Event) -> None:
    """Works until ``ended``, one recording after the other."""
    enricher = Enricher(Worker.here().name, ended)
    pause = LOOK_SECONDS
    while not ended.wait(pause):
        try:
            pause = min(enricher.turn(), LOOK_SECONDS)
            close_old_connections()
        except Exception:
            log.exception("Looking up metadata failed")
            connection.close()
            pause = REST_SECONDS
    connection.close()
