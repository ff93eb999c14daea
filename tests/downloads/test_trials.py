"""Trials from the page: asked for by a button, run beside the workers, shown step by step."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Person
from core.errors import Cancelled, TransientError, UserError
from downloads.models import Trial
from downloads.services import draining, seen, sources
from downloads.services.trying import trials
from downloads.services.trying.trials import ask_for_trial, run_next
from downloads.services.worker import Worker
from library.convert.fingerprint import can_fingerprint
from ops.models import ServiceState, Setting
from ops.services import lanes, live
from ops.services.changes import Way, change
from sandbox.services.acoustid import KEY
from sandbox.services.lastfm import KEY as LASTFM
from tests.downloads.make import make_download, make_track

pytestmark = pytest.mark.django_db(transaction=True)
PAGE, BEGIN = reverse("downloads:source_list"), reverse("downloads:trial_begin")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def outside(sandbox, settings, folders):
    """All services are the sandbox's, and what is looked for is what it has."""
    settings.DEMO = True
    sources._kept.__dict__.clear()
    seen._noted.clear()
    yield sandbox
    sources._kept.__dict__.clear()


def tried(name: str) -> Trial:
    ask_for_trial(name)
    assert run_next()
    return Trial.objects.get(pk=name)


def seen_steps(trial: Trial) -> list[tuple[str, bool]]:
    return [(step["name"], step["is_ok"]) for step in trial.steps]


def test_press_begins_the_real_check_and_the_page_shows_each_step(outside, visitor, person, settings):
    page = visitor.post(BEGIN, {"name": "internet_archive", "next": PAGE}, follow=True).content.decode()
    assert "waits for its turn" in page
    assert 'http-equiv="refresh"' in page  # without script the page asks again by itself

    assert run_next()

    page = visitor.get(PAGE).content.decode()
    assert "waits for its turn" not in page
    assert 'http-equiv="refresh"' not in page
    assert "all is well" in page
    for words in ("Lane", "Search", "Sketch No. 1", "Fetch", "flac"):
        assert words in page
    assert "Last worked" in page
    assert list(settings.WORK.iterdir()) == []
    assert Trial.objects.get().asked_by == person


def test_trial_that_fails_says_at_which_step_and_how_to_mend_it(outside, visitor):
    outside.fault("archive.org/advancedsearch", "reset")

    tried("internet_archive")

    page = visitor.get(PAGE).content.decode()
    assert "could not be reached" in page
    assert "Check the internet connection" in page
    assert "Last error" in page


@pytest.mark.parametrize("name", ["deezer", "musicbrainz", "lrclib", "cover_art_archive"])
def test_trial_of_a_catalogue_or_helper_asks_it_and_says_what_came(outside, name):
    host = {"cover_art_archive": "coverartarchive.org"}.get(name, name)
    assert all(step["is_ok"] for step in tried(name).steps)
    before = outside.count(host)
    Trial.objects.update(ended_at=timezone.now() - timedelta(minutes=1))

    trial = tried(name)

    assert outside.count(host) > before, "kept answers say nothing of now"
    assert "“" in trial.steps[-1]["message"]


def test_trial_of_spotify_without_keys_says_where_to_get_them(outside):
    trial = tried("spotify")

    assert seen_steps(trial) == [("Keys", False)]
    assert trial.steps[0]["remedy"]


@pytest.mark.parametrize(
    ("key", "steps"),
    [
        ("", [("Key", False)]),
        ("wrong", [("Key", True), ("Sound", False)]),
        (KEY, [("Key", True), ("Sound", True)]),
    ],
)
def test_trial_of_acoustid_sends_it_a_sound(outside, settings, key, steps):
    if key and not can_fingerprint():
        pytest.skip("this ffmpeg makes no fingerprints")
    settings.ACOUSTID_KEY = key

    assert seen_steps(tried("acoustid")) == steps


@pytest.mark.parametrize(
    ("key", "steps"),
    [("", [("Key", False)]), ("wrong", [("Key", True), ("Tags", False)]), (LASTFM, [("Key", True), ("Tags", True)])],
)
def test_trial_of_lastfm_asks_with_the_key(outside, settings, key, steps):
    settings.LASTFM_KEY = key

    trial = tried("lastfm")

    assert seen_steps(trial) == steps
    assert key in {"", "wrong"} or "for Short Circuit Trio" in trial.steps[-1]["message"]
    assert not key or key not in str(trial.steps)


def test_key_that_is_stored_is_said_to_be_so(outside):
    change({"LASTFM_KEY": LASTFM}, way=Way.COMMAND)

    trial = tried("lastfm")

    assert trial.steps[0]["message"] == "stored, encrypted"
    assert LASTFM not in str(Setting.objects.values_list("value", flat=True))


def test_trial_of_a_source_without_its_address_says_what_to_set(outside, settings):
    settings.SLSKD_URL = ""

    [step] = tried("slskd").steps

    assert (step["is_ok"], "SPOTIZER_SLSKD_URL" in step["remedy"]) == (False, True)


def test_closed_lane_is_told_and_nothing_is_asked(outside):
    lanes.close_lane("youtube", 600, "blocked", "YouTube refused.")

    trial = tried("youtube")

    assert seen_steps(trial) == [("Lane", False)]
    assert outside.count("youtube") == 0


def test_trial_asked_for_twice_is_run_once(outside):
    ask_for_trial("lrclib")
    with pytest.raises(UserError, match="under way"):
        ask_for_trial("lrclib")

    assert run_next()
    assert not run_next()
    with pytest.raises(UserError, match="a moment ago") as caught:
        ask_for_trial("lrclib")
    assert "Ask again in" in caught.value.remedy
    ask_for_trial("lrclib", now=timezone.now() + timedelta(seconds=16))


