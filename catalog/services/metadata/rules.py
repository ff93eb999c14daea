"""Rules: for a field of a kind of thing one origin is believed first. They are walked over all that is stored."""

from __future__ import annotations

import time

from django.db import transaction
from django.utils import timezone

from accounts.models import Person
from catalog.metadata.fields import MANUAL, ORIGIN_LABELS, Entity, Shape
from catalog.models_metadata import FieldRule
from catalog.services.metadata.choosing import field_of, resettle
from catalog.services.metadata.tables import table_of
from catalog.services.store.shared import lock_catalogue
from core.errors import NotFound, UserError
from ops.services import live

CHUNK = 200
PAGE_SECONDS = 2.0  # what a person waits for; the background goes on with the rest


@transaction.atomic
def make_rule(entity: Entity, field: str, prefer: str, *, by: Person | str | None = None) -> FieldRule:
    """From now on ``prefer`` is believed first for ``field``; ``walk`` lets what is stored follow. Raises UserError."""
    known = field_of(entity, field)
    if known.is_identity or known.shape is Shape.LIST:
        raise UserError(f"{known.label} never contradict one another.", remedy="Choose another field.")
    if prefer not in ORIGIN_LABELS or prefer == MANUAL:
        raise UserError(f"There is no origin {prefer!r}.", remedy="One of musicbrainz, spotify, deezer, lastfm.")
    lock_catalogue()
    old = FieldRule.objects.filter(entity=entity, field=field).first()
    values = {
        "prefer": prefer,
        "before": (old.prefer or old.before) if old else "",
        "walked_to": 0,
        "person": by if isinstance(by, Person) else None,
        "by_name": by.get_username() if isinstance(by, Person) else by or "",
        "made_at": timezone.now(),
    }
    rule, _ = FieldRule.objects.update_or_create(entity=entity, field=field, defaults=values)
    return rule


@transaction.atomic
def drop_rule(number: int) -> FieldRule:
    """The rule counts no more; ``walk`` takes back what it settled. Raises NotFound."""
    lock_catalogue()
    rule = FieldRule.objects.filter(pk=number).exclude(prefer="").first()
    if rule is None:
        raise NotFound("There is no such rule any more.", remedy="Reload the page.")
    rule.before, rule.prefer, rule.walked_to = rule.prefer, "", 0
    rule.save(update_fields=["before", "prefer", "walked_to"])
    return rule


def are_to_walk() -> bool:
    """Whether a rule has not reached everything yet."""
    return FieldRule.objects.filter(walked_to__isnull=False).exists()


def walk(seconds: float = PAGE_SECONDS) -> bool:
    """Rules are walked over what is stored, chunk by chunk, for about so long; whether all are through."""
    until = time.monotonic() + seconds
    for number in FieldRule.objects.filter(walked_to__isnull=False).order_by("id").values_list("pk", flat=True):
        while _step(number):
            if time.monotonic() >= until:
                live.bump()
                return False
    live.bump()
    return True


@transaction.atomic
def _step(number: int) -> bool:
    """One chunk, with the mark of how far it is; False where the rule is through or gone."""
    lock_catalogue()
    rule = FieldRule.objects.filter(pk=number, walked_to__isnull=False).first()
    if rule is None:
        return False
    entity = Entity(rule.entity)
    table = table_of(entity)
    name = f"{table.link}_id"
    spoken = table.values._default_manager.filter(
        origin__in=[rule.prefer, rule.before], **{f"{name}__gt": rule.walked_to or 0}
    )
    ids = list(spoken.order_by(name).values_list(name, flat=True).distinct()[:CHUNK])
    if ids:
        resettle(entity, ids)
        rule.walked_to = ids[-1]
    elif not rule.prefer:
        rule.delete()
        return False
    else:
        rule.walked_to, rule.before = None, ""
    rule.save(update_fields=["walked_to", "before"])
    return bool(ids)
