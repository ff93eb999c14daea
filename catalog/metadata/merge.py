"""From what each origin says of a field to the one value that counts, and whether they contradict one another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any

from catalog.matching.text import fold
from catalog.metadata.alike import alike, is_empty, says_more
from catalog.metadata.fields import MANUAL, Field, Shape, in_order

MOST_IN_LIST = 10


@dataclass(frozen=True, slots=True)
class FieldValue:
    """What one origin says of one field, and since when."""

    field: str
    value: Any
    origin: str
    fetched_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Merged:
    """What counts. ``origins``: who says it, one but for lists. ``said``: what all say, the most believed first."""

    value: Any
    origins: tuple[str, ...]
    said: tuple[FieldValue, ...]
    is_conflict: bool

    @property
    def origin(self) -> str:
        return self.origins[0]


def merge(field: Field, said: Iterable[FieldValue], *, prefer: str = "", chosen: str = "") -> Merged | None:
    """The value of ``field``; None where nobody says anything.

    The most believed origin has the word; one below it that says the same more exactly is taken instead. ``prefer`` is
    the origin of a rule for the field, ``chosen`` the one that a person took: its value counts as it stands. Lists are
    united, unless a person wrote or chose one.
    """
    by_origin = {one.origin: one for one in said if one.field == field.name and not is_empty(one.value)}
    if not by_origin:
        return None
    ordered = tuple(by_origin[origin] for origin in in_order(by_origin, prefer))
    is_conflict = not field.is_identity and _contradict(field, ordered)
    settled = by_origin.get(chosen) or by_origin.get(MANUAL)
    if settled is not None:
        return Merged(settled.value, (settled.origin,), ordered, is_conflict)
    if field.shape is Shape.LIST:
        value, origins = _unite(ordered)
        return Merged(value, origins, ordered, is_conflict=False)
    best = ordered[0]
    if prefer != best.origin:
        for one in ordered[1:]:
            if alike(field.shape, one.value, best.value) and says_more(field.shape, one.value, best.value):
                best = one
    return Merged(best.value, (best.origin,), ordered, is_conflict)


def merge_all(
    fields: Mapping[str, Field],
    said: Mapping[str, Mapping[str, Any]],
    *,
    prefer: Mapping[str, str],
    chosen: Mapping[str, str],
) -> dict[str, Merged]:
    """All fields of one thing: ``said`` by origin and field, ``prefer`` and ``chosen`` by field."""
    found = {}
    for name, field in fields.items():
        values = [FieldValue(name, one[name], origin) for origin, one in said.items() if name in one]
        if merged := merge(field, values, prefer=prefer.get(name, ""), chosen=chosen.get(name, "")):
            found[name] = merged
    return found


def _contradict(field: Field, said: Iterable[FieldValue]) -> bool:
    """Whether two of them cannot both be true. What a person wrote settles a conflict and makes none."""
    outside = [one.value for one in said if one.origin != MANUAL]
    return any(not alike(field.shape, one, other) for one, other in combinations(outside, 2))


def _unite(said: tuple[FieldValue, ...]) -> tuple[list[str], tuple[str, ...]]:
    """Each entry once, in its first spelling; at most ten, and who gave them."""
    entries: dict[str, str] = {}
    origins: dict[str, None] = {}
    for one in said:
        for entry in one.value[:MOST_IN_LIST]:
            if len(entries) < MOST_IN_LIST and fold(str(entry)) not in entries:
                entries[fold(str(entry))] = str(entry)
                origins[one.origin] = None
    return list(entries.values()), tuple(origins)
