from datetime import timedelta

import pytest
from django.utils import timezone

from ops.models import Notice
from ops.services import lanes
from ops.services.lanes import Permit, Wait
from tests.threads import at_once

NOW = timezone.now()


def enter(owner="w1", *, lane="youtube", at_once=0, pace=0.0, jitter=0.0, per_hour=0, lease=60.0, after=0.0):
    return lanes.try_enter(
        lane,
        owner,
        at_once=at_once,
        pace_seconds=pace,
        jitter_seconds=jitter,
        per_hour=per_hour,
        lease_seconds=lease,
        now=NOW + timedelta(seconds=after),
    )


@pytest.mark.django_db
def test_enter_when_all_permits_are_held_says_wait_until_one_leaves():
    first = enter("w1", at_once=1)
    second = enter("w2", at_once=1)
    assert isinstance(first, Permit)
    assert isinstance(second, Wait)
    assert second.reason == "lane_busy"

    lanes.leave(first)

    assert isinstance(enter("w2", at_once=1), Permit)


@pytest.mark.django_db
def test_enter_when_the_holder_died_gets_its_lapsed_permit():
    dead = enter("w1", at_once=1, lease=60)
    assert isinstance(enter("w2", at_once=1, after=59), Wait)

    assert isinstance(enter("w2", at_once=1, after=61), Permit)
    assert lanes.renew(dead) is False


@pytest.mark.django_db
def test_renew_keeps_a_permit_past_its_first_lease():
    permit = enter("w1", at_once=1, lease=60)

    assert lanes.renew(permit, now=NOW + timedelta(seconds=50)) is True
    assert isinstance(enter("w2", at_once=1, after=100), Wait)


@pytest.mark.django_db
def test_enter_when_starts_are_paced_waits_what_is_left_of_the_pace():
    assert isinstance(enter(pace=6), Permit)
    early = enter(pace=6, after=2)
    assert isinstance(early, Wait)
    assert (early.reason, early.seconds) == ("lane_pace", pytest.approx(4, abs=0.01))
    assert isinstance(enter(pace=6, after=6.01), Permit)


@pytest.mark.django_db
def test_enter_with_jitter_stays_within_it_and_all_workers_agree():
    enter(pace=6, jitter=2)

    waits = {enter(f"w{n}", pace=6, jitter=2, after=1).seconds for n in range(5)}

    assert len(waits) == 1
    assert 3 <= waits.pop() <= 7


@pytest.mark.django_db
def test_enter_when_the_hour_is_used_up_waits_for_its_oldest_start():
    for second in range(3):
        assert isinstance(enter(per_hour=3, after=second), Permit)

    wait = enter(per_hour=3, after=100)

    assert isinstance(wait, Wait)
    assert (wait.reason, wait.seconds) == ("lane_hour", pytest.approx(3500, abs=0.1))
    assert isinstance(enter(per_hour=3, after=3600.5), Permit)


@pytest.mark.django_db
@pytest.mark.parametrize("limits", [{}, {"at_once": 1}])
def test_enter_when_the_lane_is_closed_says_until_when_and_why(limits):
    lanes.close_lane("youtube", 600, "rate_limited", "YouTube asks us to wait.", remedy="Nothing to do.")

    wait = enter(**limits)

    assert isinstance(wait, Wait)
    assert wait.is_closed
    assert (wait.reason, wait.message) == ("rate_limited", "YouTube asks us to wait.")
    assert 590 < wait.seconds < 1200  # counted from when this file was read
    assert Notice.objects.get(code="lane:youtube").remedy == "Nothing to do."
    assert isinstance(enter(lane="slskd"), Permit)


@pytest.mark.django_db
def test_close_lane_again_for_less_never_opens_it_earlier():
    until = lanes.close_lane("youtube", 600, "rate_limited", "first")
    lanes.close_lane("youtube", 10, "blocked", "second")

    assert lanes.lane_state("youtube").closed_until == until


@pytest.mark.django_db
def test_open_lapsed_lanes_takes_the_notice_away():
    lanes.close_lane("youtube", 600, "rate_limited", "wait")

    assert lanes.open_lapsed_lanes() == []
    assert lanes.open_lapsed_lanes(now=timezone.now() + timedelta(seconds=601)) == ["youtube"]

    assert not lanes.lane_state("youtube").is_closed
    assert not Notice.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_enter_from_many_threads_never_gives_more_permits_than_slots():
    results = at_once(8, lambda number: enter(f"w{number}", at_once=2))

    assert sum(isinstance(result, Permit) for result in results) == 2
    assert lanes.lane_state("youtube", now=NOW).running == 2


@pytest.mark.django_db(transaction=True)
def test_enter_from_many_threads_when_paced_starts_one():
    results = at_once(8, lambda number: enter(f"w{number}", pace=6))

    assert sum(isinstance(result, Permit) for result in results) == 1
