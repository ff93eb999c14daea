"""Which parts ``serve`` and ``work`` consist of."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

from core.stopping import VARIABLE as STOP_FILE
from downloads.services import sweep, tokens, workforce
from ops.services import heartbeats
from spotizer.supervisor import beats
from spotizer.supervisor.parts import Part


def stop_file() -> Path:
    """The file that stands while this process and its parts stop. Those of dead supervisors are cleared away."""
    folder = Path(settings.DATA) / "run"
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("stop-*"):
        if not Path(f"/proc/{left.name.partition('-')[2].partition('.')[0]}").exists():
            left.unlink(missing_ok=True)
    return folder / f"stop-{os.getpid()}"


def environment(stop: Path) -> dict[str, str]:
    """What every part inherits."""
    return {
        **os.environ,
        STOP_FILE: str(stop),
        "SPOTIZER_NODE": f"{socket.gethostname()[:60]}-{os.getpid()}",
        "SPOTIZER_SERVED": "1",
        "PYTHONUNBUFFERED": "1",
    }


def web(listener: socket.socket, env: Mapping[str, str]) -> Part:
    """One process of eight threads: a held-open answer blocks nobody, and two processes were no faster."""
    options = {
        "--bind": f"fd://{listener.fileno()}",
        "--chdir": str(settings.BASE_DIR),
        "--worker-class": "gthread",
        "--workers": "1",
        "--threads": "8",
        "--timeout": "120",
        "--graceful-timeout": "5",
        "--keep-alive": "15",
        "--log-level": "warning",
    }
    command = [sys.executable, "-m", "gunicorn", "spotizer.wsgi", "--no-control-socket"]
    command += [word for option in options.items() for word in option]
    return Part("web", command, {**env, "SPOTIZER_PART": "web"}, pass_fds=(listener.fileno(),))


def workers(env: Mapping[str, str]) -> list[Part]:
    """The clusters and the sweeper."""
    clusters = [
        Part(
            f"cluster {name}",
            _manage("qcluster"),
            {**env, "Q_CLUSTER_NAME": name, "SPOTIZER_PART": name},
            waits=True,
            is_alive=partial(_is_alive, name, env["SPOTIZER_NODE"]),
            settings=_workers if name == tokens.DOWNLOADS else None,
            stop_file=Path(f"{env[STOP_FILE]}.{name}") if name == tokens.DOWNLOADS else None,
        )
        for name in beats.CLUSTERS
    ]
    return [*clusters, Part("sweeper", _manage("sweeper"), {**env, "SPOTIZER_PART": "sweeper"}, waits=True)]


def demo_seed(env: Mapping[str, str]) -> Part:
    """Runs once, beside the web server's start: asks for a little music, so that the first page has content."""
    return Part("demo seed", _manage("seed_demo"), {**env, "SPOTIZER_PART": "seed"}, is_once=True)


def say_goodbye() -> None:
    """The sweeper is no longer thought alive: a command run right after a stop must not wait for workers that are gone.

    Not left to the sweeper itself, which may be told to stop before it can listen. Another machine's beats again soon.
    """
    heartbeats.forget(sweep.NAME)
    connection.close()


def _is_alive(cluster: str, node: str, runs_for: float) -> bool:
    try:
        return beats.is_alive(cluster, runs_for, node=node)  # the supervisor itself does not inherit its parts' name
    finally:
        connection.close()  # the supervisor forks, and a fork must not share a connection


def _workers() -> dict[str, str] | None:
    try:
        return {"SPOTIZER_WORKERS": str(workforce.workers())}
    except DatabaseError:
        return None  # the database is away: what runs goes on as it is
    finally:
        connection.close()  # the supervisor forks


def _manage(command: str) -> list[str]:
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), command]
