"""Starting a process as a group of its own, and ending the whole group.

Parts are forked from the supervisor, which has imported already what they need: the memory of it is there once, and a
part that starts anew is at work at once.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager

log = logging.getLogger(__name__)
PR_SET_NAME = 15
PR_SET_PDEATHSIG = 1
STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def _end_with_parent() -> None:
    """When the supervisor dies, this process is asked to stop (Linux)."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Forked:
    """A child of this process, as far as ``subprocess.Popen`` would show it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """How it ended, None while it runs; a signal is a negative number."""
        if self.returncode is None:
            try:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:
                pid, status = self.pid, 0
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float) -> int:
        """How it ended. Raises TimeoutExpired after ``timeout`` seconds."""
        deadline = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            time.sleep(0.01)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


def fork_group(run: Callable[[], object], *, name: str, env: Mapping[str, str], keep: Collection[int] = ()) -> Forked:
    """``run`` in a child that leads a new process group and session; ``keep`` are the descriptors that it needs.

    It gets what a program that is started anew would get: signals as they were, no other descriptor, ``env``. This
    process has no threads, so no lock is held in the child for ever.
    """
    parent = os.getpid()
    with _no_signals():
        sys.stdout.flush()
        sys.stderr.flush()
        if pid := os.fork():
            return Forked(pid)
        code = 1
        try:
            _become(parent, name, env, keep)
            code = _run(run)
        finally:
            os._exit(code)  # nothing of the supervisor's own is ended, closed or written here


@contextmanager
def _no_signals() -> Iterator[None]:
    """A signal waits until it is clear whose it is."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _become(parent: int, name: str, env: Mapping[str, str], keep: Collection[int]) -> None:
    os.setsid()
    signal.set_wakeup_fd(-1)
    for number in STOPPING:
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    _end_with_parent()
    if os.getppid() != parent:
        os._exit(1)  # it died in between
    _let_go(keep)
    os.environ.clear()
    os.environ.update(env)
    if _libc is not None:
        _libc.prctl(PR_SET_NAME, name.encode()[:15])  # what `top` and `ps -o comm` show
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)


def _let_go(keep: Collection[int]) -> None:
    """All that another program would not inherit is nothing here: pipes end and locks go with the supervisor.

    Not closed: the objects of the supervisor still believe in their numbers.
    """
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    for number in [int(found) for found in os.listdir("/dev/fd")]:  # noqa: PTH208 - no folder of ours
        with contextlib.suppress(OSError):  # the one that was listed with
            if number not in keep and not os.get_inheritable(number):
                os.dup2(nothing, number, inheritable=False)


def _run(run: Callable[[], object]) -> int:
    try:
        run()
    except SystemExit as exc:
        return exc.code if isinstance(exc.code, int) else int(exc.code is not None)
    except KeyboardInterrupt:
        return 130
    except BaseException:
        log.exception("It ended by a bug")
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def signal_group(group: int, number: int) -> bool:
    """Send a signal to every process of ``group``; False where none is left."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    except PermissionError:  # macOS says so of groups whose last process is a zombie
        return False
    return True


def end_group(process: Forked) -> None:
    """Nothing of the group is left, whatever it was doing."""
    signal_group(process.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=5)
