import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.errors import (
    AuthRequired,
    NotFound,
    PermanentError,
    QuotaExceeded,
    RateLimited,
    StorageError,
    TransientError,
    UserError,
)
from downloads.models import Download, DownloadCandidate, Status
from downloads.services import claims, draining, pausing, queue, sources, states, work
from downloads.services.folders import held_folder, work_folder
from downloads.services.worker import Worker
from history.models import Event
from library.models import AudioFile
from ops.models import Notice
from ops.services import heartbeats, lanes
from tests.downloads.make import make_album, make_download, make_file, make_track, make_wish
from tests.downloads.shelf import Shelf
from tests.library.audio_files import make_audio

pytestmark = pytest.mark.django_db(transaction=True)
S = Status


def wish(title="Undertow", **fields):
    """A download of a track of two seconds, and its request."""
    download = make_download(make_track(title, duration_ms=2_000), **fields)
    make_wish(download)
    return download


def drain(**how):
    """Everything that is due is worked on; rows in a short back-off too."""
    draining.drain_downloads(Worker.here(**how))


def work_once():
    worker = Worker.here()
    download = claims.claim_next(worker)
    work.run(download, worker)
    download.refresh_from_db()
    return download


def files_in(folder):
    return sorted(
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and ".spotizer/" not in str(path)
    )


def test_work_files_the_track_and_records_it_in_one_go(shelf, folders):
    download = wish()
    request = download.items.get().request
    shelf.put("Undertow")

    drain()

    download.refresh_from_db()
    request.refresh_from_db()
    file = AudioFile.objects.get()
    assert (download.status, download.file, download.percent) == (S.DONE, file, 100)
    assert (file.codec, file.recording) == ("opus", download.recording)
    assert (request.done, request.stage) == (1, "ended")
    assert files_in(folders / "library") == [file.path]
    assert not work_folder(download.pk).exists()
    event = Event.objects.get(kind="done")
    assert (event.file_id, event.source) == (file.pk, "shelf")
    assert event.detail["path"] == file.path
    assert event.detail["score"] >= 80


def test_work_goes_through_its_states_in_order_and_history_tells_all(shelf):
    download = wish()
    shelf.put("Undertow")

    drain()

    told = [event.detail["to"] for event in Event.objects.filter(download_id=download.pk).order_by("id")]
    assert told == ["searching", "fetching", "processing", "done"]


def test_work_when_the_track_was_filed_meanwhile_skips_it(shelf, settings):
    download = wish()
    file = make_file(download.track)
    (settings.LIBRARY / ".spotizer").mkdir(parents=True)
    (settings.LIBRARY / file.path).write_bytes(b"sound")

    drain()

    download.refresh_from_db()
    assert (download.status, download.reason, download.file) == (S.SKIPPED, "owned", file)
    assert download.items.get().file == file
    assert shelf.searches == []
    assert download.items.get().request.skipped == 1


def test_work_when_the_first_candidate_is_gone_takes_the_next(shelf):
    download = wish()
    gone = shelf.put("Undertow", "gone")
    shelf.put("Undertow", "here", duration_ms=2_100)
    shelf.say(gone, NotFound("It was removed.", reason="removed"))

    drain()

    download.refresh_from_db()
    assert download.status == S.DONE
    assert shelf.fetches == ["gone", "here"]
    rows = {row.source_id: row.state for row in download.candidates.all()}
    assert rows == {"gone": "failed", "here": "chosen"}


def test_work_when_every_candidate_fails_fails_with_the_last_words(shelf, folders):
    download = wish()
    for name in ("one", "two"):
        shelf.say(shelf.put("Undertow", name), PermanentError("Blocked in your country.", reason="region_locked"))

    drain()

    download.refresh_from_db()
    assert (download.status, download.reason) == (S.FAILED, "region_locked")
    assert "All 2 candidates failed" in download.message
    assert "Blocked in your country" in download.message
    assert files_in(folders / "library") == []
    assert not work_folder(download.pk).exists()
    assert download.items.get().request.failed == 1


def test_work_when_no_source_has_it_fails_with_no_match(shelf):
    download = wish()

    drain()

    download.refresh_from_db()
    assert (download.status, download.reason) == (S.FAILED, "no_match")
    assert "The shelf" in download.message


def test_work_when_only_a_wrong_version_is_there_asks_a_person_in_words(shelf):
    download = wish()
    shelf.put("Undertow (Live at the Harbour)", duration_ms=120_000)

    drain()

    download.refresh_from_db()
    assert (download.status, download.reason) == (S.NEEDS_YOU, "match_too_poor")
    assert "Live at the Harbour" in download.message
    assert [row.state for row in download.candidates.all()] == ["rejected"]
    assert shelf.fetches == []


