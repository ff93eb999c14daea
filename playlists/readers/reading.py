"""Which kind of list it is, and its lines."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PureWindowsPath

from core.errors import UserError
from core.text import plural
from playlists.readers.account import read_json
from playlists.readers.decoding import decode
from playlists.readers.m3u import is_m3u, read_m3u
from playlists.readers.tables import find_shape, read_table
from playlists.readers.text import read_text
from playlists.readers.values import LARGEST_FILE, LARGEST_PASTE, ReadList, tidy

_NAMED_SO = re.compile(r"\.(?:csv|tsv|txt|m3u8?|json)$", re.IGNORECASE)


def read_list(data: bytes | str, *, name: str = "") -> list[ReadList]:
    """The lists that a file (bytes) or a paste (text) holds: one, or all of an account's export.

    ``name`` is the file's, and titles a list that has no title of its own.
    Raises UserError for what is too large, no text, broken JSON, or has no line that says anything.
    """
    check_size(len(data), is_paste=isinstance(data, str))
    text, encoding = (data, "") if isinstance(data, str) else decode(data)
    text = text.removeprefix("\ufeff")
    title = _NAMED_SO.sub("", PureWindowsPath(tidy(name)).name)
    lists = [
        replace(found, title=found.title or title, encoding=encoding)
        for found in _lists(text, is_json=name.lower().endswith(".json"))
        if found.lines or found.unread
    ]
    if not lists:
        raise UserError("There is nothing in this list.", remedy="Write one track a line: Artist – Title.")
    return lists


def check_size(size: int, *, is_paste: bool) -> None:
    """Raise UserError where a list of so many bytes is not read; a file's size is known before it is opened."""
    most = LARGEST_PASTE if is_paste else LARGEST_FILE
    if size > most:
        what = "a paste" if is_paste else "a file"
        remedy = "Give it as a file." if is_paste else "Give it in parts."
        raise UserError(f"This is too much for {what}: at most {plural(most // 1_000_000, 'megabyte')}.", remedy=remedy)


def _lists(text: str, *, is_json: bool) -> list[ReadList]:
    start = text[:200].lstrip()
    if is_json or start.startswith("{") or re.match(r"\[\s*[{\]]", start):
        return read_json(text)
    if is_m3u(text):
        return [read_m3u(text)]
    shape = find_shape(text)
    return [read_text(text) if shape is None else read_table(text, shape)]
