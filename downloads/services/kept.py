"""A fetched file that is whole is kept until its download ends: who comes after a crash does not fetch it again.

The note is written once the file is flushed, so that what a pulled plug left half-written is never believed.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

from core.storage import storage_errors
from providers.base import FetchedFile

NAME = "fetched.json"


def keep(fetched: FetchedFile, folder: Path) -> None:
    """The file is on the disk, and a note in ``folder`` says what it is."""
    draft = folder / f"{NAME}.new"
    with storage_errors(folder):
        with fetched.path.open("rb") as file:
            os.fsync(file.fileno())
        note = asdict(fetched) | {"path": fetched.path.name, "size_bytes": fetched.path.stat().st_size}
        with draft.open("w", encoding="utf-8") as file:
            json.dump(note, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(folder / NAME)


def kept_file(folder: Path) -> FetchedFile | None:
    """What an earlier try fetched into ``folder``; None where it did not come to that."""
    try:
        note = json.loads((folder / NAME).read_text("utf-8"))
        size_bytes = note.pop("size_bytes")
        fetched = FetchedFile(**note | {"path": folder / note["path"]})
        return fetched if fetched.path.stat().st_size == size_bytes else None
    except (OSError, ValueError, TypeError, KeyError, AttributeError):  # none, or of another version
        return None
