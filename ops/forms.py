"""The settings of one tab as a form. The check that says what is wrong is that of the command and the import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from core.text import whole_number
from ops.models import SettingChange
from ops.selectors.settings import Standing, latest_changes, standing
from ops.selectors.tabs import sections_of
from ops.settings import kinds_of, stored
from ops.settings.kinds import Address, Boolean, Bounded, Choice, Code, Kind, Phrases, Secret, SomeOf, Template, Text

NONE_TICKED = "none"  # is no value of any list of choices, so it is refused with what there is


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Field:
    """One setting as it is shown. ``value`` is what stands in the control, ``was`` what stood there at first."""

    kind: Kind[Any]
    state: Standing
    value: str
    was: str
    error: str
    changed: SettingChange | None
    names: list[str] = field(default_factory=list)  # that a template gives

    @property
    def key(self) -> str:
        return self.kind.key

    @property
    def control(self) -> str:
        """Which of the template's controls it is."""
        match self.kind:
            case Boolean():
                return "switch"
            case Choice():
                return "choice"
            case SomeOf():
                return "ticks"
            case Secret():
                return "secret"
            case Template():
                return "template"
            case Phrases():
                return "area"
            case _:
                return "line"

    @property
    def input_mode(self) -> str:
        match self.kind:
            case Bounded(what="a whole number"):
                return "numeric"
            case Address():
                return "url"
            case _:
                return "text"

    @property
    def is_short(self) -> bool:
        return isinstance(self.kind, Bounded | Code)

    @property
    def is_on(self) -> bool:
        return self.value == "yes"

    @property
    def options(self) -> list[Option]:
        chosen = self.value.split()
        if not isinstance(self.kind, Choice | SomeOf):
            return []
        return [Option(value, label, value in chosen) for value, label in self.kind.choices.items()]

    @property
    def default_words(self) -> str:
        """The default as people read it."""
        text = self.state.default
        match self.kind:
            case Choice():
                return self.kind.choices.get(text, text)
            case SomeOf() if set(text.split()) == self.kind.choices.keys():
                return "all"
            case SomeOf():
                return ", ".join(self.kind.choices.get(name, name) for name in text.split())
        return text or "none"

    @property
    def expects(self) -> str:
        """What has to be written, where the control does not show it."""
        if isinstance(self.kind, Boolean | Choice | SomeOf | Text):
            return ""
        return f"{self.kind.expected[:1].upper()}{self.kind.expected[1:]}."


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    fields: list[Field]


class SettingsForm:
    """The settings of ``tab``, with what a person wrote where there is ``data``. ``leave_out``: shown elsewhere."""

    def __init__(self, tab: str, data: QueryDict | None = None, *, leave_out: frozenset[str] = frozenset()) -> None:
        self.data = data
        self.errors: dict[str, str] = {}
        self.is_overtaken = False
        self._kinds = {
            section.TITLE: [kind for kind in kinds_of(section) if kind.name not in leave_out]
            for section in sections_of(tab)
        }

    @property
    def seen(self) -> int:
        """The version of the settings that the person saw. What is no number counts as the oldest."""
        return whole_number(self.data.get("version", "") if self.data is not None else "") or 0

    @property
    def version(self) -> int:
        """The version whose values the person has seen once the form is on the screen."""
        return stored.current().version if self.data is None or self.is_overtaken else self.seen

    @property
    def wishes(self) -> dict[str, str]:
        """The texts that were changed, by name."""
        kinds = [kind for kinds in self._kinds.values() for kind in kinds]
        return {kind.name: text for kind in kinds if (text := self._wish(kind)) is not None}

    @property
    def groups(self) -> list[Group]:
        """The sections with their fields; what holds none is left out."""
        changed = latest_changes()
        return [
            Group(title, [self._field(kind, changed) for kind in kinds])
            for title, kinds in self._kinds.items()
            if kinds
        ]

    def _wish(self, kind: Kind[Any]) -> str | None:
        """What the person wants the setting to be; None where they left it as it was."""
        if self.data is None or standing(kind).is_locked or f"was-{kind.key}" not in self.data:
            return None
        if kind.is_secret:
            forget = "" if f"forget-{kind.key}" in self.data else None
            return self.data.get(kind.key, "").strip() or forget
        text = written(kind, self.data)
        return None if text == self.data.get(f"was-{kind.key}") else text

    def _field(self, kind: Kind[Any], changed: Mapping[str, SettingChange]) -> Field:
        state = standing(kind)
        value = was = state.text
        if self.data is not None and (wish := self._wish(kind)) is not None and not kind.is_secret:
            value = wish
            if not self.is_overtaken:
                was = self.data.get(f"was-{kind.key}", "")
        return Field(kind, state, value, was, self.errors.get(kind.name, ""), changed.get(kind.key))


def written(kind: Kind[Any], data: QueryDict) -> str:
    """What a person put into the control of the setting."""
    match kind:
        case Boolean():
            return "yes" if kind.key in data else "no"
        case SomeOf():
            return " ".join(data.getlist(kind.key)) or NONE_TICKED
    return data.get(kind.key, "").strip()
