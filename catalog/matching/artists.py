"""Who stands behind a candidate, and whether it is one of those who are wanted."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from catalog.matching.filler import APART, OF_FOLDERS
from catalog.matching.finding import ANOTHER, DOUBT, Finding
from catalog.matching.names import any_same, same_name, split_names, stands_alone
from catalog.matching.offered import Offered
from catalog.matching.paths import SharedFile
from catalog.matching.text import compact, plain
from catalog.matching.wanted import Wanted, is_same_album
from providers.base import Candidate, UploadKind

_OF_FILMS = re.compile(r"\b(?:ost|soundtracks?|score|music from|cast)\b")
_MAYBE_SAME = 80  # of 100
_SHORTEST_NEARLY = 6  # letters; shorter names are compared to the letter


def artist_evidence(wanted: Wanted, candidate: Candidate, offered: Offered) -> Finding:
    """Whether one of the wanted artists stands behind the candidate."""
    if not wanted.artists:
        return Finding(-6, "the artist is not known")
    main = split_names(wanted.artists[0])
    if offered.file:
        return _artist_of_file(wanted, main, candidate, offered, offered.file)
    if candidate.kind is UploadKind.SONG:
        return _artist_of_song(wanted, main, candidate, offered)
    return _artist_of_video(wanted, main, candidate, offered)


def _artist_of_song(wanted: Wanted, main: tuple[str, ...], candidate: Candidate, offered: Offered) -> Finding:
    if _other_guests(wanted, offered):
        return Finding(DOUBT, "it features somebody else")
    known = set(wanted.everything.split())
    strangers = [name for name in offered.names if not (_is_known(name, wanted, offered) or known >= set(name.split()))]
    is_elsewhere = bool(strangers and candidate.album) and not is_same_album(wanted, candidate.album)
    if strangers and _is_with_others(wanted, main, offered):
        return Finding(DOUBT, f"the artist is the same, but with {strangers[0]} and not with {wanted.artists[1]}")
    guests = [name for names in offered.featured for name in split_names(names)]
    if guests and not any(_may_be_known(name, wanted, offered) for name in guests):
        return Finding(DOUBT, f"it features “{guests[0]}”, who was not asked for")
    if any_same(main, offered.names):
        if not (offered.is_translated or _is_spelled_so(wanted.names, offered.names)):
            is_album = bool(candidate.album) and is_same_album(wanted, candidate.album)
            return Finding(-5 if is_album else DOUBT, "the artist is spelled otherwise, and a label spells with care")
        if strangers:
            says = f"the artist is the same, with {strangers[0]} beside"
            return Finding(DOUBT if is_elsewhere and not _may_be_joined(wanted, main, offered) else -4, says)
        return Finding(0, "the artist is the same")
    if any_same(wanted.names, offered.names):
        if (
            len(offered.names) == 1
            and not (wanted.versions or wanted.work)
            and not _names_stand_in(offered.around, main)
        ):
            return Finding(DOUBT, "only another one of the artists is named")
        if is_elsewhere and not _names_stand_in(offered.around, main):
            return Finding(DOUBT, f"one of the artists is the same, but with {strangers[0]}")
        return Finding(-4, "one of the artists is the same")
    if _names_stand_in(offered.around, main):
        return Finding(DOUBT, "the title names the artist, but it is by somebody else")
    return Finding(ANOTHER, "the artist is another one")


def _is_spelled_so(names: Sequence[str], others: Sequence[str]) -> bool:
    """Whether a wanted name stands among the others to the letter, but for its gaps."""
    return not {compact(name) for name in names}.isdisjoint(map(compact, others))


def _may_be_joined(wanted: Wanted, main: tuple[str, ...], offered: Offered) -> bool:
    """Whether somebody more may be named for the same recording: an orchestra, or one beside the wanted guest."""
    if wanted.work or _OF_FILMS.search(wanted.album_whole):
        return True
    others = tuple(name for name in wanted.names if name not in main)
    return any_same(others, offered.names) != "" or _names_stand_in(" ".join((offered.text, *offered.featured)), others)


def _is_with_others(wanted: Wanted, main: tuple[str, ...], offered: Offered) -> bool:
    """Whether both name more than one artist, and only the first is the same: a composer with other players."""
    others = [name for name in wanted.names if name not in main]
    if len(wanted.artists) < 2 or not others or any_same(others, offered.names):
        return False
    return not _names_stand_in(" ".join((offered.text, *offered.featured)), tuple(others))


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


def _artist_of_video(wanted: Wanted, main: tuple[str, ...], candidate: Candidate, offered: Offered) -> Finding:
    if _other_guests(wanted, offered):
        return Finding(DOUBT, "it features somebody else")
    strangers = [
        name for names in offered.featured for name in split_names(names) if not _is_known(name, wanted, offered)
    ]
    guest = -8 if strangers and len(strangers) == sum(len(split_names(names)) for names in offered.featured) else 0
    if any_same(main, offered.names):
        return Finding(guest, "it is the artist's own upload")
    if offered.lead and _is_led_by_another(wanted, main, offered):
        return Finding(DOUBT, f"“{offered.lead}” stands before the title, where its artist would")
    if any(f" {name} jr " in f" {offered.around} " for name in main):
        return Finding(DOUBT, f"“{main[0]} jr” is somebody else")
    if _names_stand_in(offered.around, main):
        if _is_part_of_a_name(wanted, main[0], candidate.title):
            return Finding(DOUBT, f"“{main[0]}” is named only as a part of a longer name")
        return Finding(guest - 1, "the title names the artist")
    if any_same(wanted.names, offered.names) or _names_stand_in(offered.around, wanted.names):
        return Finding(guest - 4, "the title names one of the artists")
    if _named_nearly(main[0], offered.around):
        return Finding(guest - 5, "the title names the artist, almost spelled so")
    last = main[0].rpartition(" ")[2]
    if _named_by_surname(main[0], offered.around) and not _is_part_of_a_name(wanted, last, candidate.title):
        return Finding(guest - 6, "the title names the artist by the last name")
    if album_stands_in(wanted, offered.around):
        return Finding(guest - 12, "the title names the album, not the artist")
    return Finding(ANOTHER, "nothing names the artist")


def _is_led_by_another(wanted: Wanted, main: tuple[str, ...], offered: Offered) -> bool:
    """Whether somebody else stands before the title, and no wanted artist with him: *Jess - Title - Artist*."""
    before = offered.before
    if _names_stand_in(before, wanted.names) or _named_nearly(main[0], before):
        return False
    return not album_stands_in(wanted, before)


def _is_part_of_a_name(wanted: Wanted, name: str, text: str) -> bool:
    """Whether a name of one word stands in ``text`` only as a part of somebody else's: *Wren* in *Wren Ellis*."""
    if " " in name or not text.isascii():
        return False
    return not stands_alone(name, plain(text.replace("_", " ")), wanted.everything.split(), APART, OF_FOLDERS)


