"""Runs the real ``manage.py`` in a process of its own, over a data folder and a port of its own."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 150.0  # a machine that is busy with other tests
NOWHERE = "http://127.0.0.1:9"  # nothing listens there: a test reaches no outside service


def environment(data: Path, **more: str) -> dict[str, str]:
    """A clean environment whose outside services are not there."""
    env = {
        name: value for name, value in os.environ.items() if not name.startswith(("SPOTI", "DATABASE_URL", "DJANGO"))
    }
    env |= {"SPOTIZER_DATA": str(data), "SPOTIZER_DOTENV": os.devnull, "SPOTIZER_SANDBOX_URL": NOWHERE}
    return env | {"SPOTIZER_PORT": "0", "SPOTIZER_WORKERS": "1", **more}


def manage(*arguments: str, env: dict[str, str], timeout: float = 60) -> subprocess.CompletedProcess[str]:
    """One command, to its end."""
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=timeout, check=False)


class Server:
    """A running ``serve``: where it listens, which processes are of it, what it printed."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path, data: Path) -> None:
        self.process = process
        self.log = log
        self.data = data

    @property
    def output(self) -> str:
        return self.log.read_text("utf-8", "replace")

    @property
    def url(self) -> str:
        found = re.search(r"http://127\.0\.0\.1:\d+", self.output)
        assert found, self.output
        return found[0]

    def get(self, path: str = "/healthz/", headers: dict[str, str] | None = None) -> tuple[int, str]:
        """Status and body, behind redirects; a refused or reset connection is status 0."""
        request = urllib.request.Request(self.url + path, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def processes(self) -> dict[int, str]:
        """Every process that has this server's data folder in its environment: those of it, and no others.

        By number: ``[name of the part] command``.
        """
        found = {}
        wanted = f"SPOTIZER_DATA={self.data}\0".encode()
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if wanted in (folder / "environ").read_bytes() and "Z" not in (folder / "stat").read_text().split()[2]:
                    command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    found[int(folder.name)] = f"[{(folder / 'comm').read_text().strip()}] {command}"
        return found

    def leaders(self, word: str) -> list[int]:
        """The parts that the supervisor started itself and whose command has ``word``."""
        children = []
        for pid, command in self.processes().items():
            with contextlib.suppress(OSError):
                parent = int((Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[1])
                if parent == self.process.pid and word in command:
                    children.append(pid)
        return children

    def stop(self, number: int = signal.SIGTERM) -> float:
        """Sends the signal; the seconds until the process ended."""
        started = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(timeout=30)
        return time.monotonic() - started


def wait_for(condition, what: str, seconds: float = 30.0) -> None:
    """Until ``condition()`` is true; fails with ``what`` after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.05)


@contextmanager
def serving(data: Path, command: str = "serve", **more: str) -> Iterator[Server]:
    """``manage.py serve`` until it answers; killed with all of its processes afterwards."""
    with tempfile.NamedTemporaryFile(prefix="serve-", suffix=".log") as log:
        env = environment(data, **more)
        if "SPOTIZER_DEMO" in more:
            del env["SPOTIZER_SANDBOX_URL"]  # the demo brings its own
        process = subprocess.Popen([sys.executable, str(ROOT / "manage.py"), command], env=env, stdout=log, stderr=log)
        server = Server(process, Path(log.name), data)
        try:
            ready = "is ready" if command == "serve" else "are starting"
            try:
                wait_for(lambda: ready in server.output or process.poll() is not None, "started", START_SECONDS)
            finally:
                sys.stdout.write(f"{server.output}{server.processes()}")  # pytest shows it where the test fails
            assert process.poll() is None
            yield server
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            for pid in server.processes():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
