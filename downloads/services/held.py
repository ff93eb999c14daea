"""Rows that a closed lane holds go on by themselves as soon as it is open, however that came about."""

from __future__ import annotations

from downloads.models import Download, Status
from downloads.services import states, tokens
from ops.services import lanes


def release(lane: str) -> int:
    """Everything that waited for this lane is queued, at its old place; how many rows."""
    waiting = Download.objects.filter(status=Status.WAITING, lane=lane)
    moved = 0
    for part in states.chunks(list(waiting.order_by("pk").values_list("pk", flat=True))):
        moved += len(states.move(waiting.filter(pk__in=part), Status.QUEUED, message="Its source is open again."))
    if moved:
        tokens.top_up()
    return moved


def release_where_open() -> int:
    """The same for rows that began to wait while their lane was being opened; called by the sweeper."""
    held = Download.objects.filter(status=Status.WAITING).exclude(lane="").order_by("lane")
    names = list(held.values_list("lane", flat=True).distinct())
    return sum(release(name) for name in names if not lanes.lane_state(name).is_closed)
