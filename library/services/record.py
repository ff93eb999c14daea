"""The row of a file, or the file taken back because nobody wants the row."""

from __future__ import annotations

import contextlib

from django.conf import settings

from catalog.models import Recording, Track
from catalog.names import recording_key
from library.models import AudioFile
from library.services.receipt import Finished

SOUND = {".opus", ".ogg", ".m4a", ".mp3", ".flac", ".wav"}


def record_file(finished: Finished, *, track: Track | None, recording: Recording | None) -> AudioFile:
    """The file's row; one row per path, however often it is recorded. Call it inside the caller's transaction."""
    file, _ = AudioFile.objects.update_or_create(
        path=finished.path,
        defaults={
            "recording": recording,
            "track": track,
            "match_key": recording_key(recording.artist_text, recording.title) if recording else "",
            "size_bytes": finished.size_bytes,
            "modified_ns": finished.modified_ns,
            "codec": finished.codec,
            "container": finished.container,
            "bitrate_kbps": finished.bitrate_kbps,
            "sample_rate_hz": finished.sample_rate_hz,
            "channels": finished.channels,
            "duration_ms": finished.duration_ms,
            "audio_hash": finished.audio_hash,
            "passport": finished.passport,
            "has_cover": finished.has_cover,
            "has_lyrics": finished.has_lyrics,
            "gone_at": None,
        },
    )
    return file


def take_back(finished: Finished) -> bool:
    """What finishing brought into the library is gone again, with folders left empty; False where it has to stay.

    For a download that was cancelled in its last moment. A file that lay there before, or that has a row, stays.
    """
    file = settings.LIBRARY / finished.path
    if not finished.is_new or AudioFile.objects.filter(path=finished.path).exists():
        return False
    file.unlink(missing_ok=True)
    for name in finished.beside:
        extra = settings.LIBRARY / name
        # By now another track of the album may be glad of the cover.
        if extra.suffix == ".lrc" or not any(path.suffix in SOUND for path in extra.parent.iterdir()):
            extra.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # not empty
        for folder in file.relative_to(settings.LIBRARY).parents[:-1]:
            (settings.LIBRARY / folder).rmdir()
    return True
