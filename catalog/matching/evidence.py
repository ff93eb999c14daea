"""Each kind of evidence as points lost or won, with the sentence that says why.

A candidate starts with 100 points. What speaks against it costs points; what would make it another recording costs so
many that nothing else can make up for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

from catalog.matching.filler import OF_FOLDERS
from catalog.matching.names import any_same, same_name, split_names
from catalog.matching.offered import Offered
from catalog.matching.paths import SharedFile
from catalog.matching.text import compact, cut, fold
from catalog.matching.versions import find_versions
from catalog.matching.wanted import Wanted, album_core
from providers.base import Candidate, UploadKind

ANOTHER = -60  # another recording
_VERY_LONG_MS = 20 * 60_000
DOUBT = -30  # too doubtful to pick, whatever else agrees
_MAYBE_SAME = 80  # of 100
_SHORTEST_NEARLY = 6  # letters; shorter names are compared to the letter
_ON_EVERY_ALBUM = frozenset(
    "intro|outro|interlude|skit|prelude|overture|untitled|reprise|theme|opening|ending|main title|main titles"
    "|main theme|title|end credits|credits|finale|suite|prologue|epilogue".split("|")
)
_PLACE_ON_SIDE = re.compile(r"[a-h]?\d{1,3}")  # 3, 103, or A3 on vinyl


@dataclass(frozen=True, slots=True)
class Finding:
    """What one kind of evidence says."""

    points: float
    says: str


def title_evidence(wanted: Wanted, candidate: Candidate, offered: Offered) -> Finding:
    """Whether the wanted title stands there, and alone."""
    place = offered.place
    if place is None:
        return Finding(ANOTHER, "the title is another one")
    points, says = 0.0, "the title is the same"
    if place.ratio < 1:
        points -= 1 + (1 - place.ratio) * 100
        says = "the title is spelled almost the same"
    if place.form.is_shortened:
        points -= 3
        says += ", without its bracket"
        brackets = [piece.text for piece in offered.apart if piece.is_bracket and not _is_number(piece.text)]
        if any(fuzz.partial_ratio(wanted.aside, text) < 80 for text in brackets):
            return Finding(DOUBT, "the bracket beside the title says something else")
    if offered.is_aside and _may_mean_something_else(place.form.text) and place.form.text != wanted.aside:
        return Finding(DOUBT, "the title stands only in a bracket, where it can mean something else")
    is_song = candidate.kind is UploadKind.SONG
    if words := _stands_beside(offered, wanted.track_number):
        left = len("".join(words))
        lost = min(45.0, 6 + 60 * left / (left + len(place.form.text)))
        is_sure = is_song or any(word.isdigit() for word in words)  # a label writes its titles with care
        points -= max(lost, -DOUBT) if is_sure else lost
        says += f", but “{' '.join(words)}” stands with it"
    unknown = _unexplained(offered)
    if is_song and len(unknown) > offered.is_led and not offered.is_translated:
        return Finding(DOUBT, f"{says}, and a label would not add “{unknown[-1]}” to it for nothing")
    if unknown and not offered.file:
        points -= min(16, 8 * len(unknown)) if is_song else min(9, 3 * len(unknown))
        says += f", and nothing explains “{unknown[0]}”"
    return Finding(points, says)


def _may_mean_something_else(title: str) -> bool:
    """Whether in a bracket the title would be read as a year or as a version."""
    return title.isdigit() or bool(find_versions(title).versions)


def _stands_beside(offered: Offered, track_number: int | None) -> list[str]:
    """Words in one breath with the title that nothing explains; years and the number of a file are explained."""
    words = offered.beside.split()
    if words and words[0].isdigit() and int(words[0]) == track_number:
        words = words[1:]
    elif words and offered.file and _PLACE_ON_SIDE.fullmatch(words[0]):
        is_disc = len(words) > 1 and words[0] == str(offered.file.disc_number) and words[1].isdigit()
        words = words[2 if is_disc else 1 :]
    return [word for word in words if not (len(word) == 4 and word.isdigit())]


def _unexplained(offered: Offered) -> list[str]:
    return [piece.text for piece in offered.apart if not _is_number(piece.text)]


def _is_number(text: str) -> bool:
    return text.replace(" ", "").isdigit()


def artist_evidence(wanted: Wanted, candidate: Candidate, offered: Offered) -> Finding:
    """Whether one of the wanted artists stands behind the candidate."""
    if not wanted.artists:
        return Finding(-6, "the artist is not known")
    main = split_names(wanted.artists[0])
    if offered.file:
        return _artist_of_file(wanted, main, offered, offered.file)
    if candidate.kind is UploadKind.SONG:
        return _artist_of_song(wanted, main, offered)
    return _artist_of_video(wanted, main, offered)


def _artist_of_song(wanted: Wanted, main: tuple[str, ...], offered: Offered) -> Finding:
    if _other_guests(wanted, offered):
        return Finding(DOUBT, "it features somebody else")
    if any_same(main, offered.names):
        strangers = [name for name in offered.names if not _is_known(name, wanted, offered)]
        if strangers:
            return Finding(-4, f"the artist is the same, with {strangers[0]} beside")
        return Finding(0, "the artist is the same")
    if any_same(wanted.names, offered.names):
        return Finding(-4, "one of the artists is the same")
    if any(_names_stand_in(offered.around, (name,)) for name in wanted.names):
        return Finding(-10, "the artist stands in the title only")
    return Finding(ANOTHER, "the artist is another one")


def _other_guests(wanted: Wanted, offered: Offered) -> bool:
    """Whether both name guests, and none of them is the same."""
    guests = [name for names in offered.featured for name in split_names(names)]
    others = [*wanted.featured, *wanted.artists[1:]]
    if any(any_same((other,), offered.names) or f" {other} " in f" {offered.text} " for other in others):
        return False
    return bool(guests and others) and not any(_may_be_known(name, wanted, offered) for name in guests)


def _may_be_known(name: str, wanted: Wanted, offered: Offered) -> bool:
    """Whether a guest may be one of the wanted names, misspelled or in two scripts: no reason to call him another."""
    if _is_known(name, wanted, offered):
        return True
    return any(f" {known} " in f" {name} " or fuzz.ratio(known, name) >= _MAYBE_SAME for known in wanted.names)


def _is_known(name: str, wanted: Wanted, offered: Offered) -> bool:
    return any(same_name(name, known) for known in wanted.names) or f" {name} " in f" {wanted.everything} "


def _artist_of_video(wanted: Wanted, main: tuple[str, ...], offered: Offered) -> Finding:
    if _other_guests(wanted, offered):
        return Finding(DOUBT, "it features somebody else")
    strangers = [
        name for names in offered.featured for name in split_names(names) if not _is_known(name, wanted, offered)
    ]
    guest = -8 if strangers and len(strangers) == sum(len(split_names(names)) for names in offered.featured) else 0
    if any_same(main, offered.names):
        return Finding(guest, "it is the artist's own upload")
    if (
        offered.is_led
        and not _names_stand_in(offered.outside, wanted.names)
        and not _album_stands_in(wanted, offered.outside)
    ):
        return Finding(DOUBT, "somebody else stands where the artist would, who is named in brackets only")
    if _names_stand_in(offered.around, main):
        return Finding(guest - 1, "the title names the artist")
    if any_same(wanted.names, offered.names) or _names_stand_in(offered.around, wanted.names):
        return Finding(guest - 4, "the title names one of the artists")
    if _named_nearly(main[0], offered.around):
        return Finding(guest - 5, "the title names the artist, almost spelled so")
    if _named_by_surname(main[0], offered.around):
        return Finding(guest - 6, "the title names the artist by the last name")
    if _album_stands_in(wanted, offered.around):
        return Finding(guest - 12, "the title names the album, not the artist")
    return Finding(ANOTHER, "nothing names the artist")


def _artist_of_file(wanted: Wanted, main: tuple[str, ...], offered: Offered, file: SharedFile) -> Finding:
    text = f"{file.folders} {offered.around}"
    if _names_stand_in(text, main):
        return Finding(0, "the path names the artist")
    if _names_stand_in(text, wanted.names):
        return Finding(-4, "the path names one of the artists")
    if _named_nearly(main[0], text):
        return Finding(-5, "the path names the artist, almost spelled so")
    if _album_stands_in(wanted, text) and file.track_number == wanted.track_number is not None:
        if stranger := _stranger(wanted, file):
            return Finding(ANOTHER, f"the path names “{stranger}”, not the artist")
        return Finding(-12, "the path names the album and the number, not the artist")
    return Finding(ANOTHER, "nothing names the artist")


def _stranger(wanted: Wanted, file: SharedFile) -> str:
    """What the two nearest folders say that is neither the album nor about files: somebody's name, it seems."""
    for folder in file.nearest:
        padded = f" {folder} ".replace(f" {wanted.album} ", " ")
        if words := [word for word in padded.split() if word not in OF_FOLDERS and not word.isdigit()]:
            return " ".join(words)
    return ""


