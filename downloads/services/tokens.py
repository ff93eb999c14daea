"""Tokens: queue tasks without a payload that say "there may be work". Lost or doubled ones cost nothing."""

from __future__ import annotations

from django.utils import timezone
from django_q.models import OrmQ
from django_q.tasks import async_task

from downloads.services import claims, workforce

CLUSTER = "downloads"  # the one of settings.Q_CLUSTER


def top_up() -> int:
    """There are as many tokens to be taken as there is work for workers; how many were added.

    Call it after the commit: a worker must be able to see the row. Tokens that a worker has taken are locked into the
    future; only those still to be taken count.
    """
    wanted = claims.claimable_count(workforce.workers())
    if not wanted:
        return 0
    standing: int = OrmQ.objects.filter(key=CLUSTER, lock__lte=timezone.now()).count()
    for _ in range(wanted - standing):
        async_task("downloads.tasks.drain_downloads", cluster=CLUSTER, ack_failure=True)
    return max(0, wanted - standing)
