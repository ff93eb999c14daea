"""``manage.py sources``: the list, and the trial of each source step by step."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command

from downloads.services import sources
from ops.services import lanes
from sandbox.services.slskd import KEY

pytestmark = pytest.mark.django_db(transaction=True)
SKETCH = "Short Circuit Trio - Sketch No. 1"


@pytest.fixture
def run(sandbox, settings, tmp_path, sandbox_server):
    settings.LIBRARY, settings.WORK, settings.ART = (tmp_path / name for name in ("library", "work", "art"))
    settings.SLSKD_URL, settings.SLSKD_KEY = "http://slskd:5030", KEY
    settings.SLSKD_DOWNLOADS = str(sandbox_server.world.shared_folder)

    def call(*arguments):
        sources._kept.__dict__.clear()
        out, code = io.StringIO(), 0
        try:
            call_command("sources", *arguments, "--json", stdout=out)
        except CommandError as exc:
            return exc.returncode, str(exc)
        except SystemExit as exc:
            code = exc.code
        return code, [json.loads(line) for line in out.getvalue().splitlines()]

    yield call
    sources._kept.__dict__.clear()


def test_list_says_order_and_state_of_all(run, settings):
    settings.SOURCES = ["internet_archive", "youtube", "link"]
    lanes.close_lane("youtube", 600, "blocked", "YouTube refused.")

    code, rows = run("list")

    assert code == 0
    assert [(row["name"], row["state"]) for row in rows[:2]] == [
        ("internet_archive", "on"),
        ("youtube", "closed"),
    ]
    assert {row["name"]: row["state"] for row in rows[2:]} == {
        "youtube_music": "off",
        "soundcloud": "links only",
        "bandcamp": "links only",
        "slskd": "off",
    }


@pytest.mark.parametrize("name", ["youtube_music", "youtube", "internet_archive", "soundcloud", "slskd"])
def test_trial_of_a_source_that_is_well_searches_and_fetches(run, settings, name):
    code, steps = run("test", name, "--for", SKETCH)

    assert code == 0, steps
    assert [step["name"] for step in steps][-2:] == ["Search", "Fetch"]
    assert "Sketch No. 1" in steps[-2]["message"]
    assert "0:04" in steps[-1]["message"]
    assert list(settings.WORK.iterdir()) == []


@pytest.mark.parametrize("name", ["deezer", "lrclib"])
def test_trial_takes_catalogues_and_helpers_too(run, settings, name):
    settings.DEMO = True

    code, steps = run("test", name)

    assert (code, steps[-1]["source"], steps[-1]["is_ok"]) == (0, name, True)


def test_trial_of_bandcamp_takes_a_link(run):
    assert run("test", "bandcamp")[0] == 0
    code, steps = run("test", "bandcamp", "--link", "https://shortcircuittrio.bandcamp.com/track/spark-01")

    assert (code, steps[-1]["name"], "flac" in steps[-1]["message"]) == (0, "Fetch", True)


@pytest.mark.parametrize(
    ("name", "spoil", "step", "words", "remedy"),
    [
        ("slskd", {"mood": {"slskd_logged_in": False}}, "Reach", "not connected", "slskd's own page"),
        ("slskd", {"setting": {"SLSKD_KEY": "wrong-key-012345678"}}, "Reach", "our key", "SPOTIZER_SLSKD_KEY"),
        ("slskd", {"setting": {"SLSKD_DOWNLOADS": "/nowhere"}}, "Folder", "/nowhere", "SPOTIZER_SLSKD_DOWNLOADS"),
        ("internet_archive", {"fault": ("archive.org", "reset")}, "Search", "could not be reached", "internet"),
        ("internet_archive", {"fault": ("ia800100", "corrupt")}, "Fetch", "checksum", "by itself"),
        ("youtube", {"fault": ("sandbox/media", "garbage")}, "Fetch", "not audio", "another candidate"),
        ("soundcloud", {"closed": True}, "Lane", "Asked too often.", "by itself"),
    ],
)
def test_trial_names_the_step_that_fails_and_how_to_mend_it(run, sandbox, settings, name, spoil, step, words, remedy):
    sandbox.mood(**spoil.get("mood", {}))
    for key, value in spoil.get("setting", {}).items():
        setattr(settings, key, value)
    if "fault" in spoil:
        sandbox.fault(*spoil["fault"])
    if "closed" in spoil:
        lanes.close_lane(name, 600, "rate_limited", "Asked too often.")

    code, steps = run("test", name, "--for", SKETCH)

    last = steps[-1]
    assert (code, last["name"], last["is_ok"]) == (1, step, False), steps
    assert words in last["message"]
    assert remedy in last["remedy"]


@pytest.mark.parametrize("wrong", [["nonesuch"], ["youtube", "--for", "no dash"], ["youtube", "--for", " - x"]])
def test_trial_of_what_there_is_not_is_bad_usage(run, wrong):
    code, words = run("test", *wrong)

    assert code == 2
    assert words


def test_track_that_a_source_does_not_have_is_said(run):
    code, steps = run("test", "internet_archive", "--for", "Nobody - Nothing At All")

    assert (code, "has nothing" in steps[-1]["message"]) == (1, True)
