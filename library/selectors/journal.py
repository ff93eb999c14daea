"""What was done to files, and what is in the bin: pages by key, newest first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from library.models import FileAct, JournalBatch
from ops.settings import in_force

PAGE = 50
Kind, State = FileAct.Kind, FileAct.State
DID = {
    Kind.MOVE: "Moved",
    Kind.BIN: "Deleted",
    Kind.RESTORE: "Restored",
    Kind.REPLACE: "Replaced",
    Kind.TAGS: "Tagged",
}
DO = {
    Kind.MOVE: "Move",
    Kind.BIN: "Delete",
    Kind.RESTORE: "Restore",
    Kind.REPLACE: "Replace",
    Kind.TAGS: "Write tags",
}
STATES = {
    State.PLANNED: ("Planned", "line"),
    State.DOING: ("At work", "work"),
    State.DONE: ("Done", "ok"),
    State.UNDONE: ("Undone", "line"),
    State.FAILED: ("Not done", "bad"),
}
BIN = "bin"  # a filter beside the states: what has something in the bin


@dataclass(frozen=True, slots=True)
class ActRow:
    """One act in words. ``days_left`` is None where nothing of it is in the bin, or where the bin keeps it for ever."""

    id: int
    batch_id: int
    kind: str
    state: str
    did: str
    state_label: str
    tone: str
    path: str
    target: str
    what: str
    why: str
    by: str
    at: datetime
    size_bytes: int
    message: str
    is_kept: bool
    kept_bytes: int
    days_left: int | None
    can_undo: bool
    is_undo: bool

    @property
    def name(self) -> str:
        """The file's path before the act, or where it was brought back to."""
        return self.path or self.target

    @property
    def file_name(self) -> str:
        return self.name.rpartition("/")[2]

    @property
    def folder(self) -> str:
        return self.name.rpartition("/")[0]

    @property
    def verb(self) -> str:
        """What was to be done, where the badge says something else."""
        return "" if self.state == State.DONE else DO[Kind(self.kind)]

    @property
    def to(self) -> str:
        """Where it went, where that is another path."""
        return self.target if self.path and self.target != self.path else ""

    @property
    def batch_text(self) -> str:
        return str(self.batch_id)

    @property
    def undo_word(self) -> str:
        return "Restore" if self.kind == Kind.BIN else "Undo"


@dataclass(frozen=True, slots=True)
class ActPage:
    rows: list[ActRow]
    next: str = ""


@dataclass(frozen=True, slots=True)
class BatchHead:
    """A batch, and how many of its acts stand and could be undone."""

    id: int
    what: str
    why: str
    by: str
    at: datetime
    acts: int
    done: int
    failed: int


@dataclass(frozen=True, slots=True)
class BinSize:
    files: int
    size_bytes: int


def acts(
    *, kind: str = "", state: str = "", text: str = "", batch: int | None = None, ids: Collection[int] = ()
) -> QuerySet[FileAct]:
    """The acts that fit, newest first; ``state`` may also be ``bin``: those that have something there."""
    rows = FileAct.objects.select_related("batch").order_by("-id")
    if kind:
        rows = rows.filter(kind=kind)
    if state == BIN:
        rows = rows.exclude(kept="").filter(ended_at__isnull=False)
    elif state:
        rows = rows.filter(state=state)
    if text:
        rows = rows.filter(Q(path__icontains=text) | Q(target__icontains=text))
    if batch is not None:
        rows = rows.filter(batch_id=batch)
    return rows.filter(pk__in=ids) if ids else rows


def acts_page(
    *,
    kind: str = "",
    state: str = "",
    text: str = "",
    batch: int | None = None,
    after: int | None = None,
    size: int = PAGE,
) -> ActPage:
    """Fifty acts, those after the id ``after``: one query at any depth."""
    rows = acts(kind=kind, state=state, text=text, batch=batch)
    if after is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows[: size + 1])
    return ActPage([act_row(act) for act in found[:size]], str(found[size - 1].pk) if len(found) > size else "")


def act_row(act: FileAct) -> ActRow:
    label, tone = STATES[State(act.state)]
    is_kept = act.kept != "" and act.ended_at is not None
    needs_bin = act.kind in (Kind.BIN, Kind.REPLACE, Kind.TAGS)
    return ActRow(
        id=act.pk,
        batch_id=act.batch_id,
        kind=act.kind,
        state=act.state,
        did=DID[Kind(act.kind)],
        state_label=label,
        tone=tone,
        path=act.path,
        target=act.target,
        what=act.batch.what,
        why=act.batch.why,
        by=act.batch.by_name,
        at=act.ended_at or act.batch.started_at,
        size_bytes=int(act.after.get("size_bytes") or act.before.get("size_bytes") or 0),
        message=act.message,
        is_kept=is_kept,
        kept_bytes=act.kept_bytes,
        days_left=_days_left(act) if is_kept else None,
        can_undo=act.state == State.DONE and (is_kept or not needs_bin),
        is_undo=act.undoes_id is not None,
    )


def _days_left(act: FileAct) -> int | None:
    if not in_force.BIN_DAYS or act.ended_at is None:
        return None
    until: timedelta = act.ended_at + timedelta(days=in_force.BIN_DAYS) - timezone.now()
    return max(0, -(-until // timedelta(days=1)))  # a day that has begun counts


def batch_head(number: int) -> BatchHead | None:
    """The batch; None where there is none. One query."""
    batch = (
        JournalBatch.objects.filter(pk=number)
        .annotate(
            count=Count("acts"),
            done=Count("acts", filter=Q(acts__state=State.DONE)),
            failed=Count("acts", filter=Q(acts__state=State.FAILED)),
        )
        .first()
    )
    if batch is None:
        return None
    return BatchHead(
        batch.pk, batch.what, batch.why, batch.by_name, batch.started_at, batch.count, batch.done, batch.failed
    )


def bin_size(*, older_than_days: int = 0) -> BinSize:
    """How much lies in the bin, so long at least. One query, by the index of what is kept."""
    kept = acts(state=BIN).filter(ended_at__lte=timezone.now() - timedelta(days=older_than_days))
    found = kept.order_by().aggregate(files=Count("pk"), size=Sum("kept_bytes"))
    return BinSize(found["files"], found["size"] or 0)
