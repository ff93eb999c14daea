"""The few steps by which files are touched. Each leaves the old state or the new one, however it is cut short."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from core.errors import PermanentError, StorageError
from library.naming import folded

# File systems without hard links answer with one of these.
NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EINVAL}
NO_SYNC = {errno.EINVAL, errno.EBADF, errno.ENOTSUP}  # some shares cannot flush a folder
MOST_NUMBER = 99
CHUNK_BYTES = 1 << 20
FICLONE = 0x40049409  # Linux; others know no such call and refuse it
# A line per step, at level debug: what a killed process had done can be read from them, and tests kill it there.
log = logging.getLogger("library.journal")


def sync(path: Path) -> None:
    """What is in the file, or which names are in the folder, outlives a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as exc:
        if exc.errno not in NO_SYNC or not path.is_dir():
            raise
    finally:
        os.close(descriptor)


def claim(part: Path, target: Path) -> bool:
    """``part`` becomes ``target`` in one step; False where somebody else was there first."""
    try:
        os.link(part, target)
    except FileExistsError:
        return False
    except OSError as exc:
        if exc.errno not in NO_LINKS:
            raise
        # FAT and some shares have no links: an empty file of our own takes the name, then the part takes its place.
        try:
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        except FileExistsError:
            return False
        log.debug("reserved %s", target)
        try:
            part.replace(target)
        except OSError:
            target.unlink()
            raise
        return True
    log.debug("linked %s", target)
    part.unlink()
    return True


def link_or_copy(source: Path, place: Path) -> None:
    """``place`` (a name that is free) has the content of ``source``, flushed; a second name of it where that can be."""
    try:
        os.link(source, place)
    except OSError as exc:
        if exc.errno not in NO_LINKS | {errno.EXDEV}:
            raise
        copy_verified(source, place)
    else:
        sync(place)


def copy_verified(source: Path, place: Path) -> str:
    """The SHA-256 of ``source``, whose content, mode and times ``place`` has, flushed and read back.

    Where the disk can (btrfs, XFS, ZFS) both share their blocks until one of them is written to. Raises StorageError
    reason storage_gone where what was read back is not what was written.
    """
    digest = hashlib.sha256()
    with source.open("rb") as reader, place.open("wb") as writer:
        is_shared = _share(reader, writer)
        while not is_shared and (block := reader.read(CHUNK_BYTES)):
            digest.update(block)
            writer.write(block)
            log.debug("copying to %s", place)
        writer.flush()
        os.fsync(writer.fileno())
    keep_look(source, place)
    found = sha256(place)
    if not is_shared and found != digest.hexdigest():
        raise StorageError(
            f"{place} does not hold what was written to it.",
            remedy="Look at that disk and its cable or share; nothing was changed.",
            reason="storage_gone",
        )
    return found


def _share(reader: BinaryIO, writer: BinaryIO) -> bool:
    """Whether the empty file has the other's content now without a byte being copied."""
    try:
        fcntl.ioctl(writer.fileno(), FICLONE, reader.fileno())
    except OSError:  # most disks cannot
        return False
    return True


def keep_look(source: Path, place: Path) -> None:
    """``place`` has the mode, times and owner of ``source``, as far as its disk and our rights allow."""
    with contextlib.suppress(OSError):  # FAT and shares know no modes
        shutil.copystat(source, place)
    with contextlib.suppress(OSError):  # only root may give files away
        state = source.stat()
        if (state.st_uid, state.st_gid) != (place.stat().st_uid, place.stat().st_gid):
            os.chown(place, state.st_uid, state.st_gid)


def sha256(path: Path) -> str:
    """The SHA-256 of the whole file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def taken(folder: Path, name: str) -> str:
    """The entry that a file system without regard for case would take for ``name``, empty where there is none."""
    wanted = folded(name)
    return next((entry for entry in names_in(folder) if folded(entry) == wanted), "")


def names_in(folder: Path) -> list[str]:
    """The names in the folder as they are spelled there; none where there is no such folder."""
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry in entries]
    except FileNotFoundError:
        return []


@contextmanager
def folder_for(root: Path, relative: PurePosixPath, *, as_written: bool = False) -> Iterator[Path]:
    """The folder, made where it is missing; what was made is taken away again where the body fails.

    It has the spelling that is there already, unless it is wanted ``as_written``.
    """
    folder, made = root, list[Path]()
    try:
        for part in relative.parts:
            folder = folder / (part if as_written else _spelling(folder, part))
            if not folder.is_dir():
                with contextlib.suppress(FileExistsError):  # another worker, at the same moment
                    folder.mkdir()
                    made.append(folder)
                    sync(folder.parent)
        yield folder
    except BaseException:
        for empty in reversed(made):
            with contextlib.suppress(OSError):  # in use by now
                empty.rmdir()
        raise


def drop_empty_folders(folder: Path, *, below: Path) -> None:
    """``folder`` and those above it are gone as far as they are empty; ``below`` stays."""
    with contextlib.suppress(OSError):  # not empty, or gone already
        while folder != below and below in folder.parents:
            folder.rmdir()
            folder = folder.parent


def spelled(root: Path, relative: PurePosixPath) -> PurePosixPath:
    """``relative`` with its folders as they are spelled on the disk already; nothing is made."""
    folder = PurePosixPath()
    for part in relative.parent.parts:
        folder = folder / _spelling(root / folder, part)
    return folder / relative.name


def _spelling(folder: Path, part: str) -> str:
    """``part`` as the folder spells it already, so that "The Tides" and "the tides" share a folder everywhere."""
    if (folder / part).is_dir():
        return part
    for number in range(1, MOST_NUMBER + 1):
        name = part if number == 1 else f"{part} ({number})"  # a file has that name
        present = taken(folder, name)
        if not present or (folder / present).is_dir():
            return present or name
    raise PermanentError(f"{folder / part} and names like it are taken by files.", reason="storage")
