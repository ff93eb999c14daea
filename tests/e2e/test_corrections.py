"""A shared "right" leads to that very upload, at every source whose links lead anywhere, without a search."""

import json

import pytest
from django.core.management import call_command

from downloads.models import Correction, Download
from downloads.services import sources
from library.models import AudioFile

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
TRACK, ISRC_OF = "https://www.deezer.com/track/3100013", "quick-sketches/1.1"  # Sketch No. 1
UPLOADS = {
    "soundcloud": "https://soundcloud.com/short-circuit-trio/sketch-no-1",
    "bandcamp": "https://shortcircuittrio.bandcamp.com/track/sketch-no-1",
    "internet_archive": "https://archive.org/details/quick-sketches/1-01%20Sketch%20No.%201.flac",
}


@pytest.fixture
def isrc(sandbox_server) -> str:
    return sandbox_server.world.catalogue.album_by_name["quick-sketches"].tracks[0].recording.isrc


@pytest.fixture
def household(home, settings):
    """YouTube is searched; of the others links are taken."""
    settings.SOURCES = ["youtube_music", "youtube", "link"]
    sources._kept.__dict__.clear()
    return home


def import_right(household, isrc: str, service: str, *, number: str = "") -> None:
    found = sources.source_named(service).describe(UPLOADS[service])
    row = {
        "isrc": isrc,
        "service": service,
        "id": number or found.source_id,
        "verdict": "right",
        "url": UPLOADS[service],
    }
    file = household / "shared.json"
    file.write_text(json.dumps({"format": "spotizer-corrections", "version": 1, "corrections": [row]}))
    call_command("corrections", "import", str(file))


@pytest.mark.parametrize("service", UPLOADS)
def test_right_upload_is_fetched_without_a_search(download, household, sandbox, isrc, service):
    import_right(household, isrc, service)

    code, [line] = download(TRACK, "--wait")

    assert (code, line["status"]) == (0, "done"), line
    done = Download.objects.get()
    assert (done.source, done.candidates.get().message) == (
        service,
        "A shared correction says that this is the right song.",
    )
    assert AudioFile.objects.get().passport["source"]["link"]
    assert sandbox.count("music.youtube.com") == 0
    assert sandbox.count("www.youtube.com/sandbox/search") == 0


def test_upload_that_is_wrong_under_its_address_is_refused_under_its_number(download, home, settings, isrc, sandbox):
    settings.SOURCES = ["soundcloud"]
    sources._kept.__dict__.clear()
    Correction.objects.create(
        isrc=isrc,
        service="soundcloud",
        source_id="short-circuit-trio/sketch-no-1",
        url=UPLOADS["soundcloud"],
        verdict="wrong",
    )

    code, [line] = download(TRACK, "--wait")

    refused = Download.objects.get().candidates.get(url=UPLOADS["soundcloud"])
    assert (code, line["status"]) == (1, "needs_you")
    assert refused.source_id.isdigit()
    assert refused.message == "You said that this is the wrong song."
