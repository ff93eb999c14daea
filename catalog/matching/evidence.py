"""Each kind of evidence as points lost or won, with the sentence that says why.

A candidate starts with 100 points. What speaks against it costs points; what would make it another recording costs so
many that nothing else can make up for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

from catalog.matching.names import any_same, same_name, split_names
from catalog.matching.offered import Offered
from catalog.matching.paths import SharedFile
from catalog.matching.text import fold
from catalog.matching.wanted import Wanted, album_core
from providers.base import Candidate, UploadKind

ANOTHER = -60  # another recording
DOUBT = -30  # too doubtful to pick, whatever else agrees
_ON_EVERY_ALBUM = frozenset("intro outro interlude skit prelude overture untitled reprise theme opening ending".split())
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
        if any(piece.is_bracket and fuzz.partial_ratio(wanted.aside, piece.text) < 80 for piece in offered.apart):
            return Finding(DOUBT, "the bracket beside the title says something else")
    is_song = candidate.kind is UploadKind.SONG
    if words := _stands_beside(offered):
        left = len("".join(words))
        lost = min(45.0, 6 + 60 * left / (left + len(place.form.text)))
        is_sure = is_song or any(word.isdigit() for word in words)  # a label writes its titles with care
        points -= max(lost, -DOUBT) if is_sure else lost
        says += f", but “{' '.join(words)}” stands with it"
    if (unknown := _unexplained(offered)) and not offered.file:
        points -= min(16, 8 * len(unknown)) if is_song else min(9, 3 * len(unknown))
        says += f", and nothing explains “{unknown[0]}”"
    return Finding(points, says)


def _stands_beside(offered: Offered) -> list[str]:
    """Words in one breath with the title that nothing explains; years and the number of a file are explained."""
    words = offered.beside.split()
    if words and offered.file and _PLACE_ON_SIDE.fullmatch(words[0]):
        words = words[1:]
    return [word for word in words if not (len(word) == 4 and word.isdigit())]


def _unexplained(offered: Offered) -> list[str]:
    return [piece.text for piece in offered.apart if not piece.text.replace(" ", "").isdigit()]


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
    return bool(guests and wanted.featured) and not any(_is_known(name, wanted, offered) for name in guests)


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
    if _names_stand_in(offered.around, main):
        return Finding(guest - 1, "the title names the artist")
    if any_same(wanted.names, offered.names) or _names_stand_in(offered.around, wanted.names):
        return Finding(guest - 4, "the title names one of the artists")
    if any(len(main[0]) >= 6 and fuzz.partial_ratio(main[0], piece) >= 88 for piece in (offered.around,)):
        return Finding(guest - 5, "the title names the artist, almost spelled so")
    if _album_stands_in(wanted, offered.around):
        return Finding(guest - 12, "the title names the album, not the artist")
    return Finding(ANOTHER, "nothing names the artist")


def _artist_of_file(wanted: Wanted, main: tuple[str, ...], offered: Offered, file: SharedFile) -> Finding:
    text = f"{file.folders} {offered.around}"
    if _names_stand_in(text, main):
        return Finding(0, "the path names the artist")
    if _names_stand_in(text, wanted.names):
        return Finding(-4, "the path names one of the artists")
    if len(main[0]) >= 6 and fuzz.partial_ratio(main[0], text) >= 88:
        return Finding(-5, "the path names the artist, almost spelled so")
    if _album_stands_in(wanted, text) and file.track_number == wanted.track_number is not None:
        return Finding(-12, "the path names the album and the number, not the artist")
    return Finding(ANOTHER, "nothing names the artist")


def _names_stand_in(text: str, names: tuple[str, ...]) -> bool:
    padded = f" {text} "
    return any(f" {name} " in padded for name in names)


def _album_stands_in(wanted: Wanted, text: str) -> bool:
    album = wanted.album
    if len(album) < 4 or album == wanted.title:
        return False
    return f" {album} " in f" {text} "


def duration_evidence(wanted: Wanted, candidate: Candidate) -> Finding:
    """How near the lengths are. A few seconds of silence or of a label's picture are usual, more is not."""
    if wanted.duration_ms is None:
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
        if candidate.duration_ms is None or wanted.duration_ms is None:
            # Nothing but names is left, and an intro is called so on every album.
            lost = DOUBT if wanted.title in _ON_EVERY_ALBUM else -10
            return Finding(lost, "the album is another one, and no length tells them apart")
        return Finding(-2, "the album is another one")
    if _album_stands_in(wanted, offered.around):
        return Finding(1, "the title names the album")
    return Finding(0, "it names no album")


def is_same_album(wanted: Wanted, album: str) -> bool:
    """Whether ``album`` is the wanted one in any edition."""
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
