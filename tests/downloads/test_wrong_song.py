"""What a person says against a choice, and what comes of it."""

import pytest
from django.urls import reverse

from core.errors import NotFound, UserError
from downloads.models import ArtistThreshold, Correction, Download, DownloadCandidate, Status
from downloads.services import thresholds, wrong_song
from history.models import Event
from library.models import AudioFile, FileAct
from tests.downloads.make import make_download, make_track, make_wish
from tests.downloads.test_work import drain, wish, work_once
from tests.library.audio_files import make_audio

pytestmark = pytest.mark.django_db(transaction=True)
State = DownloadCandidate.State


def fetched(shelf, **recording):
    """A download that is done, of the only upload that there is."""
    download = make_download(make_track("Undertow", duration_ms=2_000, **recording))
    make_wish(download)
    shelf.put("Undertow", "first")
    return work_once()


def test_the_wrong_song_is_banned_and_another_takes_its_place_through_the_journal(shelf, tmp_path, folders):
    download = fetched(shelf, isrc="NLZZ12400001")
    shelf.put("Undertow", "second")
    shelf.say("second", make_audio(tmp_path / "other.webm", seconds=2, hertz=880))
    before = AudioFile.objects.get()

    wrong_song.wrong_song(download.pk)
    drain()

    again = Download.objects.latest("pk")
    file = AudioFile.objects.get(gone_at=None)
    assert shelf.fetches == ["first", "second"]
    assert (again.status, again.file) == (Status.DONE, file)
    assert file.audio_hash != before.audio_hash
    assert (folders / "library" / file.path).is_file()
    assert FileAct.objects.filter(kind=FileAct.Kind.REPLACE, state=FileAct.State.DONE).count() == 1
    refused = again.candidates.get(source_id="first")
    assert (refused.state, refused.message) == (State.REJECTED, "You said that this is the wrong song.")


def test_the_wrong_song_stays_where_nothing_else_is_found(shelf, folders):
    download = fetched(shelf)

    wrong_song.wrong_song(download.pk)
    drain()

    again = Download.objects.latest("pk")
    assert again.status == Status.NEEDS_YOU
    assert "You said that this is the wrong song." in again.message
    assert (folders / "library" / AudioFile.objects.get().path).is_file()


@pytest.mark.parametrize("status", [Status.FAILED, Status.QUEUED, Status.DONE])
def test_only_what_was_fetched_can_be_the_wrong_song(status):
    download = make_download(status=status)

    with pytest.raises(UserError):
        wrong_song.wrong_song(download.pk)
    assert not Correction.objects.exists()


def test_a_download_that_is_gone_cannot_be_the_wrong_song():
    with pytest.raises(NotFound):
        wrong_song.wrong_song(4711)


def test_what_was_banned_once_is_refused_for_the_same_recording_under_another_row(shelf):
    download = fetched(shelf, mbid="1b3b4b5c-0000-4000-8000-000000000001")
    wrong_song.wrong_song(download.pk)
    Correction.objects.update(recording=None)
    Download.objects.all().update(status=Status.CANCELLED)
    same = make_track("Undertow", duration_ms=2_000, mbid="1b3b4b5c-0000-4000-8000-000000000001")
    other = make_download(same, options={"get_again": True})
    make_wish(other)

    work_once()

    other.refresh_from_db()
    assert other.status == Status.NEEDS_YOU


def known_to_be_right(download):
    Correction.objects.create(
        recording=download.recording,
        service="shelf",
        source_id="known",
        url="https://shelf.test/known",
        verdict="right",
    )


def test_an_upload_that_is_known_to_be_right_is_fetched_without_asking_anybody(shelf):
    download = wish()
    Correction.objects.create(
        recording=download.recording,
        service="shelf",
        source_id="known",
        url="https://shelf.test/known",
        verdict="right",
    )

    done = work_once()

    assert done.status == Status.DONE
    assert (shelf.searches, shelf.fetches) == ([], ["known"])
    assert done.candidates.get().message == "You said that this is the right song."


