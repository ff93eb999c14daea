"""What a person decides about a doubtful track: candidate, link, other words, ignoring; and that it is remembered."""

from __future__ import annotations

import pytest
from django.utils import timezone

from core.errors import NotFound, PermanentError, UserError
from downloads.models import Correction, Download, DownloadCandidate, IgnoredRecording, Status
from downloads.services import choosing, draining, queue
from downloads.services.requests import request_download
from downloads.services.worker import Worker
from library.models import AudioFile
from tests.downloads.make import make_album, make_download, make_track, make_wish
from tests.downloads.shelf import Shelf

pytestmark = pytest.mark.django_db(transaction=True)
S = Status
VIDEO = "https://www.youtube.com/watch?v=aaaaaaaaaaa"


def drain() -> None:
    draining.drain_downloads(Worker.here())


def doubtful(shelf: Shelf, title: str = "Undertow", **candidate: object) -> Download:
    """A download whose only candidate is by somebody else, so that a person is asked."""
    download = make_download(make_track(title, duration_ms=2_000))
    make_wish(download)
    shelf.put(title, **({"artist": "Somebody else"} | candidate))
    drain()
    download.refresh_from_db()
    assert download.status == S.NEEDS_YOU
    return download


# --- a candidate -----------------------------------------------------------------------------------------------------


def test_candidate_chosen_is_fetched_though_its_length_is_another(shelf: Shelf) -> None:
    download = doubtful(shelf, duration_ms=2_000)
    recording = download.recording
    recording.duration_ms = 60_000  # the file plays two seconds
    recording.save()

    choosing.choose(download.pk, download.candidates.get().pk)
    drain()

    download.refresh_from_db()
    assert download.status == S.DONE, download.message
    assert AudioFile.objects.get().recording == recording


def test_choice_is_remembered_for_the_recording(shelf: Shelf) -> None:
    download = doubtful(shelf)
    choosing.choose(download.pk, download.candidates.get().pk)
    drain()
    shelf.searches.clear()

    request_download(track=download.track, options={"get_again": True})
    drain()

    again = Download.objects.exclude(pk=download.pk).get()
    assert again.status == S.DONE, again.message
    assert shelf.searches == []
    assert shelf.fetches == ["v0", "v0"]


def test_remembered_choice_that_is_gone_leads_to_a_search(shelf: Shelf) -> None:
    download = doubtful(shelf)
    choosing.choose(download.pk, download.candidates.get().pk)
    drain()
    shelf.say("v0", PermanentError("It was removed.", reason="removed"))
    shelf.put("Undertow", "better")

    request_download(track=download.track, options={"get_again": True})
    drain()

    again = Download.objects.exclude(pk=download.pk).get()
    assert again.status == S.DONE
    assert shelf.fetches == ["v0", "v0", "better"]


def test_candidate_of_another_row_is_refused(shelf: Shelf) -> None:
    one, other = doubtful(shelf, "Undertow"), doubtful(shelf, "Perigee")

    with pytest.raises(UserError):
        choosing.choose(one.pk, other.candidates.get().pk)

    assert not Correction.objects.exists()


# --- a link ----------------------------------------------------------------------------------------------------------


def test_link_becomes_the_chosen_candidate(shelf: Shelf, settings) -> None:
    settings.SOURCES = ["shelf", "youtube"]
    download = doubtful(shelf)

    choosing.choose_link(download.pk, f"  {VIDEO}&t=3 ")

    download.refresh_from_db()
    candidate = download.candidates.get(source="youtube")
    assert download.status == S.QUEUED
    assert download.options["picked"] == candidate.pk
    assert (candidate.url, candidate.source_id) == (VIDEO, "aaaaaaaaaaa")
    assert Correction.objects.get().url == VIDEO


def test_link_given_twice_is_one_candidate(shelf: Shelf, settings) -> None:
    settings.SOURCES = ["youtube_music"]
    download = make_download(status=S.FAILED)

    for _ in range(2):
        Download.objects.update(status=S.FAILED)
        choosing.choose_link(download.pk, VIDEO)

    assert download.candidates.get().source == "youtube_music"


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("", "not known"),
        ("harbour lights", "not known"),
        ("https://shelf.test/v0", "not known"),
        ("https://www.youtube.com.evil.example/watch?v=aaaaaaaaaaa", "not known"),
        ("https://www.youtube.com/watch?v=short", "not a video"),
        ("https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC", "has no audio"),
        ("https://soundcloud.com/ines/undertow", "not among the enabled sources"),
        (VIDEO, "not among the enabled sources"),
    ],
)
def test_link_that_no_source_fetches_is_refused(shelf: Shelf, link: str, words: str) -> None:
    download = doubtful(shelf)

    with pytest.raises(UserError, match=words):
        choosing.choose_link(download.pk, link)

    download.refresh_from_db()
    assert download.status == S.NEEDS_YOU
    assert download.candidates.count() == 1


