"""Worker groups that are killed, and what each kill hit."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from downloads.models import WORKING, Download, DownloadRequest
from downloads.services import claims
from tests.crash.fetches import pid_of
from tests.downloads.processes import environment, wait_until


class Herd:
    """Groups of workers on the test's database. A process is frozen before it dies: what it held is known exactly."""

    def __init__(self, data: Path, **more: str) -> None:
        self.data = data
        self.groups: dict[int, list[int]] = {}
        self.kills = 0
        self.killed: set[int] = set()  # every process that was killed
        self.hits: Counter[str] = Counter()  # by the status of what was held
        self._nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.nursery"],
            cwd=settings.BASE_DIR,
            # A worker that lives keeps its lease however busy the machine is; the dead lose theirs at once, see below.
            env=environment(data, **{"SPOTIZER_LEASE_SECONDS": "60", **more}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, workers: int) -> int:
        """A new group; its leader."""
        assert self._nursery.stdin is not None
        assert self._nursery.stdout is not None
        self._nursery.stdin.write(f"{workers}\n")
        self._nursery.stdin.flush()
        leader, *ids = map(int, self._nursery.stdout.readline().split())
        self.groups[leader] = ids
        return leader

    def kill_something(self, dice: random.Random) -> None:
        """SIGKILL for a worker, a group, or all at once; as many start again. Mostly one that is at work."""
        what = dice.choice(["worker", "worker", "worker", "group", "group", "everything"])
        busy = self.at_work() if dice.random() < 0.9 else set()
        leaders = [leader for leader, ids in self.groups.items() if busy.intersection(ids)] or list(self.groups)
        if what == "worker":
            leader = dice.choice(leaders)
            ids = self.groups[leader]
            self.kill([dice.choice([pid for pid in ids if pid in busy] or ids)])
            if not self.groups[leader]:
                self._end(leader)
            self.start(1)
        else:
            for leader in list(self.groups) if what == "everything" else [dice.choice(leaders)]:
                self.kill_group(leader, 2)
        self.kills += 1

    def at_work(self) -> set[int]:
        """The workers of the herd that hold a row at this moment."""
        owners = Download.objects.filter(status__in=WORKING).values_list("lease_owner", flat=True)
        return {pid_of(owner) for owner in owners} & {pid for ids in self.groups.values() for pid in ids}

    def kill_group(self, leader: int, again: int = 0) -> None:
        """The whole group at one blow, its ffmpegs too; ``again`` workers start in a new one."""
        self.kill(self.groups[leader], group=leader)
        del self.groups[leader]
        if again:
            self.start(again)

    def kill(self, members: list[int], *, group: int = 0) -> None:
        workers = list(members)  # those that die leave the list
        for pid in workers:
            os.kill(pid, signal.SIGSTOP)
        wait_until(lambda: all(_state(pid) in "TZX" for pid in workers))
        held = [row for row in Download.objects.filter(status__in=WORKING) if pid_of(row.lease_owner) in workers]
        for row in held:
            self.hits[row.status] += 1
        if not held:
            self.hits["nothing"] += 1
        if group:
            os.killpg(group, signal.SIGKILL)
        for pid in workers:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            for ids in self.groups.values():
                if pid in ids:
                    ids.remove(pid)
        wait_until(lambda: all(_state(pid) in "ZX" for pid in workers))
        self.killed.update(workers)

    def let_leases_run_out(self) -> None:
        """What the dead held is free: their leases run out now, not in a minute, and no other does."""
        for table in (Download, DownloadRequest):
            held = table.objects.exclude(lease_owner="").filter(lease_expires_at__gt=timezone.now())
            dead = [pk for pk, owner in held.values_list("pk", "lease_owner") if pid_of(owner) in self.killed]
            # Only a worker writes a lease, and these do so no more.
            table.objects.filter(pk__in=dead).update(lease_expires_at=timezone.now())
        claims.put_lapsed_back()

    def _end(self, leader: int) -> None:
        os.killpg(leader, signal.SIGKILL)
        del self.groups[leader]

    def close(self) -> None:
        """No process of the herd is left."""
        assert self._nursery.stdin is not None
        self._nursery.stdin.close()
        self._nursery.wait(60)
        wait_until(lambda: not processes_of(self.data), 60)


def processes_of(data: Path) -> dict[int, str]:
    """Every process that works in these folders, workers and their children alike."""
    mark, found = f"SPOTIZER_DATA={data}\0".encode(), {}
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (place / "environ").read_bytes():
                found[int(place.name)] = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    return found


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "X"
