"""What a change of a risky setting would do, said before it is saved."""

from __future__ import annotations

from typing import Any

from core.text import plural
from library.selectors.journal import bin_size
from library.selectors.owned import count_of_files
from ops.settings import Settings
from ops.settings.kinds import Kind


def effect_of(kind: Kind[Any], text: str) -> str:
    """What follows where the setting gets the value ``text``, which is a good one; empty where nothing special does."""
    effect = kind.words.effect
    if kind is Settings.BIN_DAYS:
        return _of_the_bin(int(text or kind.default))
    if kind is Settings.NAME_TEMPLATE and (files := count_of_files()):
        return f"{effect} {plural(files, 'file')} {'is' if files == 1 else 'are'} there now."
    return effect


def _of_the_bin(days: int) -> str:
    gone = bin_size(older_than_days=days) if days else None
    if gone is None or not gone.files:
        return ""
    are = "is" if gone.files == 1 else "are"
    return f"{plural(gone.files, 'file')} in the bin {are} older, and will be gone for good."
