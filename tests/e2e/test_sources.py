"""From a request to the filed file through each of the other sources, over real HTTP and real audio."""

import pytest

from downloads.models import Download
from downloads.services import sources
from history.models import Event
from library.models import AudioFile
from library.tags import read_tags
from tests.e2e.test_download import check_file

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
TRACK = "https://www.deezer.com/track/3100013"  # Sketch No. 1
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
