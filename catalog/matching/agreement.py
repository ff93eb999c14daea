"""Whether version words agree: what is offered must be the version that is wanted, and nothing more."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from catalog.matching.concerts import concert_evidence
from catalog.matching.filler import APART
from catalog.matching.finding import ANOTHER, DOUBT, Finding
from catalog.matching.names import same_name
from catalog.matching.offered import Offered
from catalog.matching.text import cut, fold, numbers
from catalog.matching.versions import Version, VersionKind, find_versions
from catalog.matching.wanted import Wanted, album_versions, is_own_version
from providers.base import Candidate

_PERFORMED = frozenset({VersionKind.LIVE, VersionKind.ACOUSTIC})
_OF_UPLOADERS = frozenset(
    {
        VersionKind.KARAOKE,
        VersionKind.COVER,
        VersionKind.NIGHTCORE,
        VersionKind.SLOWED,
        VersionKind.SPED_UP,
        VersionKind.EIGHT_D,
        VersionKind.EFFECT,
        VersionKind.INSTRUMENTAL,
        VersionKind.REACTION,
        VersionKind.LESSON,
        VersionKind.MASHUP,
    }
)
_CONCERT_FOLDER = re.compile(
    r"\b(?:19|20)\d\d (?:0?\d|1[0-2]) [0-3]?\d\b|\b[0-3]?\d [0-3]?\d (?:19|20)\d\d\b|\b\w+(?:konzert|concert)e?\b"
    r"|\bbootlegs?\b|\bsoundboard\b"
)
_REMIX_FOLDER = re.compile(r"\b(?:remix(?:es|ed)|mixes)\b|\b(?:essential|guest|dj|club|podcast|radio) mix\b")
# What a shared folder far above a file still says of it.
_OF_COLLECTIONS = frozenset(
    {VersionKind.KARAOKE, VersionKind.NIGHTCORE, VersionKind.SLOWED, VersionKind.SPED_UP, VersionKind.EIGHT_D}
)
_SAME_OR_UNSAID = frozenset({VersionKind.DEMO, VersionKind.LANGUAGE})
_FORGIVEN_ON_ITS_ALBUM = frozenset({VersionKind.LIVE, VersionKind.ACOUSTIC, VersionKind.DEMO, VersionKind.OTHER})
_VOWELS = frozenset("aeiou8")
_FORGIVEN_BY_LENGTH = frozenset({VersionKind.EDIT, VersionKind.PASSAGE})


def version_evidence(wanted: Wanted, candidate: Candidate, offered: Offered) -> Finding:
    """Whether version words agree both ways."""
    if offered.place is None:
        return Finding(0, "")
    titled = offered.versions
    kinds = {version.kind for version in titled}
    hinted = _hinted_kinds(wanted, candidate, offered)
    asked = {version.kind for version in wanted.versions}
    for version in sorted(titled, key=str):
        if version.kind not in asked | wanted.album_versions and not _is_harmless(version, asked, wanted):
            return Finding(ANOTHER, f"it is {_a(version)}, which was not asked for")
    for kind in sorted(hinted.keys() - asked - wanted.album_versions):
        return Finding(DOUBT, f"{hinted[kind]} tells of {_a(kind)}, which was not asked for")
    for version in sorted(wanted.versions, key=str):
        if version.kind not in kinds | hinted.keys() and not (kinds & _PERFORMED and version.kind in _PERFORMED):
            return _missing(version, wanted, candidate, offered)
        if not _detail_agrees(version, titled, wanted, offered):
            return Finding(ANOTHER, _another(version, titled))
    if VersionKind.LIVE in asked | wanted.album_versions:
        night = concert_evidence(wanted, candidate, offered)
        if night.points:
            return night
    if wanted.versions:
        return Finding(0, "it is the version that was asked for")
    return Finding(0, "it names no other version")


def _a(version: Version | VersionKind) -> str:
    text = str(version)
    return f"{'an' if text[0] in _VOWELS else 'a'} {text}"


def _another(version: Version, titled: frozenset[Version]) -> str:
    given = ", ".join(sorted(twin.detail for twin in titled if twin.kind is version.kind and twin.detail))
    asked = f"“{version.detail}”" if version.detail else "the one without a name"
    return f"it is another {version.kind}: “{given}”, not {asked}" if given else f"it does not say which {version.kind}"


def _hinted_kinds(wanted: Wanted, candidate: Candidate, offered: Offered) -> dict[VersionKind, str]:
    """Kinds that the album, the folder or the uploader's name promises, each with what promises it."""
    hinted: dict[VersionKind, str] = {}
    album = cut(offered.file.album_folder if offered.file else candidate.album)
    where = "the folder" if offered.file else "the album"
    if album:
        hinted |= dict.fromkeys(album_versions(_no_names(fold(album), wanted)), where)
        if is_own_version(fold(album), wanted.artists) and not is_own_version(wanted.everything, wanted.artists):
            hinted[VersionKind.RERECORDED] = where
    if offered.file:
        if _CONCERT_FOLDER.search(fold(album)):
            hinted[VersionKind.LIVE] = where
        if _REMIX_FOLDER.search(fold(album)):
            hinted[VersionKind.REMIX] = where
        said = find_versions(_no_names(offered.file.folders, wanted)).versions
        hinted |= dict.fromkeys({version.kind for version in said} & _OF_COLLECTIONS, where)
    for name in offered.names:
        if not any(same_name(name, known) for known in wanted.names):
            said = find_versions(name).versions
            hinted |= dict.fromkeys({version.kind for version in said} & _OF_UPLOADERS, f"the name “{name}”")
    return hinted


