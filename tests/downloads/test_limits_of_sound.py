"""Candidates and files that the settings leave out, and the receipt of a choice."""

import pytest

from core.errors import PermanentError
from downloads.models import DownloadCandidate, Status
from history.models import Event
from tests.downloads.test_work import wish, work_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_candidate_with_an_excluded_word_is_left_out_in_words(shelf, settings):
    settings.EXCLUDED_WORDS = ["megahits"]
    wish()
    shelf.put("Undertow", "hit", album="Megahits 7")
    shelf.put("Undertow", "plain")

    download = work_once()

    assert download.status == Status.DONE
    assert shelf.fetches == ["plain"]
    assert "“megahits”" in download.candidates.get(source_id="hit").message


def test_where_all_are_left_out_a_person_is_asked_and_told_why(shelf, settings):
    settings.EXCLUDED_WORDS = ["megahits"]
    wish()
    shelf.put("Undertow", "hit", album="Megahits 7")

    download = work_once()

    assert (download.status, download.reason) == (Status.NEEDS_YOU, "match_too_poor")
    assert "leave out what is called “megahits”" in download.message


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [("MIN_BITRATE_KBPS", 128, "96 kbit/s"), ("ALLOWED_FORMATS", ["flac", "mp3"], "Opus")],
)
def test_what_turns_out_too_poor_after_the_fetch_gives_way_to_the_next_candidate(shelf, settings, name, value, says):
    setattr(settings, name, value)
    wish()
    shelf.put("Undertow")

    download = work_once()

    assert (download.status, download.reason) == (Status.FAILED, "left_out")
    assert says in download.message
    assert download.candidates.get().state == DownloadCandidate.State.FAILED


def test_what_a_person_picked_is_taken_whatever_the_settings_leave_out(shelf, settings):
    settings.ALLOWED_FORMATS = ["flac"]
    download = wish()
    shelf.put("Undertow")
    work_once()
    candidate = download.candidates.get()
    candidate.state = DownloadCandidate.State.UNTRIED
    candidate.save()
    download.options = {"picked": candidate.pk, "asked": ["shelf"]}
    download.status = Status.QUEUED
    download.save()

    assert work_once().status == Status.DONE


def test_the_receipt_says_how_many_were_found_and_why_the_others_lost(shelf):
    wish()
    shelf.put("Undertow", "live", album="Live at the Quay")
    shelf.put("Undertow", "best")
    shelf.put("Undertow", "late", duration_ms=5_000)
    shelf.say("late", PermanentError("gone"))

    download = work_once()

    detail = Event.objects.get(kind="done").detail
    late = download.candidates.get(source_id="late")
    assert shelf.fetches == ["best"]
    assert detail["found"] == "3 candidates, 2 good enough"
    assert "“Undertow” is nearer, with 100 of 100" in late.message
    assert f"{late.score} of 100" in detail["next_best"]


def test_the_receipt_names_the_refused_one_where_no_other_was_good_enough(shelf):
    wish()
    shelf.put("Undertow", "live", album="Live at the Quay")
    shelf.put("Undertow", "best")

    work_once()

    assert "refused. " in Event.objects.get(kind="done").detail["next_best"]
