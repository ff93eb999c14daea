"""Priority and order. Places are far apart, so that a row moves between two others without touching any third."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, Max, Min, Q

from accounts.models import Person
from core.bulk import among, update_each
from core.database import again_on_deadlock
from core.errors import UserError
from downloads.models import ACTIVE, Download, Status
from downloads.services import states
from downloads.services.queue.memory import Act, Memory
from downloads.services.queue.steered import Steered, record_steps, refusals

STEP = 1_000  # between two rows that were put side by side
MOVABLE = (Status.QUEUED, Status.WAITING, Status.PAUSED, Status.NEEDS_YOU)  # what is at work has left its place
NOT_WAITING = "does not wait for its turn"
ORDER = ("priority", "position", "pk")


class Mover(NamedTuple):
    """A row that waits, and its place."""

    pk: int
    priority: int
    position: int


def check_priority(priority: int) -> None:
    """Raises UserError where there is no such priority."""
    if not 1 <= priority <= 5:
        raise UserError(f"{priority} is no priority.", remedy="Give 1 (first) to 5 (last).")


def set_priority(
    ids: Iterable[int], priority: int, *, by: Person | None = None, memory: Memory | None = None
) -> Steered:
    """Unfinished rows have this priority, 1 first to 5 last. Obeyed by the next claim."""
    check_priority(priority)
    memory = memory or Memory(Act.PRIORITY, by)
    wanted = list(dict.fromkeys(ids))
    done: list[int] = []
    for part in states.turns(wanted):
        done += _prioritise(part, priority, by, memory)
    refused = refusals(set(wanted) - set(done), "has no turn to wait for")
    return Steered(done, refused, undo=memory.id if done else None)


@transaction.atomic
def _prioritise(ids: list[int], priority: int, by: Person | None, memory: Memory) -> list[int]:
    found = _lock(ids, ACTIVE)
    if found:
        memory.keep_detail(priority=priority)
        memory.keep(found)
        record_steps(found, f"Priority {priority}.", by=by, priority=priority)
        states.write(found, [], priority=priority)
    return found


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
    memory = Memory(Act.MOVE, by)
    ends = Download.objects.filter(status__in=MOVABLE).aggregate(first=Min("position"), last=Max("position"))
    start = (ends["first"] or 0) - STEP * len(wanted) if is_top else (ends["last"] or 0) + STEP
    done: list[int] = []
    for part in states.turns(_in_order(wanted)):
        message = "Moved to the top." if is_top else "Moved to the end."
        done += _put_from(part, start + STEP * len(done), message, by, memory)
    return _moved(wanted, done, memory)


@transaction.atomic
def _put_from(ids: list[int], start: int, message: str, by: Person | None, memory: Memory) -> list[int]:
    """Those of the rows that still wait stand one after another from this position on."""
    waiting = set(_lock(ids, MOVABLE))
    movers = [pk for pk in ids if pk in waiting]
    if movers:
        memory.keep(movers)
        _place([(pk, start + STEP * number) for number, pk in enumerate(movers)], ("position",))
        _settle(movers, message, by, memory)
    return movers


def _beside(ids: Iterable[int], neighbour_id: int, *, is_after: bool, by: Person | None) -> Steered:
    wanted = [pk for pk in dict.fromkeys(ids) if pk != neighbour_id]
    # First without those that may have to give way: they are many, and seldom have to.
    memory = Memory(Act.MOVE, by)
    rows = _put(wanted, neighbour_id, is_after, by, memory, may_shift=False)
    if rows is None:
        rows = _put(wanted, neighbour_id, is_after, by, memory, may_shift=True)
    return _moved(wanted, rows or [], memory)


@again_on_deadlock
@transaction.atomic
def _put(
    ids: list[int], neighbour_id: int, is_after: bool, by: Person | None, memory: Memory, *, may_shift: bool
) -> list[int] | None:
    """The rows that moved; None, with nothing written, where others have to give way and are not locked for it."""
    if may_shift:
        _lock_with_followers(ids, neighbour_id)
    movers = _movers([*ids, neighbour_id])
    neighbour = next((row for row in movers if row.pk == neighbour_id), None)
    if neighbour is None:
        raise UserError("The row to move to does not wait any more.", remedy="Look at the queue again and choose.")
    rows = [row.pk for row in movers if row.pk != neighbour_id]
    low, high = _gap(neighbour, is_after)
    if low is not None and high is not None and high - low <= len(rows):
        if not may_shift:
            return None
        memory.keep(rows)
        high += _make_room(neighbour, is_after, len(rows), memory)
    else:
        memory.keep(rows)
    positions = zip(rows, _places(low, high, len(rows)), strict=True)
    _place([(pk, position, neighbour.priority) for pk, position in positions], ("position", "priority"))
    name = Download.objects.select_related("recording").get(pk=neighbour_id).recording
    _settle(rows, f"Moved {'after' if is_after else 'before'} {name}.", by, memory)
    return rows


def _gap(neighbour: Mover, is_after: bool) -> tuple[int | None, int | None]:
    """The positions on both sides of the place; None where nothing is there. At most one of them."""
    others = Download.objects.filter(status__in=MOVABLE, priority=neighbour.priority)
    if is_after:
        following = others.filter(_after(neighbour)).order_by("position", "pk").values_list("position", flat=True)
        return neighbour.position, following.first()
    before = others.exclude(_after(neighbour)).exclude(pk=neighbour.pk).order_by("-position", "-pk")
    return before.values_list("position", flat=True).first(), neighbour.position


def _make_room(neighbour: Mover, is_after: bool, number: int, memory: Memory) -> int:
    """All that follows the place is so much further back."""
    room = STEP * (number + 1)
    rest = _after(neighbour) if is_after else _after(neighbour) | Q(pk=neighbour.pk)
    rows = Download.objects.filter(rest, status__in=MOVABLE, priority=neighbour.priority)
    rows.update(position=F("position") + room)
    memory.made_room(room, priority=neighbour.priority, position__gte=neighbour.position)
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


def _after(row: Mover) -> Q:
    return Q(position__gt=row.position) | Q(position=row.position, pk__gt=row.pk)


def _places(low: int | None, high: int | None, number: int) -> list[int]:
    """So many positions between these two, apart from each other."""
    if high is None:
        return [(low or 0) + STEP * (index + 1) for index in range(number)]
    if low is None:
        return [high - STEP * (number - index) for index in range(number)]
    return [low + (high - low) * (index + 1) // (number + 1) for index in range(number)]


def _movers(ids: list[int]) -> list[Mover]:
    """Those of ``ids`` that wait for their turn, locked, in the order of the queue."""
    rows = Download.objects.filter(pk__in=among(_lock(ids, MOVABLE)))
    return [Mover(*row) for row in rows.order_by(*ORDER).values_list("pk", "priority", "position")]


def _in_order(ids: list[int]) -> list[int]:
    """Those of ``ids`` that wait for their turn, in the order of the queue."""
    rows = Download.objects.filter(pk__in=among(ids), status__in=MOVABLE)
    return list(rows.order_by(*ORDER).values_list("pk", flat=True))


def _lock(ids: list[int], statuses: Collection[Status]) -> list[int]:
    rows = Download.objects.filter(pk__in=among(ids), status__in=statuses)
    return list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))


def _place(rows: list[tuple[int, ...]], columns: tuple[str, ...]) -> None:
    for start in range(0, len(rows), states.CHUNK):
        update_each(Download, columns, rows[start : start + states.CHUNK])


def _settle(ids: list[int], message: str, by: Person | None, memory: Memory) -> None:
    if ids:
        memory.keep_places(ids)
        record_steps(ids, message, by=by)
        states.mark(ids, [])


def _moved(wanted: list[int], done: list[int], memory: Memory) -> Steered:
    return Steered(done, refusals(set(wanted) - set(done), NOT_WAITING), undo=memory.id if done else None)
