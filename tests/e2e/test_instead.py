"""A link that is pasted for a track in the library: its audio takes the file's place, from the page to the bin."""

import pytest
from django.urls import reverse

from downloads.models import Download, Status
from downloads.services import draining, sources
from downloads.services.worker import Worker
from library.models import AudioFile, FileAct
from tests.e2e.test_download import check_file

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
TRACK = "https://www.deezer.com/track/3100013"  # Sketch No. 1
CLOUD = "https://soundcloud.com/short-circuit-trio/sketch-no-1"


def test_pasted_link_takes_the_place_of_the_file(download, home, settings, visitor, library_files):
    settings.SOURCES = ["youtube_music", "soundcloud"]
    sources._kept.__dict__.clear()
    download(TRACK, "--wait")
    first = Download.objects.get()
    before = AudioFile.objects.get()

    visitor.post(reverse("downloads:download_action"), {"act": f"give:{first.pk}", "text": CLOUD})
    draining.drain_downloads(Worker.here())

    latest, file = Download.objects.latest("pk"), AudioFile.objects.get(gone_at=None)
    assert (latest.status, latest.source) == (Status.DONE, "soundcloud")
    assert (before.codec, file.codec) == ("opus", "mp3")
    check_file(home / "library" / file.path)
    assert [name for name in library_files() if not name.endswith((".lrc", ".jpg"))] == [file.path]
    assert FileAct.objects.get(kind=FileAct.Kind.REPLACE).state == FileAct.State.DONE
