"""Many rows that are alike but for a few columns, made by one statement with one parameter for all of them.

``bulk_create`` sends every column of every row as a parameter of its own: Django allows 999 of them per statement on
SQLite, and preparing them is most of the time that ten thousand rows take.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import AutoField, Field, Model

# How the parts of a JSON list are read; the rest is the same on both databases.
READ = {
    "sqlite": ("json_extract(value, '$[{place}]')", "json_each(%s)"),
    "postgresql": ("value ->> {place}", "json_array_elements(CAST(%s AS json))"),
}
Value = int | str | None


def insert_alike(
    like: Model,
    columns: Sequence[str],
    rows: Iterable[Sequence[Value]],
    *,
    returning: Sequence[str] = (),
    ignore_conflicts: bool = False,
) -> list[tuple[Any, ...]]:
    """Rows like the unsaved ``like``, each with its own values in ``columns``, are stored in order.

    What comes back is ``returning`` of those that were made: with ``ignore_conflicts`` those are left out that a
    unique constraint forbids, without it that is an IntegrityError.
    """
    if not (listed := list(rows)):
        return []
    known = {field.name: field for field in like._meta.concrete_fields}
    fields = {name: field for name, field in known.items() if name in columns or not isinstance(field, AutoField)}
    item, source = READ[connection.vendor]
    values, parameters = [], []
    for name, field in fields.items():
        if name in columns:
            values.append(f"CAST({item.format(place=columns.index(name))} AS {_type(field)})")
        else:
            values.append("%s")
            parameters.append(field.get_db_prep_save(field.pre_save(like, add=True), connection))
    sql = (  # names of our own models alone; every value is a parameter
        f"INSERT INTO {_quoted(like._meta.db_table)} ({_columns(fields.values())}) "  # noqa: S608
        f"SELECT {', '.join(values)} FROM {source} WHERE TRUE"
    )
    if ignore_conflicts:
        sql += " ON CONFLICT DO NOTHING"
    if returning:
        sql += f" RETURNING {_columns(known[name] for name in returning)}"
    with connection.cursor() as cursor:
        cursor.execute(sql, [*parameters, json.dumps(listed)])
        return cursor.fetchall() if returning else []


def _type(field: Field[Any, Any]) -> str:
    return str(field.rel_db_type(connection) if field.primary_key else field.db_type(connection))


def _columns(fields: Iterable[Field[Any, Any]]) -> str:
    return ", ".join(_quoted(str(field.column)) for field in fields)


def _quoted(name: str) -> str:
    return str(connection.ops.quote_name(name))
