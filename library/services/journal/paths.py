"""Which files the journal touches: plain files inside the library, under names that can be written down."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from core.errors import UserError
from core.storage import storage_errors
from library.models import FileAct
from library.services.folder import OWN_FOLDER

MOST_BYTES = 255  # of one part of a path, on every file system that we know
BAD_NAME = {errno.ENAMETOOLONG, errno.EILSEQ}
MOST_CHARACTERS = int(FileAct._meta.get_field("path").max_length or 0)


def refused(message: str, remedy: str = "", *, reason: str = "bad_path") -> UserError:
    return UserError(message, remedy=remedy, reason=reason)


@contextmanager
def file_errors(path: Path) -> Iterator[None]:
    """Turn what the system says about ``path`` into a UserError where the name is to blame, else a StorageError."""
    with storage_errors(path):
        try:
            yield
        except OSError as exc:
            if exc.errno not in BAD_NAME:
                raise
            raise refused(f"The disk takes no name like “{path.name}”: {exc.strerror}.", "Choose another one.") from exc


def place_in(root: Path, relative: str) -> Path:
    """The full path of ``relative`` (forward slashes) below the library ``root``; nothing need be there.

    Raises UserError reason bad_path where it would lie outside, also through a link, in Spotizer's own folder, or has
    a name that no disk takes.
    """
    path = PurePosixPath(relative)
    if not path.parts or path.is_absolute() or ".." in path.parts or "\0" in relative:
        raise refused(f"“{relative}” is no path inside the library.")
    try:
        longest = max(len(part.encode()) for part in path.parts)
    except UnicodeEncodeError:
        raise refused(
            f"The name {relative!r} cannot be read as text.", "Rename the file by hand, then look for files again."
        ) from None
    if longest > MOST_BYTES or len(relative) > MOST_CHARACTERS:
        raise refused(f"The name {path.name[:60]}… is too long.", "Choose a shorter name.")
    if path.parts[0] == OWN_FOLDER:
        raise refused(f"“{relative}” lies in Spotizer's own folder.")
    full = root / path
    folder, home = full.parent.resolve(), root.resolve()
    if folder != home and home not in folder.parents:
        raise refused(
            f"“{relative}” leads out of the library, to {folder}.",
            "Spotizer changes files inside the library only. Where a folder is linked in, mount it there instead.",
        )
    return full


def plain_file(root: Path, relative: str) -> Path:
    """The full path of the file at ``relative``. Raises UserError where there is none, or something else."""
    full = place_in(root, relative)
    try:
        mode = full.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise refused(
            f"“{relative}” is not there.", "Look for files again, or look at the disk.", reason="gone"
        ) from None
    if stat.S_ISLNK(mode):
        raise refused(f"“{relative}” is a link.", "Spotizer changes the files themselves, never a link to one.")
    if not stat.S_ISREG(mode):
        raise refused(f"“{relative}” is no file.")
    return full


def is_there(path: Path) -> bool:
    """Whether anything has this name, also a broken link."""
    return os.path.lexists(path)
