"""How the engine stands: what is in use, how old it is, and what came of the last try to renew it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib import metadata

from downloads.services.updating.pointer import Pointer, engine_folder, read_pointer
from ops.settings import in_force

OLD_DAYS = 60
PROJECTS = ("yt-dlp", "yt-dlp-ejs", "ytmusicapi")


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """``versions`` by project, as in use. ``is_own``: a newer set than the installed one is in force."""

    versions: dict[str, str]
    is_own: bool
    age_days: int
    may_update: bool
    can_roll_back: bool
    tried_at: str
    message: str

    @property
    def is_old(self) -> bool:
        return self.age_days > OLD_DAYS


def installed_versions() -> dict[str, str]:
    """What Spotizer is installed with, whatever is in use."""
    return {project: metadata.version(project) for project in PROJECTS}


def engine_status(today: date | None = None) -> EngineStatus:
    pointer = read_pointer()
    is_own = bool(engine_folder())
    versions = pointer.versions if is_own else installed_versions()
    return EngineStatus(
        versions=versions,
        is_own=is_own,
        age_days=_age_days(versions["yt-dlp"], today or datetime.now(UTC).date()),
        may_update=in_force.ENGINE_UPDATE,
        can_roll_back=in_force.ENGINE_UPDATE and _has_way_back(pointer),
        tried_at=pointer.tried_at,
        message=pointer.message,
    )


def _has_way_back(pointer: Pointer) -> bool:
    return bool(pointer.current)


def _age_days(version: str, today: date) -> int:
    """yt-dlp's version is the day of its release."""
    try:
        year, month, day = (int(part) for part in re.findall(r"\d+", version)[:3])
        return max(0, (today - date(year, month, day)).days)
    except ValueError:
        return 0
