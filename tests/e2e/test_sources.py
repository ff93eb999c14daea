"""From a request to the filed file through each of the other sources, over real HTTP and real audio."""

from dataclasses import replace

import pytest

from catalog.services.browse import resolve
from downloads.models import Download
from downloads.services import draining, folders, queue, sources
from downloads.services.requests import request_download
from downloads.services.worker import Worker
from history.models import Event
from library.models import AudioFile
from library.tags import read_tags
from ops.models import Notice
from sandbox.services.slskd import KEY, memory
from tests.e2e.test_download import check_file

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
TRACK = "https://www.deezer.com/track/3100013"  # Sketch No. 1
ALBUM = "https://www.deezer.com/album/302002"
STUDIO = "https://www.deezer.com/track/3100001"  # Harbour Lights, which the Archive has live too
TROUBLE = "https://www.deezer.com/playlist/908006"
ARCHIVED = "https://archive.org/details/quick-sketches/1-02%20Sketch%20No.%202.flac"


@pytest.fixture
def only(home, settings):
    def choose(*names):
        settings.SOURCES = list(names)
        sources._kept.__dict__.clear()

    return choose


def test_archive_gives_the_track_lossless_and_its_licence_stands_in_file_and_history(download, only, home):
    only("internet_archive")

    code, [line] = download(TRACK, "--wait")

    assert (code, line["status"]) == (0, "done"), line
    file = AudioFile.objects.get()
    assert (file.codec, file.passport["source"]["is_lossless"]) == ("flac", True)
    check_file(line["path"])
    tags = read_tags(home / "library" / file.path)
    assert tags.licence == "https://creativecommons.org/licenses/by/4.0/"
    assert tags.source_link.startswith("https://archive.org/download/quick-sketches/")
    assert Event.objects.get(kind="done").detail["licence"] == tags.licence


@pytest.mark.parametrize("wish", ["mp3", "opus", "m4a"])
def test_licence_stands_in_the_tags_of_every_form(download, only, home, wish):
    only("internet_archive")

    download(TRACK, "--format", wish, "--wait")

    file = AudioFile.objects.get()
    assert read_tags(home / "library" / file.path).licence == "https://creativecommons.org/licenses/by/4.0/"


def test_flac_is_asked_for_so_the_lossless_source_is_asked_though_an_earlier_one_is_sure(download, only, sandbox):
    only("youtube_music", "youtube", "internet_archive")

    code, _ = download(TRACK, "--format", "flac", "--wait")

    assert code == 0
    assert Download.objects.get().source == "internet_archive"
    assert AudioFile.objects.get().passport["source"]["is_lossless"]
    assert sandbox.count("www.youtube.com/sandbox/search") == 0, "what cannot be lossless is not asked as well"


def test_where_the_lossless_one_cannot_be_had_the_other_is_taken(download, only, sandbox):
    only("youtube_music", "internet_archive")
    sandbox.fault("ia800100.us.archive.org", "status", status=404)

    code, _ = download(TRACK, "--format", "flac", "--wait")

    assert (code, Download.objects.get().source) == (0, "youtube_music")
    assert Download.objects.get().candidates.filter(source="internet_archive", state="failed").exists()


def test_nothing_lossless_is_asked_for_so_the_first_sure_source_is_enough(download, only, sandbox):
    only("youtube_music", "internet_archive")

    download(TRACK, "--wait")

    assert Download.objects.get().source == "youtube_music"
    assert sandbox.count("archive.org/advancedsearch") == 0


def test_live_take_of_the_archive_is_not_taken_for_the_studio_one(download, only, sandbox):
    only("internet_archive")
    sandbox.fault("archive.org/metadata/vera-holm-tidal-rooms", "status", status=200, body="{}")

    code, [line] = download(STUDIO, "--wait")

    assert code == 1
    assert (line["status"], AudioFile.objects.count()) == ("needs_you", 0), line


@pytest.mark.parametrize(
    "fault",
    [{"kind": "truncate"}, {"kind": "corrupt"}, {"kind": "reset"}, {"kind": "status", "status": 500}],
    ids=lambda fault: fault["kind"],
)
def test_archive_that_goes_wrong_once_ends_with_the_right_file(download, only, sandbox, library_files, fault):
    only("internet_archive")
    sandbox.fault("ia800100.us.archive.org", times=1, **fault)

    code, [line] = download(TRACK, "--wait")

    assert (code, line["status"]) == (0, "done"), line
    check_file(line["path"])
    assert library_files(".part") == []


def test_link_of_a_file_of_the_archive_is_identified_and_fetched_from_there(download, only):
    only("youtube_music", "internet_archive")

    code, [line] = download(ARCHIVED, "--wait")

    assert (code, line["status"]) == (0, "done"), line
    file = AudioFile.objects.get()
    assert file.recording.is_identified
    assert file.path == "Short Circuit Trio/Quick Sketches (2023)/02 Sketch No. 2.flac"


def test_link_of_a_source_that_is_switched_off_says_how_to_switch_it_on(download, only):
    only("youtube")

    code, [line] = download(ARCHIVED, "--wait")

    assert (code, line["status"]) == (1, "failed") or code == 2
    assert "SPOTIZER_SOURCES" in line["message"]


