"""Speed and time left: steady, and going down; told of the queue and of each parent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Person
from downloads.models import Status
from downloads.selectors.pace import pace, seconds_left_of
from downloads.services import pausing
from downloads.services.speed import Speed
from tests.downloads.make import make_download, make_request

NOW = timezone.now().replace(microsecond=0)


def ended(seconds_ago: float, took: float = 10) -> None:
    at = NOW - timedelta(seconds=seconds_ago)
    make_download(status=Status.DONE, ended_at=at, started_at=at - timedelta(seconds=took))


# --- the speed of one transfer ---------------------------------------------------------------------------------------


def test_speed_is_that_of_the_last_twenty_seconds() -> None:
    speed = Speed()

    told = [speed.at(second, 1_000 * min(second, 30)) for second in range(61)]

    assert told[0] is None
    assert told[30] == 1_000
    assert told[60] == 0


def test_speed_that_wavers_by_less_than_a_tenth_stays() -> None:
    speed = Speed()
    done, told = 0, set()
    for second in range(100):
        done += 1_000 + (80 if second % 2 else -80)
        told.add(speed.at(second, done))

    assert len(told) <= 3  # none, and what the first seconds said


def test_time_left_never_goes_up_while_the_speed_wavers() -> None:
    speed, done, total = Speed(), 0, 200_000
    left = []
    for second in range(150):
        done += 1_000 + (90 if second % 3 else -90)
        if (now := speed.at(second, done)) and second > 20:
            left.append((total - done) / now)

    assert left == sorted(left, reverse=True)


def test_transfer_that_begins_anew_is_measured_anew() -> None:
    speed = Speed()
    for second in range(10):
        speed.at(second, 1_000 * second)

    assert speed.at(10, 0) is None
    assert speed.at(11, 500) == 500


# --- the queue's and each parent's time ------------------------------------------------------------------------------


@pytest.mark.django_db
def test_pace_is_that_of_the_last_ended_tracks_and_counts_down() -> None:
    for seconds_ago in (5, 15, 25, 35):
        ended(seconds_ago)

    found = pace(NOW)

    assert found is not None
    assert found.seconds_a_track == 10
    assert found.seconds_left(6, NOW) == 55
    assert found.seconds_left(6, NOW + timedelta(seconds=20)) == 35
    assert found.seconds_left(0, NOW) is None
    assert found.seconds_left(1, NOW + timedelta(seconds=20)) is None


@pytest.mark.django_db
@pytest.mark.parametrize("ages", [(), (5, 15), (3_000, 3_010, 3_020, 3_030)])
def test_pace_is_not_guessed_from_too_little_or_from_long_ago(ages: tuple[int, ...]) -> None:
    for seconds_ago in ages:
        ended(seconds_ago)

    assert pace(NOW) is None


@pytest.mark.django_db
def test_parents_wait_for_those_before_them_and_paused_ones_for_nobody() -> None:
    for seconds_ago in (0, 10, 20):
        ended(seconds_ago)
    first = make_request(kind="album", total=4, done=1)
    paused = make_request(kind="album", total=100, options={"paused": True})
    last = make_request(kind="album", total=2)

    left = seconds_left_of([first, paused, last], pace(NOW), NOW)

    assert left == {first.pk: 30, paused.pk: None, last.pk: 50}


@pytest.mark.django_db
def test_queue_says_how_long_it_takes_unless_it_stands_still(visitor: Client, person: Person) -> None:
    at = timezone.now()
    for _ in range(3):
        make_download(status=Status.DONE, ended_at=at, started_at=at - timedelta(minutes=9))
    make_download()
    make_download()
    wish = make_request(kind="album", title="Perigee", stage="running", total=2)

    html = visitor.get("/queue/").content.decode()
    assert "on the way, 6 min left" in html
    assert '<span dir="auto">6 min left</span>' in html

    opened = visitor.get(f"/queue/requests/{wish.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert "6 min left" in opened

    pausing.set_paused_all(True)
    assert "6 min left" not in visitor.get("/queue/").content.decode()
