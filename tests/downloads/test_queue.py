import pytest

from core.errors import UserError
from downloads.models import Download, DownloadCandidate, DownloadRequest, Status
from downloads.selectors import queue as selectors
from downloads.services import claims, queue
from downloads.services.worker import Worker
from history.models import Event
from tests.downloads.make import make_download, make_request, make_track, make_wish

pytestmark = pytest.mark.django_db
S = Status


def status_of(download) -> str:
    return Download.objects.get(pk=download.pk).status


def test_cancel_of_a_row_that_a_worker_holds_takes_it_away_at_once():
    make_download()
    download = claims.claim_next(Worker.here())

    assert queue.cancel([download.pk]).done == [download.pk]

    row = Download.objects.get(pk=download.pk)
    assert (row.status, row.lease_owner) == (S.CANCELLED, "")


def test_steering_what_has_ended_or_is_gone_says_so_and_does_the_rest():
    done, queued = make_download(status=S.DONE), make_download()

    steered = queue.cancel([done.pk, queued.pk, 987654])

    assert steered.done == [queued.pk]
    assert set(steered.refused) == {done.pk, 987654}
    assert "done" in steered.refused[done.pk]
    assert "gone" in steered.refused[987654]


def test_pause_and_resume_keep_the_place_and_nothing_is_claimed_in_between():
    download = make_download(position=5)

    queue.pause([download.pk])
    assert claims.claim_next(Worker.here()) is None

    queue.resume([download.pk])
    claimed = claims.claim_next(Worker.here())
    assert (claimed.pk, claimed.position) == (download.pk, 5)


def test_retry_gives_a_full_budget_and_forgets_what_was_found():
    download = make_download(
        status=S.FAILED, failures=2, crashes=2, reason="network", options={"asked": ["youtube"], "get_again": True}
    )
    download.candidates.create(source="youtube", source_id="x", url="", title="", score=90)

    assert queue.retry([download.pk]).done == [download.pk]

    download.refresh_from_db()
    assert (download.status, download.failures, download.crashes, download.reason) == (S.QUEUED, 0, 0, "")
    assert download.options == {"get_again": True}
    assert not download.candidates.exists()


def test_retry_of_a_track_that_is_in_the_queue_again_is_refused_with_words():
    track = make_track()
    failed, other = make_download(track, status=S.FAILED), make_download()
    make_download(track)
    Download.objects.filter(pk=other.pk).update(status=S.FAILED)

    steered = queue.retry([failed.pk, other.pk])

    assert steered.done == [other.pk]
    assert steered.refused == {failed.pk: "The same track is in the queue already."}
    assert status_of(failed) == S.FAILED


def test_retry_failed_takes_all_that_failed_and_the_requests_run_again():
    downloads = [make_download(status=S.FAILED) for _ in range(3)]
    request = make_wish(downloads[0])
    DownloadRequest.objects.filter(pk=request.pk).update(failed=1, stage="ended")

    assert len(queue.retry_failed().done) == 3

    request.refresh_from_db()
    assert (request.failed, request.stage) == (0, "running")


def test_priority_and_top_are_obeyed_by_the_next_claim():
    first, second, third = (make_download(position=number) for number in (10, 20, 30))

    queue.move_to_top([third.pk])
    assert claims.claim_next(Worker.here()).pk == third.pk

    queue.set_priority([second.pk], 1)
    assert claims.claim_next(Worker.here()).pk == second.pk
    assert status_of(first) == S.QUEUED


@pytest.mark.parametrize("priority", [0, 6, -1])
def test_priority_out_of_range_is_refused(priority):
    with pytest.raises(UserError):
        queue.set_priority([make_download().pk], priority)


def test_clear_finished_leaves_failures_and_can_be_undone():
    done, failed, queued = (make_download(status=status) for status in (S.DONE, S.FAILED, S.QUEUED))

    assert queue.clear_finished().done == [done.pk]

    assert set(Download.objects.exclude(cleared_at=None)) == {done}
    assert {failed, queued} == set(Download.objects.filter(cleared_at=None))
    assert queue.undo().done == [done.pk]
    assert not Download.objects.exclude(cleared_at=None).exists()


def test_cancel_request_leaves_a_track_that_another_request_wants():
    shared, own = make_download(), make_download()
    request = make_wish(shared)
    make_wish(own, position=2, request=request)
    other = make_wish(shared)

    queue.cancel_request(request)

    request.refresh_from_db()
    other.refresh_from_db()
    assert (status_of(own), status_of(shared)) == (S.CANCELLED, S.QUEUED)
    assert (request.cancelled, request.stage) == (2, "ended")
    assert (other.cancelled, other.stage) == (0, "running")


def test_cancel_request_that_is_still_read_stops_the_reading():
    request = make_request()

    queue.cancel_request(request)

    request.refresh_from_db()
    assert request.stage == "cancelled"


def test_choose_of_another_rows_candidate_is_refused():
    download, other = make_download(status=S.NEEDS_YOU), make_download(status=S.NEEDS_YOU)
    candidate = other.candidates.create(source="youtube", source_id="x", url="", title="", score=50)

    with pytest.raises(UserError):
        queue.choose(download.pk, candidate.pk)

    assert status_of(download) == S.NEEDS_YOU


def test_steering_by_a_person_is_told_with_the_name(django_user_model):
    person = django_user_model.objects.create_user("ada")

    queue.cancel([make_download().pk], by=person)

    assert Event.objects.get(kind="cancelled").person == person


def test_cleared_failure_is_off_the_page_its_numbers_and_the_button_for_all():
    cleared, failed = make_download(status=S.FAILED), make_download(status=S.FAILED)
    queue.clear([cleared.pk])

    counts, page = selectors.queue_counts(), selectors.ended_page(S.FAILED)

    assert (counts.failed, counts.all, [row.pk for row in page.rows]) == (1, 1, [failed.pk])
    assert queue.retry_failed().done == [failed.pk]


def test_choosing_for_a_cleared_row_brings_it_back_to_the_page():
    download = make_download(status=S.CANCELLED)
    candidate = DownloadCandidate.objects.create(download=download, source="youtube", source_id="a", title="x", score=9)
    queue.clear([download.pk])

    queue.choose(download.pk, candidate.pk)

    assert Download.objects.filter(cleared_at=None, status=S.QUEUED).exists()
