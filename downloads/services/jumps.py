"""A clock that is set back leaves leases that end hours from now. Who lives renews its own; the others run out here.

Told apart by a clock that is never set: a lease that ends too late and was not renewed for as long as any worker may
take to renew is a dead one's.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Model
from django.utils import timezone

from downloads.models import WORKING, Download, DownloadRequest
from ops.models import LanePermit

UNRENEWED_SECONDS = 3600.0 / 4  # the longest lease that can be set is renewed at a quarter of its time
Held = tuple[type[Model], object]
_seen: dict[Held, tuple[datetime, float]] = {}  # what ends too late: when, and since when it does so


def end_impossible_leases(*, now: datetime | None = None, clock: float | None = None) -> int:
    """Leases and permits that end later than any could, and that nobody renews, have run out; how many."""
    now, clock = now or timezone.now(), time.monotonic() if clock is None else clock
    late = now + timedelta(seconds=2 * settings.LEASE_SECONDS + 60)
    found: dict[Held, datetime] = {}
    for rows, field in (
        (Download.objects.filter(status__in=WORKING), "lease_expires_at"),
        (DownloadRequest.objects.filter(stage=DownloadRequest.Stage.EXPANDING), "lease_expires_at"),
        (LanePermit.objects.all(), "expires_at"),
    ):
        for pk, until in rows.filter(**{f"{field}__gt": late}).values_list("pk", field):
            found[rows.model, pk] = until
    _remember(found, clock)
    ended = 0
    for (model, pk), (until, since) in list(_seen.items()):
        if clock - since >= UNRENEWED_SECONDS:
            field = "expires_at" if model is LanePermit else "lease_expires_at"
            ended += model._default_manager.filter(pk=pk, **{field: until}).update(**{field: now})
    return ended


def _remember(found: dict[Held, datetime], clock: float) -> None:
    """What was seen before and did not change keeps its time; the rest starts anew or is forgotten."""
    before = dict(_seen)
    _seen.clear()
    for held, until in found.items():
        is_same = held in before and before[held][0] == until
        _seen[held] = (until, before[held][1] if is_same else clock)
