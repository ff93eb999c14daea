"""A finished work file into the library: beside its place first, then by one step that never overwrites.

Killed at any moment this leaves the old state or the new one, and at most a ``.spotizer-<id>.part`` that the sweep
takes away.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from core.errors import PermanentError
from core.storage import storage_errors
from library.audio import audio_hash
from library.naming import folded, numbered
from library.services.disk import MOST_NUMBER, claim, folder_for, sync, taken
from library.services.folder import ready_library
from library.services.journal import Plan, carry_out


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the file lies, relative to the library. ``is_new`` is False where the same sound lay there already."""

    path: PurePosixPath
    is_new: bool
    act_id: int | None = None  # the journal's, where another file was replaced


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
    with storage_errors(root / wanted), folder_for(root, wanted.parent) as folder:
        part = folder / part_name(download_id)
        try:
            _bring(work_file, part)
            return _name(part, folder, wanted.name, root, sound, before_naming)
        finally:
            part.unlink(missing_ok=True)


def place_instead(
    work_file: Path,
    wanted: PurePosixPath,
    *,
    replaces: str,
    download_id: int,
    sound: str,
    before_naming: Callable[[PurePosixPath], None] = lambda path: None,
) -> Placed:
    """``work_file`` is in the library instead of the file at ``replaces``, which lies in the bin.

    The journal can undo that. It is called ``wanted``, or as ``place_file`` would call it. Where the other file is not
    there, this is ``place_file``. Raises UserError or StorageError, and then the other file is as it was.
    """
    for number in range(1, MOST_NUMBER + 1):
        name = wanted if number == 1 else wanted.with_name(numbered(wanted.name, number))
        plan = Plan("Replace by a download", "downloads", f"download {download_id}")
        step = plan.replace(replaces, work_file, to="" if folded(str(name)) == folded(replaces) else str(name))
        if step.reason == "gone":
            break
        if step.reason != "name_taken":
            before_naming(PurePosixPath(step.target))
            act = carry_out(plan).only
            return Placed(PurePosixPath(act.target), is_new=True, act_id=act.pk)
    return place_file(work_file, wanted, download_id=download_id, sound=sound, before_naming=before_naming)


def place_sidecar(data: bytes, path: PurePosixPath, *, download_id: int) -> bool:
    """``data`` is at ``path`` in the library (an existing folder); False where a file of that name was there before."""
    root = ready_library()
    target = root / path
    with storage_errors(target):
        if taken(target.parent, target.name):
            return False
        part = target.parent / part_name(download_id, f"-{path.suffix.removeprefix('.')}")
        try:
            part.write_bytes(data)
            sync(part)
            is_new = claim(part, target)
            sync(target.parent)
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
        if present := taken(folder, target.name):
            if _sounds_like(folder / present, sound):
                return Placed(path.with_name(present), is_new=False)
            continue
        before_naming(path)
        if claim(part, target):
            sync(folder)
            return Placed(path, is_new=True)
    raise PermanentError(f"{folder / name} and {MOST_NUMBER - 1} names like it are taken.", reason="storage")


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
    sync(part)


def _sounds_like(path: Path, sound: str) -> bool:
    try:
        return path.is_file() and audio_hash(path) == sound
    except PermanentError:
        return False  # no audio, or damaged: certainly another file
