"""Keeps the parts running until it is told to stop, then leaves nothing behind."""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import FrameType
from typing import IO

from spotizer.supervisor import reaper
from spotizer.supervisor.parts import Part
from spotizer.supervisor.processes import Forked, fork_group

log = logging.getLogger(__name__)
STOP_SECONDS = 8.0  # then the groups are killed: all is gone within ten
LOOK_SECONDS = 1.0
FIRST_LOOK_SECONDS = 0.1
YOUNG_SECONDS = 15.0
WATCH_SECONDS = 15.0
SETTINGS_SECONDS = 3.0


class Supervisor:
    """Has no threads: it forks. ``on_idle`` is called again and again until it returns False."""

    def __init__(self, parts: Sequence[Part], *, stop_file: Path, on_idle: Callable[[], bool]) -> None:
        self.parts = list(parts)
        self.stop_file = stop_file
        self._on_idle: Callable[[], bool] | None = on_idle
        self._stops = 0
        self._started_at = self._watched_at = self._compared_at = time.monotonic()
        self._reaper: Forked | None = None
        self._pipe: IO[str] | None = None  # ends when this process does
        self._wakeup, self._waker = os.pipe()

    def run(self) -> None:
        """Returns when everything has stopped."""
        self._listen()
        gc.collect()
        gc.freeze()  # the collector writes to whatever it looks at: what is there by now stays shared with the parts
        try:
            while not self._stops:
                self._tend()
                self._wait(LOOK_SECONDS if self._on_idle is None else FIRST_LOOK_SECONDS)
        finally:
            self._stop()

    # --- running -------------------------------------------------------------------------------------------------

    def _listen(self) -> None:
        for end in (self._wakeup, self._waker):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._note_stop)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)  # only to wake up

    def _note_stop(self, number: int, frame: FrameType | None) -> None:
        self._stops += 1

    def _wait(self, seconds: float) -> None:
        """Until a signal comes, or ``seconds`` have passed."""
        select.select([self._wakeup], [], [], seconds)
        with contextlib.suppress(BlockingIOError):
            os.read(self._wakeup, 4096)

    def _tend(self) -> None:
        self._keep_reaper()
        for part in self.parts:
            if part.has_ended() or part.is_overdue:
                self._clear(part)
            if part.is_due and not (part.waits and self._is_young()):
                self._tell_reaper("+", part.start())
        if time.monotonic() - self._watched_at >= WATCH_SECONDS:
            self._watched_at = time.monotonic()
            self._watch()
        if time.monotonic() - self._compared_at >= SETTINGS_SECONDS:
            self._compare_settings()
            self._compared_at = time.monotonic()
        if self._on_idle is not None and not self._on_idle():
            self._on_idle = None

    def _is_young(self) -> bool:
        """Until the first page is served (or was not, for long), the parts that can wait leave the processor to it."""
        return self._on_idle is not None and time.monotonic() - self._started_at < YOUNG_SECONDS

    def _watch(self) -> None:
        """End the parts that run but do nothing any more; they start anew."""
        for part in self.parts:
            if part.process is not None and part.is_alive is not None and not part.is_alive(part.runs_for):
                log.error("%s gives no sign of life and is started anew", part.name)
                self._clear(part)

    def _compare_settings(self) -> None:
        """Parts whose settings changed put away what they hold, and start anew with the new ones."""
        for part in self.parts:
            if part.has_other_settings():
                log.info("%s starts anew, as its settings changed", part.name)
                part.retire(STOP_SECONDS)

    def _clear(self, part: Part) -> None:
        is_planned = part.retires_by is not None
        group, code = part.clear()
        self._tell_reaper("-", group)
        if not self._stops and not part.is_done and not is_planned:
            pause = part.not_before - time.monotonic()
            log.error("%s ended (%s) and starts again in %.1f s", part.name, _how(code), max(0.0, pause))

    # --- the reaper ----------------------------------------------------------------------------------------------

    def _keep_reaper(self) -> None:
        if self._reaper is not None and self._reaper.poll() is None:
            return
        if self._pipe is not None:
            with contextlib.suppress(BrokenPipeError):
                self._pipe.close()
        reading, writing = os.pipe()
        watch = partial(reaper.watch, reading, self.stop_file)
        self._reaper = fork_group(watch, name="reaper", env=os.environ, keep=(reading,))
        os.close(reading)
        self._pipe = os.fdopen(writing, "w")
        for part in self.parts:
            if part.process is not None:
                self._tell_reaper("+", part.process.pid)

    def _tell_reaper(self, sign: str, group: int) -> None:
        if self._pipe is not None:
            with contextlib.suppress(BrokenPipeError):  # it died: the next look starts another and tells it all
                self._pipe.write(f"{sign}{group}\n")
                self._pipe.flush()

    # --- stopping ------------------------------------------------------------------------------------------------

    def _stop(self) -> None:
        """Ask every part, wait for those that finish what they hold, kill the rest. A second signal hurries."""
        self.stop_file.touch()
        for part in self.parts:
            part.ask_to_stop()
        deadline, asked = time.monotonic() + STOP_SECONDS, self._stops
        running = [part for part in self.parts if part.process is not None]
        while running and time.monotonic() < deadline and self._stops == asked:
            self._wait(0.1)
            running = [part for part in running if not part.has_ended()]
        for part in self.parts:
            if part.process is not None:
                self._clear(part)
        if running and self._stops == asked:
            log.warning("Did not stop in time and was killed: %s", ", ".join(part.name for part in running))
        if self._reaper is not None and self._pipe is not None:
            with contextlib.suppress(BrokenPipeError):
                self._pipe.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._reaper.wait(2 * reaper.GRACE_SECONDS)
        self.stop_file.unlink(missing_ok=True)


def _how(code: int | None) -> str:
    if code is None:
        return "killed"
    return f"by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