def _names_stand_in(text: str, names: tuple[str, ...]) -> bool:
    padded = f" {text} "
    return any(f" {name} " in padded or _stands_joined(name, padded) for name in names)


def _named_nearly(name: str, text: str) -> bool:
    return len(name) >= _SHORTEST_NEARLY and len(text) >= len(name) - 2 and fuzz.partial_ratio(name, text) >= 88


def _named_by_surname(name: str, text: str) -> bool:
    last = name.rpartition(" ")[2]
    return last != name and len(last) >= _SHORTEST_NEARLY and f" {last} " in f" {text} "


def _stands_joined(name: str, padded: str) -> bool:
    """Whether the name stands there without its gaps: AC/DC, whom no folder can be called."""
    return " " in name and len(joined := compact(name)) >= 4 and f" {joined} " in padded


def _album_stands_in(wanted: Wanted, text: str) -> bool:
    album = wanted.album
    if len(album) < 4 or album == wanted.title:
        return False
    return f" {album} " in f" {text} "


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
        if wanted.title in _ON_EVERY_ALBUM and not _album_stands_in(wanted, offered.around):
            return Finding(DOUBT, "the album is another one, and many have a track of that name")
        if candidate.duration_ms is None or wanted.duration_ms is None:
            return Finding(-10, "the album is another one, and no length tells them apart")
        return Finding(-2, "the album is another one")
    if _album_stands_in(wanted, offered.around):
        return Finding(1, "the title names the album")
    return Finding(0, "it names no album")