def test_link_for_a_row_that_waits_or_is_gone_is_refused(settings, db) -> None:
    settings.SOURCES = ["youtube"]
    waiting = make_download(status=S.QUEUED)

    with pytest.raises(UserError, match="queued"):
        choosing.choose_link(waiting.pk, VIDEO)
    with pytest.raises(NotFound):
        choosing.choose_link(waiting.pk + 1, VIDEO)

    assert not DownloadCandidate.objects.exists()


# --- other words -----------------------------------------------------------------------------------------------------


def test_other_words_bring_new_candidates_beside_the_old(shelf: Shelf) -> None:
    download = doubtful(shelf)
    Download.objects.filter(pk=download.pk).update(failures=2)
    shelf.put("Perigee", "other", artist="Somebody else")

    choosing.search_again(download.pk, "  Perigee \n by night ")
    drain()

    download.refresh_from_db()
    assert shelf.searches[-1] == "Perigee by night"
    assert set(download.candidates.values_list("source_id", flat=True)) == {"v0", "other"}
    assert (download.status, download.failures) == (S.NEEDS_YOU, 2)


def test_other_words_that_find_the_track_fetch_it(shelf: Shelf) -> None:
    download = doubtful(shelf)
    shelf.put("Undertow", "right")

    choosing.search_again(download.pk, "Undertow Nadir")
    drain()

    download.refresh_from_db()
    assert download.status == S.DONE
    assert shelf.fetches == ["right"]


def test_trying_again_forgets_the_words(shelf: Shelf) -> None:
    download = doubtful(shelf)
    choosing.search_again(download.pk, "Perigee")
    drain()
    queue.retry([download.pk])
    drain()

    assert shelf.searches == ["Undertow", "Perigee", "Undertow"]


@pytest.mark.parametrize("words", ["", "  \n ", "x" * 201])
def test_words_that_say_nothing_or_too_much_are_refused(shelf: Shelf, words: str) -> None:
    download = doubtful(shelf)

    with pytest.raises(UserError):
        choosing.search_again(download.pk, words)

    download.refresh_from_db()
    assert download.status == S.NEEDS_YOU


# --- ignoring --------------------------------------------------------------------------------------------------------


def test_ignored_track_is_left_out_of_its_album_and_counts_as_settled(shelf: Shelf) -> None:
    album = make_album(2)
    tracks = list(album.tracks.all())
    download = make_download(tracks[0], status=S.NEEDS_YOU)
    wish = make_wish(download)

    choosing.ignore(download.pk)
    again = request_download(album=_read(album))

    download.refresh_from_db()
    wish.refresh_from_db()
    assert (download.status, download.reason) == (S.SKIPPED, "ignored")
    assert (wish.skipped, wish.stage) == (1, "ended")
    assert again.skipped == 1
    assert again.items.get(position=1).skip_reason == "ignored"
    assert again.items.get(position=2).download is not None


def test_ignored_track_that_is_asked_for_itself_is_wanted_again(shelf: Shelf) -> None:
    download = make_download(status=S.NEEDS_YOU)
    choosing.ignore(download.pk)

    request_download(track=download.track)

    download.refresh_from_db()
    assert not IgnoredRecording.objects.exists()
    assert download.reason == ""
    assert Download.objects.filter(status=S.QUEUED).count() == 1


def test_ignoring_is_taken_back_with_what_was_found(shelf: Shelf) -> None:
    download = doubtful(shelf)
    choosing.ignore(download.pk)
    shelf.searches.clear()

    choosing.heed(download.pk)
    drain()

    download.refresh_from_db()
    assert download.status == S.NEEDS_YOU
    assert download.candidates.count() == 1
    assert shelf.searches == []
    assert not IgnoredRecording.objects.exists()


@pytest.mark.parametrize("status", [S.QUEUED, S.DONE, S.CANCELLED, S.SKIPPED])
def test_row_that_is_not_in_question_cannot_be_ignored(shelf: Shelf, status: Status) -> None:
    download = make_download(status=status)

    with pytest.raises(UserError):
        choosing.ignore(download.pk)

    assert not IgnoredRecording.objects.exists()


def _read(album):
    album.tracks_fetched_at = timezone.now()
    album.save()
    return album
