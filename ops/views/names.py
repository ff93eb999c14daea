"""What a name template gives, shown on real tracks while it is typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.errors import UserError
from library.naming import EXAMPLES, PLACEHOLDERS, show_names
from library.selectors.naming import example_tracks
from ops.settings import in_force
from ops.settings.kinds import Kind


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A placeholder as it is written, and what it gives for an invented track; empty where that has none."""

    text: str
    gives: str


def names_of(kind: Kind[Any], text: str) -> list[str]:
    """The names that the template gives for three tracks; none where it is no good. Without text: what is used then."""
    template = text or str(kind.default) or in_force.NAME_TEMPLATE
    try:
        return show_names(template, example_tracks())
    except UserError:
        return []


def placeholders() -> list[Placeholder]:
    """All that there are."""
    found = []
    for name in PLACEHOLDERS:
        text = f"{{{name}}}"
        [path] = show_names(f"{text}/{{Title}}", EXAMPLES[:1])  # a folder without a value is left out
        found.append(Placeholder(text, path.rpartition("/")[0]))
    return found
