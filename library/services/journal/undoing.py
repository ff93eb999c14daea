"""Taking acts back, one or a whole batch: by further acts, written down like any other."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from accounts.models import Person
from core.errors import UserError
from library.models import FileAct, JournalBatch
from library.services.folder import ready_library
from library.services.journal import rows
from library.services.journal.facts import Facts, facts_from, is_still
from library.services.journal.paths import file_errors, plain_file, refused
from library.services.journal.plan import Plan, Step
from library.services.journal.rows import Kind, State

STATES = {
    State.PLANNED: "has not been done yet",
    State.DOING: "is being done",
    State.UNDONE: "was undone already",
    State.FAILED: "was not done",
}


def undo_plan(acts: Iterable[FileAct], *, by: Person | str, what: str, why: str = "") -> Plan:
    """A plan that takes the acts back, the last one first. What cannot be taken back says why in its step."""
    plan, soon = Plan(what, by, why), dict[str, Facts | None]()
    for act in sorted(acts, key=lambda act: -act.pk):
        if not plan.add(_step(act, soon)).problem:
            _foresee(act, soon)
    return plan


def _foresee(act: FileAct, soon: dict[str, Facts | None]) -> None:
    """``soon`` has the content that each path will have once the act is taken back, None where none."""
    if act.target:
        soon[act.target] = None
    if act.kind in (Kind.REPLACE, Kind.TAGS):
        soon[act.path] = facts_from(act.before)
    elif act.path:
        soon[act.path] = facts_from(act.after)


def undo_act_plan(act: FileAct, *, by: Person | str) -> Plan:
    """A plan that takes one act back."""
    return undo_plan([act], by=by, what=f"Undo act {act.pk}")


def undo_batch_plan(batch: JournalBatch, *, by: Person | str) -> Plan:
    """A plan that takes back what was done of a batch. Raises UserError where nothing of it stands."""
    acts = list(batch.acts.filter(state=State.DONE))
    if not acts:
        raise UserError(f"Nothing of batch {batch.pk} stands that could be undone.", reason="nothing_to_do")
    return undo_plan(acts, by=by, what=f"Undo batch {batch.pk}", why=batch.what)


def restore_plan(acts: Iterable[FileAct], *, by: Person | str, to: str = "") -> Plan:
    """A plan that brings deleted files back out of the bin, each to where it was, or a single one ``to`` another path.

    For a file that was replaced or tagged this is its undo: the content in the bin takes its place again.
    """
    acts = list(acts)
    if to and (len(acts) != 1 or acts[0].kind != Kind.BIN):
        raise UserError("Another path can be given for one deleted file only.")
    plan = Plan("Restore from the bin", by)
    for act in acts:
        plan.add(_step(act, {}, to=to))
    return plan


def _step(act: FileAct, soon: dict[str, Facts | None], *, to: str = "") -> Step:
    step = _reverse(act, to)
    try:
        with file_errors(ready_library() / (act.target or act.path)):
            _check(act, soon)
    except UserError as exc:
        return Step(
            kind=step.kind,
            path=step.path,
            target=step.target,
            undoes=act,
            problem=f"{exc.message} {exc.remedy}".strip(),
            reason=exc.reason,
        )
    return step


def _reverse(act: FileAct, to: str) -> Step:
    """The step that takes the act back, whether that can be done or not."""
    expected = facts_from(act.after)
    match act.kind:
        case Kind.BIN:
            return Step(
                kind=Kind.RESTORE, path="", target=to or act.path, origin=act.kept, undoes=act, expected=expected
            )
        case Kind.RESTORE:
            return Step(kind=Kind.BIN, path=act.target, undoes=act, expected=expected)
        case Kind.MOVE:
            return Step(kind=Kind.MOVE, path=act.target, target=act.path, undoes=act, expected=expected)
        case _:
            return Step(
                kind=Kind(act.kind),
                path=act.target,
                target=act.path,
                origin=act.kept,
                undoes=act,
                expected=expected,
            )


def _check(act: FileAct, soon: dict[str, Facts | None]) -> None:
    """Raise UserError where the act cannot be taken back, now or once ``soon`` is so."""
    if act.state != State.DONE:
        raise refused(f"Act {act.pk} {STATES[State(act.state)]}.", reason="nothing_to_do")
    kept, after = _kept(act), facts_from(act.after)
    if after is None:
        raise refused(f"What act {act.pk} left behind is not known.", reason="gone")
    if act.target in soon:
        there = soon[act.target]
        is_same = there is not None and there.looks_like(after)
    else:
        path = kept if act.kind == Kind.BIN else plain_file(ready_library(), act.target)
        is_same = path is not None and is_still(path, after)
    if not is_same:
        raise refused(
            f"“{act.target or act.path}” was changed since.",
            "Undoing it would lose that change, so nothing was touched.",
            reason="changed",
        )


def _kept(act: FileAct) -> Path | None:
    """What the act put into the bin; None where it put nothing there. Raises UserError where it is gone from there."""
    if act.kind not in (Kind.BIN, Kind.REPLACE, Kind.TAGS):
        return None
    path = rows.bin_folder() / act.kept
    if not act.kept or path.is_symlink() or not path.is_file():
        raise refused(f"What “{act.path}” was is no longer in the bin.", reason="gone")
    return path
