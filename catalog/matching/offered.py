"""What a candidate offers, read against the wanted title: where the title stands in it, and what stands around it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from catalog.matching.filler import OF_BREATH, OF_LABELS, OF_TRANSLATIONS
from catalog.matching.names import split_names
from catalog.matching.paths import SharedFile, read_path
from catalog.matching.places import Place, find_place
from catalog.matching.segments import Pieces, Segment, take_apart
from catalog.matching.text import compact, cut, fold, is_other_script
from catalog.matching.versions import Version, VersionKind, find_versions
from catalog.matching.wanted import MOST_NAMES, Wanted
from catalog.matching.works import find_work, read_work
from providers.base import Candidate, UploadKind

# What stands with these is a film or a label.
_ORIGINS = frozenset(
    "ost soundtrack official records release premiere premier network promotion promotions promo label sampler".split()
)
_OF_MOVEMENTS = frozenset({VersionKind.SOLO, VersionKind.PASSAGE, VersionKind.PART, VersionKind.OTHER})
_REWRITTEN = re.compile(r"\b(?:arr|arrang\w*|transcri\w*|cover\w*|version|rendition|lullaby|tribute)\b")
_LONG_LINE = 4  # words of a song, as uploads of lyrics quote them
_LONG_NAME = 6  # letters of an uploader's name, found again in a piece that is written a little otherwise
_SOUNDS_ALIKE = 50  # of 100: two spellings of one name across scripts


@dataclass(frozen=True, slots=True)
class Apart:
    """A piece beside the title that nothing explains."""

    text: str
    is_bracket: bool
    is_before: bool
    is_translation: bool  # it stands there in another script, or among words of a translation: the same name again


@dataclass(frozen=True, slots=True)
class Offered:
    """A candidate as the matcher compares it; every text is folded."""

    text: str  # the whole title
    around: str  # the title's text without the place of the wanted title
    outside: str  # the same without brackets
    before: str  # what stands before the title
    place: Place | None
    closest: float  # how near the nearest piece comes where there is no place
    is_aside: bool  # the title stands in brackets beside something else
    is_translated: bool  # it, or what is wanted, is written in another script than Latin
    lead: str  # what stands before it where artists stand, and is no wanted one
    versions: frozenset[Version]
    beside: str  # what shares a piece with the title and is not explained
    apart: tuple[Apart, ...]  # pieces that nothing explains
    featured: tuple[str, ...]
    names: tuple[str, ...]  # of the artists, or of the uploader
    file: SharedFile | None
    other_work: str = ""  # a composer's work that it names, and that is not the wanted one


def read_offered(candidate: Candidate, wanted: Wanted) -> Offered:
    """``candidate`` as it compares with ``wanted``."""
    file = read_path(candidate.path or candidate.title) if candidate.kind is UploadKind.FILE else None
    pieces = take_apart(file.name if file else candidate.title)
    listed = candidate.artists or ((candidate.uploader,) if candidate.uploader else ())
    names = tuple(key for name in listed[:MOST_NAMES] for key in split_names(name))
    labels = tuple(key for name in listed[:MOST_NAMES] if _is_label(name) for key in split_names(name))
    spellings = _other_spellings(names, wanted)
    names += spellings
    text = " ".join(segment.text for segment in pieces.segments)
    is_translated = wanted.is_other_script or is_other_script(candidate.title)
    place = find_place(wanted, pieces.segments, text)
    closest = 0.0
    if place is None:
        closest = max((fuzz.ratio(wanted.title, segment.text) for segment in pieces.segments), default=0.0) / 100
    featured = pieces.featured
    offered = Offered(
        text, text, text, "", place, closest, False, is_translated, "", frozenset(), "", (), featured, names, file
    )
    if place is None and wanted.work and read_work(pieces.segments):
        return replace(offered, other_work=text)
    return offered if place is None else _explain(offered, place, wanted, pieces, (*labels, *spellings))


def _is_label(name: str) -> bool:
    """Whether a channel passes on what others recorded: a station or a festival makes recordings of its own."""
    return not OF_LABELS.isdisjoint(fold(cut(name)).split())


def _other_spellings(names: tuple[str, ...], wanted: Wanted) -> tuple[str, ...]:
    """What stands beside a wanted name in a channel's: often the same name in another script."""
    return tuple(
        rest
        for name in names
        for known in wanted.names
        if len(name) > len(known) and known in name and (rest := without(name, (known,))) not in {"", name}
    )


