"""Works that have a number in a catalogue of their own: the same work and the same movement, however they are written.

*Suite No. 1, BWV 1007: I. Prélude* and *Cello Suite in G major BWV 1007 - 1. Prelude* share no long run of words, and
*BWV 1008* differs from it by one letter only. What must agree is the number, and the movement.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from catalog.matching.segments import Segment

_FORM_SPELLINGS = {
    "sonata": "sonate sonaten sonatas",
    "symphony": "symphonie sinfonie sinfonia symphonies",
    "concerto": "konzert concerti",
    "quartet": "quartett quatuor quartetto",
    "quintet": "quintett quintette quintetto",
    "trio": "",
    "suite": "suites partita",
    "prelude": "preludium praludium preludes preludio",
    "fugue": "fuge fuga",
    "nocturne": "notturno nocturnes",
    "etude": "etuden study etudes",
    "waltz": "walzer valse waltzes",
    "mazurka": "mazurkas",
    "polonaise": "",
    "ballade": "ballad",
    "scherzo": "",
    "impromptu": "impromptus",
    "requiem": "",
    "mass": "messe missa",
    "cantata": "kantate cantate",
    "overture": "ouverture ouverture",
    "rhapsody": "rhapsodie rapsodie",
    "fantasia": "fantasie phantasie fantaisie",
    "variations": "variationen variation",
    "serenade": "serenata",
    "toccata": "",
    "invention": "",
}
_FORMS = {word: form for form, words in _FORM_SPELLINGS.items() for word in (form, *words.split())}
_FORM = re.compile(rf"\b(?:{'|'.join(_FORMS)})\b")
_CATALOGUE = re.compile(
    r"\b(?:(?P<list>bwv|kv|kochel|hwv|rv|woo|wwv|twv|buxwv|op|opus|trv|fp|sz|wq|zwv|cff)"
    r"|(?P<letter>[kdslh]))\.? ?(?P<number>\d{1,4}[a-h]?)(?: no (?P<part>\d{1,3}))?\b"
    r"|\bhob (?P<hob>[ivx]+[ab]?|\d+)[: ]+(?P<of_hob>\w*\d+)\b"
)
_SAME_LIST = {"kochel": "k", "kv": "k", "opus": "op"}
_NUMBER = re.compile(r"\bno (\d{1,3})\b")
_KEY = re.compile(r"\b(?:in )?[a-h](?: flat| sharp|is|es|s)? (?:major|minor|dur|moll)\b")
_MOVEMENT = re.compile(
    r"^(?:movement |mvt |mov )?(\d{1,2}|[ivx]{1,5})(?:st|nd|rd|th)?(?: (?:movement|mvt|mov|satz))? (\D.*)$"
)
_SURE = 85
_LIKELY = 60  # where the movement's number says the same


@dataclass(frozen=True, slots=True)
class Work:
    """What a title says of a work; ``at`` is the piece that says it, ``movements`` what stands behind it."""

    catalogue: frozenset[str]
    form: str
    number: str
    at: int
    movement_number: str = ""
    movement: str = ""


def read_work(segments: Sequence[Segment]) -> Work | None:
    """The work that the pieces of a title name, or None where they name none by a number."""
    for index, segment in enumerate(segments):
        text = segment.text
        form = _FORM.search(text)
        matches = [match for match in _CATALOGUE.finditer(text) if form or _is_sure(match, text)]
        bare = _NUMBER.search(_CATALOGUE.sub(" ", text))
        if not (matches or (form and bare)):
            continue
        ends = [match.end() for pattern in (_CATALOGUE, _NUMBER, _KEY) for match in pattern.finditer(text)]
        number, movement = _movement(text[max(ends) :].strip(), segments[index + 1 :])
        return Work(
            catalogue=frozenset(map(_entry, matches)),
            form=_FORMS[form[0]] if form else "",
            number=bare[1] if bare else "",
            at=index,
            movement_number=number,
            movement=movement,
        )
    return None


def _is_sure(match: re.Match[str], text: str) -> bool:
    """Whether a number is one of a catalogue where no form stands with it: *Ave Maria, D. 839*, but not *Special K*."""
    if match["list"] or match["hob"]:
        return True
    return match.start() > 0 and match.end() == len(text) and len(match["number"]) > 1


def _entry(match: re.Match[str]) -> str:
    if match["hob"]:
        return f"hob {match['hob']} {match['of_hob']}"
    name = match["list"] or match["letter"]
    part = f" {match['part']}" if match["part"] else ""
    return f"{_SAME_LIST.get(name, name)} {match['number']}{part}"


def _movement(tail: str, behind: Sequence[Segment]) -> tuple[str, str]:
    """Number and name of the movement: what follows the work in its piece, or one of the pieces behind it."""
    pieces = [tail, *(segment.text for segment in behind)]
    for piece in pieces:
        if match := _MOVEMENT.match(piece):
            return match[1], match[2]
    return "", next((segment.text for segment in behind if not segment.is_bracket), "")


def find_work(wanted: Work, segments: Sequence[Segment]) -> tuple[int, int] | None:
    """The first and the last piece that name the wanted work and its movement, or None where they do not."""
    offered = read_work(segments)
    if offered is None or not _is_same(wanted, offered):
        return None
    if not wanted.movement:
        return None if offered.movement_number else (offered.at, offered.at)
    if offered.movement_number and wanted.movement_number and offered.movement_number != wanted.movement_number:
        return None
    least = _LIKELY if offered.movement_number and offered.movement_number == wanted.movement_number else _SURE
    for index in range(offered.at, len(segments)):
        text = segments[index].text
        name = offered.movement if offered.movement and text.endswith(offered.movement) else text
        if fuzz.ratio(wanted.movement, name) >= least:
            return offered.at, index
    return None


def _is_same(wanted: Work, offered: Work) -> bool:
    if wanted.number and offered.number and wanted.number != offered.number:
        return False
    if wanted.catalogue and offered.catalogue:
        return not wanted.catalogue.isdisjoint(offered.catalogue)
    return bool(wanted.number) and wanted.number == offered.number and wanted.form == offered.form
