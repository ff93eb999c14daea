"""Settles by hand what origins contradict one another on, one by one or many at once, and takes it back.

What is settled at once has one number, by which it is taken back as one; what was settled anew since then stays.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Person
from catalog.metadata.alike import is_empty
from catalog.metadata.fields import FIELDS, MANUAL, Entity, Field, origin_label
from catalog.models_metadata import Conflict, Values
from catalog.services.metadata import saying
from catalog.services.metadata.settling import settle, write_alike
from catalog.services.metadata.spreading import save
from catalog.services.metadata.tables import rows_said, table_of
from catalog.services.store.shared import lock_catalogue
from core.errors import NotFound, UserError
from ops.services import live

MOST_AT_ONCE = 500
State = Conflict.State


@dataclass(frozen=True, slots=True)
class Chosen:
    """What became of it. ``act`` takes it back; ``silent`` are those of which the origin says nothing."""

    done: int
    silent: int = 0
    act: int | None = None


@transaction.atomic
def choose(ids: Collection[int], origin: str, *, by: Person | str | None = None) -> Chosen:
    """Of these conflicts what ``origin`` says counts from now on. Raises UserError, NotFound."""
    if len(ids) > MOST_AT_ONCE:
        raise UserError(f"{len(ids)} are too many at once.", remedy=f"Choose {MOST_AT_ONCE} at most, or make a rule.")
    lock_catalogue()
    act, at = _number(), timezone.now()
    done = silent = 0
    conflicts = list(Conflict.objects.select_for_update().filter(pk__in=ids))
    if not conflicts:
        raise NotFound("There is no such conflict any more.", remedy="Reload the page.")
    for entity, part in _by_entity(conflicts).items():
        said = rows_said(entity, {one.about for one in part})
        able = [one for one in part if _says(said[one.about].get(origin), one.field)]
        silent += len(part) - len(able)
        for one in able:
            _settle_by_hand(one, origin, said[one.about].get(MANUAL), act, by, at)
        _write(able)
        resettle(entity, {one.about for one in able})
        done += len(able)
    if not done:
        raise UserError(
            f"{origin_label(origin)} says nothing of {'this' if silent == 1 else 'these'}.", remedy="Choose another."
        )
    live.bump()
    return Chosen(done, silent, act)


@transaction.atomic
def write_own(entity: Entity, about: int, field_name: str, value: Any, *, by: Person | str | None = None) -> Chosen:
    """A person's own ``value`` (as ``catalog.metadata.own.parse`` makes it) counts. Raises UserError, NotFound."""
    field = field_of(entity, field_name)
    if field.is_identity:
        raise UserError(f"{field.label} is no matter of opinion.", remedy="Choose another field.")
    lock_catalogue()
    table = table_of(entity)
    if not table.model._default_manager.filter(pk=about).exists():
        raise NotFound(f"There is no {entity} {about}.")
    link = {f"{table.link}_id": about}
    conflict = Conflict.objects.filter(**link, field=field_name).first()
    conflict = conflict or Conflict.objects.create(entity=entity, field=field_name, **link)
    said = rows_said(entity, [about])[about]
    act = _number()
    _settle_by_hand(conflict, MANUAL, said.get(MANUAL), act, by, timezone.now())
    _write([conflict])
    manual = said.get(MANUAL) or table.values(**link, origin=MANUAL, fields={})
    manual.fields, manual.fetched_at = {**manual.fields, field_name: value}, timezone.now()
    saying.keep(entity, [manual])
    resettle(entity, [about])
    live.bump()
    return Chosen(1, act=act)


@transaction.atomic
def undo(act: int) -> int:
    """What was settled by ``act`` is as it was before; how many. Those settled anew since then stay."""
    lock_catalogue()
    conflicts = list(Conflict.objects.select_for_update().filter(act=act))
    for entity, part in _by_entity(conflicts).items():
        _restore(entity, part)
    if conflicts:
        live.bump()
    return len(conflicts)


