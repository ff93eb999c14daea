"""Settings are changed here, whoever asks: all of a change or nothing, noting who did it, never over what is newer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from core.errors import UserError
from ops.models import Setting, SettingChange
from ops.selectors.settings import is_set_by_environment
from ops.services import live
from ops.services.secrets import encrypt
from ops.settings import KINDS, stored
from ops.settings.kinds import Kind

HIDDEN = "(hidden)"  # stands in the history where a secret is
Way = SettingChange.Way


class Refused(UserError):
    """Nothing was stored. ``errors`` says by name what is wrong."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        said = " ".join(f"{name.lower()}: {error}" for name, error in self.errors.items())
        super().__init__(said, remedy="Nothing was changed.")


class Overtaken(UserError):
    """Nothing was stored: others changed some of it meanwhile. ``newer`` are their changes."""

    def __init__(self, newer: list[SettingChange]) -> None:
        self.newer = newer
        labels = ", ".join(dict.fromkeys(f"“{KINDS[change.key.upper()].words.label}”" for change in newer))
        super().__init__(
            f"{labels}: changed meanwhile by {who(newer[-1])}. Nothing was saved.",
            remedy="Look at what is in force now, and save again if you still want to.",
        )


def problem(kind: Kind[Any], text: str) -> str:
    """What is wrong with ``text`` as the setting's value; empty where nothing is."""
    if is_set_by_environment(kind):
        return f"It is set by {kind.variable}: change it there, or take it out there."
    if not text:
        return ""
    try:
        kind.check(kind.parse(text))
    except ValueError:
        said = "That" if kind.is_secret else f"“{text}”"
        return f"{said} cannot be. Write {kind.expected}."
    except UserError as exc:
        return f"{exc.message} {exc.remedy}".strip()
    return ""


def change(
    wishes: Mapping[str, str], *, way: Way, by_id: int | None = None, seen: int | None = None
) -> list[SettingChange]:
    """The settings have these texts, by name; empty is the default. What really changed, maybe nothing.

    ``seen`` is the version whose values the person saw: what somebody else changed since is not overwritten unseen.
    Raises Refused or Overtaken, and then nothing is stored.
    """
    wishes = {name: text.strip() for name, text in wishes.items()}
    errors = {name: "There is no such setting." for name in wishes if name not in KINDS}
    errors |= {name: said for name, text in wishes.items() if name in KINDS and (said := problem(KINDS[name], text))}
    if errors:
        raise Refused(errors)
    with transaction.atomic():
        row = _held()
        texts: dict[str, str] = row.value["texts"]
        wishes = {name: text for name, text in wishes.items() if _is_new(KINDS[name], text, texts)}
        if seen is not None:
            _refuse_unseen(wishes, seen)
        if not wishes:
            return []
        row.value["version"] += 1
        rows = [
            SettingChange(
                version=row.value["version"], key=kind.key, way=way, by_id=by_id, **_take(kind, wishes[name], texts)
            )
            for name, kind in KINDS.items()
            if name in wishes
        ]
        row.save()
        changes = SettingChange.objects.bulk_create(rows)
        live.bump()
        stored.expect_change()
        transaction.on_commit(stored.expect_change)
    return changes


def who(changed: SettingChange) -> str:
    """Who made the change."""
    return str(changed.by) if changed.by else "the command line"


def _held() -> Setting:
    """The row of all stored settings, held until the transaction ends. Raises UserError where it means nothing: what
    cannot be read is not written over.
    """
    Setting.objects.bulk_create([Setting(key=stored.KEY, value=stored.EMPTY)], ignore_conflicts=True)
    row = Setting.objects.select_for_update().get(pk=stored.KEY)
    try:
        stored.parts_of(row.value)
    except ValueError:
        raise UserError(
            "The stored settings cannot be read, so nothing was written.",
            remedy=f"Mend or delete the row “{stored.KEY}” of the table {Setting._meta.db_table}.",
        ) from None
    return row


def _is_new(kind: Kind[Any], text: str, texts: Mapping[str, str]) -> bool:
    if kind.is_secret:
        return bool(text) or kind.name in texts
    return (kind.write(kind.parse(text)) if text else "") != texts.get(kind.name, "")


def _refuse_unseen(wishes: Mapping[str, str], seen: int) -> None:
    keys = [KINDS[name].key for name in wishes]
    newer = SettingChange.objects.select_related("by").filter(key__in=keys, version__gt=seen).order_by("pk")
    if found := list(newer):
        raise Overtaken(found)


def _take(kind: Kind[Any], text: str, texts: dict[str, str]) -> dict[str, str]:
    """Put the text among the stored ones; how the change is told."""
    old = texts.pop(kind.name, "")
    new = kind.write(kind.parse(text)) if text else ""
    if new:
        texts[kind.name] = encrypt(new).decode() if kind.is_secret else new
    if kind.is_secret:
        old, new = (HIDDEN if one else "" for one in (old, new))
    return {"old": old, "new": new}
