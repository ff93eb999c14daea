"""What holds the queue back: permits, the shared line, quiet hours, the disk, and how long a retry waits."""

import socket
from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from core.errors import StorageError, TransientError, UserError
from downloads.models import Download, Status
from downloads.services import backoff, bandwidth, claims, draining, pausing, quiet_hours, sources, sweep, tokens
from downloads.services.worker import Worker
from ops.models import LanePermit, Notice
from ops.services import lanes
from ops.services.changes import problem
from ops.settings import Settings
from tests.downloads.make import make_download, make_file, make_track, make_wish

pytestmark = pytest.mark.django_db(transaction=True)
S = Status


class Named:
    """As much of a source as its permits need."""

    def __init__(self, name, lane="shelf"):
        self.name, self.lane = name, lane


def at(text, zone="UTC"):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    """Every test's sweep looks at the disk at once, and nobody remembers how many fetch."""
    monkeypatch.setattr(sweep, "_last", {})
    bandwidth._seen.__dict__.clear()


# --- permits ---------------------------------------------------------------------------------------------------------


def test_permits_of_a_source_and_of_a_host_hold_for_all_workers_together(settings):
    settings.PERMITS = {"youtube": 2, "a.example": 1}
    youtube, other = Named("youtube"), Named("other")

    first = sources.try_enter(youtube, "a.example", "one")
    assert isinstance(first, tuple)
    same_host = sources.try_enter(other, "a.example", "two")
    second = sources.try_enter(youtube, "b.example", "three")
    third = sources.try_enter(youtube, "c.example", "four")

    assert isinstance(same_host, lanes.Wait)
    assert same_host.reason == "lane_busy"
    assert isinstance(second, tuple)
    assert isinstance(third, lanes.Wait)
    sources.leave(first)
    assert isinstance(sources.try_enter(other, "a.example", "two"), tuple)


def test_permits_are_given_back_where_a_later_one_is_refused(settings):
    settings.PERMITS = {"youtube": 1, "a.example": 1}
    sources.try_enter(Named("other"), "a.example", "one")

    assert isinstance(sources.try_enter(Named("youtube"), "a.example", "two"), lanes.Wait)

    assert isinstance(sources.try_enter(Named("youtube"), "b.example", "two"), tuple)


def test_permit_that_was_refused_does_not_count_as_a_start_of_the_lane(settings):
    settings.PERMITS = {"a.example": 1}
    settings.YOUTUBE_AT_ONCE, settings.YOUTUBE_PACE_SECONDS, settings.YOUTUBE_PER_HOUR = 0, 0, 2
    youtube = Named("youtube", lane="youtube")
    first = sources.try_enter(youtube, "a.example", "one")

    for _ in range(3):
        assert sources.try_enter(youtube, "a.example", "two").reason == "lane_busy"
    sources.leave(first)

    assert isinstance(sources.try_enter(youtube, "a.example", "two"), tuple)
    assert lanes.lane_state("youtube").starts_last_hour == 2


def test_fetch_leaves_no_permit_behind(shelf, settings):
    settings.PERMITS = {"shelf": 1, "shelf.test": 1}
    download = make_download(make_track("Undertow", duration_ms=2_000))
    shelf.put("Undertow")

    draining.drain_downloads(Worker.here())

    assert Download.objects.get(pk=download.pk).status == S.DONE
    assert not LanePermit.objects.exists()


def test_settings_say_the_pace_of_every_source(settings):
    settings.SANDBOX_URL = ""
    assert sources.limits_of("soundcloud") == sources.Limits(1, 4, 1, 200)

    settings.SOURCE_PACE, settings.SOURCE_PER_HOUR, settings.PERMITS = {"soundcloud": 8}, {"slskd": 30}, {"bandcamp": 2}

    assert sources.limits_of("soundcloud") == sources.Limits(1, 8, 2, 200)
    assert sources.limits_of("slskd") == sources.Limits(2, 0, 0, 30)
    assert sources.limits_of("bandcamp") == sources.Limits(2, 4, 1, 200)
    assert sources.limits_of("youtube").at_once == settings.YOUTUBE_AT_ONCE


