"""Acts on files, one by one: written down, done beside or by one step, verified, closed."""

from __future__ import annotations

import contextlib
import errno
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from core.errors import PermanentError, SpotizerError, StorageError, UserError
from core.stopping import is_stopping
from core.storage import storage_errors
from library.audio import audio_hash
from library.models import FileAct, JournalBatch
from library.naming import folded
from library.services import disk
from library.services.folder import ready_library
from library.services.journal import recovery, rows
from library.services.journal.facts import Facts, facts_of, is_still
from library.services.journal.hands import new_hand
from library.services.journal.paths import file_errors, is_there, place_in, plain_file, refused
from library.services.journal.plan import Plan, Step
from library.services.journal.rows import Kind, Places, State, places_of

log = logging.getLogger("library.journal")
# Android's players, Jellyfin and Emby, Navidrome, Plex.
IGNORED_BY = {".nomedia": "", ".ignore": "", ".ndignore": "", ".plexignore": "*\n"}


@dataclass(slots=True)
class Outcome:
    """What became of a plan. ``stopped`` is what ended it early: a disk that gave up, or Spotizer being stopped."""

    batch: JournalBatch
    done: list[FileAct] = field(default_factory=list)
    failed: list[FileAct] = field(default_factory=list)
    errors: dict[int, SpotizerError] = field(default_factory=dict)  # by act, where one was raised
    stopped: SpotizerError | None = None

    @property
    def only(self) -> FileAct:
        """The act of a plan of one. Raises what kept it from being done."""
        if self.done:
            return self.done[0]
        if self.stopped:
            raise self.stopped
        act = self.failed[0]
        raise self.errors.get(act.pk) or UserError(act.message, reason=act.reason)


def carry_out(
    plan: Plan, *, even_if_much: bool = False, on_act: Callable[[FileAct], None] = lambda act: None
) -> Outcome:
    """The plan's acts, done as far as each can be; ``on_act`` is told of each when it has ended.

    Call it outside of any transaction. Raises UserError reason too_much or StorageError (storage_gone, disk_low) before
    anything is touched. A file that cannot be done is a failed act with its reason, and the next one follows; a disk
    that gives up ends it.
    """
    with storage_errors(ready_library()):
        plan.check_presence()
        plan.check_room()
        if not even_if_much:
            plan.check_amount()
        with new_hand() as hand:
            batch, acts = rows.write_down(plan, hand)
            outcome = Outcome(batch, failed=[act for act in acts if act.state == State.FAILED])
            for act, step in zip(acts, plan.steps, strict=True):
                if act.state == State.FAILED:
                    on_act(act)
                elif outcome.stopped or is_stopping():
                    outcome.stopped = outcome.stopped or StorageError("Spotizer was stopped.", reason="interrupted")
                    rows.close_failed(act, f"Not begun: {outcome.stopped.message}", reason=outcome.stopped.reason)
                    outcome.failed.append(act)
                else:
                    _tried(act, step, outcome)
                    on_act(act)
    return outcome


def _tried(act: FileAct, step: Step, outcome: Outcome) -> None:
    try:
        perform(act, step)
    except StorageError as exc:
        outcome.stopped = exc
        outcome.errors[act.pk] = exc
    except SpotizerError as exc:
        log.warning("Act %s was not done: %s", act.pk, exc)
        outcome.errors[act.pk] = exc
    (outcome.done if act.state == State.DONE else outcome.failed).append(act)


def perform(act: FileAct, step: Step) -> None:
    """The planned act is done. Raises what kept it from that; then it is written down, and the file is as it was."""
    try:
        with file_errors(places_of(act).root / (act.target or act.path)):
            if act.kind in (Kind.REPLACE, Kind.TAGS):
                _swap(act, step)
            else:
                _shift(act, step)
    except BaseException as exc:
        _give_up(act, exc)
        raise


def _give_up(act: FileAct, exc: BaseException) -> None:
    """The act is settled after an error: taken back, or finished where it was done but for the last steps."""
    if isinstance(exc, SpotizerError):
        message, reason = f"{exc.message} {exc.remedy}".strip(), exc.reason
    else:
        message, reason = f"{type(exc).__name__} in Spotizer itself; the log has the details.", "internal"
    with contextlib.suppress(StorageError):  # still half done: recovery comes back to it
        if act.state == State.PLANNED:
            rows.close_failed(act, message, reason=reason)
        else:
            recovery.settle(act, message, reason=reason)


def _shift(act: FileAct, step: Step) -> None:
    """The file has another place, which was free; in one step on one disk, by a verified copy from one to another."""
    source = _source(act, step)
    before = facts_of(source)
    _check_unchanged(act, source, step)
    rows.begin(act, before)
    log.debug("begun %s", act.pk)
    places = places_of(act)
    home = rows.bin_folder() if act.kind == Kind.BIN else places.root
    _make_bin()
    with disk.folder_for(home, PurePosixPath(places.goal.relative_to(home)).parent, as_written=True):
        if not _named(act, places, before):
            raise refused(
                f"Another file has the name “{act.target}”.",
                "Move that one first, or choose another name.",
                reason="name_taken",
            )
    log.debug("moved %s", act.pk)
    disk.sync(places.goal.parent)
    disk.sync(places.source.parent)
    recovery.finish(act, places, facts_of(places.goal, whole=str(act.before.get("sha256", ""))))


