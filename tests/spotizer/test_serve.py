"""``serve`` as a real process: it starts from nothing, mends itself, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request

import pytest

from tests.spotizer.serving import ROOT, environment, manage, serving, wait_for


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """One server for the tests that only look at it: with an owner from the environment, and no internet."""
    folder = tmp_path_factory.mktemp("served")
    secret = folder / "password"
    secret.write_text("a long walk home\n")
    more = {"SPOTIZER_OWNER": "olga", "SPOTIZER_OWNER_PASSWORD_FILE": str(secret)}
    started = time.monotonic()
    with serving(folder / "data", **more) as server:
        server.first_page_after = time.monotonic() - started
        yield server


def test_serve_from_an_empty_folder_answers_mends_itself_and_stops_clean(tmp_path):
    with serving(tmp_path / "data") as server:
        assert server.get() == (200, "ok\n")
        assert "Welcome" in server.get("/setup/")[1]
        for name, mode in (("secret_key", 0o600), ("spotizer.sqlite3", 0o600), ("logs", 0o700)):
            assert (tmp_path / "data" / name).stat().st_mode & 0o777 == mode, name
        assert "make the owner" in server.output

        # Every kind of part is killed; each whole group goes and comes back.
        for word in ("[web", "[cluster", "[sweeper", "[reaper"):
            wait_for(lambda word=word: server.leaders(word), f"{word} runs")
            old = server.leaders(word)
            os.kill(old[0], signal.SIGKILL)
            wait_for(
                lambda old=old, word=word: len(set(server.leaders(word)) - set(old)) == 1, f"{word} is started again"
            )
        wait_for(lambda: server.get() == (200, "ok\n"), "pages are served again")

        seconds = server.stop()
        assert seconds < 10
        assert server.process.returncode == 0
        assert server.processes() == {}
        assert not list((tmp_path / "data" / "run").iterdir())
        with sqlite3.connect(tmp_path / "data" / "spotizer.sqlite3") as database:
            beating = database.execute("SELECT 1 FROM ops_heartbeat WHERE name = 'sweeper'").fetchall()
        assert beating == []  # a command run now works by itself and waits for nobody


def test_serve_that_is_killed_leaves_no_process(tmp_path):
    with serving(tmp_path / "data") as server:
        wait_for(lambda: len(server.processes()) >= 10, "all parts run")

        server.stop(signal.SIGKILL)

        wait_for(lambda: server.processes() == {}, "everything is gone", 10)


def test_serve_when_interrupted_from_the_terminal_stops_like_by_sigterm(tmp_path):
    with serving(tmp_path / "data") as server:
        assert server.stop(signal.SIGINT) < 10
        assert server.process.returncode == 0
        assert server.processes() == {}


def test_serve_where_the_port_is_taken_says_so_and_what_to_do(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = manage("serve", env=environment(tmp_path, SPOTIZER_PORT=str(taken.getsockname()[1])))

    assert done.returncode == 2
    assert "is taken by another program" in done.stderr
    assert "SPOTIZER_PORT=" in done.stderr
    assert "Traceback" not in done.stderr


def test_serve_twice_on_one_data_folder_refuses_the_second(running):
    second = manage("serve", env=environment(running.data))

    assert second.returncode == 2
    assert f"already runs with the data in {running.data} (process {running.process.pid})" in second.stderr


def test_serve_on_the_port_of_another_spotizer_says_that_it_is_one(running, tmp_path):
    second = manage("serve", env=environment(tmp_path, SPOTIZER_PORT=running.url.rpartition(":")[2]))

    assert second.returncode == 2
    assert "Spotizer already runs on port" in second.stderr


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("SPOTIZER_PORT", "http", "SPOTIZER_PORT is 'http'; expected a whole number"),
        ("SPOTIZER_PORT", "70000", "SPOTIZER_PORT is 70000; expected"),
        ("SPOTIZER_WORKERS", "0", "SPOTIZER_WORKERS is '0'; expected a whole number from 1 to 32"),
        ("SPOTIZER_FORMAT", "wma", "SPOTIZER_FORMAT is 'wma'; expected one of"),
        ("SPOTIZER_DEBUG", "maybe", "SPOTIZER_DEBUG is 'maybe'; expected yes or no"),
        ("SPOTIZER_ORIGINS", "music.example.org", "SPOTIZER_ORIGINS has 'music.example.org'"),
        ("SPOTIZER_PROXIES", "the nas", "SPOTIZER_PROXIES has 'the'"),
        ("SPOTIZER_DATA", "/proc/nowhere", "SPOTIZER_DATA"),
        ("SPOTIZER_SECRET_KEY_FILE", "/nowhere/key", "SPOTIZER_SECRET_KEY_FILE: /nowhere/key cannot be read"),
        ("SPOTIZER_HOST", "256.0.0.1", "SPOTIZER_HOST is '256.0.0.1'"),
        ("SPOTIZER_OWNER", "olga", "SPOTIZER_OWNER is set, but no password"),
    ],
)
def test_serve_with_nonsense_in_the_environment_names_the_variable(tmp_path, variable, value, says):
    done = manage("serve", env=environment(tmp_path / "data", **{variable: value}))

    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_serve_with_an_owner_in_the_environment_asks_for_no_setup(running):
    assert running.get("/setup/")[0] == 404
    assert "make the owner" not in running.output


def test_first_page_from_an_empty_folder_comes_soon(running):
    assert running.first_page_after < 90  # about 2 s on an idle machine


def test_two_migrations_at_once_on_an_empty_database_both_succeed(tmp_path):
    env = environment(tmp_path)
    code = "import django; django.setup(); from spotizer.supervisor import prepare; prepare.migrate()"
    env["DJANGO_SETTINGS_MODULE"] = "spotizer.settings"
    both = [
        subprocess.Popen([sys.executable, "-c", code], env=env, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    errors = [process.communicate(timeout=60)[1] for process in both]

    assert [process.returncode for process in both] == [0, 0], errors
    with sqlite3.connect(tmp_path / "spotizer.sqlite3") as database:
        applied = database.execute("SELECT app, name, count(*) FROM django_migrations GROUP BY 1, 2").fetchall()
    assert applied
    assert all(count == 1 for _, _, count in applied)


def test_serve_without_the_internet_serves_and_says_what_is_missing(running):
    def notices():
        with sqlite3.connect(running.data / "spotizer.sqlite3") as database:
            return database.execute("SELECT message, remedy FROM ops_notice").fetchall()

    wait_for(notices, "a notice stands")

    message, remedy = notices()[0]
    assert message == "Deezer, YouTube and LRCLIB do not answer from here."
    assert "make demo" in remedy
    assert running.get() == (200, "ok\n")


def test_work_before_the_tables_are_there_says_to_serve_first(tmp_path):
    done = manage("work", env=environment(tmp_path))

    assert done.returncode == 2
    assert "start `serve` of this version once" in done.stderr


def test_work_beside_serve_runs_workers_only_and_stops_alone(tmp_path):
    manage("migrate", env=environment(tmp_path))
    with serving(tmp_path, command="work") as worker:
        wait_for(lambda: worker.leaders("[cluster"), "the cluster runs")
        assert not worker.leaders("[web")
        wait_for(lambda: worker.leaders("[sweeper"), "the sweeper runs")

        assert worker.stop() < 10
        assert worker.processes() == {}


def test_pages_hashed_static_files_are_kept_by_browsers_for_ever(running):
    path = running.get("/login/")[1].split('rel="stylesheet" href="')[1].split('"')[0]
    asked = urllib.request.Request(running.url + path, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(asked, timeout=10) as response:
        headers = response.headers

    assert "immutable" in headers["Cache-Control"]
    assert headers["Content-Encoding"] == "gzip"
