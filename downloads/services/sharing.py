"""Corrections out of the database into the open file, and from such a file into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from catalog.models import Recording
from downloads.corrections import Conflict, Entry, merge
from downloads.models import Correction

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import: how many are new, how many were known, and where the file says the opposite."""

    new: int
    known: int
    conflicts: list[Conflict]


def exported() -> tuple[list[Entry], int]:
    """All corrections that can be shared, what a person said here before what was imported, and how many cannot be.

    Those of recordings without any code would mean nothing elsewhere.
    """
    ours: list[Entry] = []
    imported: list[Entry] = []
    left = 0
    for row in Correction.objects.select_related("recording").order_by("-decided_at", "-pk").iterator(chunk_size=2_000):
        entry = _entry(row)
        if not entry.keys:
            left += 1
        else:
            (imported if row.is_imported else ours).append(entry)
    once, _ = merge([], ours)
    return merge(once, imported)[0], left


def import_entries(entries: Sequence[Entry], *, prefer_theirs: bool = False) -> Imported:
    """The entries are heeded from now on. Where one says the opposite of what is known here, ours stays, or theirs
    where that is preferred; doing it twice changes nothing.
    """
    with transaction.atomic():
        ours, _ = exported()
        known = {key: one for one in ours for key in one.keys}
        _, conflicts = merge(ours, entries)
        strange = {id(conflict.theirs): conflict for conflict in conflicts}
        new = []
        for entry in dict.fromkeys(entries):
            twin = next((known[key] for key in entry.keys if key in known), None)
            if twin is None or (twin.verdict != entry.verdict and prefer_theirs):
                if twin is not None:
                    _forget(twin)
                new.append(entry)
                known |= dict.fromkeys(entry.keys, entry)
        _store(new)
    return Imported(len(new), len(entries) - len(new) - (0 if prefer_theirs else len(strange)), conflicts)


def _entry(row: Correction) -> Entry:
    recording = row.recording
    return Entry(
        isrc=row.isrc or (recording.isrc if recording else ""),
        mbid=row.mbid or (recording.mbid if recording else ""),
        service=row.service,
        id=row.source_id,
        verdict=row.verdict,
        title=row.title,
        artist=row.artist_text,
        url=row.url,
        at=f"{row.decided_at:%Y-%m-%d}",
    )


def _forget(entry: Entry) -> None:
    rows = Correction.objects.filter(service=entry.service, source_id=entry.id)
    if entry.isrc:
        rows.filter(isrc=entry.isrc).delete()
    if entry.mbid:
        rows.filter(mbid=entry.mbid).delete()


def _store(entries: Sequence[Entry]) -> None:
    for start in range(0, len(entries), CHUNK):
        part = entries[start : start + CHUNK]
        by_isrc = {row.isrc: row for row in Recording.objects.filter(isrc__in=[one.isrc for one in part if one.isrc])}
        Correction.objects.bulk_create(
            Correction(
                isrc=entry.isrc,
                mbid=entry.mbid,
                recording=by_isrc.get(entry.isrc),
                title=entry.title,
                artist_text=entry.artist,
                service=entry.service,
                source_id=entry.id,
                url=entry.url,
                verdict=entry.verdict,
                is_imported=True,
            )
            for entry in part
        )
