"""The files of an artist that was given another name: their tags and, where the name stands in it, their place.

Looked at first; done through the journal as one batch, so that it is taken back as one.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import PurePosixPath

from django.conf import settings
from django.db import transaction

from accounts.models import Person
from catalog.models import ArtistNaming
from catalog.names import recording_key
from catalog.services.artist_names import name_artists, undo_naming
from core.errors import UserError
from library.audio.facts import LOSSLESS
from library.models import AudioFile, FileAct, FileJob
from library.naming import relative_path
from library.selectors.chosen import chosen
from library.selectors.spellings import folder_spellings
from library.services import jobs, journal, retag
from library.services.journal import Outcome
from library.services.retag.wanted import infos_of
from ops.settings import in_force
from providers.base import Credit, TrackInfo

KIND = "rename"
# What of a file's tags an artist's name stands in.
FIELDS = ("artist", "artists", "album_artist", "album_artists", "artist_mbids", "album_artist_mbids")
OPTIONS = retag.TagOptions(names=FIELDS)
NUMBERED = re.compile(r" \(\d{1,2}\)$")
COVER = "cover.jpg"
MOST_ALSO = 20


@dataclass(frozen=True, slots=True)
class Move:
    """A file that would get another place; ``file_id`` None for what lies beside one."""

    path: str
    to: str
    file_id: int | None = None


@transaction.atomic
def name_artist(ids: Collection[int], name: str, *, by: Person | None = None, by_name: str = "") -> ArtistNaming:
    """These artists are one, called ``name``, in the database; files are found by it and say what they said.

    Raises UserError as ``catalog.services.artist_names.name_artists`` does.
    """
    naming = name_artists(ids, name, by=by, by_name=by_name)
    naming.also = sorted(folder_spellings([naming.artist_id]).get(naming.artist_id, set()) - {naming.name})[:MOST_ALSO]
    naming.save(update_fields=["also"])
    _key_files_anew([naming.artist_id])
    return naming


@transaction.atomic
def unname_artist(naming: ArtistNaming) -> None:
    """The artists are called and apart as before, in the database. Raises UserError where that cannot be."""
    undo_naming(naming)
    _key_files_anew([naming.artist_id, *map(int, naming.merged)])


def _key_files_anew(artist_ids: Collection[int]) -> None:
    files = AudioFile.objects.filter(recording__credits__artist__in=artist_ids).select_related("recording").distinct()
    changed = []
    for file in files:
        key = recording_key(file.recording.artist_text, file.recording.title) if file.recording else ""
        if key != file.match_key:
            file.match_key = key
            changed.append(file)
    AudioFile.objects.bulk_update(changed, ["match_key"], batch_size=250)


def files_called(naming: ArtistNaming) -> list[AudioFile]:
    """The owned files that the artist is credited on, by its recordings or its albums."""
    return list(chosen("artist", naming.artist.key).files)


def moves_of(naming: ArtistNaming, files: Sequence[AudioFile]) -> list[Move]:
    """The files that lie where the template put them under one of the old names, with where it puts them now.

    A file that lies elsewhere was put there by a person or another template, and stays. What Spotizer keeps beside a
    file goes along. Reads folders, touches nothing.
    """
    infos = infos_of(files, {})
    moves: list[Move] = []
    for file in files:
        info = infos.get(file.pk)
        if info is not None and (to := _target(file, info, naming)):
            moves.append(Move(file.path, to, file.pk))
    return [*moves, *_beside(moves)]


def _target(file: AudioFile, info: TrackInfo, naming: ArtistNaming) -> str:
    """Where the file belongs now; empty where it is there, or lies elsewhere."""
    here = PurePosixPath(file.path)
    number = NUMBERED.search(here.stem)
    plain = here.with_name(here.stem.removesuffix(number[0]) + here.suffix) if number else here
    now = _place(file, info)
    if now in (here, plain):
        return ""
    for old in naming.old_names:
        place = _place(file, _called(info, naming.name, old))
        if place in (here, plain):
            kept = number[0] if number and place == plain else ""
            return str(now.with_name(now.stem + kept + now.suffix))
    return ""


def _place(file: AudioFile, info: TrackInfo) -> PurePosixPath:
    is_plain = file.codec in LOSSLESS or not file.bitrate_kbps
    quality = file.codec.upper() if is_plain else f"{file.bitrate_kbps} kbps"
    suffix = PurePosixPath(file.path).suffix.removeprefix(".").lower()
    return relative_path(in_force.NAME_TEMPLATE, info, extension=suffix, extra={"Quality": quality})


def _called(info: TrackInfo, name: str, old: str) -> TrackInfo:
    """The track as it was when the artist ``name`` was called ``old``."""

    def credits(credits: Iterable[Credit]) -> tuple[Credit, ...]:
        return tuple(
            replace(one, artist=replace(one.artist, name=old)) if one.artist.name == name else one for one in credits
        )

    album = replace(info.album, credits=credits(info.album.credits)) if info.album else None
    return replace(info, credits=credits(info.credits), album=album)


def _beside(moves: Sequence[Move]) -> Iterator[Move]:
    """Lyrics beside the files, and the cover of a folder that loses its last file."""
    leaving = Counter(str(PurePosixPath(move.path).parent) for move in moves)
    targets: dict[str, set[str]] = defaultdict(set)
    for move in moves:
        lyrics, to = PurePosixPath(move.path).with_suffix(".lrc"), PurePosixPath(move.to).with_suffix(".lrc")
        if (settings.LIBRARY / lyrics).is_file():
            yield Move(str(lyrics), str(to))
        targets[str(PurePosixPath(move.path).parent)].add(str(PurePosixPath(move.to).parent))
    for folder, goals in targets.items():
        place = settings.LIBRARY / folder
        if folder == "." or len(goals) != 1 or not (place / COVER).is_file():
            continue
        staying = AudioFile.objects.filter(path__startswith=f"{folder}/", gone_at=None).count() - leaving[folder]
        goal = f"{next(iter(goals))}/{COVER}"
        if staying <= 0 and not (settings.LIBRARY / goal).exists():
            yield Move(f"{folder}/{COVER}", goal)


def digest_of(found: Iterable[retag.Look], moves: Iterable[Move]) -> str:
    """What would be done, as one short text."""
    words = [retag.digest_of(found), *sorted(f"{move.path}\0{move.to}" for move in moves)]
    return sha256("\n".join(words).encode("utf-8", "surrogateescape")).hexdigest()[:24]


def plan_of(
    naming: ArtistNaming, found: Iterable[retag.Look], moves: Iterable[Move], *, by: Person | str
) -> journal.Plan:
    """Tags first, each file's move after them. A move that the disk takes for none is left out."""
    why = f"{', '.join(naming.old_names) or naming.before} is now {naming.name}"
    plan = retag.plan_of(found, by=by, why=why[:1000], what="Name an artist")
    for move in moves:
        if plan.move(move.path, move.to).reason == "nothing_to_do":
            plan.steps.pop()
    return plan


