"""Signs of life of long-running parts, read by the watchdog, ``doctor`` and the commands."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from ops.models import Heartbeat


def beat(name: str, **detail: object) -> None:
    """``name`` is alive now; ``detail`` replaces what was said before."""
    now = timezone.now()
    if not Heartbeat.objects.filter(name=name).update(beat_at=now, detail=detail):
        Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": now, "detail": detail})


def last_beat(name: str) -> Heartbeat | None:
    """The last sign of life, or None where there never was one."""
    return Heartbeat.objects.filter(name=name).first()


def is_alive(name: str, *, within_seconds: float, now: datetime | None = None) -> bool:
    """Whether ``name`` gave a sign of life in the last ``within_seconds``."""
    since = (now or timezone.now()) - timedelta(seconds=within_seconds)
    return Heartbeat.objects.filter(name=name, beat_at__gte=since).exists()


def alive(prefix: str, *, within_seconds: float) -> list[Heartbeat]:
    """All parts whose name begins with ``prefix`` and that gave a sign of life in the last ``within_seconds``."""
    since = timezone.now() - timedelta(seconds=within_seconds)
    return list(Heartbeat.objects.filter(name__startswith=prefix, beat_at__gte=since).order_by("name"))


def forget(name: str) -> None:
    """``name`` ended in good order: it is not missed."""
    Heartbeat.objects.filter(name=name).delete()


def forget_older_than(seconds: float) -> int:
    """Signs of life of parts that are long gone are dropped; how many."""
    return Heartbeat.objects.filter(beat_at__lt=timezone.now() - timedelta(seconds=seconds)).delete()[0]
