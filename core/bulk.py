"""Many rows that are alike but for a few columns, made or changed by one statement with one parameter for all of them.

``bulk_create`` sends every column of every row as a parameter of its own: Django allows 999 of them per statement on
SQLite, and preparing them is most of the time that ten thousand rows take.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import AutoField, Field, Model, QuerySet
from django.db.models import Value as Constant
from django.db.models.expressions import RawSQL

# How the parts of a JSON list are read; the rest is the same on both databases.
READ = {
    "sqlite": ("json_extract(value, '$[{place}]')", "json_each(%s)"),
    "postgresql": ("value ->> {place}", "json_array_elements(CAST(%s AS json))"),
}
Value = int | str | None


FEW = 50  # so many are cheaper as parameters


def among(ids: Collection[int]) -> list[int] | RawSQL:
    """What ``pk__in`` takes for any number of ids: thousands are one parameter, which costs a tenth of thousands."""
    if len(ids) <= FEW:
        return list(ids)
    if connection.vendor == "sqlite":
        return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(ids))])
    return RawSQL("SELECT unnest(CAST(%s AS bigint[]))", [list(ids)])


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


def update_each(
    model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Value]], *, is_added: bool = False
) -> None:
    """Each row, named by its key in front, has its own values in ``columns``; ``is_added``: is so much more."""
    if not (listed := list(rows)):
        return
    known = {field.name: field for field in model._meta.concrete_fields}
    fields = [known[name] for name in (str(model._meta.pk.name), *columns)]
    item, source = READ[connection.vendor]
    read = ", ".join(
        f"CAST({item.format(place=place)} AS {_type(field)}) AS v{place}" for place, field in enumerate(fields)
    )
    table = _quoted(model._meta.db_table)
    names = [_quoted(str(field.column)) for field in fields]
    changes = ", ".join(
        f"{name} = {f'{table}.{name} + ' if is_added else ''}fresh.v{place}"
        for place, name in enumerate(names)
        if place
    )
    sql = (
        f"UPDATE {table} SET {changes} FROM (SELECT {read} FROM {source}) AS fresh WHERE {table}.{names[0]} = fresh.v0"  # noqa: S608
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [json.dumps(listed)])


def insert_from(model: type[Model], rows: QuerySet[Any], values: Mapping[str, Any]) -> None:
    """One row of ``model`` for each of ``rows``, made of it by the database; what is left out of ``values`` is null.

    ``values`` are plain values, the same for all, or expressions over ``rows``.
    """
    known = {field.name: field for field in model._meta.concrete_fields}
    fields = {name: known[name] for name in values}
    columns = {
        f"new_{name}": value if hasattr(value, "resolve_expression") else Constant(value, output_field=fields[name])
        for name, value in values.items()
    }
    chosen = rows.annotate(**columns).values_list(*columns)
    sql, parameters = chosen.query.sql_with_params()
    names = _columns(fields.values())
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {_quoted(model._meta.db_table)} ({names}) {sql}", parameters)


def _type(field: Field[Any, Any]) -> str:
    return str(field.rel_db_type(connection) if field.primary_key else field.db_type(connection))


def _columns(fields: Iterable[Field[Any, Any]]) -> str:
    return ", ".join(_quoted(str(field.column)) for field in fields)


def _quoted(name: str) -> str:
    return str(connection.ops.quote_name(name))
