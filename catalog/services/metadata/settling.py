"""Sets in rows what counts of all that is said, and keeps the list of what origins contradict one another on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from catalog.metadata.fields import FIELDS, Entity
from catalog.metadata.merge import Merged, merge_all
from catalog.models_metadata import Conflict, FieldRule
from catalog.services.metadata.tables import Row, Said, table_of

BATCH = 500
NOT_SET = {"isrc"}  # recordings are found by it, and no two have the same: only storing sets it
State = Conflict.State


@dataclass(slots=True)
class Settled:
    """Rows that changed, not saved yet, and in which columns; ``renamed``: those with another title or name."""

    changed: list[Any] = field(default_factory=list)
    columns: set[str] = field(default_factory=set)
    renamed: list[Any] = field(default_factory=list)


@dataclass(slots=True)
class _Book:
    """The conflicts of the rows in hand, and what is to be written of them."""

    there: dict[tuple[int, str], Conflict]
    new: list[Conflict] = field(default_factory=list)
    changed: list[Conflict] = field(default_factory=list)
    over: list[int] = field(default_factory=list)
    at: datetime = field(default_factory=timezone.now)


def rules_of(entity: Entity) -> dict[str, str]:
    """Which origin is believed first, by field, where a rule says so. One query."""
    return dict(FieldRule.objects.filter(entity=entity).exclude(prefer="").values_list("field", "prefer"))


def settle(entity: Entity, rows: Mapping[int, Row], said: Said) -> Settled:
    """The rows have what counts; conflicts are found, or gone. At most two reads and three writes."""
    several = [pk for pk in rows if len(said[pk]) > 1]
    prefer = rules_of(entity) if several else {}
    book = _Book(_conflicts(entity, several))
    result = Settled()
    name_field = "name" if entity is Entity.ARTIST else "title"
    for pk, row in rows.items():
        chosen = {
            name: book.there[pk, name].origin
            for name in FIELDS[entity]
            if (pk, name) in book.there and book.there[pk, name].state == State.BY_HAND
        }
        merged = merge_all(
            FIELDS[entity], {one.origin: one.fields for one in said[pk].values()}, prefer=prefer, chosen=chosen
        )
        before = getattr(row, name_field)
        if columns := _set(row, merged):
            result.changed.append(row)
            result.columns |= columns
            if getattr(row, name_field) != before:
                result.renamed.append(row)
        if len(said[pk]) > 1:
            _note(entity, pk, merged, prefer, book)
    _write(book)
    return result


def _set(row: Row, merged: Mapping[str, Merged]) -> set[str]:
    """The row has what counts; the columns that had something else."""
    changed = {name for name, one in merged.items() if name not in NOT_SET and getattr(row, name) != one.value}
    for name in changed:
        setattr(row, name, merged[name].value)
    return changed


def _note(entity: Entity, pk: int, merged: Mapping[str, Merged], prefer: Mapping[str, str], book: _Book) -> None:
    """Write down on which fields they contradict one another; what a person decided stays decided."""
    for name in FIELDS[entity]:
        known, one = book.there.get((pk, name)), merged.get(name)
        if known is not None and known.state == State.BY_HAND:
            continue
        if one is None or not one.is_conflict:
            if known is not None:
                book.over.append(known.pk)
            continue
        is_ruled = prefer.get(name, "") in {value.origin for value in one.said}
        state, origin = (State.BY_RULE, prefer[name]) if is_ruled else (State.OPEN, "")
        if known is None:
            link = {f"{table_of(entity).link}_id": pk}
            settled_at = book.at if is_ruled else None
            book.new.append(
                Conflict(entity=entity, field=name, state=state, origin=origin, settled_at=settled_at, **link)
            )
        elif (known.state, known.origin) != (state, origin):
            known.state, known.origin = state, origin
            known.settled_at = book.at if is_ruled else None
            book.changed.append(known)


def _conflicts(entity: Entity, ids: list[int]) -> dict[tuple[int, str], Conflict]:
    if not ids:
        return {}
    link = table_of(entity).link
    rows = Conflict.objects.filter(**{f"{link}__in": ids})
    return {(getattr(row, f"{link}_id"), row.field): row for row in rows}


def _write(book: _Book) -> None:
    if book.new:
        Conflict.objects.bulk_create(book.new)
    write_alike(book.changed, ("state", "origin", "settled_at"))
    if book.over:
        Conflict.objects.filter(pk__in=book.over).delete()


def write_alike(conflicts: Iterable[Conflict], columns: Sequence[str]) -> None:
    """These columns are written, in one statement for all conflicts that have the same there: mostly all of them."""
    alike: dict[str, tuple[dict[str, Any], list[int]]] = {}
    for one in conflicts:
        values = {name: getattr(one, name) for name in columns}
        alike.setdefault(repr(values), (values, []))[1].append(one.pk)
    for values, ids in alike.values():
        for start in range(0, len(ids), BATCH):
            Conflict.objects.filter(pk__in=ids[start : start + BATCH]).update(**values)
