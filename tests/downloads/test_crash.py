"""Workers that die or are told to stop: nothing is lost, nothing is there twice."""

import random
import signal
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.services.browse import resolve
from downloads.models import Download, DownloadRequest, Status
from downloads.services import claims, draining, queue, sources
from downloads.services.folders import sweep_folders, work_folder
from downloads.services.requests import request_download
from downloads.services.worker import Worker
from library.models import AudioFile
from library.services import sweep_parts
from tests.downloads.processes import start_worker, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ALBUM = "https://www.deezer.com/album/302002"
TRACK = "https://www.deezer.com/track/3100013"
MEDIA = "www.youtube.com/sandbox/media/"
S = Status


@pytest.fixture
def home(sandbox, folders, settings):
    settings.YOUTUBE_AT_ONCE = settings.YOUTUBE_PACE_SECONDS = settings.YOUTUBE_PER_HOUR = 0
    sources._kept.__dict__.clear()
    return folders


def ask(link):
    found = resolve(link)
    return request_download(track=found.track, album=found.album)


def files(home):
    root = home / "library"
    return sorted(path for path in root.rglob("*") if path.is_file() and ".spotizer" not in path.parts)


def finish():
    """All that is left is done here, as another worker would once the leases have run out."""
    claims.put_lapsed_back(now=timezone.now() + timedelta(minutes=10))
    queue.retry_failed()  # a row that was held at three kills was set aside
    draining.drain_downloads(Worker.here())


def fetching() -> bool:
    return Download.objects.filter(status=S.FETCHING, done_bytes__gt=0).exists()


def slow_media(sandbox):
    sandbox.fault(MEDIA, "trickle", bytes_per_second=6_000)


def test_worker_killed_in_the_middle_of_a_fetch_is_replaced_and_the_file_is_there_once(sandbox, home):
    ask(TRACK)
    slow_media(sandbox)
    process = start_worker(home)
    wait_until(fetching)
    process.kill()
    process.wait()
    sandbox.mend()
    assert files(home) == []

    assert claims.put_lapsed_back() == 0, "the lease still holds"
    wait_until(lambda: claims.put_lapsed_back() == 1, 15)
    draining.drain_downloads(Worker.here())

    download = Download.objects.get()
    assert (download.status, download.attempts, download.crashes) == (S.DONE, 2, 1)
    assert [path.suffix for path in files(home) if path.suffix == ".opus"] == [".opus"]
    assert sweep_folders() == 0
    assert not work_folder(download.pk).exists()


@pytest.mark.parametrize("how", ["signal", "stop file"])
def test_worker_told_to_stop_puts_its_row_back_within_seconds_with_its_part(sandbox, home, how):
    ask(TRACK)
    slow_media(sandbox)
    stop = home / "stop"
    process = start_worker(home, SPOTIZER_STOP_FILE=str(stop))
    wait_until(fetching)

    begun = time.monotonic()
    if how == "signal":
        process.send_signal(signal.SIGTERM)
    else:
        stop.touch()
    process.wait(60)

    assert time.monotonic() - begun < 30, "it does not finish what it fetches"
    download = Download.objects.get()
    assert (download.status, download.lease_owner, download.crashes) == (S.QUEUED, "", 0)
    assert any(path.is_file() and path.stat().st_size for path in work_folder(download.pk).rglob("*.part"))
    assert files(home) == []

    sandbox.mend()
    draining.drain_downloads(Worker.here())
    assert Download.objects.get().status == S.DONE
    ranges = [line for line in sandbox.log(MEDIA) if line.get("status") == 206]
    assert ranges, "the part was continued"


def test_album_through_many_kills_is_complete_and_nothing_is_there_twice(sandbox, home):
    dice = random.Random(7)
    request = ask(ALBUM)
    for _ in range(3):
        workers = [start_worker(home) for _ in range(2)]
        wait_until(
            lambda: (
                Download.objects.exclude(lease_owner="").exists()
                or not Download.objects.exclude(status=S.DONE).exists()
            )
        )
        time.sleep(dice.uniform(0, 1.5))
        for worker in workers:
            worker.kill()
            worker.wait()
        claims.put_lapsed_back(now=timezone.now() + timedelta(minutes=10))

    finish()

    request.refresh_from_db()
    assert (request.done, request.failed, request.stage) == (12, 0, "ended")
    sounds = [path for path in files(home) if path.suffix == ".opus"]
    assert len(sounds) == AudioFile.objects.count() == 12
    assert {str(path.relative_to(home / "library")) for path in sounds} == set(
        AudioFile.objects.values_list("path", flat=True)
    )
    sweep_parts(older_than=0)
    sweep_folders()
    assert [path for path in files(home) if path.suffix == ".part"] == []
    assert [path for path in (home / "work").iterdir() if path.name.isdigit()] == []


def test_request_whose_worker_was_killed_while_reading_is_read_to_its_end(sandbox, home):
    found = resolve("https://www.deezer.com/playlist/908001")
    request = request_download(playlist=found.playlist)
    process = start_worker(home)
    wait_until(lambda: DownloadRequest.objects.get(pk=request.pk).total >= 300)
    process.kill()
    process.wait()
    DownloadRequest.objects.filter(stage="expanding").update(lease_expires_at=timezone.now())

    while draining.drain_requests(Worker.here()):
        pass

    request.refresh_from_db()
    assert (request.total, request.stage) == (10_000, "running")
    assert request.items.count() == 10_000
