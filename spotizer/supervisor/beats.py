"""Whether the cluster of this machine still takes tasks.

A django-q cluster can be up and dead: when a worker is killed while it holds the lock of the task pipe, nothing runs
any more and no process ends. So it must show now and then that a worker took a task.
"""

from __future__ import annotations

import os
import socket
from datetime import timedelta

from django.db import DatabaseError
from django.utils import timezone
from django_q.models import OrmQ
from django_q.tasks import async_task

from downloads.models import Download
from downloads.services.tokens import CLUSTER
from ops.services import heartbeats

BEAT_SECONDS = 60.0
STALE_SECONDS = 180.0


def node() -> str:
    """The name of this machine's ``serve`` or ``work``; its parts inherit it."""
    return os.environ.get("SPOTIZER_NODE") or socket.gethostname()


def beat() -> None:
    """A task: the cluster that took it is alive."""
    heartbeats.beat(name_of(node()))


def ask_for_beat() -> None:
    """Where the cluster here was silent for a minute it finds a task that lets it beat.

    Another machine's cluster may take it; then this one is asked again at the next look.
    """
    is_fresh = heartbeats.is_alive(name_of(node()), within_seconds=BEAT_SECONDS)
    if not is_fresh and not OrmQ.objects.filter(key=CLUSTER, lock__lte=timezone.now()).exists():
        async_task("spotizer.supervisor.beats.beat", cluster=CLUSTER, ack_failure=True)


def is_alive(runs_for: float, *, node: str) -> bool:
    """Whether the node's cluster took a task lately, is at work on a row, or is too young to be judged."""
    if runs_for < STALE_SECONDS:
        return True
    try:
        return heartbeats.is_alive(name_of(node), within_seconds=STALE_SECONDS) or _holds_a_row()
    except DatabaseError:
        return True  # the database is away: no fault of the cluster


def _holds_a_row() -> bool:
    """A worker busy for long has no time for tasks, but renews the lease of what it holds."""
    here = f"{socket.gethostname()[:60]}:"
    since = timezone.now() - timedelta(seconds=STALE_SECONDS)
    return Download.objects.filter(lease_owner__startswith=here, lease_expires_at__gt=since).exists()


def name_of(node: str = "") -> str:
    """How the cluster of ``node`` signs; without one, how all their names begin."""
    return f"cluster:{node}"
