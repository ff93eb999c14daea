"""The tabs of the settings, and where a search finds one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ops.settings import SECTIONS, kinds_of
from ops.settings.kinds import Kind
from ops.settings.table.section import Section

TABS = {
    "general": "General",
    "sources": "Sources",
    "quality": "Quality",
    "files": "Files and names",
    "matching": "Matching",
    "backup": "Backup",
    "about": "About",
}


@dataclass(frozen=True, slots=True)
class Hit:
    """A setting that a search found, and where it is."""

    key: str
    label: str
    help: str
    tab: str
    tab_label: str
    section: str


def frame(tab: str, *, text: str = "") -> dict[str, object]:
    """The context of what stands around every page of the settings."""
    return {"nav": "settings", "view": "settings", "tab": tab, "tabs": TABS, "search_text": text}


def sections_of(tab: str) -> list[type[Section]]:
    """The sections of the tab in their order."""
    return [section for section in SECTIONS if tab == section.TAB]


def tab_of(kind: Kind[Any]) -> str:
    """The tab that shows the setting."""
    return next(section.TAB for section in SECTIONS if kind in kinds_of(section))


def hits(text: str) -> list[Hit]:
    """The settings that have every word of ``text`` somewhere: in their words, their key, their variable or the titles
    over them.
    """
    words = text.lower().replace("_", " ").split()
    found = []
    for section in SECTIONS:
        for kind in kinds_of(section):
            said = kind.words
            hay = f"{said.label} {said.help} {kind.key} {kind.variable} {section.TITLE} {TABS[section.TAB]}"
            if words and all(word in hay.lower().replace("_", " ") for word in words):
                found.append(Hit(kind.key, said.label, said.help, section.TAB, TABS[section.TAB], section.TITLE))
    return found
