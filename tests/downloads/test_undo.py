"""What a person did to the queue is taken back: by them, for a while, and only where it is still so."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Person
from core.errors import UserError
from downloads.models import Download, Status, SteeredRow, Steering
from downloads.services import claims, queue, states
from downloads.services.queue.memory import UNDO_SECONDS, forget_old
from downloads.services.worker import Worker
from history.models import Event
from tests.downloads.make import make_download, make_request, make_wish

pytestmark = [pytest.mark.django_db, pytest.mark.databases]
S = Status
SOON = timezone.now() + timedelta(hours=1)


def of_each_kind() -> list[Download]:
    waits = {"not_before_at": SOON, "reason": "rate_limited", "message": "Deezer asks us to wait.", "lane": "deezer"}
    return [
        make_download(position=1),
        make_download(position=2, status=S.WAITING, **waits),
        make_download(position=3, status=S.NEEDS_YOU, reason="match_too_poor"),
        make_download(position=4, status=S.PAUSED),
        make_download(position=5, status=S.FETCHING, lease_owner="w", started_at=timezone.now(), percent=40),
    ]


def standing(rows: list[Download]) -> list[tuple[object, ...]]:
    names = ("status", "priority", "position", "not_before_at", "reason", "message", "lane")
    found = {row[0]: row[1:] for row in Download.objects.values_list("pk", *names)}
    return [found[row.pk] for row in rows]


def statuses(*rows: Download) -> list[str]:
    return [Download.objects.get(pk=row.pk).status for row in rows]


@pytest.mark.parametrize("act", [queue.pause, queue.cancel], ids=["pause", "cancel"])
def test_pause_and_cancel_are_taken_back_to_what_each_row_was(act, person: Person) -> None:
    rows = of_each_kind()
    before = standing(rows)
    steered = act([row.pk for row in rows], by=person)

    undone = queue.undo(steered.undo, by=person)

    assert sorted(undone.done) == sorted(steered.done)
    expected = [*before[:4], (S.QUEUED, *before[4][1:])]  # what was stopped in its midst waits for its turn
    assert standing(rows) == expected


def test_resume_is_taken_back_where_nothing_was_started_since(person: Person) -> None:
    first, second = (make_download(status=S.PAUSED, position=number) for number in (1, 2))
    steered = queue.resume([first.pk, second.pk], by=person)
    assert claims.claim_next(Worker.here()).pk == first.pk

    assert queue.undo(steered.undo, by=person).done == [second.pk]

    assert statuses(first, second) == [S.SEARCHING, S.PAUSED]


def test_priority_is_taken_back_and_a_newer_one_stays(person: Person) -> None:
    first, second, third = (make_download(priority=number) for number in (2, 3, 4))
    steered = queue.set_priority([first.pk, second.pk, third.pk], 1, by=person)
    queue.set_priority([second.pk], 5, by=person)

    queue.undo(steered.undo, by=person)

    assert [row[1] for row in standing([first, second, third])] == [2, 5, 4]


@pytest.mark.parametrize(
    "move",
    [
        lambda ids, by: queue.move_to_top(ids[2:], by=by),
        lambda ids, by: queue.move_to_bottom(ids[:2], by=by),
        lambda ids, by: queue.move_before([ids[3], ids[4]], ids[0], by=by),
        lambda ids, by: queue.move_after([ids[0]], ids[4], by=by),
        lambda ids, by: queue.move_after([ids[5], ids[4]], ids[0], by=by),
    ],
)
def test_rows_that_were_moved_are_back_in_the_old_order(move, person: Person) -> None:
    places = [(1, 5), (2, 5), (2, 6), (2, 6), (2, 7), (4, 1)]
    rows = [make_download(priority=priority, position=position) for priority, position in places]

    def order() -> list[tuple[int, int]]:
        return list(Download.objects.order_by("priority", "position", "pk").values_list("pk", "priority"))

    before = order()
    steered = move([row.pk for row in rows], person)
    assert order() != before

    assert queue.undo(steered.undo, by=person).done == sorted(steered.done)

    assert order() == before


def test_row_that_was_moved_again_stays_where_it_is(person: Person) -> None:
    rows = [make_download(position=number * 1000) for number in range(3)]
    steered = queue.move_to_top([rows[2].pk], by=person)
    queue.move_to_bottom([rows[2].pk])

    assert queue.undo(steered.undo, by=person).done == []


def test_cleared_rows_are_back_and_only_those_of_that_moment(person: Person) -> None:
    first, second = make_download(status=S.DONE), make_download(status=S.FAILED)
    steered = queue.clear([first.pk], by=person)
    queue.clear([second.pk], by=person)

    assert queue.undo(steered.undo, by=person).done == [first.pk]

    assert list(Download.objects.filter(cleared_at=None)) == [first]


def test_request_that_was_cancelled_is_read_on_and_has_its_tracks_again(person: Person) -> None:
    shared, own = make_download(), make_download()
    request = make_wish(shared)
    make_wish(own, position=2, request=request)
    make_wish(shared)
    reading = make_request()
    for one in (request, reading):
        queue.cancel_request(one, by=person)
    request.refresh_from_db()
    assert (request.cancelled, request.stage) == (2, "ended")

    queue.undo(by=person)
    queue.undo(by=person)

    request.refresh_from_db()
    reading.refresh_from_db()
    assert (request.cancelled, request.stage, reading.stage) == (0, "running", "expanding")
    assert list(request.items.values_list("download_id", "skip_reason")) == [(shared.pk, ""), (own.pk, "")]
    assert statuses(shared, own) == [S.QUEUED, S.QUEUED]


def test_request_is_as_it_was_after_pause_and_priority_are_taken_back(person: Person) -> None:
    download = make_download()
    request = make_wish(download)

    queue.set_request_priority(request, 1, by=person)
    queue.pause_request(request, by=person)
    assert (queue.undo(by=person).done, queue.undo(by=person).done) == ([download.pk], [download.pk])

    request.refresh_from_db()
    assert (request.priority, request.options, statuses(download)) == (3, {}, [S.QUEUED])


def test_resumed_request_is_paused_again(person: Person) -> None:
    download = make_download(status=S.PAUSED)
    request = make_wish(download)
    request.options = {"paused": True}
    request.save()

    queue.resume_request(request, by=person)
    queue.undo(by=person)

    request.refresh_from_db()
    assert (request.options, statuses(download)) == ({"paused": True}, [S.PAUSED])


def test_last_act_is_the_last_of_the_one_who_asks(person: Person) -> None:
    other = Person.objects.create_user("ivo", password="harbour-lights", role=Person.Role.MEMBER)
    mine, theirs, console = make_download(), make_download(), make_download()
    queue.pause([mine.pk], by=person)
    act = queue.pause([theirs.pk], by=other)
    queue.pause([console.pk])

    queue.undo(by=person)
    assert statuses(mine, theirs, console) == [S.QUEUED, S.PAUSED, S.PAUSED]
    with pytest.raises(UserError, match="Somebody else"):
        queue.undo(act.undo, by=person)
    with pytest.raises(UserError, match="nothing to undo"):
        queue.undo(by=person)

    queue.undo()
    assert statuses(mine, theirs, console) == [S.QUEUED, S.PAUSED, S.QUEUED]


def test_acts_are_taken_back_one_after_another_the_last_first(person: Person) -> None:
    row = make_download(priority=3)
    queue.set_priority([row.pk], 2, by=person)
    queue.set_priority([row.pk], 1, by=person)

    seen = []
    for _ in range(2):
        queue.undo(by=person)
        seen.append(Download.objects.get().priority)

    assert seen == [2, 3]


def test_after_its_time_it_is_told_and_later_forgotten(person: Person) -> None:
    row = make_download()
    steered = queue.pause([row.pk], by=person)
    Steering.objects.update(at=timezone.now() - timedelta(seconds=UNDO_SECONDS + 1))

    with pytest.raises(UserError, match="10 minutes"):
        queue.undo(steered.undo, by=person)
    assert statuses(row) == [S.PAUSED]

    forget_old()
    assert Steering.objects.exists()
    forget_old(timezone.now() + timedelta(seconds=UNDO_SECONDS))
    assert not Steering.objects.exists()
    assert not SteeredRow.objects.exists()


def test_nothing_is_remembered_of_what_did_nothing(person: Person) -> None:
    done = make_download(status=S.DONE)

    steered = [act([done.pk], by=person) for act in (queue.pause, queue.cancel, queue.resume, queue.move_to_top)]

    assert [one.undo for one in steered] == [None] * 4
    assert not Steering.objects.exists()


def test_undo_is_told_in_the_history_of_the_queue_and_of_each_row(person: Person) -> None:
    row = make_download()
    queue.set_priority([row.pk], 1, by=person)

    queue.undo(by=person)

    assert Event.objects.get(kind="steered").message == "Undone for 1 download."
    last = Event.objects.filter(download_id=row.pk).latest("pk")
    assert (last.message, last.person) == ("Its priority is as before.", person)


@pytest.mark.parametrize("name", ["pause", "cancel", "priority", "top", "clear"])
def test_twice_the_rows_are_taken_back_in_as_many_statements(name: str, person: Person) -> None:
    acts = {
        "pause": lambda ids: queue.pause(ids, by=person),
        "cancel": lambda ids: queue.cancel(ids, by=person),
        "priority": lambda ids: queue.set_priority(ids, 1, by=person),
        "top": lambda ids: queue.move_to_top(ids, by=person),
        "clear": lambda ids: queue.clear(ids, by=person),
    }
    status = S.DONE if name == "clear" else S.QUEUED
    ids = [make_download(status=status, position=number).pk for number in range(220)]
    acts[name](ids[:5])

    def statements(part: list[int]) -> int:
        undo = acts[name](part).undo
        with CaptureQueriesContext(connection) as caught:
            assert len(queue.undo(undo, by=person).done) == len(part)
        return len(caught)

    assert statements(ids[5:80]) == statements(ids[80:])


def test_many_chunks_are_taken_back_whole(monkeypatch: pytest.MonkeyPatch, person: Person) -> None:
    monkeypatch.setattr(states, "CHUNK", 7)
    rows = [make_download(position=number) for number in range(20)]
    before = standing(rows)

    for act in (queue.pause, queue.move_to_top):
        act([row.pk for row in rows[3:]], by=person)
    queue.undo(by=person)
    queue.undo(by=person)

    assert standing(rows) == before
