"""What one request chose is in force all the way to the file: from the page, and from the command line."""

import pytest
from django.urls import reverse

from catalog.services.browse import open_track
from downloads.models import Download, DownloadRequest
from downloads.services import draining, sources
from downloads.services.worker import Worker
from library.audio import measure
from library.models import AudioFile
from tests.e2e.test_download import check_file

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
TRACK = "https://www.deezer.com/track/3100013"  # Sketch No. 1


@pytest.fixture
def archive_too(home, settings):
    settings.SOURCES = ["youtube_music", "internet_archive"]
    sources._kept.__dict__.clear()
    return home


def work() -> None:
    worker = Worker.here()
    draining.drain_requests(worker)
    draining.drain_downloads(worker)


def test_page_to_file_as_mp3_of_that_bitrate_from_that_source_under_that_name(visitor, archive_too, sandbox):
    track = open_track("deezer", "3100013")

    visitor.post(
        reverse("downloads:request_download"),
        {
            "what": f"track:{track.key}",
            "as": "1",
            "format": "mp3",
            "quality": "128",
            "loudness": "tags",
            "trim": "yes",
            "template": "Chosen/{Title}",
            "sources": ["internet_archive"],
        },
    )
    work()

    file = AudioFile.objects.get()
    facts = measure(archive_too / "library" / file.path)
    assert (file.path, facts.codec, file.bitrate_kbps) == ("Chosen/Sketch No. 1.mp3", "mp3", 128)
    assert Download.objects.get().source == "internet_archive"
    assert sandbox.count("music.youtube.com") == 0, "a source that was left out is not asked"
    assert "loudness" in str(file.passport["steps"])
    assert DownloadRequest.objects.get().stage == "ended"


def test_another_form_of_an_owned_track_is_a_further_file(visitor, home, library_files):
    track = open_track("deezer", "3100013")
    for chosen in ({}, {"as": "1", "format": "mp3"}, {"as": "1", "format": "flac", "force_lossless": "on"}):
        visitor.post(reverse("downloads:request_download"), {"what": f"track:{track.key}"} | chosen)
        work()

    forms = [name.rpartition(".")[2] for name in library_files() if "Sketch No. 1." in name]
    assert [form for form in forms if form != "lrc"] == ["flac", "mp3", "opus"]
    assert AudioFile.objects.filter(recording=track.recording, gone_at=None).count() == 3


def test_command_asks_only_the_named_source_and_makes_v0(download, archive_too, sandbox):
    code, [line] = download(TRACK, "--format", "mp3", "--quality", "V0", "--source", "internet_archive", "--wait")

    assert (code, line["status"]) == (0, "done"), line
    check_file(line["path"])
    wish = DownloadRequest.objects.get()
    assert (wish.quality_kbps, wish.options) == (0, {"sources": ["internet_archive"]})
    assert Download.objects.get().source == "internet_archive"
    assert sandbox.count("music.youtube.com") == 0


def test_command_with_a_source_that_is_not_there_is_refused_with_the_names(download, archive_too):
    code, [line] = download(TRACK, "--source", "napster")

    assert code == 2
    assert "youtube_music, internet_archive" in line["message"]
