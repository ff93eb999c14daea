"""How long a retry waits: from ``RETRY_SECONDS`` on ``RETRY_FACTOR`` times longer each time, up to ``RETRY_CAP``.

A little apart, so that rows do not come back as a crowd.
"""

from __future__ import annotations

import random

from core.errors import TransientError
from ops.settings import in_force

JITTER = 0.1


def seconds_for(failures: int) -> float:
    """The wait after the ``failures``-th failure in a row: 1 s, 2 s, 4 s … with the default delay."""
    seconds = in_force.RETRY_SECONDS * in_force.RETRY_FACTOR ** max(0, failures - 1)
    return float(min(in_force.RETRY_CAP, seconds * random.uniform(1 - JITTER, 1 + JITTER)))


def asked_or(error: TransientError, seconds: float) -> float:
    """What the service asked for, however long, else ``seconds``."""
    return seconds if error.retry_after is None else max(error.retry_after, 0.0)
