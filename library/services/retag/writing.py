"""Tags written into owned files, through the journal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from accounts.models import Person
from core.errors import UserError
from library.models import AudioFile, FileAct
from library.services import journal
from library.services.retag.looking import Look, TagOptions, looks
from library.tags import change_tags


def plan_of(found: Iterable[Look], *, by: Person | str, why: str = "", what: str = "Write tags") -> journal.Plan:
    """A plan of the journal that writes what differs, a step per file that does."""
    plan = journal.Plan(what, by, why)
    for one in found:
        if one.differs:
            change = partial(change_tags, names=one.names, tags=one.after, cover=one.cover, lyrics=one.lyrics)
            plan.tag(one.file.path, change)
    return plan


def write(
    found: Iterable[Look],
    *,
    by: Person | str,
    why: str = "",
    even_if_much: bool = False,
    on_act: Callable[[FileAct], None] = lambda act: None,
) -> journal.Outcome:
    """What differs is written, each file by itself; the outcome says what was and what could not be.

    Call it outside of any transaction. Raises UserError reason nothing_to_do where nothing differs, too_much where the
    stop rule says so, StorageError (storage_gone, disk_low) before anything is touched.
    """
    plan = plan_of(found, by=by, why=why)
    if not plan.steps:
        raise UserError("The tags of these files say what they should already.", reason="nothing_to_do")
    return journal.carry_out(plan, even_if_much=even_if_much, on_act=on_act)


def retag(
    files: Sequence[AudioFile],
    *,
    by: Person | str,
    why: str = "",
    options: TagOptions | None = None,
    even_if_much: bool = False,
) -> journal.Outcome | None:
    """The files' tags say what the database knows; None where they did already. Raises what ``write`` raises."""
    found = [one for one in looks([file.pk for file in files], options) if one.differs]
    return write(found, by=by, why=why, even_if_much=even_if_much) if found else None
