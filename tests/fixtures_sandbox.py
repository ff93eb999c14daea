"""The sandbox as fixtures: one server per test process, reset around each test that asks for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.catalogue import DEFAULT_SEED
from sandbox.client import Sandbox
from sandbox.server import Server
from sandbox.world import World, default_cache


def shared_cache() -> Path:
    """Made audio and pictures, shared by all test processes and runs: the same seed gives the same files."""
    return Path(os.environ.get("SPOTIZER_SANDBOX_CACHE") or default_cache(DEFAULT_SEED))


@pytest.fixture(scope="session")
def sandbox_server() -> Iterator[Server]:
    server = Server(World(cache=shared_cache()))
    thread = server.run_in_thread()
    yield server
    server.stop()
    thread.join(5)


@pytest.fixture
def sandbox(sandbox_server: Server, settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A fresh sandbox; ``settings.SANDBOX_URL`` and the environment of child processes point at it."""
    client = Sandbox(sandbox_server.url)
    client.reset()
    settings.SANDBOX_URL = client.url
    plugins = str(Path(__file__).resolve().parent.parent / "sandbox" / "plugins")
    settings.YTDLP_PLUGINS = plugins
    monkeypatch.setenv("SPOTIZER_SANDBOX_URL", client.url)
    monkeypatch.setenv("SPOTIZER_YTDLP_PLUGINS", plugins)
    yield client
    client.reset()
