"""The line that all fetches share: so many bytes a second together, on all machines, in equal parts."""

from __future__ import annotations

import threading
import time

from downloads.models import Download, Status
from ops.settings import in_force

BYTES = 125  # a second, of one kbit/s
LOOK_SECONDS = 1.0  # how old the number of fetches may be
_seen = threading.local()


def share() -> float:
    """Bytes a second for one fetch now; 0 where there is no limit."""
    if not in_force.BANDWIDTH_KBPS:
        return 0
    now = time.monotonic()
    if now - getattr(_seen, "at", -LOOK_SECONDS) >= LOOK_SECONDS:
        _seen.fetches = Download.objects.filter(status=Status.FETCHING).count()
        _seen.at = now
    return float(in_force.BANDWIDTH_KBPS * BYTES / max(1, _seen.fetches))