@pytest.fixture
def slskd(only, settings, sandbox_server, monkeypatch):
    """slskd alone, asked without a pause."""

    def hurried():
        made = sources._slskd()
        made.terms = replace(made.terms, look_seconds=0.0, hold_seconds=0.0, least_wait_seconds=0.05)
        return made

    monkeypatch.setitem(sources.MAKERS, "slskd", hurried)
    settings.SLSKD_URL, settings.SLSKD_KEY = "http://slskd:5030", KEY
    settings.SLSKD_DOWNLOADS = str(sandbox_server.world.shared_folder)
    only("slskd")


def test_soulseek_gives_the_track_lossless_and_slskd_is_tidy_afterwards(download, slskd, sandbox_server):
    code, [line] = download(TRACK, "--wait")

    assert (code, line["status"]) == (0, "done"), line
    file = AudioFile.objects.get()
    assert (file.codec, file.passport["source"]["link"][:19]) == ("flac", "slskd://fast.fiona/")
    check_file(line["path"])
    assert list(sandbox_server.world.shared_folder.rglob("*.flac")) == []


def test_album_from_soulseek_costs_one_worker_two_searches(download, slskd, sandbox, settings):
    settings.WORKERS = 1

    code, lines = download(ALBUM, "--wait")

    assert (code, {line["status"] for line in lines}) == (0, {"done"})
    assert len(lines) == 12
    assert len(sandbox.log("slskd:5030/api/v0/searches$", method="POST")) == 2


def test_peers_that_give_nothing_are_passed_over_for_the_next(download, slskd, sandbox):
    sandbox.mood(slskd_bad_peers=True)

    code, [line] = download(TRACK, "--wait")

    row = Download.objects.get()
    assert (code, row.status) == (0, "done"), line
    states = dict(row.candidates.filter(title__endswith="No. 1").values_list("info__uploader", "state"))
    assert states == {
        "offline olga": "failed",
        "rejecting/rita": "failed",
        "fast.fiona": "chosen",
        "mp3-mike": "untried",
    }


def test_queue_of_a_peer_is_waited_for_without_a_worker_and_spends_no_try(download, slskd, sandbox):
    code, [line] = download("https://www.deezer.com/track/3100025", "--wait")  # Spark 01

    row = Download.objects.get()
    assert (code, line["status"], row.failures) == (0, "done", 0), line
    waits = Event.objects.filter(download_id=row.pk, reason="peer_queue")
    assert waits.count() == 2
    assert "place 40 in the queue of Queue Quentin" in waits.first().message


def test_cancelled_download_is_cancelled_at_the_peer_too(download, slskd, sandbox, sandbox_server):
    sandbox.mood(slskd_queue=-1)
    request_download(track=resolve("https://www.deezer.com/track/3100025").track)
    draining.drain_downloads(Worker.here(seconds=0.5))
    row = Download.objects.get()
    assert (row.status, row.reason) == ("waiting", "peer_queue")
    queue.cancel([row.pk])
    folders.sweep_folders()

    assert sources.sweep_sources() == 1

    [transfer] = memory(sandbox_server.world).transfers.values()
    assert (transfer.state, transfer.is_removed) == ("Completed, Cancelled", True)


def test_slskd_with_a_wrong_key_closes_its_lane_and_says_what_to_do(download, slskd, settings):
    settings.SLSKD_KEY = "another-key-0123456789"
    sources._kept.__dict__.clear()

    code, _ = download(TRACK, "--wait")

    assert (code, Download.objects.get().status) == (1, "waiting")
    assert "SPOTIZER_SLSKD_KEY" in Notice.objects.get(code="lane:slskd").remedy


@pytest.mark.parametrize(
    ("link", "source", "codec"),
    [
        ("https://soundcloud.com/short-circuit-trio/sketch-no-1", "soundcloud", "mp3"),
        ("https://shortcircuittrio.bandcamp.com/track/sketch-no-1", "bandcamp", "mp3"),
        ("https://shortcircuittrio.bandcamp.com/track/spark-01", "bandcamp", "flac"),
        (ARCHIVED, "internet_archive", "flac"),
    ],
)
def test_pasted_link_is_fetched_from_its_service_though_that_is_not_searched(download, only, link, source, codec):
    only("youtube_music", "link")

    code, [line] = download(link, "--wait")

    assert (code, line["status"]) == (0, "done"), line
    file = AudioFile.objects.get()
    assert (Download.objects.get().source, file.codec) == (source, codec)
    assert file.recording.is_identified
    check_file(line["path"])


def test_soundcloud_is_searched_where_it_is_switched_on(download, only):
    only("soundcloud")

    code, [line] = download(TRACK, "--wait")

    assert (code, line["status"], AudioFile.objects.get().codec) == (0, "done", "mp3"), line


@pytest.mark.parametrize(
    ("number", "reason"), [(3100026, "drm"), (3100027, "unavailable")], ids=["encrypted", "preview"]
)
def test_encrypted_upload_and_preview_end_with_their_reason_and_nothing_in_the_library(
    download, only, library_files, number, reason
):
    only("soundcloud")

    code, [line] = download(f"https://www.deezer.com/track/{number}", "--wait")  # Spark 02 and 03

    assert (code, line["status"], line["reason"]) == (1, "failed", reason), line
    assert library_files() == []


@pytest.mark.parametrize(
    "link",
    [
        "https://soundcloud.com/nobody/nothing",
        "https://veraholm.bandcamp.com/track/nothing",
    ],
)
def test_link_that_leads_to_no_recording_says_why(download, only, library_files, link):
    only("youtube_music", "link")

    code, [line] = download(link, "--wait")

    assert (code, line["status"]) == (1, "failed"), line
    assert line["message"]
    assert library_files() == []
