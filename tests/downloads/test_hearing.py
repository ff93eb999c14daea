"""What was fetched is listened to, over the sandbox's AcoustID."""

import pytest

from downloads.models import DownloadCandidate, Status
from history.models import Event
from library.convert.fingerprint import can_fingerprint, fingerprint
from library.models import AudioFile
from tests.downloads.test_work import wish, work_once
from tests.library.audio_files import make_audio

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not can_fingerprint(), reason="this ffmpeg makes no fingerprints: install one with chromaprint"),
]
KEY = "sandbox-acoustid"


@pytest.fixture
def heard(shelf, sandbox, settings, tmp_path):
    """A download of ten seconds, which are enough to be listened to; AcoustID stands in."""
    settings.ACOUSTID_KEY = KEY
    sound = make_audio(tmp_path / "ten.webm", seconds=10)
    download = wish()
    download.recording.duration_ms = 10_000
    download.recording.save()
    for name in ("first", "second"):
        shelf.put("Undertow", name, duration_ms=10_000)
        shelf.say(name, sound)
    return download


def told():
    return Event.objects.get(kind="done").detail["heard"]


def test_a_sound_that_is_the_recording_is_taken_and_the_receipt_says_so(heard, sandbox, shelf):
    sandbox.mood(acoustid_hears="Undertow by Nadir")

    assert work_once().status == Status.DONE

    assert shelf.fetches == ["first"]
    assert told() == "it sounds like “Undertow” by Nadir"
    assert AudioFile.objects.get().passport["checks"]["heard"] == told()


def test_a_sound_that_is_another_recording_gives_way_to_the_next_candidate(heard, sandbox, shelf):
    sandbox.mood(acoustid_hears="Other Shore by Nadir")

    download = work_once()

    assert (download.status, download.reason) == (Status.FAILED, "wrong_recording")
    assert "“Other Shore” by Nadir" in download.message
    assert shelf.fetches == ["first", "second"]
    assert set(download.candidates.values_list("state", flat=True)) == {DownloadCandidate.State.FAILED}
    assert not AudioFile.objects.exists()


def test_what_a_person_picked_is_taken_whatever_it_sounds_like(heard, sandbox):
    sandbox.mood(acoustid_hears="Other Shore by Nadir")
    work_once()
    candidate = heard.candidates.first()
    candidate.state = DownloadCandidate.State.UNTRIED
    candidate.save()
    heard.options = {"picked": candidate.pk, "asked": ["shelf"]}
    heard.status = Status.QUEUED
    heard.save()

    assert work_once().status == Status.DONE
    assert "Other Shore" in told()


@pytest.mark.parametrize(
    ("mood", "words"),
    [
        ({}, "nobody knows this sound"),
        ({"acoustid_hears": "known"}, "nobody knows this sound"),
        ({"acoustid_hears": "春 by 歌手"}, "no name to compare"),
        ({"acoustid_limit": True}, "not heard: AcoustID is asked too often."),
    ],
)
def test_what_nobody_knows_or_no_answer_keeps_no_file_from_coming(heard, sandbox, mood, words):
    sandbox.mood(**mood)

    assert work_once().status == Status.DONE
    assert words in told()


def test_a_service_that_is_down_or_a_wrong_key_keeps_no_file_from_coming(heard, sandbox, settings):
    settings.ACOUSTID_KEY = "wrong"

    assert work_once().status == Status.DONE
    assert "does not know the key" in told()


def test_without_a_key_nobody_is_asked(heard, sandbox, settings):
    settings.ACOUSTID_KEY = ""

    assert work_once().status == Status.DONE
    assert "heard" not in Event.objects.get(kind="done").detail


def test_the_fingerprint_of_a_sound_stays_the_same_and_leaves_nothing_behind(tmp_path):
    sound = make_audio(tmp_path / "ten.webm", seconds=10)
    work = tmp_path / "work"
    work.mkdir()

    one, again = (fingerprint(sound, work) for _ in range(2))

    assert one == again
    assert one.startswith("AQ")
    assert list(work.iterdir()) == []
