"""Tokens: queue tasks without a payload that say "there may be work". Lost or doubled ones cost nothing."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone
from django_q.models import OrmQ
from django_q.tasks import async_task

from downloads.models import Errand
from downloads.services import claims, expanding, workforce

DOWNLOADS, UTILITY = "downloads", "spotizer"  # the clusters of settings.Q_CLUSTER


def top_up() -> int:
    """There are as many tokens to be taken as there is work for workers; how many were added.

    Call it after the commit: a worker must be able to see the row.
    """
    return _add(DOWNLOADS, "downloads.tasks.drain_downloads", claims.claimable_count(workforce.workers())) + _add(
        UTILITY, "downloads.tasks.drain_requests", expanding.claimable_count(1) or _errands()
    )


def _errands() -> int:
    """1 where an act is to be carried on that nobody is at."""
    free = Q(lease_expires_at=None) | Q(lease_expires_at__lte=timezone.now())
    return int(Errand.objects.filter(free).exists())


def _add(cluster: str, function: str, wanted: int) -> int:
    """Tokens that a worker has taken are locked into the future; only those still to be taken count."""
    if not wanted:
        return 0
    standing: int = OrmQ.objects.filter(key=cluster, lock__lte=timezone.now()).count()
    for _ in range(wanted - standing):
        async_task(function, cluster=cluster, ack_failure=True)
    return max(0, wanted - standing)
