"""Each kind of evidence as points lost or won, with the sentence that says why.

A candidate starts with 100 points. What speaks against it costs points; what would make it another recording costs so
many that nothing else can make up for it.
"""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from catalog.matching.artists import album_stands_in
from catalog.matching.finding import ANOTHER, DOUBT, UNEXPLAINED, Finding
from catalog.matching.offered import Apart, Offered
from catalog.matching.paths import SharedFile
from catalog.matching.versions import find_versions
from catalog.matching.wanted import Wanted, is_same_album
from providers.base import Candidate, UploadKind

_VERY_LONG_MS = 20 * 60_000
_ON_EVERY_ALBUM = frozenset(
    "intro|outro|interlude|skit|prelude|overture|untitled|reprise|theme|opening|ending|main title|main titles"
    "|main theme|title|end credits|credits|finale|suite|prologue|epilogue".split("|")
)
_SPOKEN_AS = {"ing": "in", "our": "or", "ise": "ize", "grey": "gray", "till": "til", "theatre": "theater"}
_SPOKEN_AS |= {"ae": "a", "oe": "o", "ue": "u"}
_SPOKEN = re.compile(r"(?:ing|our|ise|grey|till|theatre)(?=s?\b)|[aou]e")
_JOINED = 0.99  # the same but for its gaps
_FEWEST_ON_A_DISC = 8  # tracks
_LONGEST_MARK = 4  # letters of a group's name
_MIXED = re.compile(r"\d[a-z]|[a-z]\d")
_PLACE_ON_SIDE = re.compile(r"[a-h]?\d{1,3}")  # 3, 103, or A3 on vinyl


def title_evidence(wanted: Wanted, candidate: Candidate, offered: Offered) -> Finding:
    """Whether the wanted title stands there, and alone."""
    place = offered.place
    if place is None:
        if offered.other_work:
            return Finding(ANOTHER, f"it is another work or movement: “{offered.other_work}”")
        return Finding(ANOTHER, "the title is another one")
    points, says = 0.0, "the title is the same"
    is_song = candidate.kind is UploadKind.SONG
    if place.ratio < 1:
        points -= 1 + (1 - place.ratio) * 100
        says = "the title is spelled almost the same"
        if place.is_work:
            says = "the work and the movement are the same, in other words"
        is_labels = is_song and place.ratio < _JOINED and not (offered.is_translated or wanted.work)
        if is_labels and f" {_spoken(place.form.text)} " not in f" {_spoken(offered.text)} ":
            return Finding(DOUBT, "the title is spelled otherwise, and a label spells with care")
    if place.form.is_shortened:
        points -= 12 if is_song and wanted.ends_aside else 3
        says += ", without its bracket"
        brackets = [piece.text for piece in offered.apart if piece.is_bracket and not _is_number(piece.text)]
        if any(fuzz.partial_ratio(wanted.aside, text) < 80 for text in brackets):
            return Finding(DOUBT, "the bracket beside the title says something else")
    if offered.is_aside and _may_mean_something_else(place.form.text) and place.form.text != wanted.aside:
        return Finding(DOUBT, "the title stands only in a bracket, where it can mean something else")
    if words := _stands_beside(offered, wanted.track_number):
        left = len("".join(words))
        lost = min(45.0, 6 + 60 * left / (left + len(place.form.text)))
        is_sure = is_song or any(word.isdigit() for word in words)  # a label writes its titles with care
        points -= max(lost, -DOUBT) if is_sure else lost
        says += f", but “{' '.join(words)}” stands with it"
    unknown = [piece for piece in offered.apart if not _is_number(piece.text) and not _is_mark_of_file(piece, offered)]
    odd = [piece for piece in unknown if not piece.is_translation and not (piece.is_before and not piece.is_bracket)]
    if odd and is_song:
        return Finding(DOUBT, f"{says}, but “{odd[-1].text}” stands with it, which no label adds for nothing")
    odd = [piece for piece in odd if not piece.is_before]
    if odd:
        return Finding(points + UNEXPLAINED, f"{says}, but “{odd[0].text}” beside it may say another version")
    if unknown and not offered.file:
        points -= min(16, 8 * len(unknown)) if is_song else min(9, 3 * len(unknown))
        says += f", and nothing explains “{unknown[0].text}”"
    return Finding(points, says)


def _is_mark_of_file(piece: Apart, offered: Offered) -> bool:
    """Whether a piece of a file's name only says who shared it: short signs behind it, or what its folders say too."""
    if offered.file is None:
        return False
    words = piece.text.split()
    if len(words) == 1 and not piece.is_bracket and (len(words[0]) <= _LONGEST_MARK or _MIXED.search(words[0])):
        return True
    return set(offered.file.folders.split()).issuperset(words)


def _spoken(text: str) -> str:
    """``text`` without what one spelling has and another has not: lovin', loving; color, colour; für, fuer."""
    return _SPOKEN.sub(lambda match: _SPOKEN_AS[match[0]], text)


