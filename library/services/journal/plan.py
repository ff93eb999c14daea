"""What a job means to do to files, checked and printable before anything is touched."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from django.conf import settings

from accounts.models import Person
from core.errors import StorageError, UserError
from core.text import plural
from core.units import file_size
from library.models import AudioFile, FileAct
from library.naming import folded
from library.services.disk import names_in, spelled
from library.services.folder import ready_library
from library.services.journal.facts import Facts
from library.services.journal.paths import file_errors, place_in, plain_file, refused
from ops.settings import in_force

Kind = FileAct.Kind
SHARE_COUNTS_FROM = 20  # in a library of ten files half of them is no mistake
AWAY_COUNTS_FROM = 4
WORDS = {Kind.MOVE: "move", Kind.BIN: "bin", Kind.RESTORE: "restore", Kind.REPLACE: "replace", Kind.TAGS: "tag"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One act as it is meant. ``problem`` says why it cannot be done; then it will not be tried."""

    kind: FileAct.Kind
    path: str
    target: str = ""
    new: Path | None = None  # replace: what takes the file's place
    change: Callable[[Path], None] | None = None  # tags: writes them into the copy that it is given
    undoes: FileAct | None = None
    origin: str = ""  # in the bin, of what is brought back
    expected: Facts | None = None  # what has to be there still
    seen: tuple[int, int] = (0, 0)  # bytes and time when it was planned
    size_bytes: int = 0
    problem: str = ""
    reason: str = ""

    @property
    def line(self) -> str:
        """The step in one line, for a person."""
        name = self.path or self.target
        size = f" ({file_size(self.size_bytes)})" if self.size_bytes else ""
        to = f" -> {self.target}" if self.path and self.target and self.target != self.path else ""
        undo = "undo " if self.undoes else ""
        trouble = f"\n    not done: {self.problem}" if self.problem else ""
        return f"{undo}{WORDS[self.kind]:<8} {name}{to}{size}{trouble}"


