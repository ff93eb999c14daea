"""How many downloads run at once on each machine: what was set here, else what the environment says."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from accounts.models import Person
from core.errors import UserError
from history.models import Event
from history.services import record
from ops.models import Setting
from ops.services import live

KEY = "workers"
LEAST, MOST = 1, 32


def workers() -> int:
    """Downloads at once on a machine, 1 to 32."""
    value = Setting.objects.filter(pk=KEY).values_list("value", flat=True).first()
    return value if isinstance(value, int) and LEAST <= value <= MOST else settings.WORKERS


def is_set() -> bool:
    """Whether the number was set here and so stands before the environment's."""
    return Setting.objects.filter(pk=KEY).exists()


@transaction.atomic
def set_workers(number: int | None, *, by: Person | None = None) -> int:
    """So many downloads run at once on each machine, within seconds and without a restart; None: as the environment
    says. What runs goes back to the queue with what was fetched, and goes on. The number in force. Raises UserError.
    """
    if number is None:
        Setting.objects.filter(pk=KEY).delete()
    elif LEAST <= number <= MOST:
        Setting.objects.update_or_create(key=KEY, defaults={"value": number})
    else:
        raise UserError(f"{number} workers cannot be.", remedy=f"Give {LEAST} to {MOST}.")
    now = workers()
    record(Event.Kind.STEERED, title="The queue", person=by, message=f"Downloads at once: {now}.")
    live.bump()
    return now
