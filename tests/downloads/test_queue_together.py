"""Several people and workers at the same queue at once."""

import threading
from contextlib import suppress
from itertools import pairwise

import pytest
from django.db import connection

from core.errors import UserError
from downloads.models import Download, Status
from downloads.services import claims, queue, states
from downloads.services.worker import Worker
from history.models import Event
from tests.downloads.make import make_download, make_wish

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.databases]
S = Status


def together(*works):
    """Each of ``works`` in a thread of its own, all from the same moment on; what they raised."""
    errors: list[BaseException] = []
    start = threading.Barrier(len(works))

    def run(work):
        try:
            start.wait(60)
            work()
        except BaseException as exc:  # noqa: BLE001 - handed to the test
            errors.append(exc)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return errors


def test_order_is_changed_while_rows_are_claimed_and_paused_and_each_row_is_claimed_once():
    ids = [make_download(position=number).pk for number in range(24)]
    claimed: list[int] = []

    def claim():
        worker = Worker.here()
        for _ in range(6):
            if row := claims.claim_next(worker):
                claimed.append(row.pk)

    def reorder():
        for _ in range(4):
            queue.move_to_top(ids[12:16])
            queue.move_to_bottom(ids[3:5])
            waiting = Download.objects.filter(status=S.QUEUED).order_by("-pk").values_list("pk", flat=True)[:1]
            for neighbour in waiting:
                with suppress(UserError):  # claimed in between
                    queue.move_before(ids[8:10], neighbour)

    def pause():
        queue.pause(ids[20:22])
        queue.resume(ids[20:22])

    assert together(claim, claim, reorder, reorder, pause) == []

    working = Download.objects.filter(status=S.SEARCHING)
    assert sorted(claimed) == sorted(working.values_list("pk", flat=True))
    assert len(claimed) == len(set(claimed)) == 12
    assert Download.objects.filter(status=S.QUEUED).count() == 12


def test_two_people_who_cancel_and_retry_the_same_rows_leave_whole_counts():
    downloads = [make_download() for _ in range(6)]
    request = make_wish(downloads[0])
    for position, download in enumerate(downloads[1:], 2):
        make_wish(download, position=position, request=request)
    ids = [download.pk for download in downloads]

    def cancel():
        queue.cancel(ids)

    def retry():
        queue.retry(reversed(ids))

    assert together(cancel, cancel, retry, retry) == []

    request.refresh_from_db()
    cancelled = Download.objects.filter(status=S.CANCELLED).count()
    assert request.cancelled == cancelled
    assert (request.stage == "ended") == (cancelled == 6)


def test_two_people_steer_the_same_rows_in_chunks_while_they_are_claimed_and_all_agrees(monkeypatch):
    monkeypatch.setattr(states, "CHUNK", 7)
    downloads = [make_download(position=number) for number in range(40)]
    requests = [make_wish(download) for download in downloads]
    ids = [download.pk for download in downloads]

    def first():
        for _ in range(3):
            queue.pause(ids)
            queue.resume(reversed(ids))

    def second():
        for priority in (1, 4):
            queue.set_priority(ids, priority)
            queue.cancel(ids[5:25])
            queue.retry(ids)

    def claim():
        for _ in range(20):
            claims.claim_next(Worker.here())

    assert together(first, second, claim) == []

    for download, request in zip(downloads, requests, strict=True):
        download.refresh_from_db()
        request.refresh_from_db()
        assert request.cancelled == (download.status == S.CANCELLED), download.pk
        assert request.stage == ("ended" if download.status == S.CANCELLED else "running")
        told = Event.objects.filter(download_id=download.pk, detail__has_key="to").order_by("pk")
        steps = list(told.values_list("detail", flat=True))
        assert steps[-1]["to"] == download.status
        for before, after in pairwise(steps):
            assert after.get("from", before["to"]) == before["to"]
