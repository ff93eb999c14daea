"""What is wanted, read once for all candidates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from catalog.matching.names import name_key, split_names
from catalog.matching.segments import Segment, take_apart
from catalog.matching.text import cut, fold, is_other_script
from catalog.matching.versions import Version, VersionKind, find_versions
from catalog.matching.works import Work, read_work
from providers.base import TrackInfo

# What an album's name says of all its tracks.
OF_ALBUMS = frozenset(
    {
        VersionKind.LIVE,
        VersionKind.ACOUSTIC,
        VersionKind.KARAOKE,
        VersionKind.COVER,
        VersionKind.INSTRUMENTAL,
        VersionKind.A_CAPPELLA,
        VersionKind.DEMO,
        VersionKind.SLOWED,
        VersionKind.SPED_UP,
        VersionKind.NIGHTCORE,
        VersionKind.RERECORDED,
        VersionKind.CLEAN,
        VersionKind.LANGUAGE,
    }
)


@dataclass(frozen=True, slots=True)
class Form:
    """One way of writing the wanted title; ``has_versions`` when its version words are part of it."""

    text: str
    has_versions: bool = False
    is_shortened: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """A track as the matcher compares it; every text is folded."""

    title: str
    forms: tuple[Form, ...]
    aside: str  # what the title says in brackets that is neither a version nor a name
    ends_aside: bool  # such a bracket ends it
    versions: frozenset[Version]
    album_versions: frozenset[VersionKind]
    artists: tuple[str, ...]
    names: tuple[str, ...]  # artists, their parts and featured names, longest first
    featured: tuple[str, ...]
    album: str
    album_whole: str
    everything: str
    written: str  # title, artists and album, each folded as a whole
    is_other_script: bool
    duration_ms: int | None
    explicit: bool | None
    track_number: int | None
    disc_number: int | None
    work: Work | None  # of the catalogues of composers


@lru_cache(maxsize=4096)
def album_core(album: str) -> str:
    """An album's title without what only says how it was issued."""
    segments = take_apart(album).segments
    kept = [segment.text for index, segment in enumerate(segments) if index == 0 or _says_something(segment)]
    core = " ".join(kept)
    return _SOUNDTRACK.sub("", core) or core or fold(album)


def _says_something(segment: Segment) -> bool:
    found = find_versions(segment.text)
    return bool(found.rest) and not found.versions


MOST_NAMES = 50
_OWN_VERSION = re.compile(r"\b(\w{3,}) version\b")
_COUNTED_PART = re.compile(r"(?<=\w) part (\d{1,2})\b")
_COUNTED_END = re.compile(r"(?<=\D) ([2-9])$")
_SOUNDTRACK = re.compile(r"(?: original)?(?: motion picture| game| movie| film| tv)* (?:ost|soundtrack|score)$")
_COVER_IN_A_NAME = re.compile(
    r"\b(?:covers?|tribute|plays|orchestral|symphonic|lullab\w+|renditions?|string quartet|music box|8 ?bit)\b"
)
_LIVE_IN_A_NAME = re.compile(r"^live (?!at|in|from|on|a|au|en|tour|sessions?|album|versions?|\d)(?=\S)")


@lru_cache(maxsize=4096)
def album_versions(album: str) -> frozenset[VersionKind]:
    """Kinds of version that an album's name promises for its tracks; *Live Through This* promises none."""
    text = _LIVE_IN_A_NAME.sub("", fold(album))
    kinds = {version.kind for version in find_versions(text).versions}
    if VersionKind.COVER in kinds and not _COVER_IN_A_NAME.search(text):
        kinds.discard(VersionKind.COVER)  # an album called Piano
    return frozenset(kinds) & OF_ALBUMS


def is_own_version(folded: str, artists: tuple[str, ...]) -> bool:
    """Whether an album or a title is an artist's new recording of his own: *Red (Taylor's Version)*."""
    return any(
        match[1] in {word, f"{word}s"}
        for match in _OWN_VERSION.finditer(folded)
        for name in artists
        for word in name.split()
    )


def is_same_album(wanted: Wanted, album: str) -> bool:
    """Whether ``album`` is the wanted one in any edition."""
    album = cut(album)
    folded = fold(album)
    if is_own_version(folded, wanted.artists) != is_own_version(wanted.album_whole, wanted.artists):
        return False
    if album_versions(folded) != wanted.album_versions:
        return False
    core = album_core(album)
    return core == wanted.album or folded == wanted.album_whole or bool(fuzz.ratio(core, wanted.album) >= 92)


def read_wanted(track: TrackInfo) -> Wanted:
    """``track`` as the matcher compares it."""
    pieces = take_apart(track.title)
    core: list[str] = []
    full: list[str] = []
    aside: list[str] = []
    versions: set[Version] = set()
    work = read_work(pieces.segments)
    for index, segment in enumerate(pieces.segments):
        found = find_versions(segment.text)
        is_movement = work is not None and index > work.at and not segment.is_bracket
        if index > 0 and found.versions and not is_movement:
            versions |= found.versions
        elif index > 0 and (not found.rest or segment.text.startswith("from ")):
            continue
        else:
            full.append(segment.text)
            if segment.is_bracket:
                aside.append(segment.text)
            else:
                core.append(segment.text)
    whole = " ".join(segment.text for segment in pieces.segments)
    forms = _forms(whole, " ".join(full), " ".join(core), bool(versions))
    album = cut(track.album.title) if track.album else ""
    credited = track.artists[:MOST_NAMES]
    artists = tuple(dict.fromkeys(name_key(name) for name in credited if name_key(name)))
    names = dict.fromkeys(key for name in (*credited, *pieces.featured) for key in split_names(name))
    return Wanted(
        title=" ".join(full) or whole,
        forms=forms,
        aside=" ".join(aside),
        ends_aside=bool(aside) and full[-1] == aside[-1],
        versions=frozenset(versions),
        album_versions=album_versions(album),
        artists=artists,
        names=tuple(sorted(names, key=len, reverse=True)),
        featured=tuple(key for name in pieces.featured for key in split_names(name)),
        album=album_core(album) if album else "",
        album_whole=fold(album),
        everything=" ".join((whole, *names, fold(album))),
        written=" ".join(fold(cut(text)) for text in (track.title, *credited, album)),
        is_other_script=is_other_script(track.title),
        duration_ms=track.duration_ms,
        explicit=track.explicit,
        track_number=track.track_number,
        disc_number=track.disc_number,
        work=work,
    )


def _counted_otherwise(text: str) -> list[str]:
    """``text`` with and without the word that counts: *Passage, Pt. 2* is also written *Passage II*."""
    if _COUNTED_PART.search(text):
        return [_COUNTED_PART.sub(r" \1", text)]
    if _COUNTED_END.search(text):
        return [_COUNTED_END.sub(r" part \1", text)]
    return []


def _forms(whole: str, full: str, core: str, has_versions: bool) -> tuple[Form, ...]:
    """The ways to write the title, the fullest first."""
    forms: dict[str, Form] = {}
    if whole:
        forms[whole] = Form(whole, has_versions=has_versions)
    if full:
        forms.setdefault(full, Form(full))
    if core:
        forms.setdefault(core, Form(core, is_shortened=True))
    for form in list(forms.values()):
        for text in _counted_otherwise(form.text):
            forms.setdefault(text, Form(text, form.has_versions, form.is_shortened))
    return tuple(forms.values())
