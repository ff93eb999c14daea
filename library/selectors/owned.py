"""Which files there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.conf import settings

from catalog.models import Recording
from catalog.names import recording_key
from core.formats import FORMS, LOSSLESS
from library.models import AudioFile
from library.services.folder import has_library

BEST_KBPS = 240  # what V0 and the best streams come to; the wish for "the best there is" is content with it
LENGTH_MS = 2_000  # how far the length of one sound may differ from service to service
TOLERANCE = 0.95  # an encoder's average is a little off its target


def owned_file(recording_id: int, *, output_format: str, quality_kbps: int) -> AudioFile | None:
    """The recording's file in at least the wanted form, on disk; None where it has to be fetched."""
    return owned_files([recording_id], output_format=output_format, quality_kbps=quality_kbps).get(recording_id)


def owned_files(recording_ids: Collection[int], *, output_format: str, quality_kbps: int) -> dict[int, AudioFile]:
    """By recording: its file in at least the wanted form. Three queries, and a look at the disk per file.

    Where the recording has none itself, that of another one counts that is the same by artist, title and length, as
    far as no code tells them apart. A file that is not on disk is not owned; while the whole library is away its rows
    are believed.
    """
    files = AudioFile.objects.filter(recording_id__in=recording_ids, gone_at=None).order_by("bitrate_kbps", "id")
    is_good = _Judge(output_format, quality_kbps)
    # The best one comes last.
    owned = {file.recording_id: file for file in files if file.recording_id is not None and is_good(file)}
    return owned | _owned_by_name([pk for pk in recording_ids if pk not in owned], is_good)


def count_of_files() -> int:
    """How many files there are."""
    return AudioFile.objects.filter(gone_at=None).count()


class _Judge:
    """Whether a file is in at least the wanted form, and there."""

    def __init__(self, output_format: str, quality_kbps: int) -> None:
        self.output_format, self.quality_kbps = output_format, quality_kbps
        self.can_look = has_library()

    def __call__(self, file: AudioFile) -> bool:
        if not is_enough(file, self.output_format, self.quality_kbps):
            return False
        return not self.can_look or (settings.LIBRARY / file.path).is_file()


def _owned_by_name(recording_ids: Collection[int], is_good: _Judge) -> dict[int, AudioFile]:
    wanted: dict[str, list[Recording]] = defaultdict(list)
    for recording in Recording.objects.filter(pk__in=recording_ids):
        if key := recording_key(recording.artist_text, recording.title):
            wanted[key].append(recording)
    files = AudioFile.objects.filter(match_key__in=list(wanted), gone_at=None).select_related("recording")
    owned: dict[int, AudioFile] = {}
    for file in files.order_by("bitrate_kbps", "id") if wanted else []:
        same = [recording for recording in wanted[file.match_key] if _is_same(recording, file)]
        if same and is_good(file):
            owned |= dict.fromkeys((recording.pk for recording in same), file)
    return owned


def _is_same(wanted: Recording, file: AudioFile) -> bool:
    """Whether the file, whose artist and title are the wanted ones, may be the wanted sound."""
    other = file.recording
    if wanted.duration_ms is None or abs(wanted.duration_ms - file.duration_ms) > LENGTH_MS:
        return False
    if other is None:
        return True
    codes = ((wanted.isrc, other.isrc), (wanted.mbid, other.mbid))
    if any(mine and theirs and mine != theirs for mine, theirs in codes):
        return False
    return wanted.explicit is None or other.explicit is None or wanted.explicit == other.explicit


def is_enough(file: AudioFile, output_format: str, quality_kbps: int) -> bool:
    """Whether the file is in at least the wanted form."""
    if output_format == "keep":
        return True
    asked = file.passport.get("asked", {})
    if output_format in LOSSLESS and asked.get("format") == output_format:
        return True  # also where the source was lossy and was kept as it came: there is no better one
    if file.codec != FORMS[output_format].codec:
        return False
    if output_format in LOSSLESS:
        return True
    # What was made for a wish at least as high is as good as it gets, whatever bitrate the source had.
    if asked.get("format") == output_format and (
        not asked.get("quality_kbps") or 0 < quality_kbps <= asked["quality_kbps"]
    ):
        return True
    return (file.bitrate_kbps or 0) >= (quality_kbps or BEST_KBPS) * TOLERANCE
