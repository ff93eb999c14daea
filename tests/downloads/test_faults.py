"""Bad days for sixty tracks at once: each ends done, by a retry or another candidate, or failed with the right reason.

What is spoilt depends on the path that is asked for and not on who asks first, so every run is the same.
"""

from collections import Counter
from dataclasses import replace
from functools import partial

import pytest

from catalog.services.browse import resolve
from downloads.models import ACTIVE, Download, DownloadCandidate, Status
from downloads.services import draining, sources
from downloads.services.requests import request_download
from downloads.services.worker import Worker
from history.models import Event
from library.models import AudioFile
from ops.services import lanes
from ops.services.sessions import session_for
from providers.youtube_music.source import YouTubeMusicSource
from tests.crash.fetches import Story
from tests.threads import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SIXTY, TWELVE = "https://www.deezer.com/album/302003", "https://www.deezer.com/album/302002"
TRACKS, WORKERS = 60, 4
MEDIA = "www.youtube.com/sandbox/media/"
SOME, FEW = f"{MEDIA}[a-z]", f"{MEDIA}[a-f]"  # by the first sign of the upload's id: two in five, one in ten
ONCE = {"each": True, "times": 1}
PASSING = {
    "500": (SOME, {"kind": "status", "status": 500, **ONCE}),
    "reset": (SOME, {"kind": "reset", **ONCE}),
    "reset in the middle": (SOME, {"kind": "break", "percent": 50, **ONCE}),
    "truncated": (SOME, {"kind": "truncate", "percent": 40, **ONCE}),
    "stall": (FEW, {"kind": "stall", "percent": 50, "seconds": 8, **ONCE}),
    "slow": (SOME, {"kind": "trickle", "bytes_per_second": 100_000}),
    "late": (SOME, {"kind": "latency", "seconds": 0.3}),
}


@pytest.fixture
def home(sandbox, folders, settings, monkeypatch):
    settings.YOUTUBE_AT_ONCE = settings.YOUTUBE_PACE_SECONDS = settings.YOUTUBE_PER_HOUR = 0
    settings.SOURCES = ["youtube_music", "youtube"]
    sources._kept.__dict__.clear()
    monkeypatch.setitem(sources.MAKERS, "youtube_music", impatient)
    return folders


def impatient():
    """YouTube Music, which is taken to stand still after three seconds instead of half a minute."""
    options = replace(sources._options("youtube_music"), stall_seconds=3.0, socket_seconds=6.0)
    return YouTubeMusicSource(session_for("youtube_music"), options)


def ask(link=SIXTY):
    return request_download(album=resolve(link).album, output_format="opus")


def work(workers=WORKERS):
    """Everything that is due is done, by so many workers at once."""
    at_once(workers, lambda _: draining.drain_downloads(Worker.here()))


def check_nothing_is_lost_or_there_twice(home, request, tracks=TRACKS):
    """Every track has ended once, in the rows, the history, the counts and on the disk."""
    request.refresh_from_db()
    by = Counter(Download.objects.values_list("status", flat=True))
    assert sum(by.values()) == by[Status.DONE] + by[Status.FAILED] == tracks, by
    counts = (request.total, request.done, request.failed, request.stage)
    assert counts == (tracks, by[Status.DONE], by[Status.FAILED], "ended")
    files = list((home / "library").rglob("*.opus"))
    assert len(files) == AudioFile.objects.count() == by[Status.DONE]
    ends = Counter(Event.objects.filter(kind__in=["done", "failed"]).values_list("download_id", flat=True))
    assert set(ends.values()) == {1}
    assert len(ends) == tracks
    assert list((home / "library").rglob("*.part")) == []
    assert list((home / "work").glob("[0-9]*")) == []
    assert not Download.objects.filter(status__in=ACTIVE).exists()


