"""Where the wanted title stands in another one: as a whole piece, as a run of words, or spelled nearly so."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

from catalog.matching.segments import Segment
from catalog.matching.text import compact, numbers
from catalog.matching.wanted import Form, Wanted
from catalog.matching.works import find_work

_SHORT_TITLE = 8  # characters; shorter ones are looked for as whole pieces only
_FUZZY = 82
_WORD_FUZZY = 72
_SAME_WORK = 0.97
_HAN = re.compile("[一-鿿]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a form of the title was found: the pieces it covers and what else stands in them."""

    form: Form
    ratio: float  # 1.0 is the same to the letter
    first: int
    last: int
    before: str = ""
    after: str = ""
    is_work: bool = False  # the work is the same, in other words

    @property
    def beside(self) -> str:
        return f"{self.before} {self.after}".strip()


def find_place(wanted: Wanted, segments: tuple[Segment, ...], text: str) -> Place | None:
    """The best place of the title: a whole piece, then a run of words, then something spelled nearly so."""
    padded = f" {text} "
    for form in wanted.forms:
        if f" {form.text} " in padded:
            for index, segment in enumerate(segments):
                if segment.text == form.text:
                    return Place(form, 1.0, index, index)
            return _place(form, 1.0, padded.index(f" {form.text} "), len(form.text), segments)
    return _find_nearly(wanted, segments, text) or _find_work(wanted, segments)


def _find_nearly(wanted: Wanted, segments: tuple[Segment, ...], text: str) -> Place | None:
    for form in wanted.forms:
        if len(form.text) >= _SHORT_TITLE:
            spot = fuzz.partial_ratio_alignment(form.text, text, score_cutoff=_FUZZY)
            if spot is not None and len(text) >= len(form.text) - 2:
                start = text.rfind(" ", 0, spot.dest_start + 1) + 1
                end = text.find(" ", max(spot.dest_end - 1, 0))
                end = len(text) if end < 0 else end
                ratio = _spelling(form.text, text[start:end])
                if ratio:
                    return _place(form, ratio, start, end - start, segments)
        for index, segment in enumerate(segments):
            ratio = _spelling(form.text, segment.text)
            if ratio:
                return Place(form, ratio, index, index)
    return None


def _find_work(wanted: Wanted, segments: tuple[Segment, ...]) -> Place | None:
    span = find_work(wanted.work, segments) if wanted.work else None
    return Place(wanted.forms[0], _SAME_WORK, *span, is_work=True) if span else None


def _spelling(form: str, piece: str) -> float:
    """How alike two spellings of one title are, 0.0 where a word or a number is another one."""
    if min(len(form), len(piece)) < 0.6 * max(len(form), len(piece)):
        return 0.0  # so unlike in length, gaps and all, that no spelling of it can be so near
    one, other = compact(form), compact(piece)
    ratio = fuzz.ratio(one, other, score_cutoff=_FUZZY)
    if not ratio or numbers(form) != numbers(piece):
        return 0.0
    if one == other:
        return 0.99
    form_words, piece_words = form.split(), piece.split()
    if len(form_words) != len(piece_words):
        return ratio / 100 if ratio >= 93 else 0.0
    pairs = [(word, twin) for word, twin in zip(form_words, piece_words, strict=True) if word != twin]
    if any(_is_another_word(word, twin) for word, twin in pairs):
        return 0.0
    return ratio / 100


def _is_another_word(word: str, twin: str) -> bool:
    """Whether two spellings are two words: slips seldom strike the first letter, and Han is no spelling."""
    return word[0] != twin[0] or bool(_HAN.search(word)) or fuzz.ratio(word, twin) < _WORD_FUZZY


def _place(form: Form, ratio: float, start: int, length: int, segments: tuple[Segment, ...]) -> Place:
    """The place that begins at ``start`` of the joined pieces."""
    at = 0
    first = last = 0
    before = after = ""
    end = start + length
    for index, segment in enumerate(segments):
        stop = at + len(segment.text)
        if at <= start <= stop:
            first, before = index, segment.text[: start - at].strip()
        if at < end <= stop:
            last, after = index, segment.text[end - at :].strip()
            break
        at = stop + 1
    return Place(form, ratio, first, last, before, after)
