"""Priority and order. Places are far apart, so that a row moves between two others without touching any third."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F, Max, Min, Q, QuerySet

from accounts.models import Person
from core.database import again_on_deadlock
from core.errors import UserError
from downloads.models import ACTIVE, Download, Status
from downloads.services import states
from downloads.services.queue.steered import Steered, record_steps, refusals

STEP = 1_000  # between two rows that were put side by side
MOVABLE = (Status.QUEUED, Status.WAITING, Status.PAUSED, Status.NEEDS_YOU)  # what is at work has left its place
NOT_WAITING = "does not wait for its turn"
ORDER = ("priority", "position", "pk")


def check_priority(priority: int) -> None:
    """Raises UserError where there is no such priority."""
    if not 1 <= priority <= 5:
        raise UserError(f"{priority} is no priority.", remedy="Give 1 (first) to 5 (last).")


def set_priority(ids: Iterable[int], priority: int, *, by: Person | None = None) -> Steered:
    """Unfinished rows have this priority, 1 first to 5 last. Obeyed by the next claim."""
    check_priority(priority)
    wanted = list(dict.fromkeys(ids))
    done: list[int] = []
    for part in states.chunks(wanted):
        with transaction.atomic():
            rows = _locked(Q(pk__in=part, status__in=ACTIVE))
            found = [row.pk for row in rows]
            Download.objects.filter(pk__in=found).update(priority=priority)
            record_steps(rows, f"Priority {priority}.", by=by, priority=priority)
            states.mark(found, [])
        done += found
    return Steered(done, refusals(set(wanted) - set(done), "has no turn to wait for"))


def move_to_top(ids: Iterable[int], *, by: Person | None = None) -> Steered:
    """The rows come before all others of their priority, in the order in which they stood."""
    return _to_the_end(ids, is_top=True, by=by)


def move_to_bottom(ids: Iterable[int], *, by: Person | None = None) -> Steered:
    """The rows come after all others of their priority, in the order in which they stood."""
    return _to_the_end(ids, is_top=False, by=by)


def move_before(ids: Iterable[int], neighbour_id: int, *, by: Person | None = None) -> Steered:
    """The rows stand right before this one, with its priority, in the order in which they stood. Raises UserError."""
    return _beside(ids, neighbour_id, is_after=False, by=by)


def move_after(ids: Iterable[int], neighbour_id: int, *, by: Person | None = None) -> Steered:
    """The rows stand right after this one, with its priority, in the order in which they stood. Raises UserError."""
    return _beside(ids, neighbour_id, is_after=True, by=by)


def _to_the_end(ids: Iterable[int], *, is_top: bool, by: Person | None) -> Steered:
    wanted = list(dict.fromkeys(ids))
    with transaction.atomic():
        rows = _movers(wanted)
        ends = Download.objects.filter(status__in=MOVABLE).aggregate(first=Min("position"), last=Max("position"))
        if rows:
            first = ends["first"] - STEP * len(rows) if is_top else ends["last"] + STEP
            _place(rows, [first + STEP * number for number in range(len(rows))])
            _settle(rows, "Moved to the top." if is_top else "Moved to the end.", by)
    return _moved(wanted, rows)


def _beside(ids: Iterable[int], neighbour_id: int, *, is_after: bool, by: Person | None) -> Steered:
    wanted = [pk for pk in dict.fromkeys(ids) if pk != neighbour_id]
    # First without those that may have to give way: they are many, and seldom have to.
    rows = _put(wanted, neighbour_id, is_after, by, may_shift=False)
    if rows is None:
        rows = _put(wanted, neighbour_id, is_after, by, may_shift=True)
    return _moved(wanted, rows or [])


@again_on_deadlock
@transaction.atomic
def _put(
    ids: list[int], neighbour_id: int, is_after: bool, by: Person | None, *, may_shift: bool
) -> list[Download] | None:
    """The rows that moved; None, with nothing written, where others have to give way and are not locked for it."""
    if may_shift:
        _lock_with_followers(ids, neighbour_id)
    movers = _movers([*ids, neighbour_id])
    neighbour = next((row for row in movers if row.pk == neighbour_id), None)
    if neighbour is None:
        raise UserError("The row to move to does not wait any more.", remedy="Look at the queue again and choose.")
    rows = [row for row in movers if row.pk != neighbour_id]
    low, high = _gap(neighbour, is_after)
    if low is not None and high is not None and high - low <= len(rows):
        if not may_shift:
            return None
        high += _make_room(neighbour, is_after, len(rows))
    _place(rows, _places(low, high, len(rows)), priority=neighbour.priority)
    _settle(rows, f"Moved {'after' if is_after else 'before'} {neighbour.recording}.", by)
    return rows


def _gap(neighbour: Download, is_after: bool) -> tuple[int | None, int | None]:
    """The positions on both sides of the place; None where nothing is there. At most one of them."""
    others = Download.objects.filter(status__in=MOVABLE, priority=neighbour.priority)
    if is_after:
        following = others.filter(_after(neighbour)).order_by("position", "pk").values_list("position", flat=True)
        return neighbour.position, following.first()
    before = others.exclude(_after(neighbour)).exclude(pk=neighbour.pk).order_by("-position", "-pk")
    return before.values_list("position", flat=True).first(), neighbour.position


def _make_room(neighbour: Download, is_after: bool, number: int) -> int:
    """All that follows the place is so much further back."""
    room = STEP * (number + 1)
    rest = _after(neighbour) if is_after else _after(neighbour) | Q(pk=neighbour.pk)
    rows = Download.objects.filter(rest, status__in=MOVABLE, priority=neighbour.priority)
    rows.update(position=F("position") + room)
    return room


def _lock_with_followers(ids: list[int], neighbour_id: int) -> None:
    """The movers and what may give way are locked by one statement, so in the order of their ids.

    What comes to stand behind the neighbour only after that is locked as it gives way: hence ``again_on_deadlock``.
    """
    neighbour = Download.objects.filter(pk=neighbour_id).first()
    if neighbour is not None:
        followers = Q(priority=neighbour.priority, position__gte=neighbour.position)
        rows = Download.objects.filter(followers | Q(pk__in=ids), status__in=MOVABLE)
        list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))


def _after(row: Download) -> Q:
    return Q(position__gt=row.position) | Q(position=row.position, pk__gt=row.pk)


def _places(low: int | None, high: int | None, number: int) -> list[int]:
    """So many positions between these two, apart from each other."""
    if high is None:
        return [(low or 0) + STEP * (index + 1) for index in range(number)]
    if low is None:
        return [high - STEP * (number - index) for index in range(number)]
    return [low + (high - low) * (index + 1) // (number + 1) for index in range(number)]


def _movers(ids: list[int]) -> list[Download]:
    """Those of ``ids`` that wait for their turn, locked, in the order of the queue."""
    rows: list[Download] = []
    for part in states.chunks(sorted(ids)):
        rows += _locked(Q(pk__in=part, status__in=MOVABLE))
    return sorted(rows, key=lambda row: (row.priority, row.position, row.pk))


def _locked(which: Q) -> list[Download]:
    rows: QuerySet[Download] = Download.objects.filter(which).select_related("recording")
    return list(rows.select_for_update(of=("self",)).order_by("pk"))


def _place(rows: list[Download], positions: list[int], *, priority: int | None = None) -> None:
    for row, position in zip(rows, positions, strict=True):
        row.position = position
        row.priority = row.priority if priority is None else priority
    Download.objects.bulk_update(rows, ["position", "priority"], batch_size=500)


def _settle(rows: list[Download], message: str, by: Person | None) -> None:
    if rows:
        record_steps(rows, message, by=by)
        for part in states.chunks(row.pk for row in rows):
            states.mark(part, [])


def _moved(wanted: list[int], rows: list[Download]) -> Steered:
    done = [row.pk for row in rows]
    return Steered(done, refusals(set(wanted) - set(done), NOT_WAITING))
