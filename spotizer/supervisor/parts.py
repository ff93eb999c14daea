"""A part: what shall run beside the supervisor, in a process group of its own, for as long as the supervisor does."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.stopping import VARIABLE as STOP_FILE
from spotizer.supervisor.processes import Forked, end_group, fork_group

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
HEALTHY_SECONDS = 60.0  # a part that ran this long starts anew without a pause


@dataclass
class Part:
    """``is_alive`` is asked now and then of a part that could hang; ``is_once`` ends when its work is done.

    ``settings`` are what its environment has beside ``env``, as they are stored now (None: not known); where they
    change, the part is asked to stop, by a file of its own, and starts anew with them.
    """

    name: str
    run: Callable[[], object]
    env: Mapping[str, str]
    keep_fds: tuple[int, ...] = ()
    is_once: bool = False
    waits: bool = False  # for the first page
    is_alive: Callable[[float], bool] | None = None
    settings: Callable[[], dict[str, str] | None] | None = None
    stop_file: Path | None = None
    runs_with: dict[str, str] = field(default_factory=dict)
    retires_by: float | None = None  # until then it may put away what it holds
    process: Forked | None = None
    started_at: float = 0.0
    failures: int = 0
    not_before: float = 0.0
    is_done: bool = False

    def start(self) -> int:
        """The part runs; its process group."""
        env = {**self.env, **self.runs_with}
        if self.settings is not None and (wanted := self.settings()) is not None:
            self.runs_with = wanted
            env |= wanted
        if self.stop_file is not None:
            self.stop_file.unlink(missing_ok=True)
            env[STOP_FILE] = f"{env[STOP_FILE]}{os.pathsep}{self.stop_file}"
        self.process = fork_group(self.run, name=self.name, env=env, keep=self.keep_fds)
        self.started_at = time.monotonic()
        return self.process.pid

    @property
    def is_due(self) -> bool:
        return self.process is None and not self.is_done and time.monotonic() >= self.not_before

    @property
    def runs_for(self) -> float:
        return time.monotonic() - self.started_at

    def has_other_settings(self) -> bool:
        """Whether it runs with others than those that are stored by now."""
        if self.process is None or self.settings is None or self.retires_by is not None:
            return False
        wanted = self.settings()
        return wanted is not None and wanted != self.runs_with

    def retire(self, seconds: float) -> None:
        """It is asked to put away what it holds and to end within ``seconds``, to start anew."""
        if self.stop_file is not None:
            self.stop_file.touch()
        self.retires_by = time.monotonic() + seconds
        self.ask_to_stop()

    @property
    def is_overdue(self) -> bool:
        return self.retires_by is not None and time.monotonic() >= self.retires_by

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def clear(self) -> tuple[int, int | None]:
        """Nothing of the part's group is left; its group, and how its leader ended. Says when it may start again."""
        process = self.process
        if process is None:
            raise RuntimeError(f"{self.name} does not run")
        end_group(process)
        self.process = None
        if self.is_once and process.returncode == 0:
            self.is_done = True
        if self.stop_file is not None:
            self.stop_file.unlink(missing_ok=True)
        if self.retires_by is not None:
            self.retires_by, self.failures, self.not_before = None, 0, time.monotonic()
            return process.pid, process.returncode
        self.failures = 1 if self.runs_for >= HEALTHY_SECONDS else self.failures + 1
        pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (self.failures - 1))
        self.not_before = time.monotonic() + pause
        return process.pid, process.returncode