def write(
    naming: ArtistNaming,
    found: Iterable[retag.Look],
    moves: Iterable[Move],
    *,
    by: Person | str,
    even_if_much: bool = False,
    on_act: Callable[[FileAct], None] = lambda act: None,
) -> Outcome:
    """The files say the new name and lie under it. Raises what ``retag.write`` raises."""
    plan = plan_of(naming, found, moves, by=by)
    if not plan.steps:
        raise UserError("The files say this name already.", reason="nothing_to_do")
    return journal.carry_out(plan, even_if_much=even_if_much, on_act=on_act)


def leave(naming: ArtistNaming, *, by: Person | None, even_if_much: bool = False) -> FileJob:
    """The same in the background, for more files than a person waits for."""
    ids = [file.pk for file in files_called(naming)]
    return jobs.leave(KIND, ids, by=by, naming=naming.pk, even_if_much=even_if_much)


@jobs.kind(KIND, "Naming the artist in")
def _rename(job: FileJob, report: jobs.Report) -> Outcome | None:
    naming = (
        ArtistNaming.objects.select_related("artist").filter(pk=job.arguments.get("naming"), undone_at=None).first()
    )
    if naming is None:
        return None  # taken back meanwhile
    files = list(AudioFile.objects.filter(pk__in=job.ids, gone_at=None).order_by("path"))
    moves = moves_of(naming, files)
    found = [one for one in retag.looks(job.ids, OPTIONS, on_chunk=lambda count: report(0)) if one.differs]
    if not found and not moves:
        return None
    done = 0

    def count(act: FileAct) -> None:
        nonlocal done
        done += act.kind == FileAct.Kind.TAGS or not found
        report(done)

    much = bool(job.arguments.get("even_if_much"))
    return write(naming, found, moves, by=job.person or "names", even_if_much=much, on_act=count)
