"""``manage.py library artists``: artists under several spellings, the name that they should have, and their files."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.db import transaction

from catalog.models import Artist, ArtistNaming
from catalog.spelling import Certainty
from core.errors import UserError
from core.keys import number_for
from core.text import plural
from library.management.tagging import words_of
from library.selectors.spellings import Row, all_groups, rows_of
from library.services import renaming, retag

Options = dict[str, Any]
Tell = Callable[[str], object]


def add_arguments(actions: Any, number: Callable[[str], int]) -> None:
    parser = actions.add_parser("artists", help="artists under several spellings, and one name for them")
    parser.add_argument("keys", nargs="*", metavar="ARTIST", help="short ids of artists that are one, with --name")
    parser.add_argument("--name", default="", metavar="NAME", help="what these artists are called from now on")
    parser.add_argument("--sure", action="store_true", help="name all whose ids say that they are one")
    parser.add_argument("--undo", type=number, metavar="ID", help="take back a name, in the database")
    parser.add_argument("--files", action="store_true", help="the files follow: their tags, and the folder of the name")
    parser.add_argument("--even-if-much", action="store_true", help="also where the stop rule would ask first")
    parser.add_argument("--json", action="store_true", help="one JSON object per group instead of words")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and touch nothing")


def run(options: Options, *, by: str, tell: Tell) -> str:
    """What was asked for is done, or told where this is a dry run; what could not be, in words, or empty."""
    if options["keys"] and not options["name"]:
        raise UserError("What shall these artists be called?", remedy="Give --name NAME.")
    if options["undo"]:
        return _undo(options, tell)
    if options["name"]:
        return _named([(_ids(options["keys"]), options["name"])], options, by, tell)
    if options["sure"]:
        sure = [group for group in all_groups() if group.certainty is Certainty.SURE]
        return _named([([member.id for member in group.members], group.name) for group in sure], options, by, tell)
    rows = rows_of(all_groups())
    for row in rows:
        tell(_json(row) if options["json"] else _words(row))
    if not options["json"]:
        tell(f"{plural(len(rows), 'group')}. --name NAME and the short ids give one of them its name.")
    return ""


def _undo(options: Options, tell: Tell) -> str:
    naming = ArtistNaming.objects.select_related("artist").filter(pk=options["undo"]).first()
    if naming is None:
        raise UserError(f"There is no name {options['undo']}.", remedy="The page of spellings lists them.")
    if not options["dry_run"]:
        renaming.unname_artist(naming)
    tell(f"{naming.name} {'would be' if options['dry_run'] else 'is'} called {naming.before} again.")
    return ""


def _ids(keys: list[str]) -> list[int]:
    if not keys:
        raise UserError("Which artists are meant was not said.", remedy="Give their short ids, as the list has them.")
    numbers = [number_for(key.partition("-")[0]) or 0 for key in keys]
    there = set(Artist.objects.filter(pk__in=numbers).values_list("pk", flat=True))
    missing = [key for key, number in zip(keys, numbers, strict=True) if number not in there]
    if missing:
        raise UserError(f"There is no artist {', '.join(missing)}.", remedy="Look at the list of `library artists`.")
    return numbers


def _named(wanted: list[tuple[list[int], str]], options: Options, by: str, tell: Tell) -> str:
    problems: list[str] = []
    for ids, name in wanted:
        with transaction.atomic():
            naming = renaming.name_artist(ids, name, by_name=by)
            tell(f"{', '.join(naming.old_names) or naming.before} -> {naming.name}")
            if options["dry_run"]:
                if options["files"]:
                    _tell_files(naming, tell)
                transaction.set_rollback(True)
        if options["files"] and not options["dry_run"]:
            problems += _files(naming, options, by, tell)
        elif not options["dry_run"]:
            tell(f"    named, as {naming.pk}; the files say what they said (--files).")
    if not wanted:
        tell("There are none whose ids say that they are one.")
    return "\n".join(problems[:10])


def _tell_files(naming: ArtistNaming, tell: Tell) -> None:
    found, moves = _looked(naming)
    for one in found:
        for line in words_of(one):
            tell(f"    {line}")
    for move in moves:
        tell(f"    {move.path} -> {move.to}")


def _files(naming: ArtistNaming, options: Options, by: str, tell: Tell) -> list[str]:
    found, moves = _looked(naming)
    if not found and not moves:
        tell("    no file has to follow.")
        return []
    outcome = renaming.write(naming, found, moves, by=by, even_if_much=options["even_if_much"])
    tell(f"    named, as {naming.pk}; {plural(len(outcome.done), 'act')} on files, as batch {outcome.batch.pk}.")
    return [f"{act.path}: {act.message}" for act in outcome.failed]


def _looked(naming: ArtistNaming) -> tuple[list[retag.Look], list[renaming.Move]]:
    files = renaming.files_called(naming)
    found = [one for one in retag.looks([file.pk for file in files], renaming.OPTIONS) if one.differs]
    return found, renaming.moves_of(naming, files)


def _words(row: Row) -> str:
    lines = [f"{row.label}: {row.name or row.members[0].name} ({', '.join(filter(None, [row.why, row.name_why]))})"]
    for one in row.members:
        counts = f"{plural(one.tracks, 'track')}, {plural(one.files, 'file')}"
        lines.append(f"    {one.key}  {one.name}  ({one.services}; {counts})")
    if row.files:
        lines.append(f"    {plural(row.files, 'file')} in {plural(row.folders, 'folder')} could follow")
    return "\n".join(lines)


def _json(row: Row) -> str:
    members = [{"key": one.key, "name": one.name, "tracks": one.tracks, "files": one.files} for one in row.members]
    values = {
        "certainty": row.certainty.name.lower(),
        "why": row.why,
        "name": row.name,
        "members": members,
        "files": row.files,
        "folders": row.folders,
    }
    return json.dumps(values, ensure_ascii=False)
