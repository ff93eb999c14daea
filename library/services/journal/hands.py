"""Who is at work on a batch: a file lock in the library that goes with its process, however that ends.

The lock lies in the library because every machine that may touch the library sees it there.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

from library.services.folder import OWN_FOLDER

OLD_SECONDS = 3600.0  # one that is new may not be locked yet
NO_LOCKS = {errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS}


@contextmanager
def new_hand() -> Iterator[str]:
    """The name of a hand that is alive until the block ends."""
    name = uuid.uuid4().hex
    with _locked(name) as is_ours:
        if not is_ours:
            raise RuntimeError(f"the hand {name} is somebody else's")
        yield name


@contextmanager
def dead_hand(name: str) -> Iterator[bool]:
    """Whether the hand is dead; then nobody else takes over its work until the block ends."""
    with _locked(name) as is_ours:
        yield is_ours


@contextmanager
def _locked(name: str) -> Iterator[bool]:
    """The lock is ours until the block ends, and gone after it; False where another process has it."""
    path, lock = _opened(name)
    if lock is None:
        yield False
        return
    try:
        yield True
    finally:
        with suppress(OSError):  # the disk may be gone
            path.unlink()
        os.close(lock)


def forget_dead_hands(*, now: float | None = None) -> int:
    """The locks of hands that died when all was done but that are gone; how many there were."""
    limit = (time.time() if now is None else now) - OLD_SECONDS
    forgotten = 0
    for folder in _folders():
        for path in folder.glob("*.lock"):
            with suppress(OSError):  # another sweep was here
                if path.stat().st_mtime < limit:
                    with _locked(path.stem) as is_ours:
                        forgotten += is_ours
    return forgotten


def _folders() -> tuple[Path, Path]:
    return Path(settings.LIBRARY) / OWN_FOLDER / "hands", Path(settings.DATA) / "hands"


def _opened(name: str) -> tuple[Path, int | None]:
    """The lock's path and its open, locked file; None where another process has it."""
    folders = _folders()
    for folder in folders:
        folder.mkdir(exist_ok=True)  # never its parents: where the sign of the library is gone, so is the library
        path = folder / f"{name}.lock"
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return path, None
        except OSError as exc:
            os.close(lock)
            if exc.errno not in NO_LOCKS or folder == folders[-1]:
                raise
            path.unlink(missing_ok=True)  # a share without locks: then one in our own folder, for this machine
        else:
            return path, lock
    raise RuntimeError("unreachable")
