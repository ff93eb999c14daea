"""What is written down of a file before and after an act, and whether it is still the same."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from library.services.disk import sha256

ENDS_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Facts:
    """A file's content at one moment.

    ``ends_hash`` is the SHA-256 of its first and last 256 KB, where every format has its tags: it is had in a
    millisecond also over a slow share. ``sha256`` is that of the whole file and empty where an act has no reason to
    read the whole (a rename). ``audio_hash`` is that of its audio packets, empty where nobody looked.
    """

    size_bytes: int
    modified_ns: int
    ends_hash: str
    sha256: str = ""
    audio_hash: str = ""

    def looks_like(self, other: Facts) -> bool:
        """Whether both are of one content, as far as is known without its middle."""
        return (self.size_bytes, self.ends_hash) == (other.size_bytes, other.ends_hash)

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value != ""}


def facts_of(path: Path, *, whole: str = "", audio_hash: str = "") -> Facts:
    """The facts of the file; ``whole`` and ``audio_hash`` are those that the caller knows."""
    with path.open("rb") as file:
        head = file.read(ENDS_BYTES)
        size = file.seek(0, 2)
        file.seek(max(len(head), size - ENDS_BYTES))
        digest = hashlib.sha256(head)
        digest.update(file.read(ENDS_BYTES))
        modified = path.stat().st_mtime_ns
    return Facts(size, modified, digest.hexdigest(), whole, audio_hash)


def facts_from(row: dict[str, Any]) -> Facts | None:
    """The facts as a row keeps them; None where it has none."""
    return Facts(**row) if row else None


def is_still(path: Path, known: Facts) -> bool:
    """Whether the file has the content that was written down.

    A new time alone proves nothing (players and backups touch files): then the whole content decides where its hash is
    known, and where it is not the file counts as changed.
    """
    now = facts_of(path)
    if not now.looks_like(known):
        return False
    if now.modified_ns == known.modified_ns:
        return True
    return bool(known.sha256) and sha256(path) == known.sha256
