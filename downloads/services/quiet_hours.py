"""Quiet hours: a time of day in which nothing new starts. What runs when they begin is finished."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from ops.settings import in_force

NOTICE = "queue:quiet"


def ends_at(now: datetime | None = None) -> datetime | None:
    """When the quiet hours that it is now end; None outside of them. Times are those of the zone in ``TZ``."""
    hours = in_force.QUIET_HOURS
    if hours is None:
        return None
    here = timezone.localtime(now)
    begin, end = hours
    for day in (here.date() - timedelta(days=1), here.date()):
        starts = datetime.combine(day, begin, here.tzinfo)
        stops = datetime.combine(day if end > begin else day + timedelta(days=1), end, here.tzinfo)
        if starts <= here < stops:
            return stops
    return None


def message(until: datetime) -> str:
    return f"Quiet hours: nothing new starts until {timezone.localtime(until):%H:%M}."
