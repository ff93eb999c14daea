"""How much a member may ask for in a day, where the household sets a bound."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from accounts.models import Person
from core.errors import Forbidden
from core.text import plural
from history.models import Event
from ops.settings import in_force

DAY = timedelta(days=1)


def check_quota(by: Person | None) -> None:
    """Raises Forbidden for a member who asked as often as they may in the last 24 hours.

    Counted are the events, which outlive requests that were cleared. Called in the transaction that makes the
    request: the person's row is locked, so that two presses at once are counted one after the other.
    """
    most = in_force.MEMBER_REQUESTS
    if not most or by is None or by.may_manage:
        return
    Person.objects.select_for_update().get(pk=by.pk)
    asked = Event.objects.filter(kind=Event.Kind.REQUESTED, person=by, at__gt=timezone.now() - DAY)
    if asked.count() >= most:
        raise Forbidden(
            f"You asked for {plural(most, 'thing')} in the last 24 hours, and may not ask for more.",
            remedy="Wait, or ask those who manage Spotizer.",
        )