def test_permits_of_a_source_with_a_lane_of_its_own_are_the_lanes(settings):
    settings.SANDBOX_URL, settings.PERMITS = "http://127.0.0.1:1", {"soundcloud": 2}
    source = Named("soundcloud", lane="soundcloud")

    held = [sources.try_enter(source, "a.example", name) for name in ("one", "two", "three")]

    assert [isinstance(answer, lanes.Wait) for answer in held] == [False, False, True]


@pytest.mark.parametrize("name", ["youtub", "internet archive", "slskd_search"])
def test_permit_of_what_is_neither_source_nor_host_is_refused(name):
    with pytest.raises(UserError, match="neither a source nor a host"):
        sources.check_permits({name: 1})

    assert "neither a source nor a host" in problem(Settings.PERMITS, "youtub=1")
    sources.check_permits({"youtube": 1, "music.youtube.com": 2})


# --- the line --------------------------------------------------------------------------------------------------------


def test_bandwidth_is_split_over_the_fetches_that_run(settings):
    settings.BANDWIDTH_KBPS = 800
    assert bandwidth.share() == 100_000

    for number in range(4):
        make_download(status=S.FETCHING, lease_owner=f"w{number}")
    bandwidth._seen.__dict__.clear()

    assert bandwidth.share() == 25_000


def test_bandwidth_without_a_cap_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert bandwidth.share() == 0


# --- quiet hours -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "now", "until"),
    [
        ((time(23), time(7)), "2026-03-01T22:59", None),
        ((time(23), time(7)), "2026-03-01T23:00", "2026-03-02T07:00"),
        ((time(23), time(7)), "2026-03-02T03:00", "2026-03-02T07:00"),
        ((time(23), time(7)), "2026-03-02T07:00", None),
        ((time(12), time(14)), "2026-03-02T13:30", "2026-03-02T14:00"),
        ((time(12), time(14)), "2026-03-02T11:30", None),
        (None, "2026-03-02T03:00", None),
    ],
)
def test_quiet_hours_end_when_they_say_also_over_midnight(settings, hours, now, until):
    settings.QUIET_HOURS = hours

    assert quiet_hours.ends_at(at(now)) == (at(until) if until else None)


def test_quiet_hours_are_those_of_the_zone(settings):
    settings.QUIET_HOURS = (time(23), time(7))

    with timezone.override("Asia/Tokyo"):
        assert quiet_hours.ends_at(at("2026-03-01T15:00")) == at("2026-03-02T07:00", "Asia/Tokyo")


def test_quiet_hours_start_nothing_and_a_notice_says_until_when(settings):
    make_download()
    settings.QUIET_HOURS = (time(0), time(23, 59, 59))

    sweep.sweep()

    assert claims.claim_next(Worker.here()) is None
    assert tokens.top_up() == 0
    assert pausing.standstill().reason == "quiet_hours"
    assert "until 23:59" in Notice.objects.get(code="queue:quiet").message

    settings.QUIET_HOURS = None
    sweep.sweep()

    assert not Notice.objects.exists()
    assert claims.claim_next(Worker.here()) is not None


# --- the disk --------------------------------------------------------------------------------------------------------


def test_queue_pauses_itself_before_the_disk_is_full_and_goes_on_when_there_is_room(settings, folders):
    make_download()
    settings.MIN_FREE_MB = 10**12

    sweep.sweep()

    assert claims.claim_next(Worker.here()) is None
    assert pausing.storage_trouble() == "disk_low"
    notice = Notice.objects.get(code="queue:storage")
    assert "have to stay free" in notice.message
    assert "SPOTIZER_MIN_FREE_MB" in notice.remedy

    settings.MIN_FREE_MB = 1
    sweep._last.clear()
    sweep.sweep()

    assert claims.claim_next(Worker.here()) is not None
    assert not Notice.objects.exists()


def test_queue_pauses_itself_when_the_library_is_unmounted_and_goes_on_when_it_is_back(folders):
    make_download()
    make_file(make_track())
    (folders / "library").mkdir()  # the empty mount point

    sweep.sweep()

    assert pausing.storage_trouble() == "storage_gone"
    assert claims.claim_next(Worker.here()) is None
    assert list((folders / "library").iterdir()) == []

    (folders / "library" / ".spotizer").mkdir()
    sweep._last.clear()
    sweep.sweep()

    assert claims.claim_next(Worker.here()) is not None


