"""Recordings that a person does not want: left out of what is asked for, until they are asked for themselves."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import Person
from downloads.models import Download, IgnoredRecording, Status
from downloads.services.states import chunks

IGNORED = "ignored"  # the code of the reason


def ignore_recording(recording_id: int, *, by: Person | None) -> None:
    """The recording is ignored from now on."""
    IgnoredRecording.objects.get_or_create(recording_id=recording_id, defaults={"by": by})


def ignored_among(recording_ids: Iterable[int]) -> set[int]:
    """Those of the recordings that are ignored."""
    found: set[int] = set()
    for part in chunks(recording_ids):
        rows = IgnoredRecording.objects.filter(recording_id__in=part)
        found |= set(rows.values_list("recording_id", flat=True))
    return found


def stop_ignoring(recording_ids: Iterable[int]) -> None:
    """The recordings are wanted again; rows that were left out for it no longer say so."""
    for part in chunks(recording_ids):
        if IgnoredRecording.objects.filter(recording_id__in=part).delete()[0]:
            Download.objects.filter(recording_id__in=part, status=Status.SKIPPED, reason=IGNORED).update(reason="")