def without(text: str, names: tuple[str, ...]) -> str:
    """``text`` without the names in it."""
    if not text:
        return ""
    padded = f" {text} "
    for name in names:
        if name in padded:
            padded = padded.replace(f" the {name} ", " ") if " the " in padded else padded
            padded = padded.replace(f" {name} ", " ")
    return padded.strip()


def _explain(offered: Offered, place: Place, wanted: Wanted, pieces: Pieces, labels: tuple[str, ...]) -> Offered:
    """Sort what stands around the title into versions, names, filler and the rest."""
    albums = (name for name in (wanted.album, wanted.album_whole) if name and name != place.form.text)
    known = (*wanted.names, *albums)
    versions: set[Version] = set(wanted.versions) if place.form.has_versions else set()
    beside = find_versions(without(place.beside, known))
    versions |= beside.versions
    rest = without(" ".join(word for word in beside.unread.split() if word not in OF_BREATH), labels)
    if rest and wanted.work and find_work(wanted.work, pieces.segments):
        rest = ""  # Unaccompanied Cello Suite
    explained = {*wanted.everything.split(), *(word for name in labels for word in name.split())}
    of_names = {word for name in wanted.names for word in name.split()}
    said = set(offered.text.split())
    if place.is_work:
        versions |= _of_work(
            wanted, " ".join(segment.text for segment in pieces.segments[place.first : place.last + 1])
        )
    leads: list[str] = []
    apart: list[Apart] = []
    around: list[str] = [place.beside, *pieces.featured]
    outside = list(around)
    before: list[str] = [place.before]
    for index, segment in enumerate(pieces.segments):
        if place.first <= index <= place.last:
            continue
        is_before = index < place.first
        around.append(segment.text)
        if not segment.is_bracket:
            outside.append(segment.text)
        if is_before:
            before.append(segment.text)
        found = find_versions(without(segment.text, known))
        versions |= found.versions
        if found.versions or segment.is_tag or not found.rest or found.rest.isdigit():
            continue
        is_translation = _translates(segment, found.rest, wanted, said, is_before=is_before)
        if is_before and not (segment.is_bracket or is_translation or of_names.issuperset(found.rest.split())):
            leads.append(found.rest)
        if not _is_explained(found.rest, explained, labels) and _ORIGINS.isdisjoint(segment.text.split()):
            apart.append(Apart(found.rest, segment.is_bracket, is_before, is_translation))
    for names in pieces.featured:
        versions |= {found for found in find_versions(names).versions if found.kind is not VersionKind.OTHER}
    return replace(
        offered,
        around=_joined(around),
        outside=_joined(outside),
        before=_joined(before),
        place=place,
        closest=place.ratio,
        lead=leads[-1] if leads else "",
        is_aside=place.first > 0 and all(piece.is_bracket for piece in pieces.segments[place.first : place.last + 1]),
        versions=frozenset(versions),
        beside=rest,
        apart=tuple(apart),
    )


def _is_explained(text: str, explained: set[str], names: tuple[str, ...]) -> bool:
    """Whether what is wanted, or who uploaded it, says the same words."""
    if explained.issuperset(text.split()):
        return True
    joined = compact(text)
    return any(len(name) >= _LONG_NAME and compact(name) in joined for name in names)


def _of_work(wanted: Wanted, text: str) -> set[Version]:
    """The versions that another wording of a work adds: an arrangement, a concert."""
    own = {version.kind for version in find_versions(wanted.everything).versions} | _OF_MOVEMENTS
    if not _REWRITTEN.search(text):
        own.add(VersionKind.COVER)  # for cello solo
    return {version for version in find_versions(text).versions if version.kind not in own}


def _joined(parts: Iterable[str]) -> str:
    return " ".join(part for part in parts if part)


def _translates(segment: Segment, text: str, wanted: Wanted, said: set[str], *, is_before: bool) -> bool:
    """Whether an unexplained piece looks like a name or the title over again, in other letters or another language, or
    like a line of the words. ``said`` is all that the candidate's title says.
    """
    is_subtitled = not OF_TRANSLATIONS.isdisjoint(said)
    if segment.is_foreign == wanted.is_other_script:
        is_line = "lyrics" in said and len(text.split()) >= _LONG_LINE
        return is_line or (is_subtitled and segment.is_bracket)
    if wanted.is_other_script or is_before or is_subtitled:
        return True
    return any(fuzz.ratio(compact(text), compact(name)) >= _SOUNDS_ALIKE for name in (*wanted.names, wanted.title))
