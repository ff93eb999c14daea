"""Every act that can harm a file of the library: written down, done safely, verified, undoable.

Nothing else replaces, moves, renames, deletes or tags a file there. See docs/files.md for how to use it, and
docs/decisions/0004-journal.md for why it is so.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from accounts.models import Person
from library.models import FileAct, JournalBatch
from library.services.journal.acting import Outcome, carry_out
from library.services.journal.keeping import Emptied, empty_bin, forget_old, kept_acts, purge_bin
from library.services.journal.plan import Plan, Step
from library.services.journal.recovery import Recovered, recover
from library.services.journal.undoing import restore_plan, undo_act_plan, undo_batch_plan, undo_plan

__all__ = [
    "Emptied",
    "Outcome",
    "Plan",
    "Recovered",
    "Step",
    "bin_file",
    "carry_out",
    "empty_bin",
    "forget_old",
    "kept_acts",
    "move_file",
    "purge_bin",
    "recover",
    "replace_file",
    "restore_plan",
    "tag_file",
    "undo_act",
    "undo_act_plan",
    "undo_batch",
    "undo_batch_plan",
    "undo_plan",
]


def move_file(path: str, to: str, *, by: Person | str, why: str = "") -> FileAct:
    """The file at ``path`` lies at ``to``. Raises UserError or StorageError, and then it lies where it was."""
    plan = Plan("Move a file", by, why)
    plan.move(path, to)
    return carry_out(plan).only


def bin_file(path: str, *, by: Person | str, why: str = "") -> FileAct:
    """The file at ``path`` lies in the bin. Raises UserError or StorageError, and then it lies where it was."""
    plan = Plan("Delete a file", by, why)
    plan.bin(path)
    return carry_out(plan).only


def replace_file(path: str, new: Path, *, by: Person | str, to: str = "", why: str = "") -> FileAct:
    """``new`` has the place of the file at ``path``, under the path ``to`` if given; the earlier file lies in the bin.

    ``new`` itself is gone then. Raises UserError or StorageError, and then both files are as they were.
    """
    plan = Plan("Replace a file", by, why)
    plan.replace(path, new, to=to)
    return carry_out(plan).only


def tag_file(path: str, change: Callable[[Path], None], *, by: Person | str, why: str = "") -> FileAct:
    """The file at ``path`` has the tags that ``change`` wrote into the copy that it was given, and the same sound.

    The earlier file lies in the bin. Raises UserError, StorageError, PermanentError reason broken_file where the sound
    would have changed, or what ``change`` raises, and then the file is as it was.
    """
    plan = Plan("Write tags", by, why)
    plan.tag(path, change)
    return carry_out(plan).only


def undo_act(act: FileAct, *, by: Person | str) -> FileAct:
    """What the act changed is as it was before. Raises UserError where that cannot be, and says why."""
    return carry_out(undo_act_plan(act, by=by)).only


def undo_batch(batch: JournalBatch, *, by: Person | str) -> Outcome:
    """What the batch changed is as it was before, as far as that can be; the outcome has what could not."""
    return carry_out(undo_batch_plan(batch, by=by))