def test_choose_fetches_what_the_person_picked_whatever_its_score(shelf):
    download = wish()
    shelf.put("Undertow (Live at the Harbour)")
    drain()
    candidate = download.candidates.get()

    queue.choose(download.pk, candidate.pk)
    drain()

    download.refresh_from_db()
    assert download.status == S.DONE
    assert shelf.searches == ["Undertow"]


def test_work_when_the_network_fails_waits_doubling_and_spends_the_budget(shelf, settings):
    settings.RETRY_SECONDS = 100
    download = wish()
    shelf.say(shelf.put("Undertow"), TransientError("The connection was reset."))
    waits = []

    for _ in range(2):
        download = work_once()
        assert (download.status, download.reason) == (S.WAITING, "network")
        waits.append((download.not_before_at - timezone.now()).total_seconds())
        Download.objects.update(not_before_at=timezone.now())
    download = work_once()

    assert waits[0] == pytest.approx(100, rel=0.12)
    assert waits[1] == pytest.approx(200, rel=0.12)
    assert (download.status, download.reason) == (S.FAILED, "network")
    assert shelf.fetches == ["v0"] * 3
    assert shelf.searches == ["Undertow"]


def test_work_when_the_network_comes_back_within_the_budget_is_done(shelf):
    download = wish()
    shelf.say(shelf.put("Undertow"), TransientError("reset"), TransientError("reset"), shelf.sound)

    drain()

    download.refresh_from_db()
    assert download.status == S.DONE
    assert shelf.fetches == ["v0"] * 3


def test_work_when_a_service_says_how_long_to_wait_waits_so_long(shelf):
    wish()
    shelf.say(shelf.put("Undertow"), TransientError("busy", retry_after=1234))

    download = work_once()

    assert download.status == S.WAITING
    assert (download.not_before_at - timezone.now()).total_seconds() == pytest.approx(1234, abs=20)


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (RateLimited("Try again later.", retry_after=900), 900),
        (RateLimited("Try again later."), 3600),
        (RateLimited("Refused twice.", reason="blocked"), 1800),
        (QuotaExceeded("Enough for today."), 86_400),
        (AuthRequired("Sign in to confirm you are no bot.", remedy="Wait an hour."), 3600),
        (UserError("ffmpeg was not found.", reason="broken_install"), 300),
    ],
)
def test_work_when_the_source_wants_a_rest_closes_its_lane_and_spends_nothing(shelf, error, seconds):
    wish()
    shelf.say(shelf.put("Undertow"), error)

    download = work_once()

    assert (download.status, download.reason, download.failures) == (S.WAITING, error.reason, 0)
    assert (download.not_before_at - timezone.now()).total_seconds() == pytest.approx(seconds, abs=20)
    state = lanes.lane_state("shelf")
    assert state.is_closed
    assert state.reason == error.reason
    notice = Notice.objects.get(code="lane:shelf")
    assert notice.remedy
    assert error.message in notice.message


def test_search_without_a_program_that_it_needs_closes_the_lane_and_spends_nothing(shelf):
    wish()
    shelf.search_errors = [UserError("No JavaScript runtime was found.", reason="broken_install")]

    download = work_once()

    assert (download.status, download.reason, download.failures) == (S.WAITING, "broken_install", 0)
    assert Notice.objects.get(code="lane:shelf").remedy


def test_work_with_a_source_that_there_is_not_fails_with_words_that_say_so(shelf, settings):
    wish()
    settings.SOURCES = ["yuotube"]

    download = work_once()

    assert (download.status, download.reason) == (S.FAILED, "bad_request")
    assert "yuotube" in download.message
    assert "SPOTIZER_SOURCES" in download.message


def test_row_that_meets_a_closed_lane_waits_for_it_and_asks_nothing(shelf):
    wish()
    shelf.put("Undertow")
    lanes.close_lane("shelf", 600, "rate_limited", "Try again later.")

    download = work_once()

    assert (download.status, download.reason, download.failures) == (S.WAITING, "rate_limited", 0)
    assert shelf.searches == shelf.fetches == []


def test_row_goes_on_by_itself_once_the_lane_is_open_again(shelf):
    download = wish()
    shelf.say(shelf.put("Undertow"), RateLimited("Slow down.", retry_after=0.3), shelf.sound)

    drain()

    download.refresh_from_db()
    assert download.status == S.DONE


def test_search_without_an_answer_is_not_taken_for_no_match(shelf):
    wish()
    shelf.search_errors = [TransientError("no route")]

    download = work_once()

    assert (download.status, download.reason, download.failures) == (S.WAITING, "network", 1)


