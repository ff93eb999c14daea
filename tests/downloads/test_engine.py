"""Renewing the engine: fetched from an index, checked, tried in a process of its own, put in force, taken back."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django_q.models import OrmQ

from accounts.models import Person
from core.errors import PermanentError, TransientError, UserError
from downloads.models import Trial
from downloads.services.trying.trials import run_next
from downloads.services.updating import pointer, wheels
from downloads.services.updating.index import _runs_here, version_key
from downloads.services.updating.status import engine_status, installed_versions
from downloads.services.updating.update import _Alone, roll_back, update
from ops.models import Notice
from providers.youtube import loading
from sandbox.services.packages import NEWER

pytestmark = pytest.mark.django_db(transaction=True)
PAGE, ACT, BEGIN = (reverse(f"downloads:{name}") for name in ("source_list", "engine_act", "trial_begin"))


@pytest.fixture
def house(sandbox, settings, tmp_path, sandbox_server):
    settings.DATA = tmp_path / "data"
    upload = sandbox_server.world.catalogue.uploads_of["quick-sketches/1.1"][0]
    settings.ENGINE_PROBE = f"https://www.youtube.com/watch?v={upload.video_id}"
    settings.ENGINE_PROBE_WORDS = "Short Circuit Trio Sketch No. 1"
    return tmp_path


WORKER = """
import os, sys
from dataclasses import replace
import django
django.setup()
from django.conf import settings
from downloads.services.sources import fetch_options
from downloads.services.updating.pointer import engine_folder
from providers.base import ArtistInfo, Credit, TrackInfo
from providers.youtube.source import YouTubeSource

track = TrackInfo("", "", "Sketch No. 1", (Credit(ArtistInfo("", "", "Short Circuit Trio")),))
for _ in sys.stdin:
    source = YouTubeSource(replace(fetch_options("youtube", engine=engine_folder()), cookies=None))
    found = source.find_candidates(track)
    print(sys.modules["yt_dlp.version"].__version__ if found else "none", flush=True)
