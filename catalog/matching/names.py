"""Artists' names compared: lists, aliases in spelling, channels."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import fuzz

from catalog.matching.text import compact, cut, fold

_CHANNEL_WORDS = re.compile(
    r"(?: topic| official| oficial| vevo| music| band| tv| channel| records| official artist channel)+$"
)
_VEVO = re.compile(r"(?<=\w)vevo$")
_LIST = re.compile(
    r"\s*(?:,|;|/|\||\bfeat\.?\b|\bft\.?\b|\bfeaturing\b|\bwith\b|\bpres\.?\b|\bvs\.?\b|\s[x×]\s)\s*", re.IGNORECASE
)
_PAIR = re.compile(r" and ")
_SAME = 88  # of 100: one letter in eight may differ
_SAME_SHORT = 6  # shorter names must be the same to the letter


@lru_cache(maxsize=8192)
def name_key(name: str) -> str:
    """A folded name without its article and what channels append."""
    key = fold(cut(name))
    key = _VEVO.sub("", _CHANNEL_WORDS.sub("", key)).strip() or key
    return key.removeprefix("the ") or key


@lru_cache(maxsize=8192)
def split_names(text: str) -> tuple[str, ...]:
    """The keys of the names in a written list, longest reading first: the whole, its parts, the parts of pairs."""
    text = cut(text)
    keys: dict[str, None] = {}
    for part in (text, *_LIST.split(text)):
        key = name_key(part)
        if key:
            keys[key] = None
            if " and " in key:
                keys.update(dict.fromkeys(name_key(half) for half in _PAIR.split(key) if half))
    return tuple(keys)


@lru_cache(maxsize=16384)
def same_name(one: str, other: str) -> bool:
    """Whether two keys name the same artist, give or take a letter or how words are joined."""
    if one == other:
        return True
    one_joined, other_joined = compact(one), compact(other)
    if one_joined == other_joined:
        return True
    if min(len(one_joined), len(other_joined)) < _SAME_SHORT:
        return False
    return bool(fuzz.ratio(one_joined, other_joined) >= _SAME or fuzz.token_sort_ratio(one, other) >= _SAME)


def any_same(names: Iterable[str], others: Iterable[str]) -> str:
    """The first of ``names`` that is also one of ``others``, or empty."""
    others = tuple(others)
    return next((name for name in names if any(same_name(name, other) for other in others)), "")
