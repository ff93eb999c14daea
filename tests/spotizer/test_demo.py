"""The demo: its own data, one sandbox for all its commands, and nothing left when the last of them ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from spotizer.demo import running
from tests.spotizer.serving import ROOT, environment, manage, serving, wait_for

WHERE = "from django.conf import settings as s; print(s.DATA, s.LIBRARY, s.DATABASES['default']['NAME'], s.SANDBOX_URL)"


def demo(tmp_path, **more):
    env = environment(tmp_path / "real", SPOTIZER_DEMO="1", SPOTIZER_DEMO_DATA=str(tmp_path / "demo"), **more)
    del env["SPOTIZER_SANDBOX_URL"]  # the demo finds or starts its own
    return env


def sandboxes(tmp_path):
    """The processes of this test's sandbox, keeper included."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().decode()
        except OSError:
            continue
        if str(tmp_path / "demo") in command and ("sandbox\0serve" in command or "demo_keeper" in command):
            found.append(int(folder.name))
    return found


def test_demo_commands_use_its_own_data_whatever_the_settings_say_and_share_one_sandbox(tmp_path):
    env = demo(tmp_path, SPOTIZER_LIBRARY=str(tmp_path / "music"), DATABASE_URL="postgres://nobody@127.0.0.1:9/none")
    command = [sys.executable, str(ROOT / "manage.py"), "shell", "--no-imports", "-c", WHERE]
    both = [subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) for _ in range(2)]

    answers = [process.communicate(timeout=120)[0].split() for process in both]

    folder = tmp_path / "demo"
    for data, library, database, _ in answers:
        assert (data, library, database) == (str(folder), str(folder / "library"), str(folder / "spotizer.sqlite3"))
    assert answers[0][3] == answers[1][3]
    assert answers[0][3].startswith("http://127.0.0.1:")
    assert not (tmp_path / "real").exists()
    assert not (tmp_path / "music").exists()
    wait_for(lambda: not sandboxes(tmp_path), "the sandbox ends with its last user", 15)


def test_demo_command_run_before_anything_else_makes_its_tables_and_searches_the_invented_music(tmp_path):
    done = manage("search", "Tidal Rooms", "--type", "album", "--json", env=demo(tmp_path), timeout=120)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[0])["title"] == "Tidal Rooms"


def test_demo_serve_opens_signed_in_with_content_and_leaves_nothing(tmp_path):
    env = demo(tmp_path)
    with serving(tmp_path / "real", **env) as server:
        status, page = server.get("/")
        assert status == 200
        assert "Quick Sketches" in page
        assert "Signed in as demo" in page

        through_a_proxy = server.get("/", headers={"X-Forwarded-For": "203.0.113.9"})
        assert "Sign in" in through_a_proxy[1]
        assert "Quick Sketches" not in through_a_proxy[1]

        assert server.stop() < 10
        assert server.processes() == {} or sandboxes(tmp_path)
        wait_for(lambda: not sandboxes(tmp_path) and server.processes() == {}, "nothing is left", 15)


def test_demo_serve_that_is_killed_takes_its_sandbox_along(tmp_path):
    with serving(tmp_path / "real", **demo(tmp_path)) as server:
        url = json.loads((tmp_path / "demo" / "sandbox.json").read_text())["url"]
        keeper = json.loads((tmp_path / "demo" / "sandbox.json").read_text())["keeper"]
        assert url.startswith("http://127.0.0.1:")
        assert keeper in sandboxes(tmp_path)

        server.stop(signal.SIGKILL)

        wait_for(lambda: server.processes() == {}, "the server is gone", 15)
        wait_for(lambda: not sandboxes(tmp_path), "the sandbox is gone", 15)


def test_demo_sandbox_that_dies_is_started_again_at_its_address(tmp_path):
    folder = tmp_path / "demo"
    command = [sys.executable, str(ROOT / "manage.py"), "shell", "--no-imports", "-c", "import sys; sys.stdin.read()"]
    with subprocess.Popen(command, env=demo(tmp_path), stdin=subprocess.PIPE) as user:
        wait_for(lambda: running(folder), "the sandbox answers", 120)
        before, keeper = running(folder), json.loads((folder / "sandbox.json").read_text())["keeper"]

        for pid in set(sandboxes(tmp_path)) - {keeper, user.pid}:
            os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not running(folder), "the sandbox is dead")

        wait_for(lambda: running(folder) == before, "it answers again", 60)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_demo_where_it_may_not_write_says_so(tmp_path):
    tmp_path.chmod(0o555)

    done = manage("check", env=demo(tmp_path))

    assert done.returncode == 2
    assert "Traceback" not in done.stderr
