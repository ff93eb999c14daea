"""Free-text search as the services do it: loose, ranked, and willing to return what only half fits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
CJK = "[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]"
WORD = re.compile(rf"{CJK}|(?:(?!{CJK})\w)+")


def fold(text: str) -> str:
    """Lower case without accents, so that ``solveig yr`` finds ``Sólveig Ýr``."""
    text = unicodedata.normalize("NFKD", text.casefold().replace("ø", "o").replace("æ", "ae").replace("ß", "ss"))
    return "".join(char for char in text if not unicodedata.combining(char))


def words(text: str) -> list[str]:
    """The words of ``text``; scripts without spaces give their characters."""
    return WORD.findall(fold(text))


class Index(Generic[Item]):
    """Finds items by the words of three texts: its own name, its makers, and what it is on."""

    def __init__(
        self,
        items: Sequence[Item],
        texts: Callable[[Item], tuple[str, str, str]],
        *,
        weight: Callable[[Item], int] | None = None,
    ) -> None:
        self._items = items
        self._weight = weight or (lambda item: 0)
        self._folded: list[tuple[str, str]] = []
        self._names: list[frozenset[str]] = []
        self._places: dict[str, dict[int, int]] = {}  # word -> place of item -> points
        for place, item in enumerate(items):
            name, makers, album = texts(item)
            self._folded.append((fold(name), fold(makers)))
            self._names.append(frozenset(words(name)))
            for text, points in ((album, 1), (makers, 3), (name, 4)):
                for word in words(text):
                    self._places.setdefault(word, {})[place] = points

    def find(self, query: str, *, share: float = 0.6) -> list[Item]:
        """Items that hold at least ``share`` of the query's words, best first. Symbols alone match names literally."""
        asked = list(dict.fromkeys(words(query)))
        if not asked:
            plain = fold(query).strip()
            return [
                item
                for item, (name, maker) in zip(self._items, self._folded, strict=True)
                if plain and plain in (name, maker)
            ]
        hits: dict[int, list[int]] = {}
        for number, word in enumerate(asked):
            for place, points in self._word(word, is_last=number == len(asked) - 1).items():
                hits.setdefault(place, []).append(points)
        whole = fold(query).strip()
        least = max(1.0, share * len(asked))
        ranked = [
            (
                -(len(points) * 10 + sum(points) + self._bonus(place, whole, set(asked))),
                -self._weight(self._items[place]),
                place,
            )
            for place, points in hits.items()
            if len(points) >= least
        ]
        return [self._items[place] for *_, place in sorted(ranked)]

    def _word(self, word: str, *, is_last: bool) -> dict[int, int]:
        exact = self._places.get(word, {})
        if exact or not is_last or len(word) < 3:
            return exact
        found: dict[int, int] = {}  # what is being typed: the start of a word
        for known, places in self._places.items():
            if known.startswith(word):
                found.update(places)
        return found

    def _bonus(self, place: int, whole: str, asked: set[str]) -> int:
        """Points for a name that was asked for whole, and for one with nothing beside what was asked."""
        name, makers = self._folded[place]
        if whole == name:
            return 8
        if whole in (f"{makers} {name}", f"{name} {makers}"):
            return 12
        return 6 if self._names[place] and self._names[place] <= asked else 0