def _artist_of_file(
    wanted: Wanted, main: tuple[str, ...], candidate: Candidate, offered: Offered, file: SharedFile
) -> Finding:
    text = f"{file.folders} {offered.around}"
    if _names_stand_in(text, main):
        if len(main) == 1 and _is_part_of_a_name(wanted, main[0], candidate.path):
            return Finding(DOUBT, f"“{main[0]}” is named only as a part of a longer name")
        return Finding(0, "the path names the artist")
    if _names_stand_in(text, wanted.names):
        return Finding(-4, "the path names one of the artists")
    if _names_stand_in(text, tuple(_last_name_first(name) for name in main)):
        return Finding(0, "the path names the artist, the last name first")
    if _named_nearly(main[0], text):
        return Finding(-5, "the path names the artist, almost spelled so")
    if album_stands_in(wanted, text) and file.track_number == wanted.track_number is not None:
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


def _last_name_first(name: str) -> str:
    first, _, last = name.rpartition(" ")
    return f"{last} {first}".strip()


def _named_nearly(name: str, text: str) -> bool:
    return len(name) >= _SHORTEST_NEARLY and len(text) >= len(name) - 2 and fuzz.partial_ratio(name, text) >= 88


def _named_by_surname(name: str, text: str) -> bool:
    last = name.rpartition(" ")[2]
    return last != name and len(last) >= _SHORTEST_NEARLY and f" {last} " in f" {text} "


def _stands_joined(name: str, padded: str) -> bool:
    """Whether the name stands there without its gaps: AC/DC, whom no folder can be called."""
    return " " in name and len(joined := compact(name)) >= 4 and f" {joined} " in padded


def album_stands_in(wanted: Wanted, text: str) -> bool:
    album = wanted.album
    if len(album) < 4 or album == wanted.title:
        return False
    return f" {album} " in f" {text} "