def test_where_the_right_upload_is_gone_the_sources_are_asked(shelf):
    download = wish()
    shelf.put("Undertow", "other")
    shelf.say("known", NotFound("It is gone."))
    Correction.objects.create(
        recording=download.recording,
        service="shelf",
        source_id="known",
        url="https://shelf.test/known",
        verdict="right",
    )

    assert work_once().status == Status.DONE
    assert shelf.fetches == ["known", "other"]


def doubtful(shelf, title="Undertow"):
    """A row that needs a person: what was found is seven seconds too long."""
    download = wish(title)
    shelf.put(title, title, duration_ms=9_500)
    work_once()
    download.refresh_from_db()
    assert download.status == Status.NEEDS_YOU
    return download


def test_what_is_enough_for_an_artist_settles_all_doubtful_rows_of_him_and_those_to_come(shelf):
    first, second = doubtful(shelf), doubtful(shelf, "Overfall")
    score = first.candidates.get().score

    artist, done = thresholds.accept_from(first.pk, score)

    assert (artist.name, done) == ("Nadir", [first.pk, second.pk])
    assert thresholds.threshold_for(first.recording) == score
    assert "is enough for this artist" in first.candidates.get().message
    later = wish("Neap")
    shelf.put("Neap", "neap", duration_ms=9_500)
    candidates = DownloadCandidate.objects.filter(download=later)
    drain()
    assert candidates.get().state != State.REJECTED


@pytest.mark.parametrize("score", [-1, 0, 49, 101, 10**9])
def test_a_score_that_means_another_recording_cannot_be_made_enough(shelf, score):
    download = doubtful(shelf)

    with pytest.raises(UserError):
        thresholds.accept_from(download.pk, score)
    assert not ArtistThreshold.objects.exists()


def test_what_the_settings_or_a_correction_refuse_stays_refused_whatever_is_enough(shelf):
    download = doubtful(shelf)
    row = download.candidates.get()
    row.breakdown |= {"correction": {"points": 0, "says": "wrong"}}
    row.save()

    assert thresholds.accept_from(download.pk, row.score)[1] == []
    assert download.candidates.get().state == State.REJECTED


def test_the_buttons_of_the_page_say_it(client, person, shelf):
    client.force_login(person)
    download = fetched(shelf)
    page = client.get(reverse("downloads:download_detail", args=[download.pk])).content.decode()
    assert f'value="wrong:{download.pk}"' in page
    assert "Why this one" in page

    answer = client.post(reverse("downloads:download_action"), {"act": f"wrong:{download.pk}"}, follow=True)

    assert "is looked for" in answer.content.decode()
    assert Correction.objects.get().by == person


def test_the_page_of_a_doubtful_row_offers_to_take_less_for_the_artist(client, person, shelf):
    client.force_login(person)
    download = doubtful(shelf)
    score = download.candidates.get().score
    page = client.get(reverse("downloads:download_detail", args=[download.pk])).content.decode()
    assert f'value="accept_from:{download.pk}:{score}"' in page

    answer = client.post(
        reverse("downloads:download_action"), {"act": f"accept_from:{download.pk}:{score}"}, follow=True
    )

    assert "1 download went on" in answer.content.decode()


@pytest.mark.parametrize("act", ["wrong", "wrong:x", "wrong:1:2", "accept_from:1", "accept_from:1:101", "wrong:4711"])
def test_a_button_that_means_nothing_is_refused(client, person, act):
    client.force_login(person)

    answer = client.post(reverse("downloads:download_action"), {"act": act}, headers={"HX-Request": "true"})

    assert answer.status_code >= 400
    assert not Correction.objects.exists()


def test_the_page_of_a_track_says_why_this_file_was_taken(client, person, shelf):
    client.force_login(person)
    download = fetched(shelf)

    page = client.get(download.track.get_absolute_url()).content.decode()

    assert "Why this one" in page
    assert "1 candidate, 1 good enough" in page
    assert Event.objects.get(kind="done").detail["found"] in page