def _named(act: FileAct, places: Places, before: Facts) -> bool:
    """The file has its new name and lost its old one; False where the new one is taken."""
    source, goal = places.source, places.goal
    if source.parent == goal.parent and folded(source.name) == folded(goal.name):
        if goal.name in disk.names_in(goal.parent):
            return False
        source.rename(goal)  # only its case changes: to some disks both names are one file
        return True
    try:
        return disk.claim(source, goal)
    except OSError as exc:
        if exc.errno != errno.EXDEV:
            raise
    digest = disk.copy_verified(source, places.part)
    rows.note(act, before=Facts(before.size_bytes, before.modified_ns, before.ends_hash, digest))
    log.debug("copied %s", act.pk)
    if not is_still(source, before):
        raise refused(f"“{act.path or act.target}” was changed while it was copied.", "Try again.", reason="changed")
    if not disk.claim(places.part, goal):
        return False
    disk.sync(goal.parent)
    log.debug("claimed %s", act.pk)
    source.unlink()
    return True


def _swap(act: FileAct, step: Step) -> None:
    """The file has another content, made and verified beside it; the earlier one lies in the bin."""
    source = _source(act, step)
    _check_unchanged(act, source, step)
    rows.begin(act, facts_of(source))
    log.debug("begun %s", act.pk)
    places = places_of(act)
    _make_bin()
    with disk.folder_for(places.root, PurePosixPath(act.target).parent, as_written=True):
        before, after = _made(places, step)
        log.debug("made %s", act.pk)
        rows.note(act, before=before, after=after)
        log.debug("noted %s", act.pk)
        if not is_still(source, before):
            raise refused(f"“{act.path}” was changed while it was worked on.", "Try again.", reason="changed")
        if after.sha256 == before.sha256 and source == places.goal:
            raise refused(f"“{act.path}” is so already.", reason="nothing_to_do")
        _keep(places)
        log.debug("kept %s", act.pk)
        if source == places.goal:
            places.part.replace(source)
        elif not disk.claim(places.part, places.goal):
            raise refused(f"Another file has the name “{act.target}”.", reason="name_taken")
        disk.sync(places.goal.parent)
    log.debug("swapped %s", act.pk)
    if source != places.goal:
        source.unlink()
        disk.sync(source.parent)
    recovery.finish(act, places, after)
    if step.new is not None:
        step.new.unlink(missing_ok=True)


def _made(places: Places, step: Step) -> tuple[Facts, Facts]:
    """The part holds the new content, flushed. The facts of the old content and of the new."""
    source, part = places.source, places.part
    part.unlink(missing_ok=True)
    if step.change is not None:
        whole, sound = disk.copy_verified(source, part), audio_hash(source)
        before = facts_of(source, whole=whole, audio_hash=sound)
        step.change(part)
        if audio_hash(part) != sound:
            raise PermanentError(f"Writing the tags of {source.name} would change its sound.", reason="broken_file")
    else:
        before, sound = facts_of(source, whole=disk.sha256(source)), ""
        content = places.origin if step.new is None else step.new
        if content is None or not content.is_file():
            raise refused("What it should be replaced by is no longer there.", reason="gone")
        if step.new is None:
            disk.link_or_copy(content, part)
        else:  # never a second name of a file that somebody may go on writing
            disk.copy_verified(content, part)
            with contextlib.suppress(OSError):  # FAT and shares know no modes
                part.chmod(source.stat().st_mode)
    disk.sync(part)
    return before, facts_of(part, whole=disk.sha256(part), audio_hash=sound)


def _keep(places: Places) -> None:
    """The bin has the old content."""
    if places.kept is None:
        raise RuntimeError("an act that replaces has no place in the bin")
    places.kept.parent.mkdir(parents=True, exist_ok=True)
    disk.link_or_copy(places.source, places.kept)
    disk.sync(places.kept.parent)


def _make_bin() -> None:
    """The bin is there, and players look past it.

    Its parents are never made: where the sign of the library is gone, so is the library.
    """
    folder = rows.bin_folder()
    folder.mkdir(exist_ok=True)
    for name, words in IGNORED_BY.items():
        if not (folder / name).exists():
            (folder / name).write_text(words, "ascii")


def _source(act: FileAct, step: Step) -> Path:
    """The file that the act starts from, looked at again. Raises UserError where it is not as planned."""
    root = ready_library()
    if act.kind != Kind.RESTORE:
        source = plain_file(root, act.path)
    else:
        source = rows.bin_folder() / act.origin
        if not source.is_file() or source.is_symlink():
            raise refused(f"“{act.target}” is no longer in the bin.", reason="gone")
    if act.target:
        goal = place_in(root, act.target)
        if act.target != act.path and is_there(goal) and folded(act.target) != folded(act.path):
            raise refused(f"Another file has the name “{act.target}”.", reason="name_taken")
    return source


def _check_unchanged(act: FileAct, source: Path, step: Step) -> None:
    """Raise UserError where the file is not the one that was planned for."""
    state = source.stat()
    is_other = step.seen != (0, 0) and step.seen != (state.st_size, state.st_mtime_ns)
    if is_other or (step.expected is not None and not is_still(source, step.expected)):
        raise refused(
            f"“{act.path or act.target}” was changed since.",
            "Look at it; what is there now would be lost.",
            reason="changed",
        )
