"""The supervisor's judgement: who is alive, when to try again, what to say."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from django_q.models import OrmQ

from accounts.models import Person
from accounts.services import setup
from ops.models import Heartbeat, Notice
from ops.services import heartbeats
from spotizer.supervisor import beats, prepare, reach
from spotizer.supervisor.parts import LONGEST_PAUSE_SECONDS, Part
from tests.spotizer.serving import ROOT, environment

pytestmark = pytest.mark.django_db


def a_part(**options):
    return Part("part", partial(another_program, "raise SystemExit(3)"), {}, **options)


def another_program(code):
    os.execv(sys.executable, [sys.executable, "-c", code])


def run_once(part):
    part.start()
    part.process.wait(timeout=20)
    return part.clear()


def test_part_that_keeps_dying_is_started_later_and_later():
    part, pauses = a_part(), []
    for _ in range(4):
        run_once(part)
        pauses.append(round(part.not_before - part.started_at, 1))
        assert not part.is_due
    assert pauses == sorted(pauses)

    part.failures = 50
    run_once(part)
    assert part.not_before - part.started_at < LONGEST_PAUSE_SECONDS + 20


def test_part_that_runs_once_and_succeeds_is_not_started_again():
    part = Part("once", partial(another_program, ""), {}, is_once=True)

    assert run_once(part)[1] == 0

    assert part.is_done
    assert not part.is_due


def test_part_gets_its_environment_and_signals_and_none_of_the_locks_of_the_supervisor(tmp_path):
    shown, lock = tmp_path / "shown", tmp_path / "lock"
    kept = os.open(tmp_path, os.O_RDONLY)

    def show():
        held = [str(path.resolve()) for path in Path("/dev/fd").iterdir()]
        is_default = signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
        shown.write_text(f"{dict(os.environ)} {is_default} {os.getpgid(0) == os.getpid()} {held}")

    with lock.open("w"):
        part = Part("part", show, {"ONLY": "this"}, keep_fds=(kept,))
        assert run_once(part)[1] == 0
    os.close(kept)

    assert shown.read_text().startswith("{'ONLY': 'this'} True True ")
    assert repr(str(tmp_path)) in shown.read_text()
    assert str(lock) not in shown.read_text()


def test_part_that_ends_by_a_bug_says_so_with_its_exit_code():
    assert run_once(Part("part", lambda: 1 / 0, {}))[1] == 1


def test_part_that_is_killed_ended_by_a_signal():
    part = Part("part", signal.pause, {})
    part.start()

    part.process.send_signal(signal.SIGTERM)
    part.process.wait(timeout=20)

    assert part.clear()[1] == -signal.SIGTERM


def test_cluster_that_is_young_is_not_judged():
    assert beats.is_alive(10.0, node="here")


def test_cluster_that_took_no_task_for_three_minutes_is_dead():
    assert not beats.is_alive(500.0, node="here")

    heartbeats.beat(beats.name_of("here"))
    assert beats.is_alive(500.0, node="here")
    assert not beats.is_alive(500.0, node="there")

    Heartbeat.objects.update(beat_at=timezone.now() - timedelta(seconds=beats.STALE_SECONDS + 1))
    assert not beats.is_alive(500.0, node="here")


def test_cluster_that_was_silent_finds_one_task_to_show_that_it_lives():
    beats.ask_for_beat()
    beats.ask_for_beat()
    assert list(OrmQ.objects.values_list("key", flat=True)) == ["downloads"]

    beats.beat()
    OrmQ.objects.all().delete()
    beats.ask_for_beat()
    assert not OrmQ.objects.exists()


def test_large_libraries_are_not_in_what_the_parts_share(tmp_path):
    code = "import django, sys; django.setup(); import spotizer.supervisor.running; print(*sys.modules)"
    env = environment(tmp_path, DJANGO_SETTINGS_MODULE="spotizer.settings")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True)

    large = {"av", "cryptography", "redis", "spotipy", "yt_dlp", "ytmusicapi"}
    assert not large & set(done.stdout.split())


def test_steps_apart_are_done_and_an_error_in_them_ends_the_start(tmp_path, capfd):
    prepare.apart(lambda: (tmp_path / "done").touch())
    assert (tmp_path / "done").exists()

    with pytest.raises(SystemExit) as caught:
        prepare.apart(lambda: 1 / 0)
    assert caught.value.code == 1
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_unreachable_services_make_one_notice_that_goes_when_they_answer():
    reach.tell(["Deezer"])
    reach.tell(["Deezer", "YouTube"])
    assert Notice.objects.get().message == "Deezer and YouTube do not answer from here."

    reach.tell([])
    assert not Notice.objects.exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_migrating_on_postgresql_waits_for_another_who_migrates():
    assert connection.vendor == "postgresql"
    held, release, done = threading.Event(), threading.Event(), []

    def hold():
        with prepare._migrating():
            held.set()
            release.wait(20)
        connection.close()

    def wait():
        with prepare._migrating():
            done.append(release.is_set())
        connection.close()

    first, second = threading.Thread(target=hold), threading.Thread(target=wait)
    first.start()
    assert held.wait(20)
    second.start()
    second.join(0.3)
    assert done == []
    release.set()
    first.join(60)
    second.join(60)
    assert done == [True]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_setups_at_once_on_postgresql_make_one_owner():
    ready, outcomes = threading.Barrier(4), []

    def try_it(name):
        ready.wait()
        try:
            outcomes.append(setup.make_owner(username=name, password=None).username)
        except setup.AlreadySetUp:
            outcomes.append(None)
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it, args=(f"person{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes.count(None) == 3
    assert Person.objects.count() == 1
