"""The settings as pages and commands show them: where each value comes from, and who changed what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Max

from ops.models import SettingChange
from ops.settings import KINDS, stored
from ops.settings.kinds import Kind


@dataclass(frozen=True, slots=True)
class Standing:
    """How one setting stands. ``text`` is what is in force, ``default`` what would be without it; both are empty for a
    secret.
    """

    kind: Kind[Any]
    text: str
    default: str
    is_locked: bool
    is_stored: bool
    has_value: bool

    @property
    def where(self) -> str:
        """Where the value comes from: the variable that locks it, ``set here`` or ``default``."""
        if self.is_locked:
            return self.kind.variable
        return "set here" if self.is_stored else "default"


def find(word: str) -> Kind[Any] | None:
    """The setting by its key, or by its variable."""
    name = word.strip().replace("-", "_").upper()
    return KINDS.get(name) or next((kind for kind in KINDS.values() if kind.variable == name), None)


def standing(kind: Kind[Any]) -> Standing:
    """How ``kind`` stands now."""
    value, is_locked = stored.value_of(kind.name), is_set_by_environment(kind)
    default = kind.default if is_locked else stored.at_start(kind.name)
    return Standing(
        kind,
        text="" if kind.is_secret else kind.write(value),
        default="" if kind.is_secret else kind.write(default),
        is_locked=is_locked,
        is_stored=not is_locked and kind.name in stored.current().texts,
        has_value=bool(value),
    )


def is_set_by_environment(kind: Kind[Any]) -> bool:
    """Whether the environment has the value, so that nothing else can change it."""
    return kind.name in settings.SET_BY_ENVIRONMENT


def stored_texts() -> dict[str, str]:
    """What is stored, by key, without secrets: what an export holds."""
    texts = stored.current().texts
    return {kind.key: texts[name] for name, kind in KINDS.items() if name in texts and not kind.is_secret}


def latest_changes() -> dict[str, SettingChange]:
    """The newest change of each setting that was ever changed, by its key."""
    newest = SettingChange.objects.values("key").annotate(newest=Max("pk")).values("newest")
    return {change.key: change for change in SettingChange.objects.select_related("by").filter(pk__in=newest)}


def changes(*, key: str = "", before: int | None = None, count: int = 50) -> list[SettingChange]:
    """The newest changes, of one setting or of all; ``before``: older than that one."""
    rows = SettingChange.objects.select_related("by").order_by("-pk")
    if key:
        rows = rows.filter(key=key)
    return list((rows if before is None else rows.filter(pk__lt=before))[:count])
