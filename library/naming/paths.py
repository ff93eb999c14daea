"""A track's place in the library folder."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from library.naming.safe import PART_BYTES, TOTAL_BYTES, legible, safe_part
from library.naming.template import DISC_NAMES, TOKEN, Values, names_in, render
from providers.base import TrackInfo

MOST_PARTS = 10
LEAST_BYTES = 40  # a part is not shortened below this for the sake of the whole


def relative_path(
    template: str,
    info: TrackInfo,
    *,
    extension: str,
    album_artists: Sequence[str] = (),
    extra: Mapping[str, str] | None = None,
) -> PurePosixPath:
    """Where ``info`` belongs, relative to the library; safe on every file system and never outside it.

    Folders without a value are left out, so a track without an album is ``Artist/Title``. ``extra`` gives further
    placeholders by name.
    """
    if not re.fullmatch(r"[a-z0-9]{1,10}", extension):
        raise ValueError(f"not an extension: {extension!r}")
    values = Values(info, extension, album_artists, extra or {}, bool(DISC_NAMES & set(names_in(template))))
    parts = [part for part in _split(template) if part.strip()] or ["{Title}"]
    folders = [text for part in parts[:-1][: MOST_PARTS - 1] if (text := _folder(part, values))]
    stem = render(parts[-1], values)[0]
    if stem.lower().endswith(f".{extension}"):
        stem = stem[: -len(extension) - 1]
    stem = stem if safe_part(stem) else legible(info.title)
    stem = stem if safe_part(stem) else "Unknown Title"
    return _within_total([*folders, stem], extension)


def _split(template: str) -> list[str]:
    """The parts between slashes; a slash inside a placeholder's fallback words parts nothing."""
    masked = TOKEN.sub(lambda match: "x" * len(match[0]), template)
    parts, start = [], 0
    for match in re.finditer(r"[/\\]", masked):
        parts.append(template[start : match.start()])
        start = match.end()
    return [*parts, template[start:]]


def _folder(part: str, values: Values) -> str:
    """The folder's text, empty where it has nothing to say: no value, or only dots."""
    text, says_something = render(part, values)
    if not says_something or (not TOKEN.search(part) and not text.strip(". ")):
        return ""
    return text if safe_part(text) else ""


def _within_total(texts: list[str], extension: str) -> PurePosixPath:
    """The parts made safe; the longest give way until the whole is short enough."""
    limit = PART_BYTES
    while True:
        names = [safe_part(text, limit=limit) for text in texts[:-1]]
        names.append(safe_part(texts[-1], extension=extension, limit=limit))
        path = PurePosixPath(*[name for name in names if name])
        if len(str(path).encode()) <= TOTAL_BYTES or limit <= LEAST_BYTES:
            return path
        limit -= 20
