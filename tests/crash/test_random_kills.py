"""kill -9 at random moments of a worker, a cluster or everything: the job ends as if nothing had been."""

import os
import random
import time

import pytest
from django.db import connection

from catalog.services.browse import resolve
from downloads.models import ACTIVE, Download, DownloadRequest, Status
from downloads.services import claims, queue
from downloads.services.requests import request_download
from tests.crash import counts, fetches
from tests.downloads.processes import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
KILLS = {"sqlite": 32, "postgresql": 10}
SIXTY, TWELVE, FIVE = (f"https://www.deezer.com/{what}" for what in ("album/302003", "album/302002", "playlist/908003"))
WISHES = [(SIXTY, "opus"), (TWELVE, "opus"), (FIVE, "opus"), (TWELVE, "mp3"), (FIVE, "flac")]
MORE = [(TWELVE, "m4a"), (FIVE, "m4a"), (SIXTY, "mp3"), (SIXTY, "m4a")]  # where the machine is quicker than the kills


def ask(link: str, output_format: str) -> None:
    found = resolve(link)
    request_download(
        track=found.track,
        album=found.album,
        playlist=found.playlist,
        output_format=output_format,
        options={"force_lossless": True},  # the sandbox's sounds are lossy: a file for each wish
    )


def open_count() -> int:
    expanding = DownloadRequest.objects.filter(stage=DownloadRequest.Stage.EXPANDING).count()
    return Download.objects.filter(status__in=ACTIVE).count() + expanding


def all_ended(herd) -> bool:
    """What a sweeper and a person do in the meantime: lapsed rows are put back, those set aside are tried again."""
    herd.let_leases_run_out()
    aside = Download.objects.filter(status=Status.FAILED, reason="worker_lost", crashes__gte=claims.MOST_CRASHES)
    queue.retry(list(aside.values_list("pk", flat=True)))
    return open_count() == 0


def test_job_through_random_kills_ends_with_each_track_there_once(sandbox, home, herd):
    seed = int(os.environ.get("SPOTIZER_TEST_SEED") or random.randrange(1_000_000))
    print(f"SPOTIZER_TEST_SEED={seed}")  # noqa: T201 - to try the same again
    dice, more = random.Random(seed), list(MORE)
    sandbox.fault(fetches.MEDIA, "trickle", bytes_per_second=60_000, every=2)
    for wish in WISHES:
        ask(*wish)
    herd.start(2)
    herd.start(1)

    while herd.kills < KILLS[connection.vendor]:
        time.sleep(dice.uniform(0.05, 1.2))
        herd.let_leases_run_out()
        if more and open_count() < 8:
            ask(*more.pop(0))
        # On a busy machine a worker needs longer to begin than the dice wait.
        wait_until(lambda: herd.at_work() or not open_count())
        herd.kill_something(dice)
    wait_until(lambda: all_ended(herd), 180)

    wrong = counts.disagreements(home) + fetches.disagreements(sandbox, herd.killed)
    what = f"{herd.kills} kills hit {dict(herd.hits)}; {Download.objects.count()} downloads"
    print(f"{what}; {fetches.summary(sandbox)}")  # noqa: T201 - what the run was worth
    assert not wrong, "\n".join([f"seed {seed}, {what}", *wrong])
    assert herd.hits[Status.FETCHING] + herd.hits[Status.PROCESSING] + herd.hits[Status.SEARCHING] > herd.kills / 4
