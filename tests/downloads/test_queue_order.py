"""Order, bulk and undo of the queue, and how many queries they take."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.errors import UserError
from downloads.models import Download, Status
from downloads.selectors.queue import ended_page, waiting_page
from downloads.services import claims, queue
from downloads.services.worker import Worker
from history.models import Event
from tests.downloads.make import make_download, make_track, make_wish

pytestmark = [pytest.mark.django_db, pytest.mark.databases]
S = Status


def order():
    return list(Download.objects.order_by("priority", "position", "pk").values_list("pk", flat=True))


def test_move_between_two_rows_without_room_makes_room_and_keeps_all_others_in_order():
    rows = [make_download(position=place) for place in (5, 6, 6, 6, 7)]
    a, b, c, d, e = (row.pk for row in rows)

    queue.move_after([e, a], b)
    assert order() == [b, a, e, c, d]
    queue.move_before([d], c)
    assert order() == [b, a, e, d, c]
    queue.move_before([c, d], b)
    assert order() == [d, c, b, a, e]


def test_move_takes_over_the_priority_of_the_row_that_it_is_moved_to():
    urgent, calm = make_download(priority=1, position=50), make_download(priority=4, position=10)

    queue.move_after([calm.pk], urgent.pk)

    assert order() == [urgent.pk, calm.pk]
    calm.refresh_from_db()
    assert calm.priority == 1


def test_rows_at_work_keep_their_place_and_say_so():
    held = make_download(position=1)
    other = make_download(position=2)
    claims.claim_next(Worker.here())

    steered = queue.move_to_top([held.pk])

    assert not steered
    assert steered.refused == {held.pk: "It is searching and does not wait for its turn."}
    with pytest.raises(UserError):
        queue.move_before([other.pk], held.pk)


def test_rows_above_the_very_first_are_paged_in_their_order():
    rows = [make_download(position=0) for _ in range(4)]
    queue.move_to_top([rows[3].pk])
    queue.move_to_top([rows[2].pk])

    seen, after = [], ""
    while True:
        page = waiting_page(after, size=1)
        seen += [row.pk for row in page.rows]
        if not (after := page.next):
            break

    assert seen == [rows[2].pk, rows[3].pk, rows[0].pk, rows[1].pk]


@pytest.mark.parametrize(
    ("status", "act"),
    [
        (S.FAILED, lambda ids: queue.retry(ids)),
        (S.QUEUED, lambda ids: queue.cancel(ids)),
        (S.QUEUED, lambda ids: queue.pause(ids)),
        (S.PAUSED, lambda ids: queue.resume(ids)),
        (S.QUEUED, lambda ids: queue.set_priority(ids, 1)),
        (S.QUEUED, lambda ids: queue.move_to_top(ids)),
        (S.QUEUED, lambda ids: queue.move_after(ids[1:], ids[0])),
        (S.DONE, lambda ids: queue.clear(ids)),
    ],
    ids=["retry", "cancel", "pause", "resume", "priority", "top", "after", "clear"],
)
def test_steering_twice_as_many_rows_takes_no_more_queries(status, act, django_assert_max_num_queries):
    ids = [make_download(status=status, position=number).pk for number in range(60)]
    with django_assert_max_num_queries(60) as few:
        assert act(ids[:20])
    with django_assert_max_num_queries(len(few)):
        assert act(ids[20:])


ACTS = {
    "retry": (S.FAILED, lambda ids: queue.retry(ids)),
    "cancel": (S.QUEUED, lambda ids: queue.cancel(ids)),
    "pause": (S.QUEUED, lambda ids: queue.pause(ids)),
    "resume": (S.PAUSED, lambda ids: queue.resume(ids)),
    "priority": (S.QUEUED, lambda ids: queue.set_priority(ids, 1)),
    "top": (S.QUEUED, lambda ids: queue.move_to_top(ids)),
    "clear": (S.DONE, lambda ids: queue.clear(ids)),
}


@pytest.mark.parametrize("name", ACTS)
def test_rows_of_many_requests_are_steered_in_the_statements_that_few_take(name):
    status, act = ACTS[name]
    downloads = [make_download(status=status, position=number, options={"asked": [number]}) for number in range(220)]
    column = {S.FAILED: "failed", S.DONE: "done"}.get(status)
    for download in downloads:
        request = make_wish(download)
        if column:
            setattr(request, column, 1)
            request.save()
    ids = [download.pk for download in downloads]

    def statements(part):
        with CaptureQueriesContext(connection) as caught:
            assert len(act(part).done) == len(part)
        return len(caught)

    statements(ids[:55])  # the very first act makes rows that the others find
    assert statements(ids[55:110]) == statements(ids[110:])


def test_each_row_tells_what_was_done_to_it_and_by_whom(person):
    first, second = make_download(priority=2), make_download(status=S.FETCHING, lease_owner="w", attempts=3)

    queue.set_priority([first.pk, second.pk], 5, by=person)
    queue.pause([first.pk, second.pk], by=person)

    for download, before in ((first, {"from": "queued", "attempt": 0}), (second, {"from": "fetching", "attempt": 3})):
        told = list(Event.objects.filter(download_id=download.pk).order_by("pk"))
        assert [(event.kind, event.person) for event in told] == [("transition", person)] * 2
        assert (told[0].message, told[0].detail) == ("Priority 5.", {"priority": 5})
        assert told[1].detail == before | {"to": "paused"}
        assert {event.title for event in told} == {download.recording.title}
        assert {event.recording_id for event in told} == {download.recording_id}


def test_retry_forgets_what_was_found_and_keeps_all_other_options():
    options = {"asked": ["youtube"], "picked": 7, "get_again": True, "note": "it's “so”"}
    download = make_download(status=S.FAILED, options=options)

    queue.retry([download.pk])

    download.refresh_from_db()
    assert download.options == {"get_again": True, "note": "it's “so”"}


def test_retry_of_the_same_track_twice_takes_the_newest_and_refuses_the_other():
    track = make_track()
    old, new = make_download(track, status=S.FAILED), make_download(track, status=S.FAILED)

    steered = queue.retry(pk for pk in [old.pk, new.pk, new.pk])

    assert steered.done == [new.pk]
    assert steered.refused == {old.pk: "The same track is in the queue already."}


def test_retry_of_a_waiting_row_does_not_stand_in_its_own_way():
    waiting = make_download(status=S.WAITING, not_before_at=timezone.now() + timedelta(hours=1))

    assert queue.retry([waiting.pk]).done == [waiting.pk]


def test_undo_of_a_cancel_leaves_rows_whose_track_was_asked_for_again():
    track = make_track()
    first = make_download(track)
    queue.cancel([first.pk])
    make_download(track)

    steered = queue.undo()

    assert steered.refused == {first.pk: "The same track is in the queue already."}


def test_undo_brings_the_counts_of_the_request_back():
    download = make_download()
    request = make_wish(download)
    queue.cancel_request(request)
    request.refresh_from_db()
    assert (request.cancelled, request.stage) == (1, "ended")

    queue.undo()

    request.refresh_from_db()
    assert (request.cancelled, request.stage) == (0, "running")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="with few rows PostgreSQL reads the table")
@pytest.mark.parametrize(
    ("read", "index"),
    [
        (lambda: waiting_page("3-500-7"), "download_to_claim (status=? AND (priority,position)>(?,?))"),
        (
            lambda: ended_page(S.DONE, "1700000000000000-7"),
            "download_ended_to_show (status=? AND ended_at>? AND ended_at<?)",
        ),
        (lambda: ended_page(S.FAILED), "download_ended_to_show (status=? AND ended_at>?)"),
    ],
    ids=["waiting", "done", "failed"],
)
def test_page_enters_its_index_at_its_key_and_sorts_nothing(read, index):
    with CaptureQueriesContext(connection) as caught:
        read()

    sql = next(query["sql"] for query in caught)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        plan = "; ".join(row[3] for row in cursor.fetchall())
    assert index in plan
    assert "B-TREE" not in plan
