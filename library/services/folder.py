"""The library folder itself: is it there, and is it the one it was?"""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings

from core.errors import StorageError
from core.storage import storage_errors
from library.models import AudioFile

# Spotizer's own folder in the library (later also the bin). It is the sign that the right disk is mounted: an empty
# mount point has none.
OWN_FOLDER = ".spotizer"
WORDS = """This folder belongs to Spotizer and is the sign that the library is here (and not an empty mount point).
Leave it where it is; when you move the library, move it along.
"""


def has_library() -> bool:
    """Whether the library folder is there with its sign."""
    return (settings.LIBRARY / OWN_FOLDER).is_dir()


def ready_library() -> Path:
    """The library folder, made at first use.

    Raises StorageError reason storage_gone where the table knows files and the folder has lost its sign: an unmounted
    disk, an emptied folder or a wrong setting. Nothing is written then.
    """
    root: Path = settings.LIBRARY
    with storage_errors(root):
        if has_library():
            return root
        if AudioFile.objects.filter(gone_at=None).exists():
            raise StorageError(
                f"The library folder {root} is empty or not mounted: its folder {OWN_FOLDER} is missing.",
                remedy="Mount the disk, or correct SPOTIZER_LIBRARY. Where this is meant to be a new library, make "
                f"the folder {root / OWN_FOLDER} and resume the queue.",
                reason="storage_gone",
                path=root,
            )
        own = root / OWN_FOLDER
        own.mkdir(parents=True, exist_ok=True)
        (own / "README").write_text(WORDS, "utf-8")
    return root


def check_library() -> None:
    """Raise StorageError where nothing could be filed now; asked before a queue that paused for it goes on."""
    own = ready_library() / OWN_FOLDER
    trial = own / f".spotizer-{os.getpid()}.part"
    with storage_errors(own):
        try:
            trial.write_bytes(b"\0" * 65_536)
        finally:
            trial.unlink(missing_ok=True)
