"""What a candidate offers, read against the wanted title: where the title stands in it, and what stands around it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from catalog.matching.filler import OF_BREATH
from catalog.matching.names import same_name, split_names
from catalog.matching.paths import SharedFile, read_path
from catalog.matching.segments import Pieces, Segment, take_apart
from catalog.matching.text import compact, is_other_script, numbers
from catalog.matching.versions import Version, VersionKind, find_versions
from catalog.matching.wanted import MOST_NAMES, Form, Wanted
from providers.base import Candidate, UploadKind

_SHORT_TITLE = 8  # characters; shorter ones are looked for as whole pieces only
_FUZZY = 82
_WORD_FUZZY = 72
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

    @property
    def beside(self) -> str:
        return f"{self.before} {self.after}".strip()


@dataclass(frozen=True, slots=True)
class Offered:
    """A candidate as the matcher compares it; every text is folded."""

    text: str  # the whole title
    around: str  # the title's text without the place of the wanted title
    outside: str  # the same without brackets
    place: Place | None
    closest: float  # how near the nearest piece comes where there is no place
    is_aside: bool  # the title stands in brackets beside something else
    is_translated: bool  # it, or what is wanted, is written in another script than Latin
    is_led: bool  # something that nothing explains stands before it, where artists stand
    versions: frozenset[Version]
    beside: str  # what shares a piece with the title and is not explained
    apart: tuple[Segment, ...]  # pieces that nothing explains
    featured: tuple[str, ...]
    names: tuple[str, ...]  # of the artists, or of the uploader
    file: SharedFile | None


def read_offered(candidate: Candidate, wanted: Wanted) -> Offered:
    """``candidate`` as it compares with ``wanted``."""
    file = read_path(candidate.path or candidate.title) if candidate.kind is UploadKind.FILE else None
    pieces = take_apart(file.name if file else candidate.title)
    listed = candidate.artists or ((candidate.uploader,) if candidate.uploader else ())
    names = tuple(key for name in listed[:MOST_NAMES] for key in split_names(name))
    names += _other_spellings(names, wanted)
    text = " ".join(segment.text for segment in pieces.segments)
    is_translated = wanted.is_other_script or is_other_script(candidate.title)
    place = _find(wanted, pieces.segments, text)
    closest = 0.0
    if place is None:
        closest = max((fuzz.ratio(wanted.title, segment.text) for segment in pieces.segments), default=0.0) / 100
    featured = pieces.featured
    offered = Offered(
        text, text, text, place, closest, False, is_translated, False, frozenset(), "", (), featured, names, file
    )
    return offered if place is None else _explain(offered, place, wanted, pieces)


def _other_spellings(names: tuple[str, ...], wanted: Wanted) -> tuple[str, ...]:
    """What stands beside a wanted name in a channel's: often the same name in another script."""
    return tuple(
        rest
        for name in names
        for known in wanted.names
        if len(name) > len(known) and known in name and (rest := _without(name, (known,))) not in {"", name}
    )


def _find(wanted: Wanted, segments: tuple[Segment, ...], text: str) -> Place | None:
    """The best place of the title: a whole piece, then a run of words, then something spelled nearly so."""
    padded = f" {text} "
    for form in wanted.forms:
        if f" {form.text} " in padded:
            for index, segment in enumerate(segments):
                if segment.text == form.text:
                    return Place(form, 1.0, index, index)
            return _place(form, 1.0, padded.index(f" {form.text} "), len(form.text), segments)
    return _find_nearly(wanted, segments, text)


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


def _without(text: str, names: tuple[str, ...]) -> str:
    """``text`` without the names in it."""
    if not text:
        return ""
    padded = f" {text} "
    for name in names:
        if name in padded:
            padded = padded.replace(f" the {name} ", " ") if " the " in padded else padded
            padded = padded.replace(f" {name} ", " ")
    return padded.strip()


def _explain(offered: Offered, place: Place, wanted: Wanted, pieces: Pieces) -> Offered:
    """Sort what stands around the title into versions, names, filler and the rest."""
    albums = (name for name in (wanted.album, wanted.album_whole) if name and name != place.form.text)
    known = (*wanted.names, *albums)
    versions: set[Version] = set(wanted.versions) if place.form.has_versions else set()
    beside = find_versions(_without(place.beside, known))
    versions |= beside.versions
    rest = _without(" ".join(word for word in beside.unread.split() if word not in OF_BREATH), offered.names)
    of_names = {word for name in wanted.names for word in name.split()}
    is_led = False
    apart: list[Segment] = []
    around: list[str] = [place.beside, *pieces.featured]
    outside = list(around)
    for index, segment in enumerate(pieces.segments):
        if place.first <= index <= place.last:
            continue
        around.append(segment.text)
        if not segment.is_bracket:
            outside.append(segment.text)
        found = find_versions(_without(segment.text, known))
        versions |= found.versions
        left = "" if found.versions or segment.text.startswith("from ") else _without(found.rest, offered.names)
        if left and not set(left.split()) <= of_names:  # a surname alone is explained
            apart.append(Segment(left, segment.is_bracket))
            is_led = is_led or (
                index == 0 < place.first
                and not left.isdigit()
                and not segment.is_bracket
                and not any(same_name(left, name) for name in wanted.names)
            )
    for names in pieces.featured:
        versions |= {found for found in find_versions(names).versions if found.kind is not VersionKind.OTHER}
    return replace(
        offered,
        around=" ".join(part for part in around if part),
        outside=" ".join(part for part in outside if part),
        place=place,
        closest=place.ratio,
        is_led=is_led,
        is_aside=pieces.segments[place.first].is_bracket and place.first > 0,
        versions=frozenset(versions),
        beside=rest,
        apart=tuple(apart),
    )
