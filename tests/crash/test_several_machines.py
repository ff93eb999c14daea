"""Three machines with one PostgreSQL and one library folder, of which one is switched off in the middle."""

from collections import Counter
from contextlib import ExitStack

import pytest

from catalog.services.browse import resolve
from downloads.models import ACTIVE, Download, DownloadRequest, Status
from downloads.services.requests import request_download
from history.models import Event
from tests.crash import counts, fetches
from tests.crash.fetches import pid_of
from tests.crash.herd import Herd
from tests.downloads.processes import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.postgres]
ALBUM = "https://www.deezer.com/album/302003"


def through(dead: Herd) -> bool:
    dead.let_leases_run_out()
    is_expanding = DownloadRequest.objects.filter(stage=DownloadRequest.Stage.EXPANDING).exists()
    return not is_expanding and not Download.objects.filter(status__in=ACTIVE).exists()


def claims_of(groups: list[set[int]]) -> list[int]:
    claimed = Event.objects.filter(detail__to="searching").exclude(detail__worker=None).values_list("detail", flat=True)
    by = Counter(pid_of(detail["worker"]) for detail in claimed)
    return [sum(by[pid] for pid in group) for group in groups]


def test_three_machines_of_which_one_is_killed_fetch_each_track_once(sandbox, home):
    sandbox.fault(fetches.MEDIA, "trickle", bytes_per_second=60_000, every=3)
    request = request_download(album=resolve(ALBUM).album)
    with ExitStack() as stack:
        machines = [Herd(home / name, SPOTIZER_LIBRARY=str(home / "library")) for name in "abc"]
        for machine in machines:
            stack.callback(machine.close)
        leaders = [machine.start(2) for machine in machines]
        workers = [set(machine.groups[leader]) for machine, leader in zip(machines, leaders, strict=True)]

        def is_in_the_middle() -> bool:
            busy = Download.objects.filter(status=Status.FETCHING).values_list("lease_owner", flat=True)
            return any(pid_of(owner) in workers[0] for owner in busy) and min(claims_of(workers)) >= 5

        wait_until(is_in_the_middle)
        machines[0].kill_group(leaders[0])
        assert machines[0].hits["nothing"] == 0, "it held something"
        wait_until(lambda: through(machines[0]), 120)

    request.refresh_from_db()
    assert (request.done, request.failed, request.stage) == (60, 0, "ended")
    # What the dead machine had fetched lies on the dead machine.
    assert counts.disagreements(home) + fetches.disagreements(sandbox, machines[0].killed, kept_apart=True) == []
