"""The live sequence: every visible change takes the next number, in the transaction that made the change.

The one row is also a lock until the commit. So that no two transactions wait for one another, a transaction touches
its own rows first and calls ``bump`` after them, then writes the number on the rows it already holds.
"""

from __future__ import annotations

from django.db import connection

from ops.models import LiveSequence

ROW = 1
NEXT = "UPDATE ops_livesequence SET value = value + 1 WHERE id = %s RETURNING value"


def bump() -> int:
    """The next number of the sequence, raised in the caller's transaction."""
    number = _next()
    if number is None:  # the very first change, or a database that was emptied
        LiveSequence.objects.bulk_create([LiveSequence(id=ROW, value=0)], ignore_conflicts=True)
        number = _next()
    if number is None:
        raise RuntimeError("The live sequence has no row and none could be made.")
    return number


def newest() -> int:
    """The newest number that was committed; 0 before the first change. One point read."""
    return LiveSequence.objects.filter(pk=ROW).values_list("value", flat=True).first() or 0


def _next() -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [ROW])
        row = cursor.fetchone()
    return None if row is None else int(row[0])
