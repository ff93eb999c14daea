"""A title taken apart where its writer set a sign: dashes, bars, brackets, quotes."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from catalog.matching.text import cut, in_latin, is_other_script, plain, words

_SPLIT = re.compile(r'([()\[\]{}])|\s+-+|-+\s+|\s*(?:\||//)\s*|\s+[~/*_]+\s+|:\s+|"')
_TAG = re.compile(r"(?<!\S)#([^\W\d]\w*)")
_INCHES = re.compile(r'\b(7|10|12)"')
_FROM_FILM = re.compile(r'\bfrom\s+"([^"]+)"')
_FEATURED = re.compile(r"^(?:feat|with|w|mit|con|avec|prod|produced)\s+(?:by\s+)?(?P<names>.+)$")
_FEATURED_INSIDE = re.compile(r"\s+feat\s+(?P<names>.+)$")


@dataclass(frozen=True, slots=True)
class Segment:
    """One folded piece, whether it stood in brackets, and whether it was written in another script than Latin."""

    text: str
    is_bracket: bool = False
    is_foreign: bool = False
    is_tag: bool = False  # a word that only files the upload: #newmusic


@dataclass(frozen=True, slots=True)
class Pieces:
    """A title's pieces in order, and the names that it features."""

    segments: tuple[Segment, ...]
    featured: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def take_apart(text: str) -> Pieces:
    """The pieces of ``text``; pieces that only name featured artists become ``featured``."""
    text = cut(text)
    segments: list[Segment] = []
    featured: list[str] = []
    depth = 0
    told = _FROM_FILM.sub(r"from \1", _INCHES.sub(r"\1 inch", plain(text)))
    if "#" in told:
        told = _TAG.sub(r" | #\1 | ", told)
    for part in _SPLIT.split(told):
        if not part:
            continue
        if part in "([{":
            depth += 1
        elif part in ")]}":
            depth = max(0, depth - 1)
        else:
            piece = Segment(words(in_latin(part)), depth > 0, is_other_script(part), bool(_TAG.match(part.strip())))
            _add(piece, segments, featured)
    if not segments and not featured and text.strip():
        segments.append(Segment("".join(plain(text).split()) or text.strip()))  # a title of signs alone: ÷, ...
    return Pieces(tuple(segments), tuple(featured))


def _add(piece: Segment, segments: list[Segment], featured: list[str]) -> None:
    text = piece.text
    named = _FEATURED.match(text) if piece.is_bracket or text.startswith("feat ") else _FEATURED_INSIDE.search(text)
    if named:
        featured.append(named["names"])
        text = "" if piece.is_bracket else text[: named.start()].strip()
    if text:
        segments.append(replace(piece, text=text) if named else piece)
