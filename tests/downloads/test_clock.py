"""Clocks that jump. Leases are moments, so a clock that is set must neither lose a row nor let it be there twice."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from downloads.models import Download, DownloadRequest, Status
from downloads.services import claims, draining, jumps, sweep, work
from downloads.services.worker import Worker
from history.models import Event
from library.models import AudioFile
from ops.models import LanePermit
from tests.downloads.make import make_download, make_request, make_track, make_wish

pytestmark = pytest.mark.django_db(transaction=True)
S = Status
LATER = timedelta(hours=5)


@pytest.fixture(autouse=True)
def _nothing_seen():
    jumps._seen.clear()


def held(until):
    owner = Worker.here().name
    return make_download(status=S.FETCHING, lease_owner=owner, lease_expires_at=until, attempts=1)


def test_clock_that_jumps_ahead_takes_the_row_from_its_worker_and_the_file_is_there_once(shelf):
    make_wish(make_download(make_track("Undertow", duration_ms=2_000)))
    shelf.say(shelf.put("Undertow"), "hang", shelf.sound)
    worker = Worker.here()
    download = claims.claim_next(worker)

    def run():
        work.run(download, worker)
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert shelf.is_fetching.wait(60)

    assert claims.put_lapsed_back(now=timezone.now() + timedelta(minutes=10)) == 1
    draining.drain_downloads(Worker.here())
    thread.join(60)

    download = Download.objects.get()
    assert (download.status, download.crashes, download.items.get().request.done) == (S.DONE, 1, 1)
    assert AudioFile.objects.count() == Event.objects.filter(kind="done").count() == 1


def test_clock_that_was_set_back_frees_what_a_dead_worker_held(settings):
    until = timezone.now() + LATER
    row = held(until)
    request = make_request(lease_owner="gone:1:x", lease_expires_at=until)
    permit = LanePermit.objects.create(lane="youtube", slot=0, owner="gone:1:x", expires_at=until)

    assert jumps.end_impossible_leases(clock=0.0) == 0, "it may still be renewed"
    assert jumps.end_impossible_leases(clock=jumps.UNRENEWED_SECONDS - 1) == 0
    assert jumps.end_impossible_leases(clock=jumps.UNRENEWED_SECONDS) == 3

    sweep.tend()
    row.refresh_from_db()
    assert (row.status, row.crashes) == (S.QUEUED, 1)
    now = timezone.now()
    assert DownloadRequest.objects.get(pk=request.pk).lease_expires_at <= now
    assert LanePermit.objects.get(pk=permit.pk).expires_at <= now


def test_clock_that_was_set_back_takes_nothing_from_a_worker_that_renews():
    row = held(timezone.now() + LATER)
    jumps.end_impossible_leases(clock=0.0)
    Download.objects.filter(pk=row.pk).update(lease_expires_at=timezone.now() + LATER + timedelta(seconds=15))

    assert jumps.end_impossible_leases(clock=jumps.UNRENEWED_SECONDS) == 0

    assert claims.heartbeat(Download.objects.get(pk=row.pk)), "its next beat is by the clock as it is now"
    assert jumps.end_impossible_leases(clock=9 * jumps.UNRENEWED_SECONDS) == 0
    assert claims.put_lapsed_back() == 0
    assert Download.objects.get(pk=row.pk).status == S.FETCHING


def test_look_for_impossible_leases_costs_three_queries_for_any_number(django_assert_num_queries):
    for _ in range(5):
        held(timezone.now() + LATER)

    with django_assert_num_queries(3):
        jumps.end_impossible_leases(clock=0.0)
