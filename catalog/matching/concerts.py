"""Which concert a live take is from: no two nights are the same recording, and few are of the same length."""

from __future__ import annotations

from rapidfuzz import fuzz

from catalog.matching.finding import DOUBT, Finding
from catalog.matching.offered import Offered, without
from catalog.matching.text import cut, fold
from catalog.matching.versions import Version, VersionKind, find_versions
from catalog.matching.wanted import Wanted, album_versions, is_same_album
from providers.base import Candidate

_SAME_NIGHT_MS = 2000
_SAID_OF_ANY_NIGHT = frozenset(
    """live concert tour album version remastered the deluxe edition part one two three cd dvd volume best greatest hits
    at in on from uk usa us ca ny st theatre theater arena stadium hall club park center centre festival fest studio
    studios show session sessions radio tv""".split()
)


def concert_evidence(wanted: Wanted, candidate: Candidate, offered: Offered) -> Finding:
    """Whether two live takes can be of one concert, by where and when they say they are from, and by their length."""
    asked, given = _said(wanted.versions), _said(offered.versions)
    if asked and given and not _is_one_night(asked, given):
        return Finding(DOUBT, f"it is from another concert: “{given}”, not “{asked}”")
    if _is_on_album(wanted, candidate, offered):
        return Finding(0, "it is from the live album that was asked for")
    asked += _said_by_album(wanted.album_whole, wanted)
    album = offered.file.album_folder if offered.file else candidate.album
    given += _said_by_album(fold(cut(album)), wanted)
    if asked and given:
        if _is_one_night(asked, given):
            return Finding(0, "it is from the concert that was asked for")
        return Finding(DOUBT, f"it is from another concert: “{given.strip()}”, not “{asked.strip()}”")
    if wanted.duration_ms is None or candidate.duration_ms is None:
        return Finding(-8, "it does not say which concert it is from")
    if abs(wanted.duration_ms - candidate.duration_ms) > _SAME_NIGHT_MS:
        return Finding(DOUBT, "it does not say which concert it is from, and is not as long as the wanted one")
    return Finding(-6, "it does not say which concert it is from, but is as long as the wanted one")


def _is_on_album(wanted: Wanted, candidate: Candidate, offered: Offered) -> bool:
    if offered.file:
        return bool(wanted.album) and f" {wanted.album} " in f" {offered.file.folders} "
    return bool(candidate.album) and is_same_album(wanted, candidate.album)


def _said(versions: frozenset[Version]) -> str:
    return " ".join(_places(version.detail) for version in versions if version.kind is VersionKind.LIVE).strip()


def _said_by_album(album: str, wanted: Wanted) -> str:
    if VersionKind.LIVE not in album_versions(album):
        return ""
    found = find_versions(without(album, wanted.names))
    return " " + " ".join(dict.fromkeys(f"{_said(found.versions)} {_places(found.rest)}".split()))


def _places(text: str) -> str:
    return " ".join(word for word in text.split() if word not in _SAID_OF_ANY_NIGHT)


def _is_one_night(asked: str, given: str) -> bool:
    """Whether two descriptions share a word and no year contradicts."""
    one, other = set(asked.split()), set(given.split())
    years, other_years = set(filter(_is_year, one)), set(filter(_is_year, other))
    if years and other_years and years.isdisjoint(other_years):
        return False
    places, other_places = one - years, other - other_years
    if not (places and other_places):
        return bool(years & other_years)
    if not places.isdisjoint(other_places):
        return True
    return fuzz.partial_ratio(" ".join(sorted(places)), " ".join(sorted(other_places))) >= 80


def _is_year(word: str) -> bool:
    return len(word) == 4 and word.isdigit() and word[:2] in {"19", "20"}
