"""Writes the README's table of the settings that can be changed while Spotizer runs, out of what they say."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ops.settings import KINDS  # noqa: E402
from ops.settings.kinds import Boolean, Kind, Secret, Text  # noqa: E402

BEGIN, END = "<!-- made by scripts/settings_table.py -->\n", "<!-- end -->\n"
HEAD = ["| Key | Variable | Default | What it does |", "| --- | --- | --- | --- |"]


def table() -> str:
    """The lines of the table."""
    return "".join(f"{line}\n" for line in [*HEAD, *map(_row, KINDS.values())])


def _row(kind: Kind[Any]) -> str:
    default = kind.write(kind.default)
    cells = [
        f"`{kind.key}`",
        f"`{kind.variable}`{' ¹' if kind.is_secret else ''}",
        f"`{default}`" if default else "",
        f"{kind.words.label}: {kind.words.help}{_form(kind)}",
    ]
    return f"| {' | '.join(cells)} |".replace("|  |", "| |")


def _form(kind: Kind[Any]) -> str:
    if isinstance(kind, Boolean | Text | Secret):
        return ""
    unit = f", {kind.words.unit}" if kind.words.unit else ""
    return f" {kind.expected[:1].upper()}{kind.expected[1:]}{unit}."


def with_table(readme: str) -> str:
    """The README with the table as it should be."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{table()}{END}{after}"


if __name__ == "__main__":
    path = ROOT / "README.md"
    path.write_text(with_table(path.read_text("utf-8")), "utf-8")
