"""Whether two values say the same, and which of them says more."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from catalog.matching.names import name_key
from catalog.matching.segments import take_apart
from catalog.matching.text import fold
from catalog.metadata.fields import Shape

TOLERANCE_MS = 3000  # services round, and trim the silence at the end
COARSE_KINDS = {"album", "other"}  # what a service says that knows no live album and no compilation
_COMPANY_TAIL = re.compile(
    r"(?: (?:records?|recordings?|music|musik|entertainment|productions?|publishing|group|label|discs?|"
    r"inc|llc|ltd|limited|gmbh|as|ab|bv|co|company))+$"
)


def is_empty(value: Any) -> bool:
    """Whether it says nothing. False says something: known not to be explicit."""
    return value is None or value == "" or value == [] or (isinstance(value, str) and not value.strip())


def alike(shape: Shape, one: Any, other: Any) -> bool:
    """Whether both say the same, or the one only says less than the other."""
    if one == other:
        return True
    match shape:
        case Shape.LIST:
            return True
        case Shape.DURATION:
            return abs(int(one) - int(other)) <= TOLERANCE_MS
        case Shape.DATE:
            return str(one).startswith(str(other)) or str(other).startswith(str(one))
        case Shape.KIND:
            kinds = {one, other}
            return "other" in kinds or ("album" in kinds and not kinds & {"single", "ep"})
        case Shape.BARCODE:
            return str(one).lstrip("0") == str(other).lstrip("0")
        case Shape.FLAG:
            return False
        case Shape.WORD:
            return str(one).casefold() == str(other).casefold()
        case Shape.TITLE:
            return _titles_alike(str(one), str(other))
    return _plain(shape, str(one)) == _plain(shape, str(other))


def says_more(shape: Shape, one: Any, other: Any) -> bool:
    """Whether ``one`` says all that ``other`` does, and more. Both are alike."""
    match shape:
        case Shape.DATE:
            return len(str(one)) > len(str(other))
        case Shape.KIND:
            return other in COARSE_KINDS and one not in COARSE_KINDS
        case Shape.TITLE:
            return _asides(str(one)) > _asides(str(other))
    return False


def same_title(one: str, other: str) -> bool:
    """Whether both titles name the same thing in the same version: nothing is left out by one of them."""
    return _base(one) == _base(other) and _asides(one) == _asides(other)


def _titles_alike(one: str, other: str) -> bool:
    if _base(one) != _base(other):
        return False
    mine, theirs = _asides(one), _asides(other)
    return mine <= theirs or theirs <= mine


def _base(title: str) -> str:
    pieces = take_apart(title).segments
    return pieces[0].text if pieces else fold(title)


def _asides(title: str) -> frozenset[str]:
    """What stands in brackets or behind a dash, guests left out: versions and editions."""
    return frozenset(piece.text for piece in take_apart(title).segments[1:])


@lru_cache(maxsize=4096)
def _plain(shape: Shape, text: str) -> str:
    if shape is Shape.NAME:
        return name_key(text)
    folded = fold(text)
    return _COMPANY_TAIL.sub("", folded) if shape is Shape.COMPANY else folded
