"""``doctor`` as a command: what it finds, what it advises, how it ends."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.spotizer.serving import environment, manage


@pytest.fixture
def fit(tmp_path):
    """An environment with tables."""
    env = environment(tmp_path / "data")
    assert manage("migrate", env=env).returncode == 0
    return env


def findings(env):
    done = manage("doctor", "--json", env=env)
    answer = json.loads(done.stdout)
    assert (done.returncode == 0) == answer["ok"], done.stderr
    return {finding["name"]: finding for finding in answer["checks"]}


def test_doctor_on_a_fit_machine_without_the_internet_has_only_the_services_to_mend(fit):
    found = findings(fit)

    assert [name for name, finding in found.items() if finding["health"] == "bad"] == ["Deezer", "YouTube", "LRCLIB"]
    assert {"Python", "Packages", "ffmpeg", "deno", "yt-dlp", "Database", "Tables"} <= set(found)
    assert all(finding["remedy"] for finding in found.values() if finding["health"] == "bad")


def test_doctor_before_the_first_start_says_which_command_makes_the_tables(tmp_path):
    tables = findings(environment(tmp_path / "data"))["Tables"]

    assert tables["health"] == "bad"
    assert "make run" in tables["remedy"]


def test_doctor_where_the_library_cannot_be_written_gives_the_command(fit):
    found = findings({**fit, "SPOTIZER_LIBRARY": "/proc/music"})

    assert found["Library folder"]["health"] == "bad"
    assert "chown" in found["Library folder"]["remedy"]
    assert "SPOTIZER_LIBRARY" in found["Library folder"]["remedy"]


def test_doctor_where_the_library_is_another_file_system_notes_it(fit, tmp_path):
    if not os.access("/dev/shm", os.W_OK) or Path("/dev/shm").stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("no second file system to write to")
    folder = f"/dev/shm/{tmp_path.name}-{os.getpid()}"
    try:
        assert findings({**fit, "SPOTIZER_LIBRARY": folder})["Work and library"]["health"] == "note"
    finally:
        Path(folder).rmdir()


def test_doctor_with_a_wrong_ffmpeg_names_the_setting(fit):
    found = findings({**fit, "SPOTIZER_FFMPEG": "/nowhere/ffmpeg"})

    assert found["ffmpeg"]["health"] == "bad"
    assert "SPOTIZER_FFMPEG" in found["ffmpeg"]["message"]


def test_doctor_with_a_database_that_does_not_answer_says_so(fit):
    found = findings({**fit, "DATABASE_URL": "postgres://nobody@127.0.0.1:9/nothing"})

    assert found["Database"]["health"] == "bad"
    assert "DATABASE_URL" in found["Database"]["remedy"]


def test_doctor_for_people_prints_a_line_each_and_ends_with_one(fit):
    done = manage("doctor", env=fit)

    assert done.returncode == 1
    assert "ok   Python" in done.stdout
    assert "3 to mend." in done.stdout
