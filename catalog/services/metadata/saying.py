"""Keeps what origins say, and lets the rows have what counts. A number of queries that does not grow with the rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from catalog.metadata.alike import alike, says_more
from catalog.metadata.fields import FIELDS, Entity, Shape
from catalog.models_metadata import Values
from catalog.services.metadata.settling import Settled, settle
from catalog.services.metadata.tables import Row, Said, rows_said, table_of

BATCH = 200


@dataclass(frozen=True, slots=True)
class Say:
    """What ``origin`` says of ``row`` now, as ``catalog.metadata.words`` makes it.

    ``gaps_only``: it adds to what the origin said before and changes nothing.
    """

    row: Row
    origin: str
    fields: dict[str, Any]
    gaps_only: bool = False


def say_first(entity: Entity, says: Iterable[Say]) -> None:
    """Keep what is said of rows of which nobody has said anything yet, and which have it in their columns."""
    table = table_of(entity)
    words: dict[tuple[int, str], dict[str, Any]] = {}
    for say in says:
        key = (say.row.pk, say.origin)
        words[key] = _added(entity, words.get(key, {}), say.fields, gaps_only=True)
    table.values._default_manager.bulk_create(
        [
            table.values(**{f"{table.link}_id": pk, "origin": origin, "fields": fields})
            for (pk, origin), fields in words.items()
            if fields
        ],
        batch_size=BATCH,
    )


def take_in(entity: Entity, says: Sequence[Say], *, said: Said | None = None) -> tuple[Settled, Said]:
    """Keep what is said, and set in the rows what counts from now on; which rows that changed, and all that is said.

    The caller saves the changed rows. Inside the caller's transaction.
    """
    rows = {say.row.pk: say.row for say in says}
    said = rows_said(entity, rows) if said is None else said
    table = table_of(entity)
    changed: dict[tuple[int, str], Values] = {}
    for say in says:
        kept = said[say.row.pk].get(say.origin)
        if kept is None:
            kept = table.values(**{f"{table.link}_id": say.row.pk, "origin": say.origin, "fields": {}})
            said[say.row.pk][say.origin] = kept
        fields = _added(entity, kept.fields, say.fields, gaps_only=say.gaps_only)
        if fields != kept.fields:
            kept.fields, kept.fetched_at = fields, timezone.now()
            changed[say.row.pk, say.origin] = kept
    if not changed:
        return Settled(), said
    keep(entity, changed.values())
    return settle(entity, {pk: rows[pk] for pk, _ in changed}, said), said


def keep(entity: Entity, values: Iterable[Values]) -> None:
    """These words are what their origins say now."""
    table = table_of(entity)
    table.values._default_manager.bulk_create(
        [
            table.values(
                **{
                    f"{table.link}_id": getattr(one, f"{table.link}_id"),
                    "origin": one.origin,
                    "fields": one.fields,
                    "fetched_at": one.fetched_at,
                }
            )
            for one in values
        ],
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=[table.link, "origin"],
        update_fields=["fields", "fetched_at"],
    )


def _added(entity: Entity, old: dict[str, Any], new: dict[str, Any], *, gaps_only: bool) -> dict[str, Any]:
    """What an origin says after it said ``new`` as well. A date that was known to the day stays so."""
    if gaps_only:
        return {**new, **old}
    known = FIELDS[entity]
    finer = {
        name: value
        for name, value in old.items()
        if name in new
        and known[name].shape is Shape.DATE
        and alike(Shape.DATE, value, new[name])
        and says_more(Shape.DATE, value, new[name])
    }
    return {**old, **new, **finer}
