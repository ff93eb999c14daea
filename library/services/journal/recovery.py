"""What becomes of an act that was cut short: by what is on the disk it is finished, or taken back."""

from __future__ import annotations

import contextlib
import logging
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from core.errors import StorageError
from core.storage import storage_errors
from library.models import FileAct, JournalBatch
from library.services.disk import drop_empty_folders, names_in, sha256, sync
from library.services.folder import has_library
from library.services.journal import rows
from library.services.journal.facts import Facts, facts_from, facts_of, is_still
from library.services.journal.hands import dead_hand, forget_dead_hands
from library.services.journal.paths import is_there
from library.services.journal.rows import OPEN, Kind, Places, State, places_of

log = logging.getLogger("library.journal")
INTERRUPTED = "Spotizer was stopped in the middle of it; the file was left as it was."
NOT_BEGUN = "Spotizer was stopped before it came to this; nothing was touched."


@dataclass(frozen=True, slots=True)
class Recovered:
    """How many half-done acts were finished and how many taken back, and how many had not been begun."""

    finished: int = 0
    taken_back: int = 0
    not_begun: int = 0


def recover() -> Recovered:
    """No act is half done any more, except those that a living process is at and those on a disk that is away."""
    finished = taken_back = not_begun = 0
    if not has_library():
        return Recovered()
    for batch in JournalBatch.objects.filter(pk__in=FileAct.objects.filter(state__in=OPEN).values("batch_id")):
        with storage_errors(Path(settings.LIBRARY)), dead_hand(batch.hand) as is_dead:
            if not is_dead:
                continue
            for act in batch.acts.filter(state=State.DOING):
                try:
                    is_done = settle(act, INTERRUPTED, reason="interrupted")
                except StorageError as exc:
                    log.warning("Act %s is still half done: %s", act.pk, exc)
                    continue
                finished, taken_back = finished + is_done, taken_back + (not is_done)
            not_begun += batch.acts.filter(state=State.PLANNED).update(
                state=State.FAILED, reason="interrupted", message=NOT_BEGUN, ended_at=timezone.now()
            )
    forget_dead_hands()
    if finished or taken_back or not_begun:
        log.warning(
            "Cut-short acts on files: %d finished, %d taken back, %d not begun", finished, taken_back, not_begun
        )
    return Recovered(finished, taken_back, not_begun)


def settle(act: FileAct, message: str, *, reason: str) -> bool:
    """The half-done act is done (True) or failed with ``message``, and its file is the one after or before it.

    Doing this twice does no harm. Raises StorageError where the disk gives no answer; the act is half done then.
    """
    places = places_of(act)
    with storage_errors(places.root / (act.target or act.path)):
        places.part.unlink(missing_ok=True)
        if act.kind in (Kind.REPLACE, Kind.TAGS):
            return _settle_swap(act, places, message, reason)
        return _settle_shift(act, places, message, reason)


def finish(act: FileAct, places: Places, after: Facts) -> None:
    """Everything of the act is so; what it took out of the bin is not there any more, and the rows say it."""
    if places.origin is not None:
        places.origin.unlink(missing_ok=True)
        drop_empty_folders(places.origin.parent, below=rows.bin_folder())
    kept = places.goal if act.kind == Kind.BIN else places.kept
    kept_bytes = kept.stat().st_size if kept is not None and kept.is_file() else 0
    rows.close_done(act, after, kept_bytes=kept_bytes)
    log.debug("done %s", act.pk)
    if places.source != places.goal:
        below = rows.bin_folder() if act.kind == Kind.RESTORE else places.root
        drop_empty_folders(places.source.parent, below=below)


def _settle_shift(act: FileAct, places: Places, message: str, reason: str) -> bool:
    """A move is done where its goal has the file; a second name for it is taken away."""
    before = facts_from(act.before)
    has_source, has_goal = _has(places.source), _has(places.goal)
    if has_goal and has_source:
        if _is_placeholder(places.goal, before):
            places.goal.unlink()
            has_goal = False
        elif _is_copy(places):
            has_source = not _let_go(places)
            has_goal = not has_source
    if has_goal and not has_source:
        finish(act, places, facts_of(places.goal, whole=before.sha256 if before else ""))
        return True
    if not has_source:
        message = f"“{act.path or act.target}” is neither where it was nor where it should be: something else moved it."
        reason = "gone"
    drop_empty_folders(places.goal.parent, below=rows.bin_folder() if act.kind == Kind.BIN else places.root)
    rows.close_failed(act, message, reason=reason)
    return False


def _settle_swap(act: FileAct, places: Places, message: str, reason: str) -> bool:
    """A swap is done where its goal has the new content; else the old one is there, and the bin's copy superfluous."""
    before, after = facts_from(act.before), facts_from(act.after)
    if after is not None and _took_place(places, before, after):
        if places.source != places.goal and _has(places.source):
            if before is None or not is_still(places.source, before):
                rows.close_failed(
                    act,
                    f"The new file lies at “{act.target}”; “{act.path}” was changed meanwhile and stays too.",
                    reason="changed",
                    keeps=True,
                )
                return False
            if not _let_go(places):
                return _taken_back(act, places, after, message, reason)
        finish(act, places, after)
        return True
    if before is not None and _has(places.source) and is_still(places.source, before):
        return _taken_back(act, places, after, message, reason)
    keeps = places.kept is not None and places.kept.is_file()
    where = " What was there before is in the bin." if keeps else ""
    rows.close_failed(
        act,
        f"“{act.path}” was changed by something else meanwhile and was left so.{where}",
        reason="changed",
        keeps=keeps,
    )
    return False


def _taken_back(act: FileAct, places: Places, after: Facts | None, message: str, reason: str) -> bool:
    """The old content is where it was; nothing else of the act is there any more."""
    if places.goal != places.source and _is_placeholder(places.goal, after):
        places.goal.unlink()
    if places.kept is not None:
        places.kept.unlink(missing_ok=True)
        drop_empty_folders(places.kept.parent, below=rows.bin_folder())
    if places.goal.parent != places.source.parent:
        drop_empty_folders(places.goal.parent, below=places.root)
    rows.close_failed(act, message, reason=reason)
    return False


def _took_place(places: Places, before: Facts | None, after: Facts) -> bool:
    """Whether the new content is where it should be, and is not the old one."""
    if places.source == places.goal and before is not None and before.sha256 == after.sha256:
        return False
    return _has(places.goal) and is_still(places.goal, after)


def _let_go(places: Places) -> bool:
    """The source is gone, now that the goal has what it should; where its folder keeps it (False), the goal is."""
    try:
        places.source.unlink()
    except OSError:
        places.goal.unlink()
        return False
    sync(places.source.parent)
    return True


def _has(path: Path) -> bool:
    """Whether the folder has an entry of exactly this name: a disk without regard for case says yes to others too."""
    return path.name in names_in(path.parent)


def _is_placeholder(path: Path, content: Facts | None) -> bool:
    """Whether it is the empty file by which a name was taken on a disk without links."""
    return is_there(path) and path.lstat().st_size == 0 and (content is None or content.size_bytes > 0)


def _is_copy(places: Places) -> bool:
    """Whether goal and source are one file with two names, or the goal a whole copy of it."""
    with contextlib.suppress(OSError):
        if places.source.samefile(places.goal):
            return True
        if places.source.stat().st_size == places.goal.stat().st_size:
            return sha256(places.source) == sha256(places.goal)
    return False
