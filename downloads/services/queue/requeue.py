"""Rows that ended are queued again, some hundreds a transaction, whatever their number."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import Person
from downloads.models import ACTIVE, Download, DownloadCandidate, Status
from downloads.services import states

DOUBLED = "The same track is in the queue already."


def requeue(
    ids: Iterable[int],
    from_statuses: Collection[Status],
    *,
    by: Person | None = None,
    is_afresh: bool = False,
    **changes: Any,
) -> tuple[list[int], dict[int, str]]:
    """Those of ``ids`` in ``from_statuses`` are queued; their ids, and those that another row stands in the way of.

    ``is_afresh``: what was found for them is forgotten and the sources are asked again.
    """
    done: list[int] = []
    doubled: dict[int, str] = {}
    for part in states.chunks(dict.fromkeys(ids)):
        try:
            moved, refused = _requeue(part, from_statuses, by, is_afresh, changes)
        except IntegrityError:  # one of them was asked for anew at this very moment: the others need not suffer
            moved, refused = _one_by_one(part, from_statuses, by, is_afresh, changes)
        done += moved
        doubled |= dict.fromkeys(refused, DOUBLED)
    return done, doubled


def _one_by_one(
    ids: list[int], statuses: Collection[Status], by: Person | None, is_afresh: bool, changes: dict[str, Any]
) -> tuple[list[int], list[int]]:
    done: list[int] = []
    doubled: list[int] = []
    for pk in ids:
        try:
            moved, refused = _requeue([pk], statuses, by, is_afresh, changes)
        except IntegrityError:
            moved, refused = [], [pk]
        done += moved
        doubled += refused
    return done, doubled


@transaction.atomic
def _requeue(
    ids: list[int], statuses: Collection[Status], by: Person | None, is_afresh: bool, changes: dict[str, Any]
) -> tuple[list[int], list[int]]:
    rows = list(Download.objects.select_for_update().filter(pk__in=ids, status__in=statuses).order_by("pk"))
    movers, doubled = _one_of_each(rows)
    by_options: dict[str, list[int]] = defaultdict(list)
    for row in movers:
        options = {name: value for name, value in row.options.items() if not is_afresh or name not in FOUND}
        by_options[json.dumps(options, sort_keys=True)].append(row.pk)
    done: list[int] = []
    for text, group in by_options.items():
        rows_of = Download.objects.filter(pk__in=group)
        done += states.move(rows_of, Status.QUEUED, by=by, options=json.loads(text), **changes)
    if is_afresh:
        DownloadCandidate.objects.filter(download_id__in=done).delete()
    return done, doubled


FOUND = {"asked", "picked"}  # options that speak of the candidates that were found


def _one_of_each(rows: list[Download]) -> tuple[list[Download], list[int]]:
    """The rows that may be active together: one per recording and form, and none where another row is so already."""
    active = Download.objects.filter(recording_id__in={row.recording_id for row in rows}, status__in=ACTIVE)
    taken = {_key(row) for row in active.exclude(pk__in=[row.pk for row in rows])}
    movers: list[Download] = []
    doubled: list[int] = []
    # What is active holds its own place; of several that ended the newest goes on.
    for row in sorted(rows, key=lambda row: (row.status not in ACTIVE, -row.pk)):
        if _key(row) in taken:
            doubled.append(row.pk)
        else:
            taken.add(_key(row))
            movers.append(row)
    return movers, doubled


def _key(row: Download) -> tuple[int, str, int]:
    return row.recording_id, row.output_format, row.quality_kbps
