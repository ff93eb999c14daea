"""What else has to change with a row: titles of tracks, credits as texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Case, CharField, Value, When

from catalog.metadata.fields import Entity
from catalog.models import Recording, RecordingCredit, Track
from catalog.services.metadata.settling import Settled
from catalog.services.metadata.tables import Row, table_of

BATCH = 200


def save(entity: Entity, settled: Settled) -> None:
    """The changed rows are in the database, and what hangs on them follows."""
    if settled.changed:
        table_of(entity).model._default_manager.bulk_update(settled.changed, settled.columns, batch_size=BATCH)
    spread(entity, settled.renamed)


def spread(entity: Entity, renamed: Sequence[Row]) -> None:
    """Tracks have the new titles of their recordings, recordings the new names of their artists."""
    if not renamed:
        return
    if entity is Entity.RECORDING:
        for start in range(0, len(renamed), BATCH):
            part = renamed[start : start + BATCH]
            titles = [When(recording_id=row.pk, then=Value(str(row))) for row in part]
            tracks = Track.objects.filter(recording_id__in=[row.pk for row in part])
            tracks.update(title=Case(*titles, output_field=CharField()))
    elif entity is Entity.ARTIST:
        write_credits_anew([row.pk for row in renamed])


def write_credits_anew(artist_ids: Iterable[int]) -> int:
    """The credit texts of all recordings of these artists are made again; how many were other than before."""
    ids = list(
        RecordingCredit.objects.filter(artist_id__in=list(artist_ids))
        .order_by("recording_id")
        .values_list("recording_id", flat=True)
        .distinct()
    )
    changed = 0
    for start in range(0, len(ids), BATCH):
        changed += _write_credits(ids[start : start + BATCH])
    return changed


def _write_credits(ids: Sequence[int]) -> int:
    parts: dict[int, list[tuple[str, str]]] = {}
    rows = RecordingCredit.objects.filter(recording_id__in=ids).order_by("recording_id", "position")
    for recording_id, name, join in rows.values_list("recording_id", "artist__name", "join_phrase"):
        parts.setdefault(recording_id, []).append((name, join))
    texts = {pk: _credit(credit)[:1000] for pk, credit in parts.items()}
    stale = [row for row in Recording.objects.filter(pk__in=ids) if row.artist_text != texts.get(row.pk, "")]
    for row in stale:
        row.artist_text = texts.get(row.pk, "")
    if stale:
        Recording.objects.bulk_update(stale, ["artist_text"])
    return len(stale)


def _credit(credit: Sequence[tuple[str, str]]) -> str:
    """As ``catalog.names.credit_text`` writes it."""
    last = len(credit) - 1
    return "".join(name + ((join or ", ") if place < last else "") for place, (name, join) in enumerate(credit))
