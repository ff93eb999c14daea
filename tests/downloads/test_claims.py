from collections import Counter
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from downloads.models import Download, Status
from downloads.services import claims, pausing, states
from downloads.services.worker import Worker
from history.models import Event
from tests.downloads.make import make_download, make_wish
from tests.threads import at_once

pytestmark = pytest.mark.django_db
S = Status


def later(seconds: float):
    return timezone.now() + timedelta(seconds=seconds)


def test_claim_takes_the_first_by_priority_then_position():
    make_download(position=1, priority=3)
    urgent = make_download(position=9, priority=1)
    make_download(position=2, priority=1, status=S.PAUSED)

    claimed = claims.claim_next(Worker.here())

    assert claimed.pk == urgent.pk
    assert (claimed.status, claimed.attempts) == (S.SEARCHING, 1)
    assert claimed.lease_expires_at > timezone.now()


def test_claim_writes_moments_as_everybody_else_does():
    make_download()

    claimed = claims.claim_next(Worker.here())

    moments = {"lease_expires_at": claimed.lease_expires_at, "started_at": claimed.started_at}
    assert Download.objects.filter(pk=claimed.pk, **moments).exists()


def test_claim_leaves_a_waiting_row_until_it_is_due():
    download = make_download(status=S.WAITING, not_before_at=later(60))
    assert claims.claim_next(Worker.here()) is None
    assert 50 < claims.seconds_until_due() <= 60

    Download.objects.filter(pk=download.pk).update(not_before_at=later(-1))

    assert claims.claim_next(Worker.here()).pk == download.pk


def test_claim_prefers_a_due_waiting_row_of_better_priority():
    make_download(position=1, priority=3)
    due = make_download(position=9, priority=2, status=S.WAITING, not_before_at=later(-1))

    assert claims.claim_next(Worker.here()).pk == due.pk


def test_claim_while_the_queue_is_paused_takes_nothing():
    make_download()
    pausing.set_paused_all(True)
    assert claims.claim_next(Worker.here()) is None

    pausing.set_paused_all(False)

    assert claims.claim_next(Worker.here()) is not None


def test_claim_for_some_requests_takes_only_theirs():
    make_download(position=1)
    mine = make_download(position=2)
    request = make_wish(mine)
    worker = Worker.here(only_requests=(request.pk,))

    assert claims.claim_next(worker).pk == mine.pk
    assert claims.claim_next(worker) is None


def test_claim_is_told_in_the_history():
    download = make_download()
    worker = Worker.here()

    claims.claim_next(worker)

    event = Event.objects.get(download_id=download.pk)
    assert (event.kind, event.detail["to"], event.detail["worker"]) == ("transition", "searching", worker.name)


def test_claim_costs_the_same_however_many_rows_wait(django_assert_max_num_queries):
    for number in range(30):
        make_download(position=number, status=S.WAITING if number % 2 else S.QUEUED, not_before_at=later(-1))

    with django_assert_max_num_queries(12):
        claims.claim_next(Worker.here())


@pytest.mark.skipif(connection.vendor != "sqlite", reason="asks SQLite how it reads")
def test_claim_reads_its_rows_from_an_index():
    with connection.cursor() as cursor:
        statement, values = claims._statement(Worker.here())
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}", values)
        plan = " ".join(row[3] for row in cursor.fetchall())

    assert "download_to_claim" in plan
    assert "download_due" in plan
    assert "SCAN downloads_download" not in plan


def test_lease_that_ran_out_puts_the_row_back_and_counts_the_crash():
    make_download()
    lost = claims.claim_next(Worker.here())
    assert claims.put_lapsed_back() == 0

    assert claims.put_lapsed_back(now=later(3600)) == 1

    row = Download.objects.get(pk=lost.pk)
    assert (row.status, row.crashes, row.lease_owner) == (S.QUEUED, 1, "")
    with pytest.raises(states.LostLease):
        states.move_mine(lost, S.DONE)


def test_row_that_takes_its_worker_down_three_times_is_set_aside():
    download = make_download()
    for _ in range(3):
        claims.claim_next(Worker.here())
        claims.put_lapsed_back(now=later(3600))

    download.refresh_from_db()
    assert (download.status, download.reason) == (S.FAILED, "worker_lost")
    assert "3 times" in download.message


def test_heartbeat_renews_the_lease_of_its_own_claim_only():
    make_download()
    download = claims.claim_next(Worker.here())
    assert claims.heartbeat(download, now=later(1000)) is True
    assert claims.put_lapsed_back(now=later(1000)) == 0

    claims.put_lapsed_back(now=later(5000))

    assert claims.heartbeat(download) is False


def test_working_row_without_a_lease_is_refused_by_the_database():
    with pytest.raises(IntegrityError):
        make_download(status=S.FETCHING)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("count", [120])
def test_claims_from_eight_threads_give_each_row_once(count):
    for number in range(count):
        make_download(position=number)

    def take(_: int) -> list[int]:
        worker, mine = Worker.here(), []
        while download := claims.claim_next(worker):
            mine.append(download.pk)
        return mine

    taken = Counter(pk for part in at_once(8, take) for pk in part)

    assert len(taken) == count
    assert set(taken.values()) == {1}
    assert set(Download.objects.values_list("attempts", flat=True)) == {1}
