"""Starting a process as a group of its own, and ending the whole group."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def _end_with_parent() -> None:
    """Runs in the child before it becomes the other program: when this process dies, it is asked to stop (Linux)."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def start_group(
    command: Sequence[str], *, env: Mapping[str, str], pass_fds: Sequence[int] = (), stdin: int = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    """``command`` as the leader of a new process group and session, so that Ctrl-C reaches only this process.

    ``preexec_fn`` is safe here because the supervisor has no threads.
    """
    return subprocess.Popen(
        command,
        env=env,
        stdin=stdin,
        pass_fds=pass_fds,
        start_new_session=True,
        preexec_fn=_end_with_parent,
    )


def signal_group(group: int, number: int) -> bool:
    """Send a signal to every process of ``group``; False where none is left."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    except PermissionError:  # macOS says so of groups whose last process is a zombie
        return False
    return True


def end_group(process: subprocess.Popen[bytes]) -> None:
    """Nothing of the group is left, whatever it was doing."""
    signal_group(process.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=5)
