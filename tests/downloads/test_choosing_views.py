"""Choosing by hand on the page, and the rows that say what is wrong and offer what mends it."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from accounts.models import Person
from core.errors import StorageError
from downloads.models import ArtistThreshold, Download, DownloadCandidate, Status
from downloads.reasons import Action, reason_for
from downloads.services import pausing
from tests.downloads.make import make_download, make_file
from tests.downloads.test_views import ACT, part

VIDEO = "https://www.youtube.com/watch?v=aaaaaaaaaaa"


def test_needs_you_offers_a_tick_its_numbers_and_three_more_ways(visitor: Client, house) -> None:
    one = house.needy.candidates.get(score=74)
    one.breakdown = {
        "title": {"points": 0, "says": "the title is the same"},
        "version": {"points": -60, "says": "live"},
    }
    one.save()

    html = visitor.get("/queue/").content.decode()

    assert f'name="ids" value="{house.needy.pk}"' in html
    assert 'aria-label="Title 0 of 100"' in html
    assert 'aria-label="Artist 100 of 100"' in html
    assert '<b class="number">-60</b> live' in html
    for act in ("give", "words", "ignore"):
        assert f'value="{act}:{house.needy.pk}"' in html


def test_many_candidates_are_cut_off_and_counted(visitor: Client, house) -> None:
    for number in range(9):
        DownloadCandidate.objects.create(
            download=house.needy, source="youtube", source_id=f"m{number}", url=VIDEO, title="More", score=number
        )

    html = visitor.get("/queue/").content.decode()

    assert html.count('class="candidate"') == 5
    assert ">6 more<" in html


def test_link_is_pasted_on_the_page(visitor: Client, house, settings) -> None:
    settings.SOURCES = ["youtube"]

    response = visitor.post(ACT, {"act": f"give:{house.needy.pk}", "text": VIDEO.replace("aaaaaaaaaaa", "bbbbbbbbbbb")})

    house.needy.refresh_from_db()
    assert response.status_code == 302
    assert house.needy.status == Status.QUEUED
    assert house.needy.candidates.get(pk=house.needy.options["picked"]).source_id == "bbbbbbbbbbb"


@pytest.mark.parametrize(
    ("act", "text", "status"),
    [
        ("give:{0}", "nonsense", 400),
        ("give:{0}", "", 400),
        ("give:{0}:1", VIDEO, 400),
        ("give", VIDEO, 400),
        ("give:999999", VIDEO, 404),
        ("words:{0}", " ", 400),
        ("words:{0}", "x" * 5000, 400),
        ("words:999999", "tide", 404),
        ("ignore:999999", "", 404),
        ("heed:{0}", "", 400),
        ("now:{0}", "", 400),
        ("again:{0}", "", 400),
        ("again:999999", "", 404),
    ],
)
def test_decision_that_cannot_be_is_refused_in_words(visitor: Client, house, settings, act, text, status) -> None:
    settings.SOURCES = ["youtube"]

    response = visitor.post(ACT, {"act": act.format(house.needy.pk), "text": text}, headers=part())

    house.needy.refresh_from_db()
    assert response.status_code == status
    assert 'data-level="error"' in response.content.decode()
    assert house.needy.status == Status.NEEDS_YOU


def test_words_are_searched_for_from_the_page(visitor: Client, house) -> None:
    visitor.post(ACT, {"act": f"words:{house.needy.pk}", "text": "tide live"}, headers=part())

    house.needy.refresh_from_db()
    assert house.needy.status == Status.QUEUED
    assert house.needy.options["words"] == "tide live"


def test_ignored_track_is_shown_so_and_undone_by_its_toast(visitor: Client, house) -> None:
    html = visitor.post(ACT, {"act": f"ignore:{house.needy.pk}"}, headers=part()).content.decode()

    assert f'value="heed:{house.needy.pk}"' in html
    album = visitor.get(house.urls["album"]).content.decode()
    assert album.count('data-state="ignored"') == 3  # its segment, its row, its button
    assert "Ignored on purpose" in album
    detail = visitor.get(f"/queue/{house.needy.pk}/").content.decode()
    assert "Stop ignoring" in detail
    visitor.post(ACT, {"act": f"heed:{house.needy.pk}"}, headers=part())
    house.needy.refresh_from_db()
    assert house.needy.status == Status.QUEUED


def test_album_of_which_one_is_ignored_and_all_else_is_here_is_whole(visitor: Client, house) -> None:
    tracks = list(house.album.tracks.all())
    Download.objects.all().delete()
    for track in tracks[1:-1]:
        make_file(track)
    ignored = make_download(tracks[-1], status=Status.NEEDS_YOU)
    visitor.post(ACT, {"act": f"ignore:{ignored.pk}"}, headers=part())

    assert "In your library" in visitor.get(house.urls["album"]).content.decode()


def test_waiting_row_is_tried_now(visitor: Client, person: Person) -> None:
    at = timezone.now() + timedelta(minutes=10)
    row = make_download(status=Status.WAITING, reason="network", not_before_at=at, failures=1)
    assert f'value="now:{row.pk}"' in visitor.get("/queue/").content.decode()

    visitor.post(ACT, {"act": f"now:{row.pk}"}, headers=part())

    row.refresh_from_db()
    assert (row.status, row.failures, row.not_before_at) == (Status.QUEUED, 1, None)


def test_finished_row_is_got_again_in_its_own_form(visitor: Client, person: Person) -> None:
    row = make_download(status=Status.DONE, output_format="mp3", quality_kbps=256, ended_at=timezone.now())
    make_file(row.track)
    assert f'value="again:{row.pk}"' in visitor.get("/queue/").content.decode()

    visitor.post(ACT, {"act": f"again:{row.pk}"}, headers=part())

    again = Download.objects.get(status=Status.QUEUED)
    assert (again.recording_id, again.output_format, again.quality_kbps) == (row.recording_id, "mp3", 256)
    assert again.options["get_again"] is True


@pytest.mark.parametrize("code", ["no_match", "region_locked", "network", "worker_lost", "drm"])
def test_failed_row_says_class_cause_and_remedy_and_offers_what_mends_it(visitor: Client, person, code: str) -> None:
    row = make_download(status=Status.FAILED, reason=code, ended_at=timezone.now())
    reason = reason_for(code)

    html = visitor.get("/queue/?show=failed").content.decode()

    assert escape(reason.sentence) in html
    assert escape(reason.remedy) in html
    assert ("Choose by hand" in html) == (Action.CHOOSE in reason.actions)
    assert (f'value="retry:{row.pk}"' in html) == (Action.RETRY in reason.actions)


def test_rows_say_that_the_whole_queue_is_paused_and_offer_to_resume_it(visitor: Client, house) -> None:
    pausing.set_paused_all(True)

    html = visitor.get("/queue/").content.decode()

    assert html.count("The whole queue is paused") == 2  # over the list, and on the one row that would be next
    assert html.count('value="resume_all"') == 2
    assert "Resume the queue" in visitor.get(f"/queue/{_queued().pk}/").content.decode()


def test_rows_say_until_when_the_hours_are_quiet_and_offer_no_vain_button(visitor: Client, house, settings) -> None:
    settings.QUIET_HOURS = (time(0, 0), time(23, 59, 59))

    html = visitor.get("/queue/").content.decode()

    assert "The hours are quiet: nothing new starts, until 23:59" in html
    assert 'value="resume_all"' not in html
    assert 'value="pause_all"' in html


def test_rows_say_that_the_disk_is_nearly_full(visitor: Client, house) -> None:
    pausing.pause_for_storage(StorageError("Only 10 MB are free.", reason="disk_low"))

    html = visitor.get("/queue/").content.decode()

    assert html.count("The disk is nearly full") == 2
    assert 'value="resume_all"' in html


def _queued() -> Download:
    return Download.objects.filter(status=Status.QUEUED).first()


def test_card_takes_a_score_and_more_for_the_artist_from_now_on(visitor: Client, house) -> None:
    candidate = house.needy.candidates.get(score=74)
    candidate.state = DownloadCandidate.State.REJECTED
    candidate.save()
    act = f"accept_from:{house.needy.pk}:74"

    html = visitor.get("/queue/").content.decode()
    assert f'value="{act}"' in html
    assert "Accept from 74 on for <bdi>Nadir</bdi>" in html
    visitor.post(ACT, {"act": act}, headers=part())

    house.needy.refresh_from_db()
    assert house.needy.status == Status.QUEUED
    assert ArtistThreshold.objects.get().score == 74


def test_card_offers_no_score_where_what_was_found_is_refused_for_another_reason(visitor: Client, house) -> None:
    house.needy.candidates.update(state=DownloadCandidate.State.REJECTED, breakdown={"limits": {"says": "left out"}})

    assert "accept_from:" not in visitor.get("/queue/").content.decode()