def test_search_that_never_answers_fails_with_that_reason(shelf):
    download = wish()
    shelf.search_errors = [TransientError("no route")] * 5

    drain()

    download.refresh_from_db()
    assert (download.status, download.reason) == (S.FAILED, "network")
    assert len(shelf.searches) == 3


def test_work_when_the_disk_fails_pauses_the_queue_and_puts_the_row_back_untouched(shelf, monkeypatch):
    download, other = wish(), wish("Lantern")
    shelf.say(shelf.put("Undertow"), StorageError("The disk is full.", remedy="Make room.", reason="disk_full"))

    drain()

    for row in (download, other):
        row.refresh_from_db()
        assert (row.status, row.failures) == (S.QUEUED, 0)
    assert pausing.storage_trouble() == "disk_full"
    notice = Notice.objects.get(code="queue:storage")
    assert (notice.level, notice.remedy) == ("error", "Make room.")


def test_garbage_and_a_file_longer_than_promised_go_to_the_next_candidate(shelf, folders):
    download = wish()
    garbage = folders / "garbage.webm"
    garbage.write_bytes(bytes(range(256)) * 200)
    long = make_audio(folders / "long.webm", seconds=9)
    shelf.say(shelf.put("Undertow", "garbage"), garbage)
    shelf.say(shelf.put("Undertow", "long"), long)
    shelf.put("Undertow", "good")

    drain()

    download.refresh_from_db()
    reasons = {row.source_id: row.breakdown.get("failed") for row in download.candidates.all()}
    assert download.status == S.DONE
    assert reasons == {"garbage": "broken_file", "long": "broken_file", "good": None}
    assert len(files_in(folders / "library")) == 1


def in_thread(download, worker):
    thread = threading.Thread(target=work.run, args=(download, worker))
    thread.start()
    return thread


def test_cancel_stops_a_fetch_within_a_second_and_its_files_are_gone(shelf, folders):
    wish()
    shelf.say(shelf.put("Undertow"), "hang")
    worker = Worker.here()
    download = claims.claim_next(worker)
    thread = in_thread(download, worker)
    assert shelf.is_fetching.wait(60)

    begun = time.monotonic()
    queue.cancel([download.pk])
    thread.join(60)

    assert time.monotonic() - begun < 1.5
    assert Download.objects.get(pk=download.pk).status == S.CANCELLED
    assert not work_folder(download.pk).exists()
    assert lanes.lane_state("shelf").running == 0


def test_stop_puts_the_row_back_with_what_was_fetched(shelf):
    wish()
    shelf.say(shelf.put("Undertow"), "hang")
    worker = Worker.here()
    download = claims.claim_next(worker)
    thread = in_thread(download, worker)
    assert shelf.is_fetching.wait(60)

    worker.stop.set()
    thread.join(60)

    download = Download.objects.get(pk=download.pk)
    assert (download.status, download.lease_owner, download.crashes) == (S.QUEUED, "", 0)
    assert files_in(work_folder(download.pk))[-1].endswith("half.part")


def test_search_that_is_cut_off_between_two_sources_asks_all_of_them_again(shelf, settings, monkeypatch):
    vault, worker = Shelf(shelf.sound), Worker.here()
    vault.name, vault.has_lossless = "vault", True
    monkeypatch.setitem(sources.MAKERS, "vault", lambda: vault)
    settings.SOURCES = ["shelf", "vault"]
    download = wish(output_format="flac")
    for place in (shelf, vault):
        place.put("Undertow")
    vault.has = [replace(candidate, source="vault") for candidate in vault.has]
    vault.when_searched = worker.stop.set

    work.run(claims.claim_next(worker), worker)

    download.refresh_from_db()
    assert (download.status, download.options) == (S.QUEUED, {})
    assert not download.candidates.exists()

    vault.when_searched = lambda: None
    drain()

    assert set(download.candidates.values_list("source", flat=True)) == {"shelf", "vault"}
    assert (len(shelf.searches), len(vault.searches)) == (2, 2)


def test_lost_lease_stops_the_work_and_writes_nothing(shelf):
    wish()
    shelf.say(shelf.put("Undertow"), "hang")
    worker = Worker.here()
    download = claims.claim_next(worker)
    thread = in_thread(download, worker)
    assert shelf.is_fetching.wait(60)

    claims.put_lapsed_back(now=timezone.now() + timedelta(hours=1))
    second = claims.claim_next(Worker.here())
    thread.join(60)

    row = Download.objects.get(pk=download.pk)
    assert (row.status, row.lease_owner) == (S.SEARCHING, second.lease_owner)
    assert work_folder(download.pk).exists()


