"""What takes long is done beside the workers: however many downloads there are, a trial begins at once."""

from __future__ import annotations

import threading

import pytest

from downloads.models import Trial
from downloads.services.trying.trials import ask_for_trial
from spotizer.supervisor.chores import Chores
from tests.spotizer.serving import wait_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chores():
    ended = threading.Event()
    chores = Chores(ended, "here")
    yield chores
    ended.set()
    chores.join(60)


def test_trial_is_run_in_a_thread_that_ends_with_it(chores, sandbox, settings):
    settings.DEMO = True
    chores.look()
    assert chores._thread is None  # nothing waits, so nothing is begun
    ask_for_trial("lrclib")

    chores.look()

    wait_for(lambda: Trial.objects.get().ended_at, "the trial ends")
    chores.join(60)
    assert not chores._thread.is_alive()
    assert all(step["is_ok"] for step in Trial.objects.get().steps)


def test_what_the_process_before_left_is_told(chores):
    ask_for_trial("lrclib")
    Trial.objects.update(begun_at=Trial.objects.get().asked_at, machine="here")

    chores.begin()

    assert "broke off" in Trial.objects.get().failure
