"""``manage.py library retag``: the tags of owned files written anew from what the database knows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from catalog.models import Album, Artist
from core.errors import NotFound, UserError
from core.text import plural
from library.selectors.chosen import Chosen, chosen
from library.selectors.tags import change_rows
from library.services import retag

Options = dict[str, Any]
NAMED = {"album": (Album, "title"), "artist": (Artist, "name")}


def add_arguments(actions: Any) -> None:
    parser = actions.add_parser("retag", help="write the tags of files anew from what the database knows")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--album", metavar="ALBUM", help="its title, or the short id of its page's address")
    which.add_argument("--artist", metavar="ARTIST", help="the name, or the short id of the page's address")
    which.add_argument("--all", action="store_true", help="every file whose tags differ")
    parser.add_argument("--cover", action="store_true", help="the catalogue's cover too, where a file shows another")
    parser.add_argument("--lyrics", action="store_true", help="lyrics too, where a file has none; asks LRCLIB")
    parser.add_argument("--even-if-much", action="store_true", help="also where the stop rule would ask first")
    parser.add_argument("--json", action="store_true", help="one JSON object per file instead of words")
    parser.add_argument("--dry-run", action="store_true", help="say what would be written, and touch nothing")


def run(options: Options, *, by: str, tell: Callable[[str], object]) -> str:
    """What differs is told and, unless this is a dry run, written; what could not be done, in words, or empty.

    Raises UserError for what cannot be meant, StorageError before anything is touched.
    """
    which = _chosen(options)
    ids = list(which.files.values_list("pk", flat=True))
    wanted = retag.TagOptions(cover=options["cover"], lyrics=options["lyrics"])
    found = [one for one in retag.looks(ids, wanted) if one.differs or one.problem]
    for one in found:
        for line in _json(one) if options["json"] else words_of(one):
            tell(line)
    differing = [one for one in found if one.differs]
    problems = [f"{one.file.path}: {one.problem}" for one in found if one.problem]
    count = f"{plural(len(differing), 'file')} of {len(ids):,}"
    if options["dry_run"] or not differing:
        if not options["json"]:
            tell(f"{count} would be written." if differing else "Nothing differs.")
        return "\n".join(problems[:10])
    outcome = retag.write(differing, by=by, why=which.label, even_if_much=options["even_if_much"])
    if not options["json"]:
        tell(f"{plural(len(outcome.done), 'file')} written, as batch {outcome.batch.pk}.")
    return "\n".join([*problems, *(f"{act.path}: {act.message}" for act in outcome.failed)][:10])


def _chosen(options: Options) -> Chosen:
    for kind, (model, column) in NAMED.items():
        if (text := options[kind]) is None:
            continue
        try:
            return chosen(kind, text)
        except NotFound:
            rows = list(model._default_manager.filter(**{f"{column}__iexact": text})[:10])
        if len(rows) == 1:
            return chosen(kind, rows[0].key)
        if rows:
            several = ", ".join(row.address for row in rows)
            raise UserError(f"Several are called “{text}”: {several}.", remedy="Give the short id of one.")
        raise UserError(f"There is no {kind} “{text}”.", remedy="Give its name as its page has it, or its short id.")
    return chosen("all")


def words_of(one: retag.Look) -> Iterator[str]:
    """What would be written into the file, a line for each field."""
    yield one.file.path
    if one.problem:
        yield f"    not done: {one.problem}"
    for row in change_rows(one):
        yield f"    {row.label}: {row.before or '(none)'} -> {row.after or '(none)'}"


def _json(one: retag.Look) -> Iterator[str]:
    changes = {row.name: [row.before, row.after] for row in change_rows(one)}
    values = {"file": one.file.pk, "path": one.file.path, "changes": changes, "problem": one.problem}
    yield json.dumps(values, ensure_ascii=False)
