"""Ends what a killed supervisor leaves behind.

The supervisor writes ``+<group>`` and ``-<group>`` lines into a pipe as groups come and go. When the pipe ends, the
supervisor is gone, however it went: the groups that are left get the stop file and SIGTERM, then SIGKILL.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

GRACE_SECONDS = 3.0


def watch(pipe: int, stop_file: Path) -> None:
    """Returns when the supervisor is gone and nothing of it is left."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    with os.fdopen(pipe) as lines:
        for line in lines:
            group = int(line[1:])
            if line[0] == "+":
                groups.add(group)
            else:
                groups.discard(group)
    if groups:
        with contextlib.suppress(OSError):
            stop_file.touch()
        end(groups)
    stop_file.unlink(missing_ok=True)


def end(groups: set[int]) -> None:
    """Ask, wait a little, then kill."""
    for group in groups:
        with contextlib.suppress(OSError):
            os.kill(group, signal.SIGTERM)  # the leader alone: it knows how to end the others
    deadline = time.monotonic() + GRACE_SECONDS
    while time.monotonic() < deadline and any(is_there(group) for group in groups):
        time.sleep(0.1)
    for group in groups:
        with contextlib.suppress(OSError):
            os.killpg(group, signal.SIGKILL)


def is_there(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except OSError:
        return False
    return True
