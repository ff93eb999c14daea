"""The row of a file, or the file taken back because nobody wants the row."""

from __future__ import annotations

from pathlib import PurePosixPath

from django.conf import settings

from catalog.models import Recording, Track
from catalog.names import recording_key
from library.models import AudioFile, FileAct
from library.services import journal
from library.services.receipt import Finished

BY = "downloads"
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
    """What finishing brought into the library is in the bin, with folders left empty gone; False where it has to stay.

    For a download that was cancelled in its last moment. A file that lay there before, or that has a row, stays; one
    that was replaced is there again.
    """
    if finished.act_id and (act := FileAct.objects.filter(pk=finished.act_id).first()):
        journal.undo_act(act, by=BY)
        return True
    if not finished.is_new or AudioFile.objects.filter(path=finished.path).exists():
        return False
    plan = journal.Plan("Take back a cancelled download", BY)
    plan.bin(finished.path)
    folder = settings.LIBRARY / PurePosixPath(finished.path).parent
    others = [path for path in folder.iterdir() if path.suffix in SOUND and path != settings.LIBRARY / finished.path]
    for name in finished.beside:
        # By now another track of the album may be glad of the cover.
        if name.endswith(".lrc") or not others:
            plan.bin(name)
    journal.carry_out(plan)
    return True
