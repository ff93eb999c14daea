"""The sweeper: every few seconds it puts lapsed rows back, opens lanes, wakes workers and tidies up after crashes."""

from __future__ import annotations

import logging
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from accounts.services.rekeying import move_to_newest_key
from accounts.services.spotify_tokens import look_at_consents
from core.errors import StorageError
from core.storage import storage_errors
from core.units import file_size
from downloads.services import claims, folders, held, jumps, pausing, playlists, tokens
from downloads.services.queue.memory import forget_old
from library.models import AudioFile
from library.services import check_library, has_library, journal, ready_library, sweep_parts
from ops.services import heartbeats, lanes
from ops.services.previews import sweep_previews
from ops.settings import in_force

log = logging.getLogger(__name__)
NAME = "sweeper"
FOLDERS_EVERY = 60.0
UNDO_EVERY = 60.0
JOURNAL_EVERY = 60.0
BIN_EVERY = 3600.0
CONSENTS_EVERY = 3600.0
STORAGE_EVERY = 15.0
LIBRARY_EVERY = 24 * 3600.0
WORKERS_FORGOTTEN_AFTER = 24 * 3600.0
GOES_ON_AT = 1.1  # times the room that has to stay free: not paused and resumed at every track
_last: dict[str, float] = {}


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did."""

    put_back: int = 0
    opened: tuple[str, ...] = ()
    tokens: int = 0
    folders: int = 0
    parts: int = 0


def sweep() -> Swept:
    """One sweep; the rarer parts run when they are due, all of them at the first."""
    heartbeats.beat(NAME)
    put_back, opened = tend()
    swept_folders = swept_parts = 0
    _tend_journal()
    if _is_due("undo", UNDO_EVERY):
        forget_old()
    if _is_due("consents", CONSENTS_EVERY):
        move_to_newest_key()
        look_at_consents()
    if _is_due("folders", FOLDERS_EVERY):
        swept_folders = folders.sweep_folders()
        sweep_previews()
    if _is_due("library", LIBRARY_EVERY):
        swept_parts = sweep_parts()
        journal.forget_old()
        heartbeats.forget_older_than(WORKERS_FORGOTTEN_AFTER)
        pausing.forget_machines(WORKERS_FORGOTTEN_AFTER)
    return Swept(put_back, opened, tokens.top_up(), swept_folders, swept_parts)


def _tend_journal() -> None:
    """Acts on files that were cut short are finished or taken back, and the bin is rid of what is too old."""
    try:
        if _is_due("journal", JOURNAL_EVERY):
            journal.recover()
        if _is_due("bin", BIN_EVERY):
            journal.purge_bin()
    except StorageError as exc:
        log.warning("The journal of files waits for the disk: %s", exc)


def tend() -> tuple[int, tuple[str, ...]]:
    """What keeps the queue going: lapsed rows are put back, lanes opened, lists of playlists written, a queue goes on
    whose disk is well again.

    How many rows, which lanes. A command that works without a server does it too.
    """
    jumps.end_impossible_leases()
    put_back = claims.put_lapsed_back()
    pausing.tell_quiet_hours()
    opened = tuple(lanes.open_lapsed_lanes())
    held.release_where_open()
    if not pausing.storage_trouble():
        playlists.write_ended_playlists()
    if _is_due("storage", STORAGE_EVERY):
        _tend_storage()
    return put_back, opened


def _tend_storage() -> None:
    """The queue stands still before the disk is full or where the library is not there, and goes on when it is well."""
    marks = pausing.storage_marks()
    if not marks and (error := storage_is_short()):
        pausing.pause_for_storage(error)
    for mark in marks:
        if library_is_well() and (mark == pausing.STORAGE or work_is_well()):
            pausing.storage_is_mended(mark)
        else:
            pausing.storage_is_still_short(mark)


def storage_is_short() -> StorageError | None:
    """What will keep the next file from being written, seen before it is tried. Writes nothing."""
    try:
        if not has_library() and AudioFile.objects.filter(gone_at=None).exists():
            ready_library()
        for folder in (Path(settings.LIBRARY), Path(settings.WORK)):
            with storage_errors(folder):
                _check_room(folder)
    except StorageError as exc:
        return exc
    return None


def _check_room(folder: Path) -> None:
    if (free := _free_bytes(folder)) < _wanted_bytes():
        raise StorageError(
            f"Only {file_size(free)} are free where {folder} lies; {file_size(_wanted_bytes())} have to stay free.",
            remedy="Make room, or let less stay free: Settings, General (SPOTIZER_MIN_FREE_MB).",
            reason="disk_low",
            path=folder,
        )


def library_is_well() -> bool:
    """Whether the library is there, takes a file, and has some room."""
    try:
        check_library()
        return _free_bytes(Path(settings.LIBRARY)) >= GOES_ON_AT * _wanted_bytes()
    except (StorageError, OSError):
        return False


def work_is_well() -> bool:
    """Whether this machine's work folder takes a file and has some room."""
    work = Path(settings.WORK)
    try:
        work.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=work) as trial:
            trial.write(b"\0" * 65_536)
            trial.flush()
        return _free_bytes(work) >= GOES_ON_AT * _wanted_bytes()
    except OSError:
        return False


def _wanted_bytes() -> int:
    return int(in_force.MIN_FREE_MB) * 1_000_000


def _free_bytes(folder: Path) -> int:
    """Free where the folder lies or will lie."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    return shutil.disk_usage(there).free


def _is_due(name: str, every: float) -> bool:
    now = time.monotonic()
    if name in _last and now - _last[name] < every:
        return False
    _last[name] = now
    return True
