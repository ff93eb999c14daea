"""The work folder of a download: ``work/<id>/``, held by one process at a time, and one folder per candidate inside."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

from core.storage import storage_errors
from downloads.models import ENDED, Download
from downloads.services.states import chunks

LOCK = ".held"
MOST_TRIES = 5


def work_folder(download_id: int) -> Path:
    return Path(settings.WORK) / str(download_id)


@contextmanager
def held_folder(download_id: int) -> Iterator[Path | None]:
    """The folder, held until the block ends; None where another process still writes in it.

    A worker whose row was taken away needs a moment to notice; two must never write one part file. The lock goes with
    the process, however it ends.
    """
    folder = work_folder(download_id)
    with storage_errors(folder):
        lock = _opened_lock(folder)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        yield folder if _is_still(folder / LOCK, lock) else None
    finally:
        os.close(lock)


def _opened_lock(folder: Path) -> int:
    """The open lock of the folder, made anew as often as someone who is done with it takes it away meanwhile."""
    for _ in range(MOST_TRIES - 1):
        folder.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            return os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    folder.mkdir(parents=True, exist_ok=True)
    return os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)


def _is_still(path: Path, descriptor: int) -> bool:
    """Whether the open file is the one at ``path``: a sweep may have taken the folder away a moment before."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except OSError:
        return False


def remove_folder(download_id: int) -> None:
    """Nothing of the download's work is left."""
    shutil.rmtree(work_folder(download_id), ignore_errors=True)


def sweep_folders() -> int:
    """Work folders whose download ended or is gone are gone too, unless a process still holds them; how many."""
    root = Path(settings.WORK)
    ids = [int(entry.name) for entry in root.iterdir() if entry.name.isdigit()] if root.is_dir() else []
    alive: set[int] = set()
    for part in chunks(ids):
        alive |= set(Download.objects.filter(pk__in=part).exclude(status__in=ENDED).values_list("pk", flat=True))
    swept = 0
    for download_id in set(ids) - alive:
        with held_folder(download_id) as folder:
            if folder is not None:
                remove_folder(download_id)
                swept += 1
    return swept
