"""Which parts ``serve`` and ``work`` consist of."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from core.stopping import VARIABLE as STOP_FILE
from downloads.services import sweep, workforce
from ops.services import heartbeats
from spotizer.supervisor import beats, running
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
        "PYTHONUNBUFFERED": "1",
    }


def web(listener: socket.socket, env: Mapping[str, str]) -> Part:
    """One process of eight threads: a held-open answer blocks nobody, and two processes were no faster."""
    number = listener.fileno()
    import_module(settings.WSGI_APPLICATION.rpartition(".")[0])  # finds the static files, which are collected by now
    return _part("web", partial(running.web, number), env, keep_fds=(number,))


def workers(env: Mapping[str, str]) -> list[Part]:
    """The cluster that downloads, and the sweeper, which expands requests too."""
    running.warm_up()
    cluster = _part(
        "cluster",
        running.cluster,
        env,
        waits=True,
        is_alive=partial(_is_alive, env["SPOTIZER_NODE"]),
        settings=_workers,
        stop_file=Path(f"{env[STOP_FILE]}.cluster"),
    )
    return [cluster, _part("sweeper", running.sweeper, env, waits=True)]


def demo_seed(env: Mapping[str, str]) -> Part:
    """Runs once, beside the web server's start: asks for a little music, so that the first page has content."""
    return _part("demo seed", running.demo_seed, env, is_once=True)


def _part(name: str, run: Callable[[], object], env: Mapping[str, str], **options: Any) -> Part:
    return Part(name, run, {**env, "SPOTIZER_PART": name}, **options)


def say_goodbye() -> None:
    """The sweeper is no longer thought alive: a command run right after a stop must not wait for workers that are gone.

    Not left to the sweeper itself, which may be told to stop before it can listen. Another machine's beats again soon.
    """
    heartbeats.forget(sweep.NAME)
    connection.close()


def _is_alive(node: str, runs_for: float) -> bool:
    try:
        return beats.is_alive(runs_for, node=node)  # the supervisor itself does not inherit its parts' name
    finally:
        connection.close()  # the supervisor forks, and a fork must not share a connection


def _workers() -> dict[str, str] | None:
    try:
        return {"SPOTIZER_WORKERS": str(workforce.workers())}
    except DatabaseError:
        return None  # the database is away: what runs goes on as it is
    finally:
        connection.close()  # the supervisor forks
