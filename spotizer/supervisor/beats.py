"""Whether the clusters of this machine still take tasks.

A django-q cluster can be up and dead: when a worker is killed while it holds the lock of the task pipe, nothing runs
any more and no process ends. So each cluster must show now and then that a worker took a task.
"""

from __future__ import annotations

import os
import socket
from datetime import timedelta

from django.db import DatabaseError
from django.utils import timezone
from django_q.models import OrmQ
from django_q.tasks import async_task

from downloads.models import Download, DownloadRequest
from ops.services import heartbeats

BEAT_SECONDS = 60.0
STALE_SECONDS = 180.0
CLUSTERS = ("spotizer", "downloads")


def node() -> str:
    """The name of this machine's ``serve`` or ``work``; its parts inherit it."""
    return os.environ.get("SPOTIZER_NODE") or socket.gethostname()


def beat() -> None:
    """A task: the cluster that took it is alive."""
    heartbeats.beat(_name(os.environ.get("Q_CLUSTER_NAME", "spotizer")))


def ask_for_beats() -> None:
    """Every cluster here that was silent for a minute finds a task that lets it beat.

    Another machine's cluster may take it; then this one is asked again at the next look.
    """
    for cluster in CLUSTERS:
        is_fresh = heartbeats.is_alive(_name(cluster), within_seconds=BEAT_SECONDS)
        if not is_fresh and not OrmQ.objects.filter(key=cluster, lock__lte=timezone.now()).exists():
            async_task("spotizer.supervisor.beats.beat", cluster=cluster, ack_failure=True)


def is_alive(cluster: str, runs_for: float, *, node: str = "") -> bool:
    """Whether the cluster took a task lately, is at work on a row, or is too young to be judged."""
    if runs_for < STALE_SECONDS:
        return True
    try:
        return heartbeats.is_alive(_name(cluster, node), within_seconds=STALE_SECONDS) or _holds_a_row(cluster)
    except DatabaseError:
        return True  # the database is away: no fault of the cluster


def _holds_a_row(cluster: str) -> bool:
    """A worker busy for long has no time for tasks, but renews the lease of what it holds."""
    rows = DownloadRequest.objects.all() if cluster == "spotizer" else Download.objects.all()
    here = f"{socket.gethostname()[:60]}:"
    since = timezone.now() - timedelta(seconds=STALE_SECONDS)
    return rows.filter(lease_owner__startswith=here, lease_expires_at__gt=since).exists()


def _name(cluster: str, of_node: str = "") -> str:
    return f"cluster:{cluster}:{of_node or node()}"
