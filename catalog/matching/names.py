"""Artists' names compared: lists, aliases in spelling, channels."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
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


_JOINS_NAMES = frozenset("and feat ft featuring x with w vs versus the by presents pres aka s".split())
_LAST_WORD = re.compile(r"\w+$")
_FIRST_WORD = re.compile(r"\w+")


def stands_alone(name: str, text: str, *around: Container[str]) -> bool:
    """Whether a name of one word is a whole name in ``text`` (plain), not a part of a longer one.

    *Wren* is one in *Wren - Home* and *Home by Wren*, but not in *Wren Ellis - Home*. ``around`` hold words that may
    stand next to it. A name that does not stand there at all says nothing against it.
    """
    at = text.find(name)
    is_there = False
    while at >= 0:
        end = at + len(name)
        if not (text[at - 1 : at].isalnum() or text[end : end + 1].isalnum()):
            before, after = _LAST_WORD.search(text[:at].rstrip()), _FIRST_WORD.match(text[end:].lstrip())
            if _may_join(before, around) and _may_join(after, around):
                return True
            is_there = True
        at = text.find(name, end)
    return not is_there


def _may_join(match: re.Match[str] | None, around: tuple[Container[str], ...]) -> bool:
    """Whether what stands next to a name belongs to no name; None is a sign or the end."""
    if match is None:
        return True
    return match[0].isdigit() or match[0] in _JOINS_NAMES or any(match[0] in words for words in around)
