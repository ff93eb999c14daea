"""The order of the sources, and which are on: one press at a time."""

from __future__ import annotations

from accounts.models import Person
from core.errors import UserError
from downloads.services.sources import LINKS, MAKERS
from downloads.services.terms import TERMS, read_terms
from ops.selectors.settings import is_set_by_environment
from ops.services.changes import Way, change
from ops.settings import Settings, in_force

ACTS = ("earlier", "later", "on", "off")


def arrange(act: str, name: str, *, by: Person | None = None, seen: int | None = None) -> str:
    """The source is asked one place earlier or later, or is on or off; in words. ``seen``: as for any setting.

    A person switches nothing on whose terms nobody has read. Raises UserError.
    """
    if act not in ACTS or name not in {*MAKERS, LINKS}:
        raise UserError("There is no such source or act.", remedy="Reload the page.")
    label = Settings.SOURCES.choices[name]
    is_new = act == "on" and name in TERMS and not is_set_by_environment(Settings.SOURCES)
    if is_new and by is not None and name not in read_terms():
        raise UserError(f"The terms of {label} come first.", remedy="Read them on its card, then switch it on there.")
    order = _arranged(act, name, list(in_force.SOURCES))
    if not order:
        raise UserError("One source at least has to stay on.", remedy="Switch another one on first.")
    way = Way.PAGE if by else Way.COMMAND
    change({"SOURCES": " ".join(order)}, way=way, by_id=by.pk if by else None, seen=seen)
    if name == LINKS:
        return f"{label} are {'taken' if LINKS in order else 'no longer taken'}."
    asked = [one for one in order if one != LINKS]
    return f"{label} is asked as number {asked.index(name) + 1}." if name in asked else f"{label} is off."


def _arranged(act: str, name: str, order: list[str]) -> list[str]:
    """The names as they stand after the act. Links have no place in the order; they stay last."""
    asked = [one for one in order if one != LINKS]
    links = [LINKS] if LINKS in order else []
    if name == LINKS:
        return [*asked, *([LINKS] if act == "on" else [] if act == "off" else links)]
    if act == "off":
        asked = [one for one in asked if one != name]
    elif act == "on" and name not in asked:
        asked.append(name)
    elif act in {"earlier", "later"} and name in asked:
        at = asked.index(name)
        to = max(0, min(len(asked) - 1, at + (1 if act == "later" else -1)))
        asked.insert(to, asked.pop(at))
    return [*asked, *links]
