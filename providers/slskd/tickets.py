"""What Spotizer asked of slskd: a small file for each, so that nothing is left behind when its download is gone.

Only what has a ticket is ever cancelled or deleted: slskd may have work of its owner's.
"""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from core.storage import storage_errors


@dataclass(frozen=True, slots=True)
class Ticket:
    """One file asked of one peer. ``destination`` is a folder below slskd's own that is ours alone."""

    username: str
    filename: str
    size_bytes: int
    destination: str


class Tickets:
    """The tickets of this machine, in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, ticket: Ticket, work_folder: Path) -> None:
        """The ticket is written; it holds for as long as ``work_folder`` is there."""
        with storage_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            draft = self._path(ticket).with_suffix(".new")
            draft.write_text(json.dumps(asdict(ticket) | {"work_folder": str(work_folder)}), "utf-8")
            draft.replace(self._path(ticket))

    def is_ours(self, ticket: Ticket) -> bool:
        return self._path(ticket).exists()

    def drop(self, ticket: Ticket) -> None:
        self._path(ticket).unlink(missing_ok=True)

    def abandoned(self) -> list[Ticket]:
        """Tickets whose work folder is gone."""
        found = []
        for path in sorted(self.folder.glob("*.json")):
            try:
                note = json.loads(path.read_text("utf-8"))
                work_folder = Path(note.pop("work_folder"))
                ticket = Ticket(**note)
            except (OSError, ValueError, TypeError, KeyError):
                path.unlink(missing_ok=True)  # of another version
                continue
            if not work_folder.exists():
                found.append(ticket)
        return found

    @staticmethod
    def clear_destination(ticket: Ticket, downloads: Path) -> None:
        """The folder that was ours alone is gone from slskd's downloads."""
        place = (downloads / ticket.destination).resolve()
        if place.is_relative_to((downloads / "spotizer").resolve()) and place.name:
            shutil.rmtree(place, ignore_errors=True)
            with suppress(OSError):  # not empty, or not there
                place.parent.rmdir()

    def _path(self, ticket: Ticket) -> Path:
        key = sha256(f"{ticket.username}\0{ticket.filename}\0{ticket.destination}".encode()).hexdigest()[:32]
        return self.folder / f"{key}.json"
