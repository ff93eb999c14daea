"""Looks up the lines of lists that people brought; nothing else waits for it."""

from __future__ import annotations

import logging
import threading

from django.db import close_old_connections, connection

from downloads.services.worker import Worker
from playlists.services import working

LOOK_SECONDS = 2.0
REST_SECONDS = 30.0  # after an error, which may last
log = logging.getLogger(__name__)


def run(ended: threading.Event) -> None:
    """Works until ``ended``; the list in hand then goes back with what it has."""
    pause = LOOK_SECONDS
    while not ended.wait(pause):
        pause = LOOK_SECONDS
        try:
            working.work(Worker.here(stop=ended))
            close_old_connections()
        except Exception:
            log.exception("Lines of a list could not be looked up")
            connection.close()
            pause = REST_SECONDS
    connection.close()