def _may_mean_something_else(title: str) -> bool:
    """Whether in a bracket the title would be read as a year or as a version."""
    return title.isdigit() or bool(find_versions(title).versions)


def _stands_beside(offered: Offered, track_number: int | None) -> list[str]:
    """Words in one breath with the title that nothing explains; years and the number of a file are explained."""
    words = offered.beside.split()
    is_before = bool(words) and offered.place is not None and words[0] in offered.place.before.split()
    if is_before and words[0].isdigit() and int(words[0]) == track_number:
        words = words[1:]
    elif is_before and offered.file and _PLACE_ON_SIDE.fullmatch(words[0]):
        is_disc = len(words) > 1 and words[0] == str(offered.file.disc_number) and words[1].isdigit()
        words = words[2 if is_disc else 1 :]
    return [word for word in words if not (len(word) == 4 and word.isdigit())]


def _is_number(text: str) -> bool:
    return text.replace(" ", "").isdigit()


def duration_evidence(wanted: Wanted, candidate: Candidate) -> Finding:
    """How near the lengths are. A few seconds of silence or of a label's picture are usual, more is not."""
    if wanted.duration_ms is None:
        if (candidate.duration_ms or 0) > _VERY_LONG_MS:
            return Finding(DOUBT, "it is very long, and the wanted length is not known")
        return Finding(-3, "the wanted length is not known")
    if candidate.duration_ms is None:
        return Finding(-6, "the length is not known")
    off = abs(wanted.duration_ms - candidate.duration_ms) / 1000
    says = f"the length differs by {off:.0f} s" if off >= 1 else "the length is the same"
    for most, points in ((2, 0), (3, -3), (4, -8), (5, -12), (6, -18), (10, -40)):
        if off <= most:
            return Finding(points, says)
    return Finding(ANOTHER, says)


def album_evidence(wanted: Wanted, candidate: Candidate, offered: Offered) -> Finding:
    """Whether it is from the wanted album. Another album often holds the same recording."""
    if not wanted.album:
        return Finding(0, "the album is not known")
    if offered.file:
        return _album_of_file(wanted, offered, offered.file)
    if candidate.album:
        if is_same_album(wanted, candidate.album):
            return Finding(3, "the album is the same")
        if wanted.title in _ON_EVERY_ALBUM and not album_stands_in(wanted, offered.around):
            return Finding(DOUBT, "the album is another one, and many have a track of that name")
        if candidate.duration_ms is None or wanted.duration_ms is None:
            return Finding(-10, "the album is another one, and no length tells them apart")
        return Finding(-2, "the album is another one")
    if album_stands_in(wanted, offered.around):
        return Finding(1, "the title names the album")
    return Finding(0, "it names no album")


def _album_of_file(wanted: Wanted, offered: Offered, file: SharedFile) -> Finding:
    is_there = f" {wanted.album} " in f" {file.folders} {offered.around} "
    if file.track_number is None or wanted.track_number is None:
        return Finding(
            2 if is_there else -2, "the path names the album" if is_there else "the path names another album"
        )
    is_number = file.track_number == wanted.track_number
    if is_there and _is_on_another_disc(wanted, file, wanted.track_number - file.track_number):
        told = f"number {file.track_number} of disc {file.disc_number}"
        return Finding(DOUBT, f"the path names the album, but {told}, not number {wanted.track_number}")
    if is_there and is_number:
        return Finding(4, "the path names the album and the number")
    if is_there:
        return Finding(-6, "the path names the album, but another number")
    return Finding(0 if is_number else -3, "the path does not name the album")


def _is_on_another_disc(wanted: Wanted, file: SharedFile, ahead: int) -> bool:
    """Whether the file is from another disc of the album, where a title that stands on both is another recording.

    Some count on from disc to disc: number 14 of the album may be the second one of its second disc.
    """
    if file.disc_number is None or ahead >= _FEWEST_ON_A_DISC:
        return False
    if wanted.disc_number is None:
        return file.disc_number > 1 and ahead != 0
    return file.disc_number != wanted.disc_number


def kind_evidence(wanted: Wanted, candidate: Candidate, offered: Offered) -> Finding:
    """Who stands behind it, whether it is audio at all, and whether a clean edit is offered for an explicit track."""
    if offered.file:
        if not offered.file.is_audio:
            return Finding(ANOTHER, "it is no audio file")
        return Finding(0, "it is a shared file")
    if candidate.kind is not UploadKind.SONG:
        return Finding(-2, "it is a video")
    if wanted.explicit is not None and candidate.explicit is not None and wanted.explicit != candidate.explicit:
        is_clean = "it is the clean one, and the explicit one was asked for"
        return Finding(
            DOUBT, is_clean if wanted.explicit else "it is the explicit one, and the clean one was asked for"
        )
    return Finding(0, "it is official audio")
