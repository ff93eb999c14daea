"""What the disk says, in words that a person can act on."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import StorageError

FULL = {errno.ENOSPC, errno.EDQUOT}
FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turn what the system says about ``path`` into a StorageError: disk_full, no_permission or storage_gone."""
    try:
        yield
    except OSError as exc:
        raise storage_error(exc, path) from exc


def storage_error(exc: OSError, path: Path) -> StorageError:
    """The StorageError for ``exc``, which came up when ``path`` was written."""
    if exc.errno in FULL:
        return StorageError(
            f"The disk is full: {path} cannot be written.",
            remedy="Make room on that disk; the queue goes on by itself.",
            reason="disk_full",
            path=path,
        )
    if exc.errno in FORBIDDEN:
        why = "is on a disk mounted read-only" if exc.errno == errno.EROFS else "may not be written"
        return StorageError(
            f"{path} {why} ({exc.strerror}).",
            remedy="Give the account that runs Spotizer write permission there, then resume the queue.",
            reason="no_permission",
            path=path,
        )
    return StorageError(
        f"{path} cannot be reached: {exc.strerror or exc}.",
        remedy="Look whether the disk or share is still mounted; the queue goes on by itself.",
        reason="storage_gone",
        path=path,
    )
