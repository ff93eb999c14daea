from __future__ import annotations

import time

import pytest
from django.utils import timezone

from core.errors import QuotaExceeded, RateLimited, TransientError
from core.http import Outcome, interactive
from ops.models import Notice, ServiceCalls, ServiceState
from ops.services.gate import DatabaseGate, calls_last_day, open_service
from ops.services.limits import Limit, label_of
from tests.threads import at_once

pytestmark = pytest.mark.django_db


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def a_gate(clock: Clock, calls: int = 10, seconds: float = 5.0) -> DatabaseGate:
    return DatabaseGate(limits=lambda: {"music": Limit(calls, seconds)}, clock=clock, sleep=clock.sleep)


def most_in_any_window(moments: list[float], seconds: float) -> int:
    return max(sum(1 for other in moments if moment <= other < moment + seconds - 1e-6) for moment in moments)


def test_calls_beyond_the_limit_wait_so_that_no_window_holds_more():
    clock = Clock()
    gate = a_gate(clock)
    moments = []

    for _ in range(60):
        gate.enter("music")
        moments.append(clock.now)

    assert most_in_any_window(moments, 5.0) <= 8  # the rest of the ten is for people
    assert max(clock.slept) <= 2.0


def test_a_person_gets_a_place_when_background_work_has_taken_all_of_its_own():
    clock = Clock()
    gate = a_gate(clock)
    for _ in range(8):
        gate.enter("music")
    before = clock.now

    with interactive():
        gate.enter("music")
        gate.enter("music")

    assert clock.now == before


def test_a_person_who_would_wait_too_long_is_told_so():
    clock = Clock()
    gate = a_gate(clock, calls=1, seconds=30.0)
    gate.enter("music")

    with interactive(), pytest.raises(RateLimited) as caught:
        gate.enter("music")

    assert 29 < (caught.value.retry_after or 0) <= 30
    assert clock.slept == []


def test_one_call_a_second_is_kept_by_waiting():
    clock = Clock()
    gate = a_gate(clock, calls=1, seconds=1.0)
    began = clock.now

    for _ in range(4):
        gate.enter("music")

    assert clock.now - began == pytest.approx(3.0)


def test_a_service_without_a_limit_is_only_counted():
    clock = Clock()
    gate = DatabaseGate(limits=dict, clock=clock, sleep=clock.sleep)

    for _ in range(3):
        gate.enter("music")

    assert ServiceCalls.objects.get(service="music").calls == 3
    assert clock.slept == []


def test_a_429_closes_the_service_until_it_asked_for():
    clock = Clock()
    gate = a_gate(clock)
    gate.enter("music")

    gate.report("music", Outcome.RATE_LIMITED, 30)

    with pytest.raises(RateLimited) as caught:
        gate.enter("music")
    assert caught.value.retry_after == pytest.approx(30)
    clock.now += 31
    gate.enter("music")
    gate.report("music", Outcome.OK)
    assert ServiceState.objects.get(pk="music").closed_until is None


def test_an_answer_on_its_way_does_not_open_what_a_429_closed():
    clock = Clock()
    gate = a_gate(clock)
    gate.report("music", Outcome.RATE_LIMITED, 30)

    gate.report("music", Outcome.OK)

    with pytest.raises(RateLimited):
        gate.enter("music")


def test_a_used_up_quota_closes_for_hours_and_everybody_is_told():
    clock = Clock()
    gate = a_gate(clock)

    gate.report("music", Outcome.QUOTA, 48_925)

    with pytest.raises(QuotaExceeded) as caught:
        gate.enter("music")
    assert "14 hours" in caught.value.remedy
    assert Notice.objects.filter(code="service_music").exists()


def test_repeated_failures_close_the_service_longer_each_time():
    clock = Clock()
    gate = a_gate(clock)
    closings = []

    for _ in range(5):
        gate.enter("music")
        gate.report("music", Outcome.FAILED)
    for _ in range(3):
        with pytest.raises(TransientError) as caught:
            gate.enter("music")
        closings.append(caught.value.retry_after or 0)
        clock.now += closings[-1] + 1
        gate.enter("music")
        gate.report("music", Outcome.FAILED)

    assert 12 < closings[0] < 18
    assert closings[0] < closings[1] < closings[2]


def test_after_a_closing_one_call_alone_tries_again():
    clock = Clock()
    gate = a_gate(clock)
    for _ in range(5):
        gate.report("music", Outcome.FAILED)
    clock.now += 60

    gate.enter("music")

    with pytest.raises(TransientError):
        gate.enter("music")
    gate.report("music", Outcome.OK)
    gate.enter("music")
    assert not Notice.objects.filter(code="service_music").exists()


def test_a_success_between_failures_keeps_the_service_open():
    clock = Clock()
    gate = a_gate(clock)

    for _ in range(4):
        gate.report("music", Outcome.FAILED)
    gate.report("music", Outcome.OK)
    for _ in range(4):
        gate.report("music", Outcome.FAILED)

    gate.enter("music")


def test_a_person_can_open_a_closed_service_at_once():
    clock = Clock()
    gate = a_gate(clock)
    gate.report("music", Outcome.QUOTA, 48_925)

    open_service("music")

    gate.enter("music")
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    ("service", "label"),
    [
        ("musicbrainz", "MusicBrainz"),
        ("lrclib", "LRCLIB"),
        ("cover_art_archive", "The Cover Art Archive"),
        ("artwork:dzcdn.net", "The picture server dzcdn.net"),
        ("some_other", "Some other"),
    ],
)
def test_a_service_is_named_as_people_know_it(service, label):
    assert label_of(service) == label


def test_the_ledger_counts_calls_and_failures_by_the_hour():
    clock = Clock()
    clock.now = time.time()
    gate = a_gate(clock)

    gate.enter("music")
    gate.report("music", Outcome.FAILED)
    clock.now += 3600
    gate.enter("music")

    rows = ServiceCalls.objects.order_by("hour_at")
    assert [(row.calls, row.failures) for row in rows] == [(1, 1), (1, 0)]
    assert calls_last_day("music", timezone.now()) == 2


@pytest.mark.django_db(transaction=True)
def test_eight_threads_together_stay_within_the_limit():
    limit = {"music": Limit(10, 1.0)}

    def call_five_times(_: int) -> list[float]:
        gate, moments = DatabaseGate(limits=lambda: limit), []
        with interactive(20):
            for _ in range(3):
                gate.enter("music")
                moments.append(time.time())
                gate.report("music", Outcome.OK)
        return moments

    moments = sorted(moment for found in at_once(8, call_five_times) for moment in found)

    assert len(moments) == 24
    places = ServiceState.objects.get(pk="music").recent
    assert most_in_any_window(places, 1.0) <= 10
    assert moments[-1] - moments[0] > 1.9  # 24 calls at ten a second
    assert ServiceCalls.objects.get(service="music").calls == 24
