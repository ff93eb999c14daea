"""A finished work file into the library: beside its place first, then by one step that never overwrites.

Killed at any moment this leaves the old state or the new one, and at most a ``.spotizer-<id>.part`` that the sweep
takes away.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from core.errors import PermanentError
from core.storage import storage_errors
from library.audio import audio_hash
from library.naming import folded, numbered
from library.services.folder import ready_library

# File systems without hard links answer with one of these.
NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EINVAL}
NO_SYNC = {errno.EINVAL, errno.EBADF, errno.ENOTSUP}  # some shares cannot flush a folder
MOST_NUMBER = 99


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the file lies, relative to the library. ``is_new`` is False where the same sound lay there already."""

    path: PurePosixPath
    is_new: bool


def part_name(download_id: int, what: str = "") -> str:
    """``.spotizer-7.part``; scans and players ignore it."""
    return f".spotizer-{download_id}{what}.part"


def place_file(
    work_file: Path,
    wanted: PurePosixPath,
    *,
    download_id: int,
    sound: str,
    before_naming: Callable[[PurePosixPath], None] = lambda path: None,
) -> Placed:
    """``work_file`` is in the library at ``wanted``, or beside it as `` (2)`` where another file has that name.

    ``sound`` is its packet hash: a file of that name and sound is taken for the same one, so doing this twice gives one
    file. ``before_naming`` is told the final path just before the file gets it. Raises StorageError, and then leaves
    nothing behind.
    """
    root = ready_library()
    with storage_errors(root / wanted), _folder_for(root, wanted.parent) as folder:
        part = folder / part_name(download_id)
        try:
            _bring(work_file, part)
            return _name(part, folder, wanted.name, root, sound, before_naming)
        finally:
            part.unlink(missing_ok=True)


def place_sidecar(data: bytes, path: PurePosixPath, *, download_id: int) -> bool:
    """``data`` is at ``path`` in the library (an existing folder); False where a file of that name was there before."""
    root = ready_library()
    target = root / path
    with storage_errors(target):
        if _taken(target.parent, target.name):
            return False
        part = target.parent / part_name(download_id, f"-{path.suffix.removeprefix('.')}")
        try:
            part.write_bytes(data)
            _sync(part)
            is_new = _claim(part, target)
            _sync(target.parent)
            return is_new
        finally:
            part.unlink(missing_ok=True)


def _name(
    part: Path,
    folder: Path,
    name: str,
    root: Path,
    sound: str,
    before_naming: Callable[[PurePosixPath], None],
) -> Placed:
    """Give ``part`` the first free name of ``name``, ``name (2)`` …"""
    for number in range(1, MOST_NUMBER + 1):
        target = folder / (name if number == 1 else numbered(name, number))
        path = PurePosixPath(target.relative_to(root))
        if present := _taken(folder, target.name):
            if _sounds_like(folder / present, sound):
                return Placed(path.with_name(present), is_new=False)
            continue
        before_naming(path)
        if _claim(part, target):
            _sync(folder)
            return Placed(path, is_new=True)
    raise PermanentError(f"{folder / name} and {MOST_NUMBER - 1} names like it are taken.", reason="storage")


def _claim(part: Path, target: Path) -> bool:
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
        part.replace(target)
        return True
    part.unlink()
    return True


def _bring(work_file: Path, part: Path) -> None:
    """The work file's content in ``part``, flushed: moved where it can be, copied from another disk."""
    # Another worker that failed may just have taken the folder away again, as it found it empty.
    part.parent.mkdir(parents=True, exist_ok=True)
    try:
        work_file.replace(part)
    except OSError as exc:
        if exc.errno != errno.EXDEV:
            raise
        shutil.copyfile(work_file, part)
    _sync(part)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as exc:
        if exc.errno not in NO_SYNC or not path.is_dir():
            raise
    finally:
        os.close(descriptor)


def _taken(folder: Path, name: str) -> str:
    """The entry that a file system without regard for case would take for ``name``, empty where there is none."""
    wanted = folded(name)
    with os.scandir(folder) as entries:
        return next((entry.name for entry in entries if folded(entry.name) == wanted), "")


def _sounds_like(path: Path, sound: str) -> bool:
    try:
        return path.is_file() and audio_hash(path) == sound
    except PermanentError:
        return False  # no audio, or damaged: certainly another file


@contextmanager
def _folder_for(root: Path, relative: PurePosixPath) -> Iterator[Path]:
    """The folder, made where it is missing; what was made is taken away again where the body fails."""
    folder, made = root, list[Path]()
    try:
        for part in relative.parts:
            folder = folder / _spelling(folder, part)
            if not folder.is_dir():
                with contextlib.suppress(FileExistsError):  # another worker, at the same moment
                    folder.mkdir()
                    made.append(folder)
                    _sync(folder.parent)
        yield folder
    except BaseException:
        for empty in reversed(made):
            with contextlib.suppress(OSError):  # in use by now
                empty.rmdir()
        raise


def _spelling(folder: Path, part: str) -> str:
    """``part`` as the folder spells it already, so that "The Tides" and "the tides" share a folder everywhere."""
    if (folder / part).is_dir():
        return part
    for number in range(1, MOST_NUMBER + 1):
        name = part if number == 1 else f"{part} ({number})"  # a file has that name
        present = _taken(folder, name)
        if not present or (folder / present).is_dir():
            return present or name
    raise PermanentError(f"{folder / part} and names like it are taken by files.", reason="storage")
