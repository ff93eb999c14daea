"""Links of albums, sets and playlists at sources: from the pasted address to the files of all tracks."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from catalog.models import Album, Recording
from downloads.models import Download, DownloadCandidate, DownloadRequest
from downloads.services import draining, sources
from downloads.services.requests import request_download
from downloads.services.worker import Worker
from library.models import AudioFile
from library.tags import read_tags
from ops.services import lanes
from sandbox.services.youtube import LIST_ID

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
BANDCAMP = "https://shortcircuittrio.bandcamp.com/album/quick-sketches"
ARCHIVE = "https://archive.org/details/quick-sketches"
SET = "https://soundcloud.com/short-circuit-trio/sets/quick-sketches"
MIXED = "https://soundcloud.com/tom-lind/sets/favourite-sparks"
LIST = f"https://www.youtube.com/playlist?list={LIST_ID}"


@pytest.fixture
def links(home, settings):
    """Pasted links are taken; nothing but YouTube Music is searched."""
    settings.SOURCES = ["youtube_music", "link"]
    sources._kept.__dict__.clear()


@pytest.mark.parametrize(
    ("link", "source", "codec"), [(BANDCAMP, "bandcamp", "mp3"), (ARCHIVE, "internet_archive", "flac")]
)
def test_album_of_a_source_is_fetched_from_it_as_the_catalogues_album(download, links, sandbox, link, source, codec):
    code, lines = download(link, "--wait")

    assert (code, {line["status"] for line in lines}) == (0, {"done"}), lines
    files = AudioFile.objects.select_related("track__album")
    assert len(files) == 12
    assert {(file.codec, file.track.album.title) for file in files} == {(codec, "Quick Sketches")}
    assert sorted(file.track.track_number for file in files) == list(range(1, 13))
    assert Recording.objects.filter(is_identified=False).count() == 0
    assert set(Download.objects.values_list("source", flat=True)) == {source}
    request = DownloadRequest.objects.get()
    assert (request.title, request.subtitle, request.total) == ("Quick Sketches", "Short Circuit Trio", 12)
    assert sandbox.count("api.deezer.com/search/track") == 0  # the album was found as a whole


def test_album_that_no_catalogue_has_keeps_the_sources_names(download, links, sandbox, home):
    sandbox.fault("api.deezer.com", "status", status=404)

    code, lines = download(ARCHIVE, "--wait")

    assert (code, {line["status"] for line in lines}) == (0, {"done"}), lines
    album = Album.objects.get()
    assert (album.title, album.track_total, album.tracks.count()) == ("Quick Sketches", 12, 12)
    assert album.tracks_fetched_at is not None  # nobody is asked for the rest of it
    file = AudioFile.objects.get(track__track_number=2)
    assert not file.recording.is_identified
    tags = read_tags(home / "library" / file.path)
    assert (tags.title, tags.album, tags.artists) == ("Sketch No. 2", "Quick Sketches", ("Short Circuit Trio",))
    assert tags.licence == "https://creativecommons.org/licenses/by/4.0/"


def test_playlist_of_youtube_keeps_the_place_of_what_is_gone(download, links):
    code, _ = download(LIST, "--wait")

    request = DownloadRequest.objects.get()
    assert (request.title, request.total, request.done, request.skipped) == ("Sketches and sparks", 4, 3, 1)
    reasons = list(request.items.values_list("skip_reason", flat=True))
    assert reasons == ["", "gone_from_playlist", "", ""]
    assert code in {0, 1}
    assert {file.track.album.title for file in AudioFile.objects.all()} == {"Quick Sketches", "Sixty Sparks"}


def test_album_of_youtube_music_is_taken_by_either_of_its_addresses(download, links, sandbox_server):
    album = sandbox_server.world.catalogue.album_by_name["quick-sketches"]

    code, _ = download(f"https://music.youtube.com/playlist?list={album.audio_playlist_id}", "--wait")
    assert (code, AudioFile.objects.count()) == (0, 12)
    code, lines = download(f"https://music.youtube.com/browse/{album.browse_id}", "--wait")

    assert (code, {line["status"] for line in lines}) == (0, {"skipped"})
    assert {line["reason"] for line in lines} == {"owned"}


def test_entry_that_cannot_be_read_is_left_out_and_keeps_none_of_the_others_back(download, links):
    _, lines = download(MIXED, "--wait")

    assert sorted(line["status"] for line in lines) == ["done", "done", "skipped"]


def test_given_audio_that_cannot_be_fetched_fails_and_no_other_source_is_asked(download, links, sandbox):
    sandbox.fault("bandcamp.com/sandbox/media/sketch-no-3", "status", status=404)

    code, lines = download(BANDCAMP, "--wait")

    assert code == 1
    assert sorted(line["status"] for line in lines) == [*["done"] * 11, "failed"]
    assert sandbox.count("music.youtube.com") == 0


def test_set_of_soundcloud_is_read_and_fetched(download, links):
    code, lines = download(SET, "--wait")

    assert (code, len(lines)) == (0, 12), lines
    assert set(DownloadCandidate.objects.values_list("source", flat=True)) == {"soundcloud"}


def test_reading_that_breaks_off_goes_on_where_it_was(download, links, sandbox):
    sandbox.fault("bandcamp.com/sandbox/track/sketch-no-12", "status", status=503, times=2)

    code, lines = download(BANDCAMP, "--wait")

    assert (code, len(lines)) == (0, 12), lines
    assert sandbox.count("bandcamp.com/sandbox/album") == 1


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("https://archive.org/details/northern-sky-lp", "lends"),
        ("https://archive.org/details/long-road-out", "withdrawn"),
        ("https://archive.org/details/no-such-item", "no item"),
        ("https://shortcircuittrio.bandcamp.com/album/nothing", "Bandcamp"),
        ("https://www.youtube.com/playlist?list=PLnobody0has0this0list", "YouTube"),
    ],
)
def test_list_that_cannot_be_had_says_why(download, links, library_files, link, words):
    code, [line] = download(link, "--wait")

    assert (code, line["status"]) == (1, "failed"), line
    assert words in line["message"]
    assert library_files() == []


def test_lists_are_refused_where_links_are_switched_off(download, home):
    code, [line] = download(BANDCAMP, "--wait")

    assert code in {1, 2}
    assert "SPOTIZER_SOURCES" in line["message"]


@pytest.mark.parametrize(
    ("link", "facts"),
    [
        (BANDCAMP, ["Quick Sketches", "Album at Bandcamp", "12 tracks"]),
        (ARCHIVE, ["Quick Sketches", "Short Circuit Trio", "12 tracks", "CC BY 4.0"]),
        (LIST, ["Sketches and sparks", "List at YouTube", "3 tracks", "1 gone"]),
        (MIXED, ["Favourite Sparks", "List at SoundCloud", "3 tracks"]),
    ],
)
def test_preview_of_a_list_says_what_it_is_and_how_many(links, visitor, sandbox, link, facts):
    page = visitor.get(reverse("catalog:open"), {"url": link}).content.decode()

    for fact in facts:
        assert fact in page
    assert f"link:{link}" in page
    sandbox.reset()
    assert "tracks" in visitor.get(reverse("catalog:open"), {"url": link}).content.decode()
    assert sandbox.count("sandbox") == 0  # kept


def test_preview_of_a_list_that_takes_long_offers_it_unread(links, visitor, sandbox, monkeypatch):
    monkeypatch.setattr("downloads.services.listings.peek.__kwdefaults__", {"seconds": 0.0})

    page = visitor.get(reverse("catalog:open"), {"url": BANDCAMP}).content.decode()

    assert "takes a while to read" in page
    assert f"link:{BANDCAMP}" in page


def test_get_of_a_list_asks_for_all_of_it(links, visitor, sandbox):
    page = visitor.post(reverse("downloads:request_download"), {"what": f"link:{ARCHIVE}"}, follow=True)

    assert page.status_code == 200
    assert DownloadRequest.objects.get().link == ARCHIVE


def test_closed_lane_is_not_asked_and_the_request_waits_for_it(links, sandbox):
    lanes.close_lane("bandcamp", 600, "rate_limited", "Asked too often.")
    request = request_download(link=BANDCAMP, provider="bandcamp")

    draining.drain_requests(Worker.here())

    request.refresh_from_db()
    assert (request.stage, request.message) == ("expanding", "Asked too often.")
    assert 500 < (request.not_before_at - timezone.now()).total_seconds() <= 601
    assert sandbox.count("bandcamp") == 0


def test_source_that_asks_for_a_rest_while_a_list_is_read_gets_it_from_all(links, sandbox):
    sandbox.fault("bandcamp.com/sandbox/album", "status", status=429, headers={"Retry-After": "600"})
    request = request_download(link=BANDCAMP, provider="bandcamp")

    draining.drain_requests(Worker.here())

    request.refresh_from_db()
    assert request.stage == "expanding"
    assert lanes.lane_state("bandcamp").is_closed
    assert sandbox.count("bandcamp") == 1