def _no_names(text: str, wanted: Wanted) -> str:
    padded = f" {text} "
    for name in wanted.names:
        padded = padded.replace(f" {name} ", " ")
    return padded.strip()


def _is_harmless(version: Version, asked: set[VersionKind], wanted: Wanted) -> bool:
    if version.kind in _PERFORMED and asked & _PERFORMED:
        return True
    if version.kind is VersionKind.PART:
        return f"part {version.detail}" in wanted.everything
    if version.kind in {VersionKind.OTHER, VersionKind.PASSAGE} and version.detail:
        return all(word in wanted.everything.split() for word in version.detail.split())
    return False


def _detail_agrees(version: Version, titled: frozenset[Version], wanted: Wanted, offered: Offered) -> bool:
    """Whether what is offered is whose remix was asked for, the concert that was asked for, and so on."""
    twins = [other for other in titled if other.kind is version.kind]
    if not twins:
        return True
    if version.kind is VersionKind.LIVE:
        return True  # which night it was is compared with the albums
    if version.kind in _SAME_OR_UNSAID:
        details = {twin.detail for twin in twins}
        return not version.detail or "" in details or any(_same_place(version.detail, detail) for detail in details)
    if not version.detail:
        return version.kind is not VersionKind.REMIX or not all(_strange_words(twin, wanted) for twin in twins)
    text = f"{offered.text} {' '.join(offered.names)} {' '.join(offered.featured)}"
    if not all(word in text.split() or fuzz.partial_ratio(word, text) >= 85 for word in version.detail.split()):
        return False
    return not any(
        _strange_words(twin, wanted) and fuzz.token_sort_ratio(version.detail, twin.detail) < 85 for twin in twins
    )


def _strange_words(version: Version, wanted: Wanted) -> list[str]:
    """Words of whose version it is that nothing of what is wanted holds."""
    known = wanted.everything.split()
    return [word for word in version.detail.split() if word not in known and word not in APART]


def _same_place(one: str, other: str) -> bool:
    """Whether two takes or languages can be the same: they share a word, and no number contradicts."""
    if numbers(one) != numbers(other) and numbers(one) and numbers(other):
        return False
    return bool(set(one.split()) & set(other.split())) or fuzz.ratio(one, other) >= 80


def _missing(version: Version, wanted: Wanted, candidate: Candidate, offered: Offered) -> Finding:
    """What it means that the wanted version is not named: sometimes a file or an album leaves it to its place."""
    off = None
    if wanted.duration_ms is not None and candidate.duration_ms is not None:
        off = abs(wanted.duration_ms - candidate.duration_ms) / 1000
    is_close = off is not None and off <= 2
    is_in_place = (
        offered.file is not None
        and offered.file.track_number == wanted.track_number is not None
        and bool(wanted.album)
        and f" {wanted.album} " in f" {offered.file.folders} "
    ) or _album_says(version, wanted, candidate)
    if is_close and is_in_place and version.kind in _FORGIVEN_ON_ITS_ALBUM:
        return Finding(-10, f"it does not say {version.kind}, but album and length agree")
    if is_close and version.kind in _FORGIVEN_BY_LENGTH:
        return Finding(-10, f"it does not say {version}, but the length agrees")
    return Finding(ANOTHER, f"it is not the {version} that was asked for")


def _album_says(version: Version, wanted: Wanted, candidate: Candidate) -> bool:
    """Whether the candidate is from the very album that was asked for, and its name says the version for all of it."""
    if not candidate.album or fold(cut(candidate.album)) != wanted.album_whole:
        return False
    return version.kind in {said.kind for said in find_versions(wanted.album_whole).versions}