"""


@pytest.fixture
def worker(house, settings):
    """A process that goes on running, and says with which yt-dlp it answered a question."""
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "spotizer.settings", "SPOTIZER_DATA": str(settings.DATA)}
    with subprocess.Popen(
        [sys.executable, "-c", WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env,
        cwd=settings.BASE_DIR,
    ) as process:  # fmt: skip

        def ask():
            process.stdin.write("next\n")
            process.stdin.flush()
            return process.stdout.readline().strip()

        yield ask
        process.stdin.close()


def test_newer_set_is_tried_and_taken_up_by_running_workers_with_their_next_question(worker, sandbox):
    installed = installed_versions()["yt-dlp"]
    assert worker() == installed
    sandbox.mood(engine_release="good")

    outcome = update()

    assert outcome.is_changed
    assert NEWER in outcome.message
    assert (worker(), worker()) == (NEWER, NEWER)
    status = engine_status()
    assert (status.is_own, status.can_roll_back, status.versions["yt-dlp"]) == (True, True, NEWER)
    assert set(status.versions) == {"yt-dlp", "yt-dlp-ejs", "ytmusicapi"}

    assert "installed with" in roll_back().message
    assert worker() == installed
    with pytest.raises(UserError, match="installed with"):
        roll_back()


def test_where_there_is_nothing_newer_nothing_changes(house):
    outcome = update()

    assert (outcome.is_changed, engine_status().is_own) == (False, False)
    assert "newest" in engine_status().message


@pytest.mark.parametrize(("release", "words"), [("broken", "this release is broken"), ("needy", "nobody-has-this")])
def test_set_that_is_not_fit_is_dropped_and_the_one_before_stays(house, sandbox, release, words):
    sandbox.mood(engine_release=release)

    with pytest.raises(PermanentError, match=words) as caught:
        update()

    assert caught.value.remedy
    assert engine_status().is_own is False
    assert words in engine_status().message
    assert [path.name for path in pointer.root().iterdir() if path.is_dir()] == []
    assert words in Notice.objects.get(code="engine_update").message


def test_set_that_does_not_read_the_known_video_is_dropped(house, sandbox):
    sandbox.mood(engine_release="good")
    sandbox.youtube("removed")

    with pytest.raises(PermanentError, match="did not pass its trial"):
        update()

    assert engine_status().is_own is False


@pytest.mark.parametrize(
    ("match", "fault", "error", "words"),
    [
        ("files.pythonhosted.org", {"kind": "corrupt"}, PermanentError, "checksum"),
        ("files.pythonhosted.org", {"kind": "status", "status": 404}, PermanentError, "nothing there"),
        ("pypi.org", {"kind": "status", "status": 503}, TransientError, "problem of its own"),
        ("pypi.org", {"kind": "reset"}, TransientError, "could not be reached"),
        ("pypi.org", {"kind": "html"}, TransientError, "web page"),
    ],
    ids=["corrupt", "gone", "503", "reset", "html"],
)
def test_index_on_a_bad_day_changes_nothing_and_says_why(house, sandbox, match, fault, error, words):
    sandbox.mood(engine_release="good")
    sandbox.fault(match, **fault)

    with pytest.raises(error, match=words):
        update()

    assert engine_status().is_own is False


def test_switched_off_it_is_neither_changed_nor_taken_back(house, settings, visitor):
    settings.ENGINE_UPDATE = False

    for act in (update, roll_back):
        with pytest.raises(UserError, match="SPOTIZER_ENGINE_UPDATE"):
            act()
    page = visitor.post(ACT, {"act": "update"}, follow=True).content.decode()

    assert "SPOTIZER_ENGINE_UPDATE" in page
    assert "Look for a newer one" not in page
    assert not OrmQ.objects.exists()


def test_two_changes_at_once_are_one(house):
    with _Alone(), pytest.raises(UserError, match="being changed already"):
        update()


def test_set_is_not_changed_while_it_is_in_use(tmp_path):
    with loading.in_use():
        assert loading.use(str(tmp_path)) is False
        assert str(tmp_path) not in sys.path


def test_pointer_to_a_set_that_is_gone_is_the_installed_one(house):
    pointer.write_pointer(pointer.Pointer(current="2099.1.2-gone", versions={"yt-dlp": "2099.1.2"}))

    assert pointer.engine_folder() == ""
    assert engine_status().versions == installed_versions()


@pytest.mark.parametrize(("today", "is_old"), [(date(2026, 12, 25), False), (date(2026, 12, 26), True)])
def test_engine_older_than_sixty_days_is_old(house, today, is_old):
    pointer.write_pointer(pointer.Pointer(current="x", versions=installed_versions() | {"yt-dlp": "2026.10.26"}))
    (pointer.set_folder("x") / "yt_dlp").mkdir(parents=True)

    assert engine_status(today).is_old is is_old


def test_command_tells_the_status_updates_and_goes_back(house, sandbox):
    def run(*arguments):
        out = io.StringIO()
        call_command("engine", *arguments, "--json", stdout=out)
        return json.loads(out.getvalue())

    assert run("status")["is_own"] is False
    sandbox.mood(engine_release="broken")
    with pytest.raises(CommandError, match="did not pass") as caught:
        run("update")
    assert caught.value.returncode == 1
    with pytest.raises(CommandError) as caught:
        run("rollback")
    assert caught.value.returncode == 2
    assert "did not pass" in run("status")["message"]


def test_button_renews_the_engine_beside_the_workers_and_the_page_tells_how_it_went(house, sandbox, visitor):
    visitor.post(BEGIN, {"name": "engine"})
    assert not OrmQ.objects.exists()  # no worker is asked: all of them may be at downloads for long
    sandbox.mood(engine_release="needy")

    assert run_next()

    assert "nobody-has-this" in visitor.get(PAGE).content.decode()


def test_renewal_is_refused_where_it_is_switched_off(house, settings, visitor):
    settings.ENGINE_UPDATE = False

    assert "SPOTIZER_ENGINE_UPDATE" in visitor.post(BEGIN, {"name": "engine"}, follow=True).content.decode()
    assert not Trial.objects.exists()


@pytest.mark.parametrize("act", ["rollback", "update", "explode", ""])
def test_button_that_makes_no_sense_says_so(house, visitor, act):
    assert visitor.post(ACT, {"act": act}, follow=True).status_code == 200
    assert engine_status().is_own is False


def test_engine_is_closed_to_who_does_not_manage(client):
    client.force_login(Person.objects.create_user("ben"))

    assert client.post(ACT, {"act": "update"}).status_code == 403


@pytest.mark.parametrize(
    "name",
    ["../evil.py", "/etc/evil.py", "other/evil.py", "yt_dlp.pth", "evil.py", "yt_dlp\\..\\evil.py"],
)
def test_wheel_with_anything_beside_its_package_is_refused(tmp_path, name):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("yt_dlp/__init__.py", "")
        archive.writestr(name, "print('evil')")

    with pytest.raises(PermanentError, match="cannot be used"):
        wheels.unpack(out.getvalue(), "yt-dlp", tmp_path / "set")

    assert not (tmp_path / "evil.py").exists()


@pytest.mark.parametrize("data", [b"", b"no archive", b"PK\x03\x04half"])
def test_wheel_that_is_no_archive_is_refused(data):
    with pytest.raises(PermanentError, match="no archive"):
        wheels.requirements(data)


def test_versions_and_bounds_are_read_as_they_are_meant():
    assert sorted(["2026.11.3", "2026.10.26", "2026.9.1"], key=version_key)[-1] == "2026.11.3"
    assert _runs_here(">=3.10,<4")
    assert not _runs_here(">=9.0")
    assert wheels.wanted_scripts(["certifi", "yt-dlp-ejs==0.8.0; extra == 'default'"]) == "0.8.0"
