"""Half minutes that somebody hears: made once for all who ask at the same time, kept for minutes, then gone.

One web process answers all pages, so what is being made is known by its threads; the files outlive it by a sweep.
"""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp

from django.conf import settings

from core import errors
from core.errors import SpotizerError, StorageError, TransientError
from core.storage import storage_errors

KEEP_SECONDS = 300.0
MOST_FILES = 40  # of about half a megabyte
MOST_AT_ONCE = 2  # of the web server's threads; the pages have the others
WAIT_SECONDS = 20.0
LEFT_SECONDS = 600.0  # what is older was left behind by a process that died
# A browser's player cannot read why it got nothing: its page asks once more for the words, which asks nobody else.
WORDS_SECONDS = {True: 3.0, False: 30.0}  # by whether trying again makes sense

_making: set[str] = set()
_changed = threading.Condition()


def kept_preview(key: str, make: Callable[[Path], Path]) -> Path:
    """The preview named ``key``; where none is kept ``make`` makes it in the folder that it gets, which is then gone.

    Raises what ``make`` raised, for some seconds without asking it again, and TransientError while others are made.
    """
    folder = Path(settings.PREVIEWS)
    with storage_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{sha256(key.encode()).hexdigest()[:32]}.mp3"
    if _is_fresh(path):
        return path
    with _changed:
        if not _changed.wait_for(lambda: path.name not in _making and len(_making) < MOST_AT_ONCE, WAIT_SECONDS):
            raise TransientError("Other previews are being fetched just now.", remedy="Press again in some seconds.")
        _making.add(path.name)
    try:
        if not _is_fresh(path):
            _raise_again(path)
            _make(path, make)
    finally:
        with _changed:
            _making.discard(path.name)
            _changed.notify_all()
    return path


def sweep_previews(*, now: float | None = None) -> int:
    """What nobody hears any more is gone, and what a process left behind that died; how much."""
    now = time.time() if now is None else now
    folder = Path(settings.PREVIEWS)
    aged = sorted(((_age(path, now), path) for path in folder.iterdir()), reverse=True) if folder.is_dir() else []
    too_many = len(aged) - MOST_FILES
    swept = 0
    for place, (age, path) in enumerate(aged):
        if age > (LEFT_SECONDS if path.is_dir() else KEEP_SECONDS) or (place < too_many and path.is_file()):
            _remove(path)
            swept += 1
    return swept


def _make(path: Path, make: Callable[[Path], Path]) -> None:
    sweep_previews()
    with storage_errors(path):
        work = Path(mkdtemp(dir=path.parent, prefix="making-"))
    try:
        made = make(work)
        with storage_errors(path):
            made.replace(path)
    except SpotizerError as exc:
        if not isinstance(exc, StorageError):
            _note(path, exc)
        raise
    finally:
        _remove(work)


def _note(path: Path, exc: SpotizerError) -> None:
    note = {
        "kind": type(exc).__name__,
        "message": exc.message,
        "remedy": exc.remedy,
        "reason": exc.reason,
        "until": time.time() + WORDS_SECONDS[isinstance(exc, TransientError)],
    }
    with storage_errors(path):
        path.with_suffix(".json").write_text(json.dumps(note), "utf-8")


def _raise_again(path: Path) -> None:
    try:
        note = json.loads(path.with_suffix(".json").read_text("utf-8"))
        kind = getattr(errors, note["kind"], SpotizerError)
        again = kind(note["message"], remedy=note["remedy"], reason=note["reason"])
        until = float(note["until"])
    except (OSError, ValueError, TypeError, KeyError):
        return
    if time.time() < until:
        raise again


def _is_fresh(path: Path) -> bool:
    return _age(path, time.time()) < KEEP_SECONDS


def _age(path: Path, now: float) -> float:
    try:
        return now - path.stat().st_mtime
    except OSError:
        return KEEP_SECONDS * 1000


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
