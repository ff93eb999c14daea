"""The bin: what acts took out of the library, until its time is over or somebody empties it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from core.storage import storage_errors
from library.models import FileAct, JournalBatch
from library.services.disk import drop_empty_folders
from library.services.folder import has_library, ready_library
from library.services.journal.rows import CHUNK, OPEN, bin_folder
from ops.settings import in_force

log = logging.getLogger("library.journal")


@dataclass(frozen=True, slots=True)
class Emptied:
    """How many contents left the bin for good, and their bytes."""

    files: int = 0
    size_bytes: int = 0


def kept_acts() -> QuerySet[FileAct]:
    """The acts that have something in the bin, newest first."""
    acts = FileAct.objects.exclude(kept="").exclude(state__in=OPEN)
    return acts.filter(ended_at__isnull=False).select_related("batch").order_by("-id")


def purge_bin(*, now: datetime | None = None) -> Emptied:
    """What has been in the bin for longer than the settings keep it is gone for good. For the sweeper."""
    if not in_force.BIN_DAYS or not has_library():
        return Emptied()
    limit = (now or timezone.now()) - timedelta(days=in_force.BIN_DAYS)
    return empty_bin(kept_acts().filter(ended_at__lt=limit))


def forget_old(*, now: datetime | None = None) -> int:
    """The rows of acts that ended longer ago than the bin keeps, and that have nothing in it; how many there were.

    They cannot be undone any more, or nobody wanted to in all that time. Set by set, so that others write in between.
    """
    days = in_force.BIN_DAYS
    if not days:
        return 0
    limit = (now or timezone.now()) - timedelta(days=days)
    over = FileAct.objects.filter(kept="", ended_at__lt=limit).exclude(state__in=OPEN).order_by("pk")
    forgotten = 0
    while keys := list(over.values_list("pk", flat=True)[:CHUNK]):
        with transaction.atomic():
            FileAct.objects.filter(undoes__in=keys).update(undoes=None)
            FileAct.objects.filter(pk__in=keys).delete()
        forgotten += len(keys)
    JournalBatch.objects.filter(~Exists(FileAct.objects.filter(batch=OuterRef("pk"))), started_at__lt=limit).delete()
    return forgotten


def empty_bin(acts: Iterable[FileAct] | None = None) -> Emptied:
    """What ``acts`` put into the bin, or all of it, is gone for good; what is just being brought back stays."""
    root = ready_library()
    keys = list(kept_acts().values_list("pk", flat=True)) if acts is None else [act.pk for act in acts]
    files = size = 0
    for act in _not_at_work(keys):
        with storage_errors(root):
            path = bin_folder() / act.kept
            path.unlink(missing_ok=True)
            drop_empty_folders(path.parent, below=bin_folder())
        with transaction.atomic(durable=True):
            FileAct.objects.filter(pk=act.pk).update(kept="", left_bin_at=timezone.now())
        files, size = files + 1, size + act.kept_bytes
    if files:
        log.info("%d files left the bin for good, %d bytes", files, size)
    return Emptied(files, size)


def _not_at_work(keys: list[int]) -> Iterator[FileAct]:
    """The acts of ``keys`` that still keep something, and that nobody is taking back just now."""
    at_work = FileAct.objects.filter(undoes=OuterRef("pk"), state__in=OPEN)
    for start in range(0, len(keys), CHUNK):
        yield from kept_acts().filter(~Exists(at_work), pk__in=keys[start : start + CHUNK])
