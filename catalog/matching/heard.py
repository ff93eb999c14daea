"""Whether what a sound turned out to be is what was wanted."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from catalog.matching.artists import artist_evidence
from catalog.matching.evidence import title_evidence
from catalog.matching.finding import DOUBT
from catalog.matching.kinds import VersionKind
from catalog.matching.offered import read_offered
from catalog.matching.wanted import read_wanted
from providers.base import Candidate, TrackInfo, UploadKind

SURE = 0.9  # of 1: how alike two fingerprints of one sound are at least, however they are encoded
MOST_NAMED = 20
_OF_CUT = frozenset(
    {
        VersionKind.EDIT,
        VersionKind.EXTENDED,
        VersionKind.CLEAN,
        VersionKind.PASSAGE,
        VersionKind.PART,
        VersionKind.OTHER,
    }
)


class Verdict(StrEnum):
    SAME = "same"
    ANOTHER = "another"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Named:
    """A recording that a sound is said to be. ``score`` from 0 to 1."""

    score: float
    mbid: str
    title: str
    artists: tuple[str, ...]

    def __str__(self) -> str:
        return f"“{self.title}” by {', '.join(self.artists)}"


def judge(wanted: TrackInfo, named: Sequence[Named]) -> tuple[Verdict, str]:
    """The verdict and its sentence. Refused is only what surely is something else: names written in another script, or
    missing, prove nothing.
    """
    sure = sorted((one for one in named if one.score >= SURE), key=lambda one: -one.score)[:MOST_NAMED]
    if any(one.mbid and one.mbid == wanted.mbid for one in sure):
        return Verdict.SAME, "it sounds like this very recording"
    known = [one for one in sure if one.title and one.artists]
    for one in known:
        if _may_be(wanted, one):
            return Verdict.SAME, f"it sounds like {one}"
    comparable = [one for one in known if _scripts(one.title, *one.artists) == _scripts(wanted.title, *wanted.artists)]
    if not comparable or len(comparable) < len(sure):
        return Verdict.UNKNOWN, "nobody knows this sound" if not sure else "what it sounds like has no name to compare"
    return Verdict.ANOTHER, f"it sounds like {comparable[0]}"


def _may_be(wanted: TrackInfo, one: Named) -> bool:
    """Title and artist agree, and it is no live take or the like. How it was cut the length has said already."""
    candidate = Candidate("heard", one.mbid, "", one.title, one.artists, kind=UploadKind.SONG)
    reading = read_wanted(wanted)
    offered = read_offered(candidate, reading)
    if title_evidence(reading, candidate, offered).points <= DOUBT:
        return False
    if artist_evidence(reading, candidate, offered).points <= DOUBT:
        return False
    asked = {version.kind for version in reading.versions} | reading.album_versions
    return {version.kind for version in offered.versions} <= asked | _OF_CUT


def _scripts(*texts: str) -> frozenset[str]:
    """The scripts of the letters, by the first word of their names: LATIN, CYRILLIC, HANGUL, CJK ..."""
    letters = {sign for text in texts for sign in text[:200] if sign.isalpha()}
    return frozenset(unicodedata.name(sign, "?").split()[0] for sign in letters)
