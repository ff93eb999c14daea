"""Artists given the one name that they should have, and rows that are one artist folded into one. Undoable.

Only the database changes here; what files say is looked at and written by the library (``library.services.renaming``).
A folded row stays, empty, and leads to the one that has everything now: addresses and numbers outside keep their sense.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import combinations
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import ManyToOneRel, QuerySet
from django.utils import timezone

from accounts.models import Person
from catalog.metadata.fields import Entity
from catalog.models import AlbumCredit, Artist, ArtistId, ArtistNaming, ArtistsApart, RecordingCredit
from catalog.services.metadata import choosing
from catalog.services.metadata.spreading import write_credits_anew
from catalog.services.store.shared import lock_catalogue
from catalog.spelling import MOST_CHARACTERS, Known, clean_name, contradiction
from core.errors import UserError
from ops.services import live

MOST_MEMBERS = 50
BATCH = 250
CREDITS: tuple[tuple[type[models.Model], str], ...] = ((RecordingCredit, "recording"), (AlbumCredit, "album"))


def known_artists(ids: Collection[int]) -> list[Known]:
    """These artists as ``catalog.spelling`` compares them."""
    pairs: dict[int, set[tuple[str, str]]] = {}
    for artist_id, provider, value in ArtistId.objects.filter(artist__in=ids).values_list(
        "artist_id", "provider", "value"
    ):
        pairs.setdefault(artist_id, set()).add((provider, value))
    rows = Artist.objects.filter(pk__in=ids, merged_into=None).values_list("pk", "name", "mbid")
    return [Known(pk, name, mbid=mbid, ids=frozenset(pairs.get(pk, ()))) for pk, name, mbid in rows]


@transaction.atomic
def name_artists(ids: Collection[int], name: str, *, by: Person | None = None, by_name: str = "") -> ArtistNaming:
    """These artists are one, called ``name``; what can take it back. Files keep what they say.

    Raises UserError reason different where ids say that they are not one artist, bad_request for a name that is none,
    gone where one of them is folded into another already.
    """
    wanted = clean_name(name)
    if not wanted:
        raise UserError("An artist needs a name.", remedy="Write one.")
    if len(name) > MOST_CHARACTERS:
        raise UserError(f"This name is longer than {MOST_CHARACTERS} characters.", remedy="Write a shorter one.")
    if not 0 < len(set(ids)) <= MOST_MEMBERS:
        raise UserError(f"Choose between one artist and {MOST_MEMBERS} at once.")
    lock_catalogue()
    known = known_artists(ids)
    if len(known) < len(set(ids)):
        raise UserError("One of these artists is there no more.", remedy="Look again.", reason="gone")
    for one, other in combinations(known, 2):
        if reason := contradiction(one, other):
            raise UserError(
                f"“{one.name}” and “{other.name}” are different artists: {reason}.",
                remedy="Artists whose ids differ are never joined. Correct the id where it is wrong.",
                reason="different",
            )
    rows = {row.pk: row for row in Artist.objects.select_for_update().filter(pk__in=ids)}
    kept = rows.pop(_kept(known))
    naming = ArtistNaming(artist=kept, name=wanted, before=kept.name, person=by)
    naming.by_name = by.get_username() if by else by_name[:150]
    naming.merged = {str(row.pk): {"name": row.name, "mbid": row.mbid} | _fold(row, kept) for row in rows.values()}
    mbids = {row.mbid for row in rows.values() if row.mbid}
    if mbids and not kept.mbid:
        kept.mbid = mbids.pop()
    kept.save(update_fields=["mbid"])
    # As any other value that a person sets: no catalogue takes it back, and "Metadata" shows it.
    naming.act = choosing.write_own(Entity.ARTIST, kept.pk, "name", wanted, by=by or by_name).act
    naming.save()
    write_credits_anew([kept.pk])
    live.bump()
    return naming


@transaction.atomic
def undo_naming(naming: ArtistNaming) -> None:
    """The artists are called and apart as they were before. Raises UserError where that was done, or named anew since.

    What came to the joint artist since then stays with it.
    """
    lock_catalogue()
    naming = ArtistNaming.objects.select_for_update().select_related("artist").get(pk=naming.pk)
    if naming.undone_at is not None:
        raise UserError("This was taken back already.", reason="nothing_to_do")
    later = ArtistNaming.objects.filter(artist=naming.artist, pk__gt=naming.pk, undone_at=None)
    if later.exists():
        raise UserError(
            f"“{naming.name}” was given another name since then.", remedy="Take that back first.", reason="changed"
        )
    kept = naming.artist
    for number, one in naming.merged.items():
        row = Artist.objects.filter(pk=int(number), merged_into=kept).first()
        if row is not None:
            _unfold(row, kept, one)
            if one.get("mbid") and one["mbid"] == kept.mbid and not one.get("kept_mbid"):
                kept.mbid = ""
    kept.save(update_fields=["mbid"])
    if naming.act is not None:
        choosing.undo(naming.act)
    ids = [kept.pk, *map(int, naming.merged)]
    choosing.resettle(Entity.ARTIST, ids)
    Artist.objects.filter(pk=kept.pk).update(name=naming.before)  # what was said of it meanwhile may be more
    naming.undone_at = timezone.now()
    naming.save(update_fields=["undone_at"])
    write_credits_anew(ids)
    live.bump()


@transaction.atomic
def tell_apart(ids: Collection[int], *, by: Person | None = None) -> int:
    """These artists are different ones, whatever their names; how many pairs that are. They are offered no more."""
    if not 1 < len(set(ids)) <= MOST_MEMBERS:
        raise UserError(f"Choose between two artists and {MOST_MEMBERS}.")
    there = sorted(Artist.objects.filter(pk__in=ids).values_list("pk", flat=True))
    pairs = [ArtistsApart(one_id=one, other_id=other, person=by) for one, other in combinations(there, 2)]
    ArtistsApart.objects.bulk_create(pairs, ignore_conflicts=True)
    return len(pairs)


def _kept(known: Sequence[Known]) -> int:
    """The row that stays: the one that MusicBrainz knows, else the one with most ids, else the oldest."""
    return min(known, key=lambda one: (not one.mbid, -len(one.real_ids), one.id)).id


def _fold(row: Artist, kept: Artist) -> dict[str, Any]:
    """Everything that points at ``row`` points at ``kept``; what was moved, for its way back."""
    moved: dict[str, list[int]] = {}
    dropped: list[dict[str, Any]] = []
    for model, owner in CREDITS:
        owners = model._default_manager.filter(artist=kept).values(owner)
        double = model._default_manager.filter(artist=row, **{f"{owner}__in": owners})
        fields = (f"{owner}_id", "position", "join_phrase", "is_featured")
        dropped += [{"model": model._meta.label, **values} for values in double.values(*fields)]
        double.delete()
    for relation in Artist._meta.related_objects:
        if not isinstance(relation, ManyToOneRel) or relation.related_model in (ArtistNaming, ArtistsApart):
            continue
        model, name = relation.related_model, relation.field.name
        if pks := _moved(model, name, row, kept):
            moved[f"{model._meta.label}.{name}"] = pks
    row.merged_into = kept
    row.save(update_fields=["merged_into"])
    return {"moved": moved, "dropped": dropped}


def _moved(model: type[models.Model], name: str, row: Artist, kept: Artist) -> list[int]:
    """What was moved. Where something of the kind may be there but once, that of ``kept`` counts."""
    rows = model._default_manager.filter(**{name: row})
    pks = list(rows.values_list("pk", flat=True))
    if not pks:
        return []
    if _moves(rows, name, kept):
        return pks
    return [pk for pk in pks if _moves(model._default_manager.filter(pk=pk), name, kept)]


def _moves(rows: QuerySet[Any], name: str, kept: Artist) -> bool:
    try:
        with transaction.atomic():
            rows.update(**{name: kept})
    except IntegrityError:
        return False
    return True


def _unfold(row: Artist, kept: Artist, one: dict[str, Any]) -> None:
    for key, pks in one.get("moved", {}).items():
        label, _, name = key.rpartition(".")
        model = apps.get_model(label)
        for start in range(0, len(pks), BATCH):
            there = model._default_manager.filter(pk__in=pks[start : start + BATCH], **{name: kept})
            there.update(**{name: row})
    for values in one.get("dropped", ()):
        model = apps.get_model(values["model"])
        owner = {name: value for name, value in values.items() if name.endswith("_id")}
        if not model._default_manager.filter(**owner, position=values["position"]).exists():
            fields = {name: value for name, value in values.items() if name != "model"}
            model._default_manager.create(artist=row, **fields)
    row.merged_into = None
    row.save(update_fields=["merged_into"])
