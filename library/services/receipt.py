"""What became of a fetched file, written down in its work folder just before the file gets its name.

A worker that dies after that and before the row is committed leaves a receipt: the next one adopts the file.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from django.conf import settings

from core.errors import PermanentError
from library.audio import audio_hash
from library.services.journal import recover

NAME = "receipt.json"


@dataclass(frozen=True, slots=True)
class Finished:
    """A file in the library: the fields of its row, and what each step changed in words."""

    path: str
    size_bytes: int
    modified_ns: int
    codec: str
    container: str
    bitrate_kbps: int
    sample_rate_hz: int
    channels: int
    duration_ms: int
    audio_hash: str
    passport: dict[str, Any] = field(default_factory=dict)
    has_cover: bool = False
    has_lyrics: bool = False
    changes: list[str] = field(default_factory=list)
    is_new: bool = True  # False: the same sound lay under that name before
    beside: list[str] = field(default_factory=list)  # what else was written: cover.jpg, lyrics
    act_id: int | None = None  # the journal's, where it replaced another file


def write_receipt(folder: Path, finished: Finished) -> None:
    """The receipt is in ``folder``, whole or not at all."""
    draft = folder / f"{NAME}.new"
    with draft.open("w", encoding="utf-8") as file:
        json.dump(asdict(finished), file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / NAME)


def read_receipt(folder: Path) -> Finished | None:
    try:
        return Finished(**json.loads((folder / NAME).read_text("utf-8")))
    except (FileNotFoundError, ValueError, TypeError):  # none, or of another version
        return None


def adopt_finished(work_folder: Path) -> Finished | None:
    """The file that an earlier try brought into the library before it could record it; None where there is none.

    Believed only where the file is there and its sound is the one of the receipt.
    """
    finished = read_receipt(work_folder)
    if finished is None:
        return None
    recover()  # where it replaced another file, the journal may be half way
    file = settings.LIBRARY / finished.path
    try:
        if not file.is_file() or audio_hash(file) != finished.audio_hash:
            return None
    except PermanentError:
        return None
    state = file.stat()
    return replace(
        finished,
        size_bytes=state.st_size,
        modified_ns=state.st_mtime_ns,
        changes=[*finished.changes, "adopted: an earlier try had filed it already"],
    )
