"""One run of ffmpeg: in a process group of its own, dead with its parent, killed when the work is cancelled."""

from __future__ import annotations

import contextlib
import ctypes
import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from time import monotonic

from django.conf import settings

from core.errors import PermanentError, SpotizerError, StorageError, TransientError, UserError
from library.audio import ffmpeg_path
from library.audio.watch import EVERY_SECONDS, IsCancelled, Watch

PR_SET_PDEATHSIG = 1
LAST_WORDS = 4_000  # bytes of what ffmpeg says that are kept
# Looked up before any fork: the child between fork and exec must do as little as can be.
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def _die_with(parent: int) -> None:
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before we asked: nobody will tell us any more
            os._exit(1)


def run_ffmpeg(
    arguments: Sequence[str],
    *,
    cancelled: IsCancelled,
    time_limit: float,
    on_lines: Callable[[bytes], None] | None = None,
) -> str:
    """What ffmpeg complained about, empty where all went well. ``on_lines`` is told what its filters print.

    Raises Cancelled within a second of ``cancelled()`` turning true, StorageError for a full disk, PermanentError with
    reason conversion_failed where ffmpeg gave up. After any ending no ffmpeg is left running.
    """
    command = [str(ffmpeg_path()), "-nostdin", "-hide_banner", "-v", "error", "-y", *arguments]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if on_lines else subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        process_group=0,  # ffmpeg has a Ctrl-C of its own, which is ours to give
        preexec_fn=partial(_die_with, os.getpid()),
    )
    try:
        words = _listen(process, Watch(cancelled), monotonic() + time_limit, on_lines)
        code = process.wait()
    finally:
        _end(process)
    if code:
        raise _error(code, words)
    return words


def _listen(
    process: subprocess.Popen[bytes], watch: Watch, until: float, on_lines: Callable[[bytes], None] | None
) -> str:
    """What comes on the error stream, until it and the other one end."""
    words, begun = b"", b""
    with selectors.DefaultSelector() as selector:
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                selector.register(stream, selectors.EVENT_READ)
        while selector.get_map():
            watch.look()
            if monotonic() > until:
                raise TransientError("ffmpeg came to no end in time and was stopped.", reason="conversion_failed")
            for key, _ in selector.select(EVERY_SECONDS):
                heard = os.read(key.fd, 65_536)
                if not heard:
                    selector.unregister(key.fileobj)
                elif key.fileobj is process.stderr:
                    words = (words + heard)[-LAST_WORDS:]
                elif on_lines is not None:
                    lines, end, begun = (begun + heard).rpartition(b"\n")
                    on_lines(lines + end)
    return words.decode("utf-8", "replace").strip()


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()


def _error(code: int, words: str) -> SpotizerError:
    if "No space left on device" in words or "Disk quota exceeded" in words:
        return StorageError(
            "The disk of the work folder is full: ffmpeg could not write.",
            remedy="Make room on the disk that holds SPOTIZER_DATA; the queue goes on by itself.",
            reason="disk_full",
            path=Path(settings.WORK),
        )
    if "Unknown encoder" in words:
        return UserError(
            f"This ffmpeg ({ffmpeg_path()}) cannot write the wanted format: {_last_line(words)}",
            remedy="Set SPOTIZER_FFMPEG to a complete ffmpeg, or remove it to use the one that Spotizer brings.",
            reason="ffmpeg_missing",
        )
    if code < 0:
        return TransientError(f"ffmpeg was killed (signal {-code}).", reason="conversion_failed")
    return PermanentError(f"ffmpeg could not convert the file: {_last_line(words)}", reason="conversion_failed")


def _last_line(words: str) -> str:
    lines = [line for line in words.splitlines() if line.strip()]
    return lines[-1] if lines else "it did not say why."
