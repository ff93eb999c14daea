"""ReplayGain of a whole album, written into its files once all of them are there.

Nothing is decoded for it: the passports of its tracks keep what the meter counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import transaction

from catalog.models import Album, Track
from library.audio.loudness import REPLAYGAIN_LUFS, joint_lufs
from library.models import AudioFile
from library.services import journal
from library.tags import Tags, change_tags

BY = "album gain"
LEAST_DB = 0.005  # a gain that differs by less reads the same


def level_album(album: Album) -> list[AudioFile]:
    """The files that now say their album's gain and did not before; empty where the album is not complete or all do.

    Complete: its tracks are known, and each has a file of its own that was measured. A file that cannot be written
    keeps the others from nothing, and the journal says why. Call it outside of any transaction. Raises StorageError.
    """
    files = _measured_files(album)
    blocks = [_blocks(file.passport) for file in files]
    joint = joint_lufs(blocks) if files else None
    if joint is None:
        return []
    gain_db = round(REPLAYGAIN_LUFS - joint, 2)
    peaks = [peak for file in files if (peak := _peak_db(file.passport)) is not None]
    peak = 10.0 ** (max(peaks) / 20) if peaks else None
    late = {file.path: file for file in files if _differs(file.passport, gain_db)}
    if not late:
        return []
    plan = journal.Plan("Write album gain", BY, f"“{album.title}” is complete: {gain_db:+.1f} dB")
    tags = Tags(album_gain_db=gain_db, album_peak=peak)  # Opus has no word for the peak
    for path in late:
        plan.tag(path, partial(change_tags, names={"album_gain_db", "album_peak"}, tags=tags))
    # However many tracks it has: this is no mistake.
    done = {act.path for act in journal.carry_out(plan, even_if_much=True).done}
    return [_noted(file, gain_db) for path, file in late.items() if path in done]


def _measured_files(album: Album) -> list[AudioFile]:
    """A file for each track of the album, the newest; empty where one has none that was measured for it."""
    if album.tracks_fetched_at is None:
        return []
    tracks = list(Track.objects.filter(album=album).values_list("pk", flat=True))
    rows = AudioFile.objects.filter(track_id__in=tracks, gone_at=None).order_by("pk")
    files = {row.track_id: row for row in rows if _blocks(row.passport)}
    return list(files.values()) if tracks and len(files) == len(tracks) else []


def _blocks(passport: Mapping[str, Any]) -> dict[int, int]:
    return {int(tenths): count for tenths, count in passport.get("loudness", {}).get("blocks", {}).items()}


def _peak_db(passport: Mapping[str, Any]) -> float | None:
    measured = passport["loudness"]
    found: float | None = measured.get("true_peak_dbtp", measured.get("peak_dbfs"))
    return found


def _differs(passport: Mapping[str, Any], gain_db: float) -> bool:
    before = passport["loudness"].get("album_gain_db")
    return before is None or abs(before - gain_db) >= LEAST_DB


@transaction.atomic
def _noted(file: AudioFile, gain_db: float) -> AudioFile:
    """The row with the gain in its passport, as a step with before and after."""
    row = AudioFile.objects.select_for_update(of=("self",)).select_related("recording").get(pk=file.pk)
    before = row.passport["loudness"].get("album_gain_db")
    row.passport["loudness"]["album_gain_db"] = gain_db
    row.passport.setdefault("steps", []).append(
        {
            "step": "album gain",
            "words": f"the album is complete: album gain {gain_db:+.1f} dB written",
            "before": {} if before is None else {"album_gain_db": before},
            "after": {"album_gain_db": gain_db},
        }
    )
    row.save(update_fields=["passport"])
    return row