@pytest.mark.parametrize(("match", "fault"), PASSING.values(), ids=PASSING)
def test_sixty_tracks_on_a_bad_day_are_all_done_and_none_is_fetched_twice(sandbox, home, match, fault):
    request = ask()
    sandbox.fault(match, **fault)

    work()

    check_nothing_is_lost_or_there_twice(home, request)
    assert request.done == TRACKS
    assert sum(line["fault"] != "" for line in sandbox.log(MEDIA)) >= 3, "the day was bad"
    whole = Counter(fetch.download for fetch in Story().fetches if fetch.end == "whole")
    assert set(whole.values()) == {1}
    assert len(whole) == TRACKS


@pytest.mark.parametrize(
    ("fault", "reasons"),
    [
        (partial(dict, kind="corrupt", percent=10), {"broken_file", "wrong_length", "not_audio"}),
        (partial(dict, kind="wrong_duration", percent=30), {"wrong_length", "broken_file"}),
        (partial(dict, kind="status", status=404), {"not_found", "unavailable", "removed"}),
    ],
    ids=["corrupt", "too short", "gone"],
)
def test_track_whose_only_upload_is_no_good_fails_and_says_why_and_no_other_does(sandbox, home, fault, reasons):
    request = ask()
    sandbox.fault(SOME, **fault())

    work()

    check_nothing_is_lost_or_there_twice(home, request)
    rejected = DownloadCandidate.objects.filter(state="failed")
    assert 0 < rejected.count() < TRACKS, "the day was bad"
    assert all(row.source_id[0] in "abcdefghijklmnopqrstuvwxyz" for row in rejected)
    assert {row.breakdown["failed"] for row in rejected} <= reasons
    failed = Download.objects.filter(status=Status.FAILED)
    assert set(failed.values_list("reason", flat=True)) <= reasons
    for download in failed:  # nothing was left to try
        assert not download.candidates.filter(state="untried").exists()
        assert download.message
    assert request.failed == rejected.values("download").distinct().count()


@pytest.mark.parametrize("kind", ["corrupt", "wrong_duration"])
def test_upload_that_is_no_good_gives_way_to_the_next_one(sandbox, home, kind):
    request = ask(TWELVE)
    sandbox.fault(MEDIA, kind, percent=10, every=4)

    work(workers=1)

    check_nothing_is_lost_or_there_twice(home, request, tracks=12)
    assert request.done == 12
    assert DownloadCandidate.objects.filter(state="failed", download__status=Status.DONE).count() >= 3


def test_source_that_asks_for_a_rest_is_left_alone_so_long_and_all_sixty_go_on_by_themselves(sandbox, home):
    request = ask()
    sandbox.fault(MEDIA, "status", status=429, headers={"Retry-After": "3"}, skip=4, times=1)

    work(workers=1)

    check_nothing_is_lost_or_there_twice(home, request)
    assert request.done == TRACKS
    lines = sandbox.log(MEDIA)
    refused = next(line["at"] for line in lines if line["status"] == 429)
    assert len(lines) == TRACKS + 1
    assert min(line["at"] for line in lines if line["at"] > refused) - refused >= 2.5
    assert set(Download.objects.values_list("failures", flat=True)) == {0}


def test_source_that_is_down_holds_all_sixty_and_lets_them_go_as_soon_as_it_is_opened(sandbox, home):
    request = ask()
    fault = sandbox.fault(MEDIA, "status", status=429, headers={"Retry-After": "600"})

    work()

    request.refresh_from_db()
    assert set(Download.objects.values_list("status", "lane", "failures")) == {(Status.WAITING, "youtube", 0)}
    assert (request.failed, request.stage) == (0, "running")
    assert lanes.lane_state("youtube").is_closed
    assert sandbox.count(MEDIA) <= WORKERS, "a closed lane is left alone"
    assert AudioFile.objects.count() == 0

    sandbox.mend(fault)
    lanes.open_lane("youtube")
    work()

    check_nothing_is_lost_or_there_twice(home, request)
    assert request.done == TRACKS


def test_first_source_that_is_down_gives_way_to_the_second_for_all_sixty(sandbox, home):
    request = ask()
    sandbox.fault("music.youtube.com/", "status", status=503)

    work()

    check_nothing_is_lost_or_there_twice(home, request)
    assert request.done == TRACKS
    assert set(Download.objects.values_list("source", flat=True)) == {"youtube"}
