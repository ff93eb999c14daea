"""What of the container can be tried without one: the entrypoint in a shell, and what the files agree on."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest

from tests.spotizer.serving import ROOT

needs_root = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("setpriv") is None, reason="only root may become somebody else, with setpriv"
)
WHO = ["sh", "-c", 'echo "$(id -u):$(id -g) $(umask)"']


def enter(tmp_path, command=WHO, **env):
    folders = {"SPOTIZER_DATA": str(tmp_path / "data"), "SPOTIZER_LIBRARY": str(tmp_path / "music")}
    return subprocess.run(
        [ROOT / "docker" / "entrypoint.sh", *command],
        env={"PATH": os.environ["PATH"], **folders, **env},
        capture_output=True,
        text=True,
        check=False,
    )


@needs_root
def test_entrypoint_becomes_the_wanted_user_and_gives_it_the_folders(tmp_path):
    done = enter(tmp_path, PUID="12345", PGID="23456", UMASK="027")

    assert done.stdout.split() == ["12345:23456", "0027"], done.stderr
    assert ((tmp_path / "data").stat().st_uid, (tmp_path / "data").stat().st_gid) == (12345, 23456)
    assert (tmp_path / "music").stat().st_uid == 12345


@needs_root
def test_entrypoint_leaves_the_files_of_the_library_to_their_owner(tmp_path):
    (tmp_path / "music").mkdir()
    (tmp_path / "music" / "song.flac").touch()

    enter(tmp_path, PUID="12345", PGID="12345")

    assert (tmp_path / "music" / "song.flac").stat().st_uid == 0


@needs_root
def test_entrypoint_without_ids_is_not_root(tmp_path):
    assert enter(tmp_path).stdout.startswith("1000:1000")


@needs_root
def test_entrypoint_with_zero_ids_is_root_as_asked(tmp_path):
    assert enter(tmp_path, PUID="0", PGID="0").stdout.startswith("0:0")


@needs_root
@pytest.mark.parametrize(
    ("env", "says"),
    [
        ({"PUID": "1000"}, "set both or neither"),
        ({"PGID": "1000"}, "set both or neither"),
        ({"PUID": "anna", "PGID": "1000"}, "PUID is 'anna'"),
        ({"UMASK": "rwx"}, "UMASK is 'rwx'"),
        ({"UMASK": "099"}, "UMASK is '099'"),
    ],
)
def test_entrypoint_with_nonsense_says_what_is_wrong(tmp_path, env, says):
    done = enter(tmp_path, **env)

    assert done.returncode == 2
    assert says in done.stderr
    assert done.stdout == ""


def test_entrypoint_hands_on_how_the_command_ended(tmp_path):
    assert enter(tmp_path, command=["sh", "-c", "exit 7"]).returncode == 7


def test_image_has_what_it_copies_and_names():
    dockerfile = (ROOT / "Dockerfile").read_text()

    for path in re.findall(r"docker/[\w.]+", dockerfile):
        assert (ROOT / path).is_file()
    assert os.access(ROOT / "docker" / "entrypoint.sh", os.X_OK)
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".git", ".env", ".venv", "data", ".demo"} <= set(ignored)
    assert not {"docker", "manage.py", "spotizer", "requirements.lock"} & set(ignored)


def test_healthcheck_without_a_server_fails(tmp_path):
    done = subprocess.run(
        ["python3", ROOT / "docker" / "healthcheck.py"],
        env={"PATH": os.environ["PATH"], "SPOTIZER_PORT": "9"},
        capture_output=True,
        check=False,
    )

    assert done.returncode == 1
