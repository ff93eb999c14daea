"""Texts made comparable: case, width, marks, script, punctuation and the ways in which numbers are written."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from catalog.matching.scripts import set_markers_apart, to_latin

_DASHES = "‐‑‒–—―−﹘﹣－"
_SIGNS = str.maketrans(
    {
        **dict.fromkeys(_DASHES, "-"),
        **dict.fromkeys("’‘‛´`ʼʻ′", "'"),
        **dict.fromkeys("“”„‟«»″「」『』《》〈〉", '"'),
        **dict.fromkeys("【〔〖", "["),
        **dict.fromkeys("】〕〗", "]"),
        **dict.fromkeys("∕⁄", "/"),
        **dict.fromkeys("•●★☆♪♫►▶¦‖～", "|"),
    }
)
_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0610-\u061a\u064b-\u065f\u0670\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe0e\ufe0f]"
)
_INITIALS = re.compile(r"\b\w(?:\.\w\b)+\.?")
_MOVEMENT = re.compile(r"\b([ivx])\.(?=\s)")  # I. Allegro; longer numerals are read wherever they stand
# Scripts from Devanagari to Sinhala, Thai to Burmese and Khmer write vowels as marks, which are no letters to re.
_GAPS = re.compile(r"(?:[^\w\u0900-\u0dff\u0e00-\u109f\u1780-\u17ff]|_)+")
_LONGEST = 500
_NOT_LATIN = re.compile("[\u0370-\u1dff\u2e80-\ud7ff\uf900-\ufaff]")
_IN_WORD = {"$": "s", "!": "i", "@": "a"}
_SIGN_IN_WORD = re.compile(r"(?<=\w)[$!@](?=\w)|(?<!\w)\$(?=\w)")

_SPACED_LETTERS = re.compile(r"(?<!\S)(?:[^\W\d] ){3,}[^\W\d](?!\S)")  # s l o w e d
_ALIASES = {
    "n": "and",
    "number": "no",
    "nr": "no",
    "pt": "part",
    "pts": "part",
    "parts": "part",
    "parte": "part",
    "vol": "volume",
    "ch": "chapter",
    "ft": "feat",
    "featuring": "feat",
    "vs": "versus",
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "vi": "6",
    "vii": "7",
    "viii": "8",
    "ix": "9",
    "xi": "11",
    "xii": "12",
    "xiii": "13",
}
_COUNTED = frozenset({"part", "volume", "chapter", "act", "no", "opus", "book", "side", "disc"})
_AFTER_COUNTED = {"i": "1", "v": "5", "x": "10"} | {
    word: str(number) for number, word in enumerate("one two three four five six seven eight nine ten".split(), start=1)
}


def cut(text: str) -> str:
    """``text``, or its beginning where it is longer than any title is: what comes after is not read."""
    return text[:_LONGEST]


def plain(text: str) -> str:
    """``text`` in one case and width, without marks; its script stays, its punctuation is written in one way."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKC", text).translate(_SIGNS).casefold()
    return unicodedata.normalize("NFKC", _MARKS.sub("", unicodedata.normalize("NFD", text)))


def clean(text: str) -> str:
    """``text`` in one case, width and script, without marks; its punctuation stays, written in one way."""
    return in_latin(plain(text))


def in_latin(text: str) -> str:
    """Plain text in Latin letters, where its script can be written in them."""
    if not text.isascii():
        text = to_latin(set_markers_apart(text))
    if "." in text:
        text = _INITIALS.sub(lambda match: match[0].replace(".", ""), text)
        text = _MOVEMENT.sub(lambda match: _AFTER_COUNTED[match[1]] + ".", text)
    return text


def words(cleaned: str) -> str:
    """The words of a cleaned text, one space between them, with one spelling for what is written in several ways."""
    text = cleaned.replace("'", "").replace("&", " and ").replace("+", " and ").replace(" @ ", " at ")
    if "$" in text or "!" in text or "@" in text:
        text = _SIGN_IN_WORD.sub(lambda match: _IN_WORD[match[0]], text)
    text = _GAPS.sub(" ", text).strip()
    if _SPACED_LETTERS.search(text):
        text = _SPACED_LETTERS.sub(lambda match: match[0].replace(" ", ""), text)
    tokens = text.split()
    spelled: list[str] = []
    before = ""
    for token in tokens:
        token = _ALIASES.get(token, token)
        if before in _COUNTED:
            token = _AFTER_COUNTED.get(token, token)
        spelled.append(token)
        before = token
    return " ".join(spelled)


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """``text`` as it is compared: words only. Folding twice changes nothing; any text can be folded."""
    return words(clean(text))


def is_other_script(text: str) -> bool:
    """Whether it has letters that are not Latin."""
    return not text.isascii() and bool(_NOT_LATIN.search(text))


@lru_cache(maxsize=16384)
def compact(folded: str) -> str:
    """Folded text without its gaps, for names that are written together or apart."""
    return folded.replace(" ", "")


def numbers(folded: str) -> list[str]:
    """The numbers of a folded text in order, without leading zeros."""
    return [token.lstrip("0") or "0" for token in folded.split() if token.isdigit()]
