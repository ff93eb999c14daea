import pytest
from django.db import transaction

from downloads.models import ACTIVE, ENDED, WORKING, Download, DownloadRequest, Status
from downloads.services import claims, states
from downloads.services.states import ALLOWED, Fence, LostLease
from downloads.services.worker import Worker
from history.models import Event
from ops.services import live
from tests.downloads.make import make_download, make_request, make_track, make_wish
from tests.threads import at_once

pytestmark = pytest.mark.django_db
S = Status


def held_by(status: Status) -> dict[str, object]:
    return {"lease_owner": "someone", "attempts": 1} if status in WORKING else {}


@pytest.mark.parametrize("before", list(Status))
@pytest.mark.parametrize("after", list(Status))
def test_move_happens_exactly_where_the_table_allows_it(before, after):
    download = make_download(status=before, **held_by(before))
    changes = {"lease_owner": "someone"} if after in WORKING else {}

    moved = states.move(Download.objects.filter(pk=download.pk), after, **changes)

    download.refresh_from_db()
    assert bool(moved) == (after in ALLOWED[before])
    assert download.status == (after if moved else before)
    assert Event.objects.filter(download_id=download.pk).count() == len(moved)


def test_every_status_is_reachable_and_only_done_is_final():
    reachable = set().union(*ALLOWED.values())

    assert reachable == set(Status)
    assert [status for status, to in ALLOWED.items() if not to] == [S.DONE]
    assert set(ACTIVE) | set(ENDED) == set(Status)


def test_move_raises_the_live_number_of_row_and_request():
    download = make_download()
    request = make_wish(download)
    before = live.newest()

    states.move_ids([download.pk], S.CANCELLED)

    download.refresh_from_db()
    request.refresh_from_db()
    assert download.live == request.live == live.newest() == before + 1


def test_move_ends_the_request_when_its_last_track_ends():
    first, second = make_download(), make_download()
    request = make_wish(first)
    make_wish(second, position=2, request=request)

    states.move_ids([first.pk], S.CANCELLED)
    request.refresh_from_db()
    assert (request.cancelled, request.stage) == (1, "running")

    states.move_ids([second.pk], S.CANCELLED)
    request.refresh_from_db()
    assert (request.cancelled, request.stage) == (2, "ended")
    assert request.ended_at is not None
    assert DownloadRequest.objects.filter(ended_at=request.ended_at).exists()  # written as the ORM writes moments


def test_move_out_of_an_end_takes_the_count_back_and_the_request_runs_again():
    download = make_download(status=S.FAILED)
    request = make_wish(download)
    DownloadRequest.objects.filter(pk=request.pk).update(failed=1, stage="ended")

    states.move_ids([download.pk], S.QUEUED)

    request.refresh_from_db()
    assert (request.failed, request.stage, request.ended_at) == (0, "running", None)


def test_move_counts_a_track_that_stands_twice_in_a_playlist_twice():
    download = make_download()
    request = make_wish(download)
    make_wish(download, position=2, request=request)
    other = make_wish(download)

    states.move_ids([download.pk], S.CANCELLED)

    request.refresh_from_db()
    other.refresh_from_db()
    assert (request.cancelled, other.cancelled) == (2, 1)


def test_move_of_a_request_that_is_still_read_leaves_it_open():
    download = make_download()
    request = make_wish(download, request=make_request())

    states.move_ids([download.pk], S.CANCELLED)

    request.refresh_from_db()
    assert (request.cancelled, request.stage) == (1, "expanding")


def test_move_that_is_rolled_back_leaves_nothing():
    download = make_download()
    request = make_wish(download)
    before = live.newest()

    with transaction.atomic():
        states.move_ids([download.pk], S.CANCELLED)
        transaction.set_rollback(True)

    download.refresh_from_db()
    request.refresh_from_db()
    assert (download.status, request.cancelled, live.newest()) == (S.QUEUED, 0, before)
    assert not Event.objects.exists()


def test_worker_whose_lease_was_taken_changes_nothing():
    make_download()
    download = claims.claim_next(Worker.here())
    Download.objects.filter(pk=download.pk).update(attempts=2, lease_owner="another")

    with pytest.raises(LostLease):
        states.move_mine(download, S.DONE)

    assert not Fence.of(download).held(download.pk).exists()
    assert Download.objects.get(pk=download.pk).status == S.SEARCHING


def test_worker_whose_row_was_cancelled_changes_nothing():
    make_download()
    download = claims.claim_next(Worker.here())
    states.move_ids([download.pk], S.CANCELLED)

    with pytest.raises(LostLease):
        states.move_mine(download, S.FETCHING)

    assert Download.objects.get(pk=download.pk).status == S.CANCELLED


@pytest.mark.django_db(transaction=True)
def test_end_from_many_threads_is_counted_once_and_all_counts_are_right():
    downloads = [make_download(make_track()) for _ in range(12)]
    request = make_wish(downloads[0])
    for position, download in enumerate(downloads[1:], 2):
        make_wish(download, position=position, request=request)
    ids = [download.pk for download in downloads]

    moved = at_once(4, lambda number: states.move_ids(ids if number % 2 else reversed(ids), S.CANCELLED))

    request.refresh_from_db()
    assert sorted(pk for part in moved for pk in part) == ids
    assert (request.cancelled, request.total, request.stage) == (12, 12, "ended")
    assert Event.objects.filter(kind="cancelled").count() == 12
