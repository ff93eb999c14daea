"""How many downloads run at once on each machine."""

from __future__ import annotations

from django.db import transaction

from accounts.models import Person
from core.errors import UserError
from history.models import Event
from history.services import record
from ops.selectors.settings import standing
from ops.services import changes
from ops.settings import Settings, in_force

LEAST, MOST = Settings.WORKERS.least, Settings.WORKERS.most


def workers() -> int:
    """Downloads at once on a machine, 1 to 32."""
    return in_force.WORKERS


def where_from() -> str:
    """What says the number: a variable of the environment, ``set here`` or ``default``."""
    return standing(Settings.WORKERS).where


@transaction.atomic
def set_workers(number: int | None, *, by: Person | None = None) -> int:
    """So many downloads run at once on each machine, within seconds and without a restart; None: the default again.

    What runs goes back to the queue with what was fetched, and goes on. The number in force. Raises UserError.
    """
    try:
        wish = {"WORKERS": "" if number is None else str(number)}
        changes.change(wish, way=changes.Way.COMMAND, by_id=by.pk if by else None)
    except changes.Refused as exc:
        if where_from() == Settings.WORKERS.variable:
            raise
        raise UserError(f"{number} workers cannot be.", remedy=f"Give {LEAST} to {MOST}.") from exc
    now = workers()
    record(Event.Kind.STEERED, title="The queue", person=by, message=f"Downloads at once: {now}.")
    return now