def is_same_album(wanted: Wanted, album: str) -> bool:
    """Whether ``album`` is the wanted one in any edition."""
    album = cut(album)
    core = album_core(album)
    return core == wanted.album or fold(album) == wanted.album_whole or bool(fuzz.ratio(core, wanted.album) >= 92)


def _album_of_file(wanted: Wanted, offered: Offered, file: SharedFile) -> Finding:
    is_there = f" {wanted.album} " in f" {file.folders} {offered.around} "
    if file.track_number is None or wanted.track_number is None:
        return Finding(
            2 if is_there else -2, "the path names the album" if is_there else "the path names another album"
        )
    is_number = file.track_number == wanted.track_number
    if is_there and is_number:
        return Finding(4, "the path names the album and the number")
    if is_there:
        return Finding(-6, "the path names the album, but another number")
    return Finding(0 if is_number else -3, "the path does not name the album")


def kind_evidence(wanted: Wanted, candidate: Candidate, offered: Offered) -> Finding:
    """Who stands behind it, whether it is audio at all, and whether a clean edit is offered for an explicit track."""
    if offered.file:
        if not offered.file.is_audio:
            return Finding(ANOTHER, "it is no audio file")
        return Finding(0, "it is a shared file")
    if candidate.kind is not UploadKind.SONG:
        return Finding(-2, "it is a video")
    if wanted.explicit is not None and candidate.explicit is not None and wanted.explicit != candidate.explicit:
        return Finding(DOUBT, "it is not the explicit one" if wanted.explicit else "it is the explicit one")
    return Finding(0, "it is official audio")