@pytest.mark.parametrize("name", ["", "nonesuch", "link", "youtube' OR 1", "x" * 500])
def test_test_of_what_there_is_not_is_refused(visitor, name):
    page = visitor.post(BEGIN, {"name": name}, follow=True).content.decode()

    assert "nothing of this name" in page
    assert visitor.post(BEGIN, {"name": name}, headers=HTMX).status_code == 400
    assert not Trial.objects.exists()


@pytest.mark.parametrize("role", [Person.Role.MEMBER, Person.Role.VIEWER])
def test_tests_are_for_admins(client, role):
    client.force_login(Person.objects.create_user("ben", role=role))

    assert client.post(BEGIN, {"name": "youtube"}).status_code == 403
    assert not Trial.objects.exists()


def test_press_with_script_swaps_the_trial_and_wakes_the_poller(visitor):
    answer = visitor.post(BEGIN, {"name": "youtube"}, headers=HTMX)

    assert 'id="trial-youtube"' in answer.content.decode()
    assert "waits for its turn" in answer.content.decode()
    assert "live:soon" in answer["HX-Trigger"]


def test_poller_sends_each_step_to_admins_who_look_at_the_page(outside, visitor, client):
    since = live.newest()
    tried("lrclib")
    where = {"since": since, "view": "sources"}

    seen_by_admin = visitor.get(reverse("live"), where, headers=HTMX).content.decode()

    assert 'id="trial-lrclib"' in seen_by_admin
    assert 'hx-swap-oob="morph"' in seen_by_admin
    elsewhere = visitor.get(reverse("live"), where | {"view": "queue"}, headers=HTMX).content.decode()
    assert "trial-lrclib" not in elsewhere
    client.force_login(Person.objects.create_user("ben"))
    assert "trial-lrclib" not in client.get(reverse("live"), where, headers=HTMX).content.decode()


def test_poller_asks_soon_again_while_a_trial_is_under_way(visitor):
    since = live.newest()
    ask_for_trial("youtube")

    page = visitor.get(reverse("live"), {"since": since, "view": "sources"}, headers=HTMX).content.decode()

    assert 'data-next="1000"' in page


def test_trial_that_has_to_stop_is_begun_anew_by_whoever_starts_next(outside):
    ask_for_trial("internet_archive")

    assert run_next(is_stopping=lambda: True) is False

    assert Trial.objects.get().is_under_way
    assert run_next()
    assert [ok for _, ok in seen_steps(Trial.objects.get())] == [True, True, True]


def test_trial_whose_process_died_is_told_so_and_not_begun_again(outside):
    ask_for_trial("lrclib")
    Trial.objects.update(begun_at=timezone.now(), machine="here", lease_expires_at=timezone.now() + timedelta(hours=1))
    assert not run_next(machine="here")

    trials.end_left_over("another")
    assert Trial.objects.get().is_under_way
    trials.end_left_over("here")

    trial = Trial.objects.get()
    assert not trial.is_under_way
    assert "broke off" in trial.failure


def test_trial_of_a_machine_that_is_gone_is_ended_when_its_lease_runs_out():
    ask_for_trial("lrclib")
    Trial.objects.update(begun_at=timezone.now(), lease_expires_at=timezone.now() - timedelta(seconds=1))

    assert not run_next()

    assert "broke off" in Trial.objects.get().failure


def test_bug_in_a_trial_ends_it_and_is_not_hidden(outside, monkeypatch):
    def broken():
        raise ZeroDivisionError

    monkeypatch.setitem(trials.SERVICES, "lrclib", broken)
    ask_for_trial("lrclib")

    with pytest.raises(ZeroDivisionError):
        run_next()

    trial = Trial.objects.get()
    assert (trial.is_under_way, "ZeroDivisionError" in trial.failure) == (False, True)


def test_download_that_worked_and_one_that_did_not_are_seen_on_the_page(shelf, visitor):
    seen._noted.clear()
    make_download(make_track("Undertow", duration_ms=2_000))
    make_download(make_track("Lantern", duration_ms=2_000))
    shelf.put("Undertow")
    shelf.say(shelf.put("Lantern"), TransientError("The transfer broke off."))

    draining.drain_downloads(Worker.here())

    known = Trial.objects.get(pk="shelf")
    assert known.worked_at is not None
    assert known.failure == "The transfer broke off."
    assert not known.is_under_way


def test_ledger_of_calls_says_when_a_catalogue_last_worked(visitor):
    ServiceState.objects.create(
        service="deezer",
        last_ok_at=timezone.now() - timedelta(hours=3),
        last_failed_at=timezone.now() - timedelta(minutes=2),
    )

    page = visitor.get(PAGE).content.decode()

    assert "3 h ago" in page
    assert "It did not answer." in page


def test_page_asks_as_much_of_the_database_whatever_was_tried(visitor):
    visitor.get(PAGE)
    with CaptureQueriesContext(connection) as before:
        visitor.get(PAGE)
    for name in trials.TRIED:
        Trial.objects.create(name=name, ended_at=timezone.now(), worked_at=timezone.now())
    with CaptureQueriesContext(connection) as after:
        visitor.get(PAGE)

    assert len(after) == len(before)


def test_fetch_that_takes_too_long_is_a_failure_and_no_stop(outside, monkeypatch):
    monkeypatch.setattr("downloads.services.trying.sources.SECONDS", -1.0)

    trial = tried("internet_archive")

    assert seen_steps(trial)[-1] == ("Fetch", False)
    assert "not here after" in trial.steps[-1]["message"]
    assert Cancelled.__name__ not in trial.failure