@transaction.atomic
def reopen(number: int) -> None:
    """What was settled by hand is open again, and an own value is gone. Raises NotFound."""
    lock_catalogue()
    conflict = Conflict.objects.select_for_update().filter(pk=number, state=State.BY_HAND).first()
    if conflict is None:
        raise NotFound("This was not settled by hand.", remedy="Reload the page.")
    conflict.before = {"state": State.OPEN, "origin": ""}
    _restore(Entity(conflict.entity), [conflict])
    live.bump()


def resettle(entity: Entity, ids: Iterable[int]) -> int:
    """What is said of these rows is merged again; how many have other values now. Inside the caller's transaction."""
    rows = table_of(entity).model._default_manager.in_bulk(list(ids))
    settled = settle(entity, rows, rows_said(entity, rows))
    save(entity, settled)
    return len(settled.changed)


def field_of(entity: Entity, name: str) -> Field:
    """Raises UserError for what is no field of such a thing."""
    if name not in FIELDS[entity]:
        raise UserError(f"There is no field {name!r} of an {entity}.", remedy=f"One of {', '.join(FIELDS[entity])}.")
    return FIELDS[entity][name]


def _number() -> int:
    """Greater than all before: acts are made one at a time, under the lock of the catalogue."""
    return time.time_ns() // 1000


def _by_entity(conflicts: Iterable[Conflict]) -> dict[Entity, list[Conflict]]:
    found: dict[Entity, list[Conflict]] = {}
    for one in conflicts:
        found.setdefault(Entity(one.entity), []).append(one)
    return found


def _says(values: Values | None, field: str) -> bool:
    return values is not None and not is_empty(values.fields.get(field))


def _settle_by_hand(
    one: Conflict, origin: str, manual: Values | None, act: int, by: Person | str | None, at: datetime
) -> None:
    one.before = {"state": one.state, "origin": one.origin}
    if manual is not None and one.field in manual.fields:
        one.before["manual"] = manual.fields[one.field]
    one.state, one.origin, one.act, one.settled_at = State.BY_HAND, origin, act, at
    one.person = by if isinstance(by, Person) else None
    one.by_name = by.get_username() if isinstance(by, Person) else by or ""


def _write(conflicts: list[Conflict]) -> None:
    write_alike(conflicts, ("state", "origin", "act", "settled_at", "person_id", "by_name", "before"))


def _restore(entity: Entity, conflicts: list[Conflict]) -> None:
    said = rows_said(entity, {one.about for one in conflicts})
    changed: dict[int, Values] = {}
    silenced: dict[int, list[str]] = {}
    for one in conflicts:
        before: Mapping[str, Any] = one.before
        if manual := said[one.about].get(MANUAL):
            fields = {name: value for name, value in manual.fields.items() if name != one.field}
            manual.fields = fields | ({one.field: before["manual"]} if "manual" in before else {})
            changed[one.about] = manual
        if not any(_says(values, one.field) for values in said[one.about].values()):
            silenced.setdefault(one.about, []).append(one.field)
        one.state, one.origin = before.get("state") or State.OPEN, before.get("origin") or ""
        one.act, one.person, one.by_name, one.before = None, None, "", {}
        one.settled_at = one.settled_at if one.state != State.OPEN else None
    _write(conflicts)
    saying.keep(entity, changed.values())
    _silence(entity, silenced)
    resettle(entity, {one.about for one in conflicts})


def _silence(entity: Entity, silenced: Mapping[int, list[str]]) -> None:
    """Columns of which nobody says anything any more are empty."""
    table = table_of(entity)
    for about, names in silenced.items():
        defaults = {name: table.model._meta.get_field(name).get_default() for name in names}  # type: ignore[union-attr]
        table.model._default_manager.filter(pk=about).update(**defaults)
        Conflict.objects.filter(**{f"{table.link}_id": about}, field__in=names).exclude(state=State.BY_HAND).delete()
