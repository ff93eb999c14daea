"""What is wanted, read once for all candidates."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from catalog.matching.names import name_key, split_names
from catalog.matching.segments import Segment, take_apart
from catalog.matching.text import fold
from catalog.matching.versions import Version, VersionKind, find_versions
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
    versions: frozenset[Version]
    album_versions: frozenset[VersionKind]
    artists: tuple[str, ...]
    names: tuple[str, ...]  # artists, their parts and featured names, longest first
    featured: tuple[str, ...]
    album: str
    album_whole: str
    everything: str
    duration_ms: int | None
    explicit: bool | None
    track_number: int | None
    disc_number: int | None


@lru_cache(maxsize=4096)
def album_core(album: str) -> str:
    """An album's title without what only says how it was issued."""
    segments = take_apart(album).segments
    kept = [segment.text for index, segment in enumerate(segments) if index == 0 or _says_something(segment)]
    return " ".join(kept) or fold(album)


def _says_something(segment: Segment) -> bool:
    found = find_versions(segment.text)
    return bool(found.rest) and not found.versions


def album_versions(album: str) -> frozenset[VersionKind]:
    """Kinds of version that an album's name promises for its tracks."""
    return frozenset(version.kind for version in find_versions(fold(album)).versions) & OF_ALBUMS


def read_wanted(track: TrackInfo) -> Wanted:
    """``track`` as the matcher compares it."""
    pieces = take_apart(track.title)
    core: list[str] = []
    full: list[str] = []
    aside: list[str] = []
    versions: set[Version] = set()
    for index, segment in enumerate(pieces.segments):
        found = find_versions(segment.text)
        if index > 0 and found.versions:
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
    album = track.album.title if track.album else ""
    artists = tuple(dict.fromkeys(name_key(name) for name in track.artists if name_key(name)))
    names = dict.fromkeys(key for name in (*track.artists, *pieces.featured) for key in split_names(name))
    return Wanted(
        title=" ".join(full) or whole,
        forms=forms,
        aside=" ".join(aside),
        versions=frozenset(versions),
        album_versions=album_versions(album),
        artists=artists,
        names=tuple(sorted(names, key=len, reverse=True)),
        featured=tuple(key for name in pieces.featured for key in split_names(name)),
        album=album_core(album) if album else "",
        album_whole=fold(album),
        everything=" ".join((whole, *names, fold(album))),
        duration_ms=track.duration_ms,
        explicit=track.explicit,
        track_number=track.track_number,
        disc_number=track.disc_number,
    )


def _forms(whole: str, full: str, core: str, has_versions: bool) -> tuple[Form, ...]:
    """The ways to write the title, the fullest first."""
    forms: dict[str, Form] = {}
    if whole:
        forms[whole] = Form(whole, has_versions=has_versions)
    if full:
        forms.setdefault(full, Form(full))
    if core:
        forms.setdefault(core, Form(core, is_shortened=True))
    return tuple(forms.values())
