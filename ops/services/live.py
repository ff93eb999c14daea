"""The live sequence: every visible change takes the next number, in the transaction that made the change.

The one row is also a lock until the commit: so no number can be read before the rows that carry it. So that no two
transactions wait for one another in a circle, a transaction touches its own rows first and raises the number after
them; so that none waits long, raising it and writing it on those rows is the last thing it does.

Most changes are a bar that moved on. They take a number too, but leave ``moved`` behind: where that is not newer than
what a page knows, no row came, went or changed its status, and all that is counted still holds.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db import connection
from django.db.models import Model

from core.bulk import among
from ops.models import LiveSequence

ROW = 1
NEXT = "UPDATE ops_livesequence SET value = value + 1, moved = value + 1 WHERE id = %s RETURNING value"
NEXT_PROGRESS = "UPDATE ops_livesequence SET value = value + 1 WHERE id = %s RETURNING value"
MARKED = "{name} AS (UPDATE {table} SET live = next.value FROM next WHERE id = ANY(%s))"


@dataclass(frozen=True, slots=True)
class Numbers:
    """The newest number, and the newest that was more than progress."""

    newest: int = 0
    moved: int = 0


def bump(*, is_progress: bool = False) -> int:
    """The next number of the sequence, raised in the caller's transaction.

    ``is_progress``: only the progress of rows at work changed, nothing that is counted or listed.
    """
    statement = NEXT_PROGRESS if is_progress else NEXT
    number = _next(statement)
    if number is None:  # the very first change, or a database that was emptied
        LiveSequence.objects.bulk_create([LiveSequence(id=ROW, value=0)], ignore_conflicts=True)
        number = _next(statement)
    if number is None:
        raise RuntimeError("The live sequence has no row and none could be made.")
    return number


def mark(rows: Mapping[type[Model], Collection[int]], *, is_progress: bool = False) -> int:
    """These rows, which the caller holds, carry the next number, which comes back.

    One statement on PostgreSQL: while a worker's answer is under way nobody else waits for the sequence.
    """
    marked = {model: list(ids) for model, ids in rows.items() if ids}
    if connection.vendor == "postgresql" and (number := _mark_at_once(marked, is_progress)) is not None:
        return number
    number = bump(is_progress=is_progress)
    for model, ids in marked.items():
        model._default_manager.filter(pk__in=among(ids)).update(live=number)
    return number


def newest() -> int:
    """The newest number that was committed; 0 before the first change. One point read."""
    return numbers().newest


def numbers() -> Numbers:
    """Both numbers, as they were committed. One point read."""
    row = LiveSequence.objects.filter(pk=ROW).values_list("value", "moved").first()
    return Numbers(*row) if row else Numbers()


def _next(statement: str) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [ROW])
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def _mark_at_once(rows: Mapping[type[Model], list[int]], is_progress: bool) -> int | None:
    steps = [f"next AS ({NEXT_PROGRESS if is_progress else NEXT})"]
    for model in rows:
        steps.append(MARKED.format(name=f"marked_{model._meta.model_name}", table=model._meta.db_table))
    with connection.cursor() as cursor:
        cursor.execute(" ".join(["WITH", ", ".join(steps), "SELECT value FROM next"]), [ROW, *rows.values()])
        row = cursor.fetchone()
    return None if row is None else int(row[0])
