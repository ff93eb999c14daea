"""A warm process that forks worker groups, so that a killed one is replaced within milliseconds.

Each line on its input is a number of workers; it answers with the process ids of the new group, the leader's first.
When its input ends, all its groups are killed.
"""

from __future__ import annotations

import os
import signal
import sys
import time

import django

IDLE_SECONDS = 0.1


def work() -> None:
    """What a cluster's worker does for ever: take up what there is."""
    from downloads.services import draining
    from downloads.services.worker import Worker

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    while True:
        worker = Worker.here()
        if not draining.drain_requests(worker) + draining.drain_downloads(worker):
            time.sleep(IDLE_SECONDS)


def fork(what) -> int:
    """The id of a child that does ``what`` and nothing after it."""
    pid = os.fork()
    if pid:
        return pid
    try:
        what()
    finally:
        os._exit(1)


def lead(workers: int, answer: int) -> None:
    """A process group of its own with so many workers; its ids are written to ``answer``."""
    os.setsid()
    ids = [os.getpid(), *(fork(work) for _ in range(workers))]
    os.write(answer, f"{' '.join(map(str, ids))}\n".encode())
    while True:
        signal.pause()


def main() -> None:
    django.setup()
    # What a worker imports on its way, before the forks share it.

    import providers.youtube.source
    import providers.youtube_music.source  # noqa: F401

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    groups = []
    for line in sys.stdin:
        workers = int(line)
        groups.append(fork(lambda: lead(workers, 1)))  # noqa: B023 - called at once
    for group in groups:
        try:
            os.killpg(group, signal.SIGKILL)
        except ProcessLookupError:
            continue


if __name__ == "__main__":
    main()
