"""``scripts/setup.sh`` in a folder of its own, with a Python that only pretends."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from tests.spotizer.serving import ROOT

# Answers as an old Python, one without venv, or a good one; writes down what it was asked.
PRETENDER = """#!/bin/sh
echo "$*" >> "$ASKED"
case "$*" in
    *version_info*) [ "$KIND" != old ] ;;
    *ensurepip*) [ "$KIND" != bare ] ;;
    *"-m venv"*) mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
    *"-m pip install"*) [ "$KIND" != offline ] ;;
    *) true ;;
esac
"""


@pytest.fixture
def set_up(tmp_path):
    """Runs the script for a lock file; gives how it ended and what the pretender was asked."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "setup.sh", tmp_path / "scripts")
    (tmp_path / "requirements.lock").write_text("a==1\n")
    (tmp_path / "requirements-dev.lock").write_text("a==1\nb==2\n")
    pretender = tmp_path / "python"
    pretender.write_text(PRETENDER)
    pretender.chmod(0o755)

    def run(lock="requirements.lock", kind="good"):
        asked = tmp_path / "asked"
        asked.write_text("")
        env = {"PATH": os.environ["PATH"], "PYTHON": str(pretender), "KIND": kind, "ASKED": str(asked)}
        done = subprocess.run(
            ["sh", str(tmp_path / "scripts" / "setup.sh"), lock], env=env, capture_output=True, text=True, check=False
        )
        return done, asked.read_text()

    run.folder = tmp_path
    return run


def test_setup_with_an_old_python_says_which_one_is_needed(set_up):
    done, _ = set_up(kind="old")

    assert done.returncode == 1
    assert "needs Python 3.11 or newer" in done.stderr
    assert "apt install python3" in done.stderr


def test_setup_without_the_venv_module_names_the_package(set_up):
    done, asked = set_up(kind="bare")

    assert done.returncode == 1
    assert "sudo apt install python3-venv" in done.stderr
    assert "-m venv" not in asked


def test_setup_installs_by_hash_once_and_then_does_nothing(set_up):
    done, asked = set_up()
    assert done.returncode == 0, done.stderr
    assert "--require-hashes -r requirements.lock" in asked

    again, asked = set_up()
    assert again.returncode == 0
    assert "install" not in asked


def test_setup_when_the_lock_changed_installs_again(set_up):
    set_up()
    (set_up.folder / "requirements.lock").write_text("a==2\n")

    _, asked = set_up()

    assert "-m pip install" in asked
    assert "-m venv" not in asked


def test_setup_for_running_after_setup_for_tests_does_nothing(set_up):
    set_up("requirements-dev.lock")

    _, asked = set_up("requirements.lock")

    assert "install" not in asked


def test_setup_that_was_broken_off_starts_again(set_up):
    done, _ = set_up(kind="offline")
    assert done.returncode == 1
    assert "needs the internet" in done.stderr

    again, asked = set_up()
    assert again.returncode == 0
    assert "-m pip install" in asked


def test_setup_over_a_broken_environment_makes_it_anew(set_up):
    set_up()
    (set_up.folder / ".venv" / "bin" / "python").unlink()

    _, asked = set_up()

    assert "-m venv" in asked
