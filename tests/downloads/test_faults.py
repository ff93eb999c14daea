"""Bad days for a whole album: every track ends done, by a retry or by another candidate, and none twice."""

import pytest

from catalog.services.browse import resolve
from downloads.models import Download, Status
from downloads.services import draining, sources
from downloads.services.requests import request_download
from downloads.services.worker import Worker
from history.models import Event
from library.models import AudioFile
from ops.services import lanes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ALBUM = "https://www.deezer.com/album/302002"
MEDIA = "www.youtube.com/sandbox/media/"
FAULTS = {
    "500": {"kind": "status", "status": 500, "every": 3},
    "reset": {"kind": "reset", "every": 3},
    "truncated": {"kind": "truncate", "percent": 40, "every": 3},
    "corrupt": {"kind": "corrupt", "percent": 10, "every": 4},
    "slow": {"kind": "trickle", "bytes_per_second": 100_000, "every": 2},
    "late": {"kind": "latency", "seconds": 0.3, "every": 2},
    "stall": {"kind": "stall", "percent": 50, "seconds": 2, "times": 2},
}


@pytest.fixture
def home(sandbox, folders, settings):
    settings.SOURCES = ["youtube_music", "youtube"]
    settings.YOUTUBE_AT_ONCE = settings.YOUTUBE_PACE_SECONDS = settings.YOUTUBE_PER_HOUR = 0
    sources._kept.__dict__.clear()
    return folders


def ask():
    return request_download(album=resolve(ALBUM).album)


def check_all_there_once(home, request):
    request.refresh_from_db()
    rows = list(Download.objects.values_list("status", "reason", "message").exclude(status=Status.DONE))
    assert (rows, request.done, request.stage) == ([], 12, "ended")
    files = list((home / "library").rglob("*.opus"))
    assert len(files) == AudioFile.objects.count() == 12
    assert Event.objects.filter(kind=Event.Kind.DONE).count() == 12
    assert list((home / "library").rglob("*.part")) == []
    assert list((home / "work").glob("[0-9]*")) == []


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_album_on_a_bad_day_is_complete_and_nothing_is_there_twice(sandbox, home, fault):
    request = ask()
    sandbox.fault(MEDIA, **fault)

    draining.drain_downloads(Worker.here())

    check_all_there_once(home, request)


def test_source_that_asks_for_a_rest_is_left_alone_so_long_and_the_album_goes_on_by_itself(sandbox, home):
    request = ask()
    sandbox.fault(MEDIA, "status", status=429, headers={"Retry-After": "3"}, skip=4, times=1)

    draining.drain_downloads(Worker.here())

    check_all_there_once(home, request)
    times = [line["at"] for line in sandbox.log(MEDIA)]
    refused = next(line["at"] for line in sandbox.log(MEDIA) if line["status"] == 429)
    assert len(times) == 13
    assert min(at for at in times if at > refused) - refused >= 2.5
    assert set(Download.objects.values_list("failures", flat=True)) == {0}


def test_source_that_is_down_for_long_fails_no_track_of_the_album(sandbox, home):
    request = ask()
    sandbox.fault(MEDIA, "status", status=429, headers={"Retry-After": "600"})

    draining.drain_downloads(Worker.here())

    request.refresh_from_db()
    assert set(Download.objects.values_list("status", "failures")) == {(Status.WAITING, 0)}
    assert (request.failed, request.stage) == (0, "running")
    assert lanes.lane_state("youtube").is_closed
    assert sandbox.count(MEDIA) == 1, "a closed lane is left alone"
    assert AudioFile.objects.count() == 0
