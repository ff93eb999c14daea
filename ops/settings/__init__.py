"""The settings that can be changed while Spotizer runs: what there are, and what is in force.

``in_force.MATCH_THRESHOLD`` is the environment's value where it has one, else the one that was stored by page or
command, else the default. What decides where Spotizer's data lies or who may enter stays in Django's settings alone.
"""

from __future__ import annotations

from typing import Any

from ops.settings.kinds import Kind
from ops.settings.table import files, general, matching, metadata, quality, sources
from ops.settings.table.section import Section

SECTIONS: tuple[type[Section], ...] = (
    general.Searching,
    general.Queue,
    general.People,
    general.Retries,
    sources.Order,
    sources.Slskd,
    sources.Pace,
    sources.Engine,
    quality.Format,
    quality.Taken,
    quality.Steps,
    files.Names,
    files.Beside,
    files.Safety,
    matching.Matching,
    metadata.Metadata,
)


class Settings(
    general.Searching,
    general.Queue,
    general.People,
    general.Retries,
    sources.Order,
    sources.Slskd,
    sources.Pace,
    sources.Engine,
    quality.Format,
    quality.Taken,
    quality.Steps,
    files.Names,
    files.Beside,
    files.Safety,
    matching.Matching,
    metadata.Metadata,
):
    """All of them; as attributes of ``in_force`` the values in force."""


def kinds_of(section: type[Section]) -> list[Kind[Any]]:
    """The settings of the section in the order in which it shows them."""
    return [kind for kind in vars(section).values() if isinstance(kind, Kind)]


KINDS: dict[str, Kind[Any]] = {kind.name: kind for section in SECTIONS for kind in kinds_of(section)}
in_force = Settings()
