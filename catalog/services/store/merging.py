"""Folds a recording into another once both are known to be one sound.

Files and downloads of upper apps point at recordings. They are found through Django's own relations, so that the
catalogue knows none of those apps, and moved where their constraints allow it. A recording to which anything still
points stays.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.db.models import Case, ManyToOneRel, Value, When

from catalog.metadata.fields import MANUAL
from catalog.models import Conflict, Enrichment, Recording, RecordingCredit, RecordingValues, Track

# What is known of the old recording ends with it: the true one has its own.
ENDS_WITH_IT = (Track, RecordingCredit, RecordingValues, Conflict, Enrichment)


def fold_recordings(folds: Mapping[int, Recording]) -> None:
    """Point everything of the recordings with these ids at their true recordings. Inside the caller's transaction."""
    true = {old_id: recording.pk for old_id, recording in folds.items() if old_id != recording.pk}
    if not true:
        return
    target = Case(*(When(recording_id=old_id, then=Value(new_id)) for old_id, new_id in true.items()))
    Track.objects.filter(recording_id__in=true).update(recording_id=target)
    _move_what_was_said_by_hand(true)
    free = set(true) - _move_pointers(true)
    RecordingCredit.objects.filter(recording_id__in=free).delete()
    Recording.objects.filter(pk__in=free).delete()


def _move_what_was_said_by_hand(true: Mapping[int, int]) -> None:
    by_hand = RecordingValues.objects.filter(recording_id__in=true, origin=MANUAL)
    RecordingValues.objects.bulk_create(
        [
            RecordingValues(recording_id=true[one.recording_id], origin=MANUAL, fields=one.fields)
            for one in by_hand
            if one.recording_id in true
        ],
        ignore_conflicts=True,
    )


def _move_pointers(true: Mapping[int, int]) -> set[int]:
    """Move what upper apps point at; the old recordings that something did point at.

    What was moved may be in the hands of a worker that remembers the old id, so its row has to stay.
    """
    used: set[int] = set()
    for relation in Recording._meta.related_objects:
        model = relation.related_model
        if not isinstance(relation, ManyToOneRel) or model in ENDS_WITH_IT or isinstance(model, str):
            continue
        name = relation.field.name
        rows = model._default_manager.filter(**{f"{name}__in": list(true)})
        for pk, old_id in rows.values_list("pk", f"{name}_id"):
            used.add(old_id)
            try:
                with transaction.atomic():
                    model._default_manager.filter(pk=pk).update(**{f"{name}_id": true[old_id]})
            except IntegrityError:
                continue  # the true recording has an active download of its own; both may finish
    return used
