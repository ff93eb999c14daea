"""Acts on more rows than a person waits for are carried on in the background, and said to be."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Person
from downloads.models import Download, Errand, Status, Steering
from downloads.services import draining, queue, states
from downloads.services.queue import errands
from downloads.services.worker import Worker
from downloads.views import steering
from ops.models import Notice
from tests.downloads.make import make_download, make_wish

pytestmark = [pytest.mark.django_db, pytest.mark.databases]
S = Status


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(states, "CHUNK", 7)


def make_rows(number: int = 30, **fields: object) -> list[int]:
    return [make_download(position=place, **fields).pk for place in range(number)]


def statuses(ids: list[int]) -> set[str]:
    return set(Download.objects.filter(pk__in=ids).values_list("status", flat=True))


def notice() -> str:
    found = Notice.objects.filter(code__startswith="errand:").first()
    return found.message if found else ""


@pytest.mark.parametrize(
    ("name", "before", "check"),
    [
        ("pause", {}, {"status": S.PAUSED}),
        ("resume", {"status": S.PAUSED}, {"status": S.QUEUED}),
        ("cancel", {}, {"status": S.CANCELLED}),
        ("retry", {"status": S.FAILED}, {"status": S.QUEUED}),
        ("priority", {}, {"priority": 1}),
        ("clear", {"status": S.DONE}, {"cleared_at__isnull": False}),
    ],
)
def test_what_is_not_done_in_time_is_done_by_the_background_and_taken_back_as_one(
    person: Person, name: str, before: dict[str, object], check: dict[str, object]
) -> None:
    ids = make_rows(**before)
    arguments = {"priority": 1} if name == "priority" else {}

    steered = queue.steer(name, ids, by=person, seconds=0, **arguments)

    assert (len(steered.done), steered.left) == (7, 23)
    assert Download.objects.filter(pk__in=ids, **check).count() == 7
    assert notice().endswith("30 downloads in the background: 7 done.")

    assert errands.carry_on(Worker.here())

    assert Download.objects.filter(pk__in=ids, **check).count() == 30
    assert (notice(), Errand.objects.count()) == ("", 0)
    if name != "retry":
        assert queue.undo(by=person).done == ids
        assert not Download.objects.filter(pk__in=ids, **check).exists()


def test_without_a_limit_all_is_done_at_once(person: Person) -> None:
    ids = make_rows()

    steered = queue.steer("pause", ids, by=person)

    assert (steered.done, steered.left, Errand.objects.count(), notice()) == (ids, 0, 0, "")


def test_errand_is_there_to_be_taken_until_somebody_is_at_it(person: Person) -> None:
    queue.steer("pause", make_rows(8), by=person, seconds=0)

    assert draining.has_requests()
    Errand.objects.update(lease_expires_at=timezone.now() + timedelta(seconds=60))
    assert not draining.has_requests()


@pytest.mark.django_db(transaction=True)
def test_what_takes_the_token_carries_on_all_errands_there_are() -> None:
    ids = make_rows(20)
    for part in (ids[:10], ids[10:]):
        queue.steer("pause", part, seconds=0)

    assert draining.drain_requests(Worker.here()) == 2

    assert statuses(ids) == {S.PAUSED}


def test_worker_that_has_to_stop_leaves_the_rest_to_the_next(person: Person) -> None:
    ids = make_rows()
    queue.steer("pause", ids, by=person, seconds=0)
    stopped = Worker.here()
    stopped.stop.set()

    assert errands.carry_on(stopped)
    assert Errand.objects.get().lease_owner == ""
    assert Download.objects.filter(status=S.PAUSED).count() == 7

    assert errands.carry_on(Worker.here())
    assert statuses(ids) == {S.PAUSED}


def test_errand_of_a_worker_that_died_is_carried_on_when_its_lease_is_over(person: Person) -> None:
    ids = make_rows()
    queue.steer("pause", ids, by=person, seconds=0)
    Errand.objects.update(lease_owner="dead", lease_expires_at=timezone.now() + timedelta(minutes=1), done=7)

    assert not errands.carry_on(Worker.here())

    Errand.objects.update(lease_expires_at=timezone.now())
    assert errands.carry_on(Worker.here())
    assert Download.objects.filter(status=S.PAUSED).count() == 23  # what the dead one counted is not done twice
    assert not Errand.objects.exists()


def test_undo_ends_the_errand_and_takes_back_what_was_done(person: Person) -> None:
    ids = make_rows()
    steered = queue.steer("cancel", ids, by=person, seconds=0)

    queue.undo(steered.undo, by=person)

    assert statuses(ids) == {S.QUEUED}
    assert (Errand.objects.count(), notice()) == (0, "")
    assert not errands.carry_on(Worker.here())


def test_worker_whose_errand_is_taken_back_stops(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = make_rows()
    steered = queue.steer("pause", ids, by=person, seconds=0)
    told = errands._tell

    def take_back(errand: Errand) -> None:
        told(errand)
        queue.undo(steered.undo, by=person)

    monkeypatch.setattr(errands, "_tell", take_back)
    assert errands.carry_on(Worker.here())

    assert statuses(ids) == {S.QUEUED}
    assert notice() == ""


def test_rows_that_went_on_meanwhile_are_left_as_they_are(person: Person) -> None:
    ids = make_rows()
    queue.steer("pause", ids, by=person, seconds=0)
    Download.objects.filter(pk=ids[-1]).update(status=S.DONE)

    errands.carry_on(Worker.here())

    assert Download.objects.get(pk=ids[-1]).status == S.DONE
    assert statuses(ids[:-1]) == {S.PAUSED}


def test_memory_of_an_errand_that_is_under_way_is_not_forgotten(person: Person) -> None:
    queue.steer("pause", make_rows(), by=person, seconds=0)

    queue.memory.forget_old(timezone.now() + timedelta(days=1))
    assert Steering.objects.exists()


def test_page_says_that_the_rest_follows_and_how_far_it_is(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steering, "PAGE_SECONDS", 0)
    make_rows()

    html = visitor.post("/queue/act/", {"act": "many:pause", "all": "waiting"}, headers={"HX-Request": "true"})

    words = html.content.decode()
    assert "7 paused. 23 more follow in the background." in words
    assert 'value="undo:' in words
    assert "Pausing 30 downloads in the background: 7 done." in visitor.get("/").content.decode()


def test_whole_request_is_handed_over_too(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steering, "PAGE_SECONDS", 0)
    downloads = [make_download() for _ in range(10)]
    request = make_wish(downloads[0])
    for place, download in enumerate(downloads[1:], 2):
        make_wish(download, position=place, request=request)

    answer = visitor.post("/queue/act/", {"act": f"cancel_request:{request.pk}"}, headers={"HX-Request": "true"})
    assert "3 more follow in the background." in answer.content.decode()
    errands.carry_on(Worker.here())

    request.refresh_from_db()
    assert (request.cancelled, request.stage) == (10, "ended")
