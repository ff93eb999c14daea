"""Keeps outside answers that all workers share. A remembered "none" is kept like an answer, with status 404."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from ops.models import CachedResponse
from ops.services.gate import count_calls

PRUNE_AT_ONCE = 5000


class DatabaseCache:
    """``core.http.AnswerCache`` over the table CachedResponse."""

    def get(self, service: str, key: str) -> tuple[int, Any] | None:
        now = timezone.now()
        kept = CachedResponse.objects.filter(pk=key, expires_at__gt=now).values_list("status", "body").first()
        if kept is None:
            return None
        count_calls(service, now, cache_hits=1)
        return kept

    def put(self, service: str, key: str, *, status: int, body: Any, seconds: float) -> None:
        CachedResponse.objects.update_or_create(
            key=key,
            defaults={
                "service": service,
                "status": status,
                "body": body,
                "expires_at": timezone.now() + timedelta(seconds=seconds),
            },
        )


def prune() -> int:
    """Drop answers that are stale, some thousands at a time; returns how many."""
    stale = CachedResponse.objects.filter(expires_at__lte=timezone.now()).values("pk")[:PRUNE_AT_ONCE]
    return CachedResponse.objects.filter(pk__in=stale).delete()[0]


def forget(service: str) -> int:
    """Drop everything kept of one service; returns how many answers."""
    return CachedResponse.objects.filter(service=service).delete()[0]
