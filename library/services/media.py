"""A file of the library, opened to be heard: what lies in the library and nothing else, wherever links may lead."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from core.errors import NotFound, TransientError
from core.storage import storage_errors
from library.models import AudioFile
from library.services.folder import has_library
from library.services.journal.paths import place_in

# By container, as library.audio.containers names it.
TYPES = {
    "ogg": "audio/ogg",
    "m4a": "audio/mp4",
    "webm": "audio/webm",
    "flac": "audio/flac",
    "mp3": "audio/mpeg",
    "aac": "audio/aac",
    "wav": "audio/wav",
}
NEITHER = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENXIO, errno.ENODEV}


def content_type_of(file: AudioFile) -> str:
    """What a browser is told that it is."""
    return TYPES.get(file.container, "application/octet-stream")


def opened(file: AudioFile) -> BinaryIO:
    """The file of the row, open for reading.

    Raises NotFound where there is none, or a link or a folder instead; UserError where its path leads out of the
    library; TransientError where the whole library is away.
    """
    if not has_library():
        raise TransientError(
            "The library folder is not there at the moment.",
            remedy="Mount its disk, then try again.",
            reason="storage_gone",
        )
    full = place_in(settings.LIBRARY, file.path)
    try:
        handle = _open(settings.LIBRARY.resolve(), full.parent.resolve() / full.name)
    except OSError as exc:
        if exc.errno not in NEITHER:
            with storage_errors(full):
                raise
        raise _gone(file) from exc
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise _gone(file)
    return os.fdopen(handle, "rb")


def accel_path(file: AudioFile) -> str:
    """The path of the file below the library, links followed: what a web server is told to send."""
    full = place_in(settings.LIBRARY, file.path)
    return (full.parent.resolve() / full.name).relative_to(settings.LIBRARY.resolve()).as_posix()


def _open(root: Path, path: Path) -> int:
    """Descend from ``root`` part by part, following no link: ``path`` was resolved, so one there now is new."""
    parts = path.relative_to(root).parts
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in parts[:-1]:
            deeper = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
            os.close(folder)
            folder = deeper
        # A pipe would wait for a writer.
        return os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    finally:
        os.close(folder)


def _gone(file: AudioFile) -> NotFound:
    name = file.path.rpartition("/")[2]
    return NotFound(f"“{name}” is not in the library folder any more.", remedy="Get it again, or look at the disk.")
