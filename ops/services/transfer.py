"""Stored settings as a file: written here, taken in elsewhere, all of it or nothing."""

from __future__ import annotations

import json

from core.errors import UserError
from ops.models import SettingChange
from ops.selectors.settings import find, is_set_by_environment, stored_texts
from ops.services.changes import Way, change
from ops.settings import KINDS

FORMAT = "spotizer-settings"
LARGEST = 1_000_000  # bytes; a file of all settings has some thousands
REMEDY = "Give a file that manage.py settings export or the page Backup wrote."


def export_text() -> str:
    """What is stored, without secrets, as JSON."""
    return json.dumps({"format": FORMAT, "settings": stored_texts()}, indent=2, ensure_ascii=False) + "\n"


def take_in(content: str, *, is_exact: bool = False, by_id: int | None = None) -> tuple[list[SettingChange], list[str]]:
    """What the export holds is stored; what changed, and the names of what the environment keeps as it is.

    ``is_exact``: all other settings but secrets have their defaults then. Raises UserError, and then nothing is stored.
    """
    wishes = _wishes(content)
    if is_exact:
        wishes = {name: "" for name, kind in KINDS.items() if not kind.is_secret} | wishes
    kept = [name for name in wishes if is_set_by_environment(KINDS[name])]
    free = {name: text for name, text in wishes.items() if name not in kept}
    return change(free, way=Way.IMPORT, by_id=by_id), kept


def _wishes(content: str) -> dict[str, str]:
    """Texts by name. Raises UserError for what no export is."""
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        raise UserError("This is not JSON.", remedy=REMEDY) from None
    if not isinstance(data, dict) or data.get("format") != FORMAT or not isinstance(data.get("settings"), dict):
        raise UserError("This is no export of settings.", remedy=REMEDY)
    wishes = {}
    for key, value in data["settings"].items():
        kind = find(key)
        if kind is None:
            raise UserError(f"There is no setting “{key[:60]}”.", remedy="It may be of a newer Spotizer: take it out.")
        if not isinstance(value, str):
            said = json.dumps(value)[:60]
            raise UserError(f"{key} is {said}.", remedy="Write values as texts, as an export does.")
        wishes[kind.name] = value
    return wishes