def test_pulse_keeps_the_lease_of_a_long_fetch(shelf, settings):
    settings.LEASE_SECONDS = 1
    wish()
    shelf.say(shelf.put("Undertow"), "hang")
    worker = Worker.here()
    download = claims.claim_next(worker)
    first_end = download.lease_expires_at
    thread = in_thread(download, worker)

    deadline = time.monotonic() + 60
    while Download.objects.get(pk=download.pk).lease_expires_at <= first_end + timedelta(seconds=1):
        assert time.monotonic() < deadline
        time.sleep(0.1)

    assert claims.put_lapsed_back() == 0
    assert heartbeats.is_alive(f"worker:{worker.name}", within_seconds=30)
    worker.stop.set()
    thread.join(60)


def test_row_whose_folder_another_process_holds_waits(shelf):
    download = wish()
    shelf.put("Undertow")

    with held_folder(download.pk) as folder:
        assert folder is not None
        row = work_once()

    assert (row.status, row.reason) == (S.WAITING, "folder_busy")


def test_file_that_was_filed_before_a_crash_is_adopted_and_not_fetched_again(shelf, folders, monkeypatch):
    download = wish()
    shelf.put("Undertow")
    monkeypatch.setattr(work, "record_file", _crash)
    with pytest.raises(_Crash):
        work_once()
    monkeypatch.undo()
    assert len(files_in(folders / "library")) == 1
    Download.objects.filter(pk=download.pk).update(status=S.QUEUED, lease_owner="")
    shelf.fetches.clear()

    download = _again(shelf, download)

    assert download.status == S.DONE
    assert shelf.fetches == []
    assert files_in(folders / "library") == [AudioFile.objects.get().path]
    assert download.candidates.get().state == DownloadCandidate.State.CHOSEN


def test_file_that_was_fetched_before_a_crash_is_not_fetched_again(shelf, folders, monkeypatch):
    download = wish()
    shelf.put("Undertow")
    with monkeypatch.context() as patch:
        patch.setattr(work, "finish", _crash)
        with pytest.raises(_Crash):
            work_once()
    Download.objects.filter(pk=download.pk).update(status=S.QUEUED, lease_owner="")
    shelf.fetches.clear()

    download = _again(shelf, download)

    assert download.status == S.DONE
    assert shelf.fetches == []
    assert download.candidates.get().state == DownloadCandidate.State.CHOSEN


class _Crash(BaseException):
    """The process ends here."""


def _crash(*args, **kwargs):
    raise _Crash


def _again(shelf, download):
    from downloads.services import sources

    sources._kept.sources, sources._kept.key = [shelf], (("shelf",), "")
    drain()
    download.refresh_from_db()
    return download


def test_bug_is_said_on_the_row_and_raised(shelf):
    download = wish()
    shelf.say(shelf.put("Undertow"), ZeroDivisionError("a bug"))

    with pytest.raises(ZeroDivisionError):
        drain()

    download.refresh_from_db()
    assert (download.status, download.reason) == (S.FAILED, "internal")
    assert "ZeroDivisionError" in download.message


def test_album_by_two_workers_at_once_is_fetched_once_each(shelf, folders):
    album = make_album(4)
    downloads = [make_download(track) for track in album.tracks.all()]
    for track in album.tracks.all():
        track.recording.duration_ms = 2_000
        track.recording.save()
        shelf.put(track.title, f"id {track.title}")
    for download in downloads:
        make_wish(download)

    threads = [threading.Thread(target=drain) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert set(Download.objects.values_list("status", flat=True)) == {S.DONE}
    assert len(shelf.fetches) == len(set(shelf.fetches)) == 4
    assert len([name for name in files_in(folders / "library") if name.endswith(".opus")]) == 4


def test_progress_is_written_at_most_once_a_second(shelf):
    from downloads.services.job import Job
    from downloads.services.pulse import Pulse
    from providers.base import Progress

    wish()
    worker = Worker.here()
    download = claims.claim_next(worker)
    job = Job.of(download, worker, Pulse(download, worker), work_folder(download.pk))
    job.written_at = time.monotonic() - 5

    begun = time.monotonic()
    with CaptureQueriesContext(connection) as queries:
        for number in range(1000):
            job.progress(Progress(number, 1000, 5.0))

    assert len(queries) <= 8 * (1 + int(time.monotonic() - begun)), "eight for each write"
    row = Download.objects.get(pk=download.pk)
    assert row.total_bytes == 1000
    assert states.Fence.of(download).held(download.pk).exists()
    assert DownloadCandidate.objects.count() == 0
