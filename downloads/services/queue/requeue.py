"""Rows that ended are active again, a chunk a transaction, whatever their number."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Func, JSONField, Value

from accounts.models import Person
from core.bulk import among
from downloads.models import ACTIVE, Download, DownloadCandidate, Status
from downloads.services import states

DOUBLED = "The same track is in the queue already."
FOUND = ("asked", "picked", "only_picked", "words")  # options that speak of the candidates that were found
TRIES = 3
Key = tuple[int, str, int]
Row = tuple[int, str, int, str, int]  # id and status, then its key


def requeue(
    ids: Iterable[int],
    from_statuses: Collection[Status],
    *,
    to: Status = Status.QUEUED,
    by: Person | None = None,
    is_afresh: bool = False,
    **changes: Any,
) -> tuple[list[int], dict[int, str]]:
    """Those of ``ids`` in ``from_statuses`` are active again, in status ``to``; their ids, and those that another row
    stands in the way of.

    ``is_afresh``: what was found for them is forgotten and the sources are asked again.
    """
    done: list[int] = []
    doubled: dict[int, str] = {}
    # The newest first: of several that ended the newest goes on, also where they are not of one chunk.
    for part in states.turns(sorted(set(ids), reverse=True)):
        moved, refused = _part(part, from_statuses, to, by, is_afresh, changes)
        done += moved
        doubled |= dict.fromkeys(refused, DOUBLED)
    return sorted(done), doubled


def _part(
    ids: list[int],
    statuses: Collection[Status],
    to: Status,
    by: Person | None,
    is_afresh: bool,
    changes: dict[str, Any],
) -> tuple[list[int], list[int]]:
    for _ in range(TRIES):
        try:
            return _requeue(ids, statuses, to, by, is_afresh, changes)
        except IntegrityError:  # one of them was asked for anew at this very moment, and is seen by the next try
            continue
    if len(ids) == 1:
        return [], ids
    middle = len(ids) // 2  # the others need not suffer
    halves = [_part(half, statuses, to, by, is_afresh, changes) for half in (ids[:middle], ids[middle:])]
    return halves[0][0] + halves[1][0], halves[0][1] + halves[1][1]


@transaction.atomic
def _requeue(
    ids: list[int],
    statuses: Collection[Status],
    to: Status,
    by: Person | None,
    is_afresh: bool,
    changes: dict[str, Any],
) -> tuple[list[int], list[int]]:
    locked = Download.objects.select_for_update().filter(pk__in=among(ids), status__in=statuses).order_by("pk")
    rows = list(locked.values_list("pk", "status", "recording_id", "output_format", "quality_kbps"))
    movers, doubled = _one_of_each(rows)
    if is_afresh:
        changes = {**changes, "options": without(*FOUND)}
    done = states.move(Download.objects.filter(pk__in=among(movers)), to, by=by, **changes)
    if is_afresh:
        DownloadCandidate.objects.filter(download_id__in=among(done)).delete()
    return done, doubled


def without(*names: str) -> Func:
    """The options of a row but for these."""
    if connection.vendor == "sqlite":
        paths = [Value(f"$.{name}") for name in names]
        return Func(F("options"), *paths, function="JSON_REMOVE", output_field=JSONField())
    keys = [Value(name) for name in names]
    return Func(F("options"), *keys, template="%(expressions)s", arg_joiner=" - ", output_field=JSONField())


def _one_of_each(rows: Sequence[Row]) -> tuple[list[int], list[int]]:
    """The rows that may be active together: one per recording and form, and none where another row is so already."""
    active = Download.objects.filter(recording_id__in=among({row[2] for row in rows}), status__in=ACTIVE)
    mine = {row[0] for row in rows}
    held = active.values_list("pk", "recording_id", "output_format", "quality_kbps")
    taken: set[Key] = {(recording, form, kbps) for pk, recording, form, kbps in held if pk not in mine}
    movers: list[int] = []
    doubled: list[int] = []
    # What is active holds its own place; of several that ended the newest goes on.
    for pk, _, recording, form, kbps in sorted(rows, key=lambda row: (row[1] not in ACTIVE, -row[0])):
        key = (recording, form, kbps)
        if key in taken:
            doubled.append(pk)
        else:
            taken.add(key)
            movers.append(pk)
    return movers, doubled
