"""Listeners' tags as genres: only words of the list are taken, in its spelling. The list is ``genres.txt``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Protocol

from catalog.matching.text import fold

LIST = Path(__file__).with_name("genres.txt")
LEAST_COUNT = 10  # of 100: what fewer listeners say is mostly about something else
MOST = 5


class TagLike(Protocol):
    """A word, and how many listeners use it against the most used one, from 0 to 100."""

    @property
    def name(self) -> str: ...
    @property
    def count(self) -> int: ...


@cache
def own_list() -> Mapping[str, str]:
    """The spelling of each genre of our list, by its plain form."""
    return _read(LIST.read_text("utf-8").splitlines())


def known_genres(more: Iterable[str] = ()) -> Mapping[str, str]:
    """The same with those of a household added; ``Schlager = Deutscher Schlager`` gives another spelling."""
    return {**own_list(), **_read(more)}


def genres_among(tags: Iterable[TagLike], *, more: Iterable[str] = ()) -> list[str]:
    """The genres among ``tags``, the most used first, each once; at most five."""
    known = known_genres(more)
    found: dict[str, None] = {}
    for tag in sorted(tags, key=lambda one: -one.count):
        genre = known.get(fold(tag.name)) or known.get(fold(tag.name).replace(" ", ""))
        if genre and tag.count >= LEAST_COUNT:
            found[genre] = None
    return list(found)[:MOST]


def _read(lines: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines:
        name, _, others = line.partition("=")
        genre = " ".join(name.split())
        if genre and not genre.startswith("#"):
            found |= {fold(form): genre for form in (genre, *others.split(",")) if fold(form)}
    return found
