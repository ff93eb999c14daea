"""What a crash left in the library."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

from django.conf import settings

from library.services.folder import OWN_FOLDER, has_library

OLD_SECONDS = 3600.0  # no copy takes that long: whoever wrote it is gone


def sweep_parts(*, older_than: float = OLD_SECONDS, now: float | None = None) -> int:
    """Part files that nobody writes any more are gone; how many there were.

    Walks the whole library: for the start of the program and once a day.
    """
    if not has_library():
        return 0
    limit = (time.time() if now is None else now) - older_than
    swept = 0
    for folder, folders, names in os.walk(settings.LIBRARY):
        if OWN_FOLDER in folders:
            folders.remove(OWN_FOLDER)
        for name in names:
            if name.startswith(".spotizer-") and ".part" in name:
                with contextlib.suppress(OSError):  # gone by itself, or not ours to remove
                    part = Path(folder, name)
                    if part.stat().st_mtime < limit:
                        part.unlink()
                        swept += 1
    return swept
