"""Whether anything new starts. A person may pause the queue; the queue pauses itself where the disk fails it, and
rests in quiet hours.

Two marks in the settings table, so that mending the disk does not undo a person's pause, nor the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from core.errors import StorageError
from downloads.services import quiet_hours
from ops.models import Notice, Setting
from ops.services import live, notices

PERSON = "queue.paused"
STORAGE = "queue.storage"
NOTICE = "queue:storage"


@dataclass(frozen=True, slots=True)
class Standstill:
    """Why nothing new starts, in words; ``until`` where it goes on by itself at a known time."""

    reason: str
    message: str
    until: datetime | None = None


def is_paused() -> bool:
    """Whether nothing new starts now, for whatever reason."""
    return quiet_hours.ends_at() is not None or Setting.objects.filter(pk__in=[PERSON, STORAGE]).exists()


def standstill() -> Standstill | None:
    """Why nothing new starts now; None where it does."""
    marks = set(Setting.objects.filter(pk__in=[PERSON, STORAGE]).values_list("pk", flat=True))
    if PERSON in marks:
        return Standstill("paused", "The queue is paused; `manage.py queue resume --all` lets it go on.")
    if STORAGE in marks:
        notice = Notice.objects.filter(pk=NOTICE).first()
        words = f"{notice.message} {notice.remedy}".strip() if notice else "The library cannot be written."
        return Standstill(storage_trouble() or "storage", words)
    if until := quiet_hours.ends_at():
        return Standstill("quiet_hours", quiet_hours.message(until), until)
    return None


def is_paused_by_person() -> bool:
    return Setting.objects.filter(pk=PERSON).exists()


def storage_trouble() -> str:
    """The code of what keeps the queue from writing, or empty."""
    value = Setting.objects.filter(pk=STORAGE).values_list("value", flat=True).first()
    return str(value.get("reason", "storage")) if isinstance(value, dict) else ""


@transaction.atomic
def set_paused_all(is_paused: bool) -> None:
    """Nothing new is started until this is undone; what runs goes on."""
    if is_paused:
        Setting.objects.update_or_create(key=PERSON, defaults={"value": True})
    else:
        Setting.objects.filter(pk__in=[PERSON, STORAGE]).delete()
        notices.clear_notice(NOTICE)
    live.bump()


@transaction.atomic
def pause_for_storage(error: StorageError) -> None:
    """The queue stands still, and a notice says why and what to do."""
    Setting.objects.update_or_create(key=STORAGE, defaults={"value": {"reason": error.reason}})
    message = f"{error.message} The queue is paused and goes on when this is mended."
    notices.raise_notice(NOTICE, message, remedy=error.remedy, level="error")


@transaction.atomic
def storage_is_mended() -> bool:
    """The queue goes on; True where it stood still for the disk."""
    stood = Setting.objects.filter(pk=STORAGE).delete()[0] > 0
    notices.clear_notice(NOTICE)
    if stood:
        live.bump()
    return stood


def tell_quiet_hours(now: datetime | None = None) -> None:
    """A notice stands while the hours are quiet, and says until when; called by the sweeper."""
    until = quiet_hours.ends_at(now or timezone.now())
    if until is None:
        if Notice.objects.filter(pk=quiet_hours.NOTICE).exists():
            notices.clear_notice(quiet_hours.NOTICE)
    else:
        notices.raise_notice(quiet_hours.NOTICE, quiet_hours.message(until), level="info")