@dataclass(slots=True)
class Plan:
    """Steps that are meant as one thing. Adding one looks at the disk and touches nothing.

    ``what`` names the job, ``why`` its occasion, ``by`` the person or the part of Spotizer that wants it.
    """

    what: str
    by: Person | str
    why: str = ""
    steps: list[Step] = field(default_factory=list)
    _freed: set[str] = field(default_factory=set)
    _wanted: set[str] = field(default_factory=set)
    _names: dict[PurePosixPath, dict[str, str]] = field(default_factory=dict)  # of each folder, as they compare

    def move(self, path: str, to: str) -> Step:
        """The file gets the path ``to``, whose folder is made where it is missing."""
        return self._add(Step(kind=Kind.MOVE, path=path, target=to))

    def bin(self, path: str) -> Step:
        """The file goes to the bin."""
        return self._add(Step(kind=Kind.BIN, path=path))

    def replace(self, path: str, new: Path, *, to: str = "") -> Step:
        """``new`` (outside the library, and gone afterwards) takes the file's place, under the path ``to`` if given."""
        return self._add(Step(kind=Kind.REPLACE, path=path, target=to or path, new=new))

    def tag(self, path: str, change: Callable[[Path], None]) -> Step:
        """``change`` writes tags into a copy of the file, which takes its place if its sound is the same."""
        return self._add(Step(kind=Kind.TAGS, path=path, target=path, change=change))

    def add(self, step: Step) -> Step:
        """A step that was made elsewhere: an undo."""
        return self._add(step)

    @property
    def problems(self) -> list[Step]:
        return [step for step in self.steps if step.problem]

    @property
    def size_bytes(self) -> int:
        return sum(step.size_bytes for step in self.steps if not step.problem)

    def lines(self) -> Iterator[str]:
        """The plan in words, a line per step and one for the whole."""
        yield from (step.line for step in self.steps)
        count, not_done = len(self.steps) - len(self.problems), len(self.problems)
        rest = f"; {plural(not_done, 'file')} cannot be done" if not_done else ""
        yield f"{self.what}: {plural(count, 'file')}, {file_size(self.size_bytes)}{rest}."

    def check_presence(self) -> None:
        """Raise StorageError reason storage_gone where most of the files are not there: then a disk is not."""
        gone = sum(step.reason == "gone" for step in self.steps)
        if len(self.steps) >= AWAY_COUNTS_FROM and gone * 2 >= len(self.steps):
            raise StorageError(
                f"{self.what}: {gone} of {len(self.steps)} files are not where they should be; nothing was touched.",
                remedy="Look whether every disk of the library is mounted, then look for files again.",
                reason="storage_gone",
            )

    def check_amount(self) -> None:
        """Raise UserError reason too_much where this would touch so much that a mistake is likelier than a wish.

        Taking back is no such thing.
        """
        count = sum(step.undoes is None and not step.problem for step in self.steps)
        known = AudioFile.objects.filter(gone_at=None).count() if count >= SHARE_COUNTS_FROM else 0
        share = 100 * count / known if known else 0.0
        limit, most_share = in_force.STOP_FILES, in_force.STOP_SHARE
        if (limit and count > limit) or (most_share and share > most_share):
            part = f", {min(share, 100):.0f} % of the library" if known else ""
            allowed = " or ".join([f"{limit:,} files"] * bool(limit) + [f"{most_share} %"] * bool(most_share))
            raise UserError(
                f"{self.what}: this would touch {count:,} files{part}. More than {allowed} at once is taken for a "
                "mistake, so nothing was touched.",
                remedy="Look at the plan first. If it is meant, say so; the limits are under "
                "Settings, Files and names.",
                reason="too_much",
            )

    def check_room(self) -> None:
        """Raise StorageError reason disk_low where the disk has no room for what this writes and puts into the bin."""
        new = [step for step in self.steps if step.kind in (Kind.REPLACE, Kind.TAGS) and not step.problem]
        if not new:
            return
        wanted, least = sum(step.size_bytes for step in new), int(in_force.MIN_FREE_MB) * 1_000_000
        free = shutil.disk_usage(settings.LIBRARY).free
        if wanted + least > free:
            raise StorageError(
                f"{self.what}: this needs {file_size(wanted)}, for the earlier files stay in the bin. "
                f"{file_size(free)} are free, of which {file_size(least)} have to stay so. Nothing was touched.",
                remedy="Make room, for example by `manage.py library bin empty`, or do it in parts.",
                reason="disk_low",
            )

    def _add(self, step: Step) -> Step:
        root = ready_library()
        try:
            with file_errors(root / (step.path or step.target)):
                step = self._checked(root, step)
        except UserError as exc:
            step = replace(step, problem=f"{exc.message} {exc.remedy}".strip(), reason=exc.reason)
        else:
            self._freed.add(folded(step.path))
            self._wanted.discard(folded(step.path))
            if step.target:
                self._wanted.add(folded(step.target))
                self._freed.discard(folded(step.target))
        self.steps.append(step)
        return step

    def _checked(self, root: Path, step: Step) -> Step:
        """The step with what is on the disk. Raises UserError where it cannot be done."""
        if step.problem:
            raise UserError(step.problem, reason=step.reason)
        if folded(step.path) in self._wanted:
            place_in(root, step.path)  # an earlier step puts it there
        elif step.path:
            state = plain_file(root, step.path).stat()
            step = replace(step, seen=(state.st_size, state.st_mtime_ns), size_bytes=state.st_size)
        elif step.undoes is not None:
            step = replace(step, size_bytes=step.undoes.kept_bytes)
        if step.new is not None and not step.new.is_file():
            raise refused(f"{step.new.name}, which should take its place, is not there.")
        if step.target and step.target != step.path:
            step = replace(step, target=self._free_target(root, step))
        return step

    def _free_target(self, root: Path, step: Step) -> str:
        """The target as its folders are spelled on the disk. Raises UserError where the name is taken."""
        place_in(root, step.target)
        target = spelled(root, PurePosixPath(step.target))
        if str(target) == step.path:
            raise refused(f"“{step.path}” has that name already.", reason="nothing_to_do")
        if target.parent not in self._names:
            self._names[target.parent] = {folded(name): name for name in names_in(root / target.parent)}
        present = self._names[target.parent].get(folded(target.name), "")
        there = str(target.with_name(present)) if present else ""
        is_itself = there == step.path or folded(there) in self._freed
        if folded(str(target)) in self._wanted or (there and not is_itself):
            raise refused(
                f"Another file has the name “{there or target}”.",
                "Move that one first, or choose another name.",
                reason="name_taken",
            )
        return str(target)
