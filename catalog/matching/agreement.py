"""Whether version words agree: what is offered must be the version that is wanted, and nothing more."""

from __future__ import annotations

from rapidfuzz import fuzz

from catalog.matching.evidence import ANOTHER, DOUBT, Finding, is_same_album
from catalog.matching.filler import APART
from catalog.matching.names import same_name
from catalog.matching.offered import Offered
from catalog.matching.text import fold
from catalog.matching.versions import Version, VersionKind, find_versions
from catalog.matching.wanted import OF_ALBUMS, Wanted
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
_FORGIVEN_ON_ITS_ALBUM = frozenset({VersionKind.LIVE, VersionKind.ACOUSTIC, VersionKind.DEMO, VersionKind.OTHER})
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
            return Finding(ANOTHER, f"it is a {version}, which was not asked for")
    is_strange_place = not (candidate.album and is_same_album(wanted, candidate.album))
    for kind in sorted(hinted - asked - wanted.album_versions) if is_strange_place else ():
        return Finding(DOUBT, f"where it is from says {kind}, which was not asked for")
    for version in sorted(wanted.versions, key=str):
        if version.kind not in kinds | hinted and not (kinds & _PERFORMED and version.kind in _PERFORMED):
            return _missing(version, wanted, candidate, offered)
        if not _detail_agrees(version, titled, wanted, offered):
            return Finding(ANOTHER, f"it is another {version.kind}")
    if wanted.versions:
        return Finding(0, "it is the version that was asked for")
    return Finding(0, "it names no other version")


def _hinted_kinds(wanted: Wanted, candidate: Candidate, offered: Offered) -> set[VersionKind]:
    """Kinds that the album, the folder or the uploader's name promises."""
    hinted: set[VersionKind] = set()
    album = offered.file.album_folder if offered.file else candidate.album
    if album:
        hinted |= {version.kind for version in find_versions(_no_names(fold(album), wanted)).versions} & OF_ALBUMS
    for name in offered.names:
        if not any(same_name(name, known) for known in wanted.names):
            hinted |= {version.kind for version in find_versions(name).versions} & _OF_UPLOADERS
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
    """Whether what is offered is whose remix was asked for, not another's."""
    twins = [other for other in titled if other.kind is version.kind]
    if not twins or not version.detail:
        return True
    text = f"{offered.text} {' '.join(offered.names)} {' '.join(offered.featured)}"
    if not all(word in text.split() or fuzz.partial_ratio(word, text) >= 85 for word in version.detail.split()):
        return False
    for twin in twins:
        strange = [word for word in twin.detail.split() if word not in wanted.everything.split() and word not in APART]
        if strange and fuzz.token_sort_ratio(version.detail, twin.detail) < 85:
            return False
    return True


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
    ) or (bool(candidate.album) and is_same_album(wanted, candidate.album))
    if is_close and is_in_place and version.kind in _FORGIVEN_ON_ITS_ALBUM:
        return Finding(-10, f"it does not say {version.kind}, but album and length agree")
    if is_close and version.kind in _FORGIVEN_BY_LENGTH:
        return Finding(-10, f"it does not say {version}, but the length agrees")
    return Finding(ANOTHER, f"it is not the {version} that was asked for")