def test_full_work_folder_stops_its_own_machine_and_no_other(settings, folders):
    make_download()
    full = StorageError("The disk is full.", remedy="Make room.", reason="disk_full", path=settings.WORK / "7")
    pausing.pause_for_storage(full)
    here, notice = settings.WORK, Notice.objects.get()

    assert claims.claim_next(Worker.here()) is None
    assert pausing.storage_trouble() == "disk_full"
    assert socket.gethostname() in notice.message

    settings.WORK = folders / "work of another machine"
    sweep.sweep()  # its own disk is well: not its business
    assert Notice.objects.exists()
    assert claims.claim_next(Worker.here()) is not None

    settings.WORK = here
    sweep._last.clear()
    sweep.sweep()
    assert not pausing.is_paused()
    assert not Notice.objects.exists()


@pytest.mark.parametrize(("reason", "stops_all"), [("disk_full", True), ("disk_low", True), ("storage_gone", False)])
def test_library_without_room_stops_all_and_one_that_only_this_machine_misses_stops_this(
    settings, folders, reason, stops_all
):
    pausing.pause_for_storage(StorageError("Trouble.", reason=reason, path=settings.LIBRARY / "Nadir"))
    assert pausing.is_paused()

    settings.WORK = folders / "work of another machine"

    assert pausing.is_paused() == stops_all


def test_mark_of_a_machine_that_is_gone_for_good_is_forgotten_with_its_notice(settings, folders):
    pausing.pause_for_storage(StorageError("Full.", reason="disk_full", path=settings.WORK))
    settings.WORK = folders / "work of another machine"

    assert pausing.forget_machines(3600) == 0
    assert pausing.forget_machines(-1) == 1
    assert not Notice.objects.exists()


def test_resume_by_a_person_takes_the_marks_of_all_machines(settings, folders):
    pausing.pause_for_storage(StorageError("Full.", reason="disk_full", path=settings.WORK))
    pausing.pause_for_storage(StorageError("Full.", reason="disk_full", path=settings.LIBRARY))

    pausing.set_paused_all(False)

    assert not pausing.is_paused()
    assert not Notice.objects.exists()


def test_look_at_a_healthy_disk_writes_nothing(folders):
    sweep.sweep()

    assert not (folders / "library").exists()
    assert not pausing.is_paused()


def test_resume_by_a_person_does_not_outlast_a_disk_that_is_still_full(settings, folders):
    settings.MIN_FREE_MB = 10**12
    pausing.pause_for_storage(StorageError("The disk is full.", reason="disk_full"))
    pausing.set_paused_all(False)

    sweep.sweep()

    assert pausing.is_paused()


# --- retries ---------------------------------------------------------------------------------------------------------


def test_back_off_grows_by_the_factor_up_to_the_cap(settings):
    settings.RETRY_SECONDS, settings.RETRY_FACTOR, settings.RETRY_CAP = 2, 3, 40

    waits = [backoff.seconds_for(number) for number in (1, 2, 3, 4, 50)]

    for wait, expected in zip(waits[:3], (2, 6, 18), strict=True):
        assert expected * 0.9 <= wait <= expected * 1.1
    assert waits[3:] == [40, 40]


def test_back_off_that_the_service_asks_for_is_longer_than_the_cap(settings):
    settings.RETRY_CAP = 40

    assert backoff.asked_or(TransientError("later", retry_after=86_400), 40) == 86_400


def test_row_in_back_off_says_until_when(shelf, settings):
    settings.RETRY_SECONDS, settings.RETRY_CAP = 500, 120
    download = make_download(make_track("Undertow", duration_ms=2_000))
    make_wish(download)
    shelf.search_errors = [TransientError("no route")]

    draining.drain_downloads(Worker.here())

    download.refresh_from_db()
    assert download.status == S.WAITING
    assert 100 < (download.not_before_at - timezone.now()).total_seconds() <= 120
