"""Which set is in force: one small file in the data folder, changed in one step, that every worker looks at.

No Django models and no imports of yt-dlp: this is read before each search and fetch.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from django.conf import settings

from core.storage import storage_errors

NAME = "current.json"


@dataclass(frozen=True, slots=True)
class Pointer:
    """The set in force and the one before it; empty names stand for what Spotizer is installed with."""

    current: str = ""
    previous: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    changed_at: str = ""
    tried_at: str = ""
    message: str = ""  # what came of the last try


def root() -> Path:
    return Path(settings.DATA) / "engine"


def set_folder(name: str) -> Path:
    return root() / name


def read_pointer() -> Pointer:
    try:
        return Pointer(**json.loads((root() / NAME).read_text("utf-8")))
    except (OSError, ValueError, TypeError):  # none, or of another version
        return Pointer()


def write_pointer(pointer: Pointer) -> None:
    """All of it or nothing: readers never see half."""
    with storage_errors(root()):
        root().mkdir(parents=True, exist_ok=True)
        draft = root() / f"{NAME}.new"
        draft.write_text(json.dumps(asdict(pointer)), "utf-8")
        draft.replace(root() / NAME)


def engine_folder() -> str:
    """Where the set in force lies; empty for what Spotizer is installed with."""
    name = read_pointer().current
    if not name or not (set_folder(name) / "yt_dlp").is_dir():
        return ""
    return str(set_folder(name))
