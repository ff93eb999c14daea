from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from core.errors import StorageError
from downloads import tasks
from downloads.models import Download, Status
from downloads.services import claims, pausing, sweep, tokens
from downloads.services.folders import held_folder, work_folder
from downloads.services.worker import Worker
from ops.models import Notice
from ops.services import heartbeats, lanes
from tests.downloads.make import make_download

pytestmark = pytest.mark.django_db
S = Status


@pytest.fixture(autouse=True)
def everything_is_due(folders):
    sweep._last.clear()


def queued(cluster):
    return OrmQ.objects.filter(key=cluster).count()


def test_top_up_gives_a_token_per_row_but_never_more_than_workers(settings):
    settings.WORKERS = 3
    make_download()
    tokens.top_up()
    assert queued("downloads") == 1

    for _ in range(10):
        make_download()
    tokens.top_up()
    assert tokens.top_up() == 0
    assert queued("downloads") == 3


def test_top_up_counts_only_tokens_that_nobody_took():
    make_download()
    tokens.top_up()
    OrmQ.objects.update(lock=timezone.now() + timedelta(hours=3))  # a worker has it, or had it when it was killed

    tokens.top_up()

    assert queued("downloads") == 2


def test_top_up_with_nothing_to_do_or_while_paused_gives_none():
    make_download(status=S.WAITING, not_before_at=timezone.now() + timedelta(hours=1))
    make_download(status=S.FAILED)
    assert tokens.top_up() == 0

    make_download()
    pausing.set_paused_all(True)
    assert tokens.top_up() == 0


def test_token_that_finds_nothing_ends_at_once():
    tasks.drain_downloads()
    tasks.drain_requests()

    assert not OrmQ.objects.exists()


def test_sweep_puts_lapsed_rows_back_and_wakes_a_worker():
    make_download()
    download = claims.claim_next(Worker.here())
    Download.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))

    swept = sweep.sweep()

    assert (swept.put_back, swept.tokens) == (1, 1)
    assert Download.objects.get(pk=download.pk).status == S.QUEUED
    assert heartbeats.is_alive(sweep.NAME, within_seconds=30)


def test_sweep_opens_a_lane_whose_time_is_up():
    lanes.close_lane("youtube", -1, "rate_limited", "Wait.")

    assert sweep.sweep().opened == ("youtube",)
    assert not Notice.objects.exists()


def test_sweep_takes_away_folders_of_what_ended_or_is_gone_and_no_others():
    done, queued_row, held = make_download(status=S.DONE), make_download(), make_download(status=S.CANCELLED)
    for number in (done.pk, queued_row.pk, 987654):
        (work_folder(number) / "1").mkdir(parents=True)

    with held_folder(held.pk):
        swept = sweep.sweep()

    assert swept.folders == 2
    assert [work_folder(number).exists() for number in (done.pk, 987654, queued_row.pk, held.pk)] == [
        False,
        False,
        True,
        True,
    ]


def test_queue_that_stands_still_for_the_disk_goes_on_by_itself_once_it_is_well(folders):
    make_download()
    pausing.pause_for_storage(StorageError("The library is gone.", remedy="Mount it.", reason="storage_gone"))
    assert claims.claim_next(Worker.here()) is None

    sweep.sweep()

    assert pausing.storage_trouble() == ""
    assert not Notice.objects.exists()
    assert claims.claim_next(Worker.here()) is not None


def test_queue_stays_paused_while_the_disk_has_no_room(settings):
    pausing.pause_for_storage(StorageError("The disk is full.", remedy="Make room.", reason="disk_full"))
    settings.MIN_FREE_MB = 10**12

    sweep.sweep()

    assert pausing.storage_trouble() == "disk_full"
    assert Notice.objects.get().remedy == "Make room."


def test_queue_that_a_person_paused_stays_so_when_the_disk_is_mended():
    pausing.set_paused_all(True)
    pausing.pause_for_storage(StorageError("The disk is full.", reason="disk_full"))

    sweep.sweep()

    assert pausing.is_paused()
    assert pausing.storage_trouble() == ""
