"""Whether anything new starts. A person may pause the queue; the queue pauses itself where the disk fails it, and
rests in quiet hours.

Marks in the settings table, so that mending the disk does not undo a person's pause, nor the other way round. A library
without room stops all machines that share it; a work folder, or a library that only this machine cannot reach, stops
this one.
"""

from __future__ import annotations

import hashlib
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core.errors import StorageError
from downloads.services import quiet_hours
from ops.models import Notice, Setting
from ops.services import live, notices

PERSON = "queue.paused"
STORAGE = "queue.storage"
NOTICE = "queue:storage"
NO_ROOM = {"disk_full", "disk_low"}


@dataclass(frozen=True, slots=True)
class Standstill:
    """Why nothing new starts, in words; ``until`` where it goes on by itself at a known time."""

    reason: str
    message: str
    until: datetime | None = None

    @property
    def can_be_ended(self) -> bool:
        """Whether a person can let the queue go on: a pause and a mended disk, not the hours."""
        return self.reason != "quiet_hours"


def is_paused() -> bool:
    """Whether nothing new starts now, for whatever reason."""
    return quiet_hours.ends_at() is not None or Setting.objects.filter(pk__in=marks()).exists()


def marks() -> tuple[str, ...]:
    """The settings that keep this machine's workers from starting anything, whichever of them stands."""
    return (PERSON, STORAGE, here())


def here() -> str:
    """The mark of this machine's own storage; machines are told apart by name and work folder."""
    return f"{STORAGE}.{hashlib.sha256(f'{socket.gethostname()}:{settings.WORK}'.encode()).hexdigest()[:12]}"


def standstill() -> Standstill | None:
    """Why nothing new starts now; None where it does."""
    standing = set(Setting.objects.filter(pk__in=marks()).values_list("pk", flat=True))
    if PERSON in standing:
        return Standstill("paused", "The queue is paused; `manage.py queue resume --all` lets it go on.")
    if standing:
        notice = Notice.objects.filter(pk__in=map(_notice, standing)).order_by("pk").first()
        words = f"{notice.message} {notice.remedy}".strip() if notice else "The library cannot be written."
        return Standstill(storage_trouble() or "storage", words)
    if until := quiet_hours.ends_at():
        return Standstill("quiet_hours", quiet_hours.message(until), until)
    return None


def is_paused_by_person() -> bool:
    return Setting.objects.filter(pk=PERSON).exists()


def storage_trouble() -> str:
    """The code of what keeps the queue from writing here, or empty."""
    return next(iter(storage_marks().values()), "")


def storage_marks() -> dict[str, str]:
    """The marks of storage that stop this machine, the shared one first, each with the code of its trouble."""
    marks = Setting.objects.filter(pk__in=[STORAGE, here()]).order_by("pk").values_list("pk", "value")
    return {pk: str(value.get("reason", "storage")) if isinstance(value, dict) else "storage" for pk, value in marks}


@transaction.atomic
def set_paused_all(is_paused: bool) -> None:
    """Nothing new is started until this is undone; what runs goes on."""
    if is_paused:
        Setting.objects.update_or_create(key=PERSON, defaults={"value": True})
    else:
        Setting.objects.filter(pk=PERSON).delete()
        for mark in Setting.objects.filter(pk__startswith=STORAGE).values_list("pk", flat=True):
            storage_is_mended(mark)
    live.bump()


@transaction.atomic
def pause_for_storage(error: StorageError) -> None:
    """The queue stands still, here or everywhere, and a notice says why and what to do."""
    mark = here() if _is_only_here(error) else STORAGE
    Setting.objects.update_or_create(key=mark, defaults={"value": {"reason": error.reason}})
    where = "The queue is paused" if mark == STORAGE else f"On {socket.gethostname()} the queue is paused"
    message = f"{error.message} {where} and goes on when this is mended."
    notices.raise_notice(_notice(mark), message, remedy=error.remedy, level="error")


@transaction.atomic
def storage_is_mended(mark: str = STORAGE) -> bool:
    """The queue goes on; True where it stood still for the disk of this mark."""
    stood = Setting.objects.filter(pk=mark).delete()[0] > 0
    notices.clear_notice(_notice(mark))
    if stood:
        live.bump()
    return stood


def storage_is_still_short(mark: str) -> None:
    """The mark is fresh: a machine that is gone for good does not renew its own, which is then forgotten."""
    Setting.objects.filter(pk=mark).update(changed_at=timezone.now())


def forget_machines(older_than_seconds: float) -> int:
    """Marks that other machines left behind are gone with their notices; how many."""
    old = timezone.now() - timedelta(seconds=older_than_seconds)
    marks = Setting.objects.filter(pk__startswith=f"{STORAGE}.", changed_at__lt=old)
    return sum(storage_is_mended(mark) for mark in list(marks.values_list("pk", flat=True)))


def _is_only_here(error: StorageError) -> bool:
    if error.path is None:
        return False
    return error.reason not in NO_ROOM or not error.path.is_relative_to(settings.LIBRARY)


def _notice(mark: str) -> str:
    return f"{NOTICE}{mark.removeprefix(STORAGE).replace('.', ':')}"


def tell_quiet_hours(now: datetime | None = None) -> None:
    """A notice stands while the hours are quiet, and says until when; called by the sweeper."""
    until = quiet_hours.ends_at(now or timezone.now())
    if until is None:
        if Notice.objects.filter(pk=quiet_hours.NOTICE).exists():
            notices.clear_notice(quiet_hours.NOTICE)
    else:
        notices.raise_notice(quiet_hours.NOTICE, quiet_hours.message(until), level="info")
