"""Half a minute to hear, from the press to the bytes: every source over the sandbox, and what keeps it in bounds."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from accounts.models import Person
from catalog.models import TrackId
from catalog.services.browse import open_track
from downloads.models import DownloadCandidate, Status
from downloads.services import previews, sources
from downloads.services.previews import ledger_name
from library.audio import measure
from ops.models import LanePermit, Notice, ServiceCalls
from ops.services import lanes
from ops.services.previews import KEEP_SECONDS, MOST_FILES, kept_preview, sweep_previews
from providers.base import Candidate
from tests.downloads.make import make_download, make_track

pytestmark = pytest.mark.django_db(transaction=True)

SKETCH = "https://soundcloud.com/short-circuit-trio/sketch-no-1"
SPARK = "https://shortcircuittrio.bandcamp.com/track/spark-01"  # in FLAC too
ARCHIVED = "https://archive.org/details/quick-sketches/1-02%20Sketch%20No.%202.flac"


@pytest.fixture(autouse=True)
def house_rules(settings, tmp_path):
    """Folders of the test's own, every source on, and no pace."""
    settings.WORK, settings.PREVIEWS = tmp_path / "work", tmp_path / "previews"
    settings.SOURCES = ["youtube_music", "youtube", "internet_archive", "soundcloud", "bandcamp", "link"]
    settings.YOUTUBE_AT_ONCE = settings.YOUTUBE_PACE_SECONDS = settings.YOUTUBE_PER_HOUR = 0
    sources._kept.__dict__.clear()
    yield
    sources._kept.__dict__.clear()


def make_candidate(candidate: Candidate) -> DownloadCandidate:
    download = make_download(status=Status.NEEDS_YOU, reason="match_too_poor")
    return DownloadCandidate.objects.create(
        download=download,
        source=candidate.source,
        source_id=candidate.source_id,
        url=candidate.url,
        title=candidate.title,
        duration_ms=candidate.duration_ms,
        score=60,
        info=asdict(candidate),
    )


@pytest.fixture
def upload(sandbox_server):
    """An ordinary upload of the sandbox's YouTube, some minutes long."""
    return sandbox_server.world.catalogue.uploads_of["tidal-rooms/1.1"][0]


@pytest.fixture
def video(sandbox, upload) -> DownloadCandidate:
    address = f"https://www.youtube.com/watch?v={upload.video_id}"
    return make_candidate(Candidate("youtube", upload.video_id, address, upload.title, duration_ms=upload.duration_ms))


def described(name: str, url: str) -> DownloadCandidate:
    return make_candidate(sources.source_named(name).describe(url))


def hear(visitor: Client, row: DownloadCandidate, **headers: str):
    return visitor.get(reverse("downloads:candidate_preview", args=[row.pk]), headers=headers)


def body_of(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def seconds_of(response, folder) -> float:
    path = folder / "heard.mp3"
    path.write_bytes(body_of(response))
    facts = measure(path)
    assert facts.codec == "mp3"
    return facts.duration_ms / 1000


def test_candidate_when_heard_is_half_a_minute_of_it_and_no_more_is_fetched(visitor, video, upload, sandbox, tmp_path):
    response = hear(visitor, video)

    assert (response.status_code, response["Content-Type"]) == (200, "audio/mpeg")
    assert seconds_of(response, tmp_path) == pytest.approx(30, abs=0.2)
    assert upload.duration_ms > 90_000
    sent = sum(line["bytes_sent"] for line in sandbox.log("www.youtube.com/sandbox/media"))
    assert 300_000 < sent < 1_600_000, "about half a minute at the upload's bitrate, not the whole"


@pytest.mark.parametrize(
    ("name", "url"),
    [("soundcloud", SKETCH), ("bandcamp", SPARK), ("internet_archive", ARCHIVED)],
    ids=["soundcloud", "bandcamp", "internet_archive"],
)
def test_other_sources_are_heard_alike(visitor, sandbox, tmp_path, name, url):
    row = described(name, url)
    length = row.duration_ms / 1000

    response = hear(visitor, row)

    assert response.status_code == 200, body_of(response)
    assert seconds_of(response, tmp_path) == pytest.approx(min(30, length), abs=0.6)


def test_heard_twice_is_fetched_once_counted_once_and_leaves_no_work_behind(visitor, video, sandbox, settings):
    hear(visitor, video)
    asked = sandbox.count("www.youtube.com")

    assert hear(visitor, video).status_code == 200

    assert sandbox.count("www.youtube.com") == asked
    assert ServiceCalls.objects.get(service=ledger_name("youtube")).calls == 1
    [kept] = settings.PREVIEWS.iterdir()
    assert kept.suffix == ".mp3"
    assert kept.stat().st_size < 600_000
    assert not settings.WORK.exists() or not list(settings.WORK.iterdir())


def test_preview_counts_as_one_of_the_sources_hour(visitor, video, settings):
    settings.YOUTUBE_PER_HOUR = 1

    assert hear(visitor, video).status_code == 200

    assert lanes.lane_state("youtube").starts_last_hour == 1
    settings.PREVIEWS.rename(settings.PREVIEWS.with_name("gone"))
    refused = hear(visitor, video)
    assert refused.status_code == 503
    assert "1 downloads an hour are allowed" in refused.json()["message"]
    assert "a preview counts as one of its downloads" in refused.json()["remedy"]


def test_ranges_are_answered_with_that_part_and_nonsense_with_416(visitor, video):
    whole = body_of(hear(visitor, video))
    first = hear(visitor, video, Range="bytes=0-99")
    tail = hear(visitor, video, Range="bytes=-100")
    rest = hear(visitor, video, Range=f"bytes={len(whole) - 10}-")

    assert [one.status_code for one in (first, tail, rest)] == [206, 206, 206]
    assert [body_of(one) for one in (first, tail, rest)] == [whole[:100], whole[-100:], whole[-10:]]
    assert first["Content-Range"] == f"bytes 0-99/{len(whole)}"
    assert first["Accept-Ranges"] == "bytes"
    for nonsense in (f"bytes={len(whole)}-", "bytes=9-3", "bytes=-", "bytes=a-b", "bytes=-0"):
        refused = hear(visitor, video, Range=nonsense)
        assert (refused.status_code, refused["Content-Range"]) == (416, f"bytes */{len(whole)}"), nonsense


def test_part_of_what_has_changed_meanwhile_is_the_whole(visitor, video):
    tag = hear(visitor, video)["ETag"]

    assert hear(visitor, video, Range="bytes=0-9", **{"If-Range": tag}).status_code == 206
    assert hear(visitor, video, Range="bytes=0-9", **{"If-Range": '"another"'}).status_code == 200
    assert hear(visitor, video, Range="bytes=0-9,20-29").status_code == 200
    assert hear(visitor, video, **{"If-None-Match": tag}).status_code == 304


def test_account_that_may_only_look_hears_no_candidate_and_costs_nothing(client, video, sandbox):
    client.force_login(Person.objects.create_user("vi", role=Person.Role.VIEWER))

    response = hear(client, video)

    assert response.status_code == 403
    assert sandbox.count("www.youtube.com") == 0


def test_soulseek_has_no_previews_and_says_why(visitor):
    row = make_candidate(Candidate("slskd", "peer/1", "", "Undertow"))

    response = hear(visitor, row)

    assert response.status_code == 400
    assert "whole files only" in response.json()["message"]


def test_soulseeks_candidate_offers_no_play_but_the_reason(visitor):
    make_candidate(Candidate("slskd", "peer/1", "", "Undertow"))
    make_candidate(Candidate("youtube", "aaaaaaaaaaa", "https://www.youtube.com/watch?v=aaaaaaaaaaa", "Undertow"))

    html = visitor.get("/queue/").content.decode()

    assert html.count("data-preview=") == 1
    assert "gives whole files only" in html


def test_candidate_that_is_gone_is_a_404_in_words(visitor):
    response = visitor.get(reverse("downloads:candidate_preview", args=[999_999]))

    assert response.status_code == 404
    assert response.json()["remedy"] == "Reload the page."


def test_source_that_is_off_says_so(visitor, video, settings):
    settings.SOURCES = ["soundcloud"]

    assert "switched off" in hear(visitor, video).json()["message"]


def test_plain_link_that_fails_is_a_page_with_the_words(visitor, video, sandbox):
    sandbox.youtube("removed")

    response = hear(visitor, video, Accept="text/html,*/*;q=0.8")

    assert response.status_code == 404
    assert response["Content-Type"].startswith("text/html")
    assert escape(hear(visitor, video).json()["message"]) in response.content.decode()


def test_what_failed_is_said_again_without_asking_again(visitor, video, sandbox):
    sandbox.youtube("removed")
    first = hear(visitor, video)
    asked = sandbox.count("www.youtube.com")

    again = hear(visitor, video)

    assert (first.status_code, again.status_code) == (404, 404)
    assert again.json() == first.json()
    assert sandbox.count("www.youtube.com") == asked


def test_service_that_asks_for_a_rest_closes_the_lane_for_workers_too(visitor, video, sandbox):
    sandbox.youtube("later")

    response = hear(visitor, video)

    assert response.status_code == 503
    assert lanes.lane_state("youtube").is_closed
    assert Notice.objects.filter(code="lane:youtube").exists()


def test_closed_lane_is_not_asked_and_says_until_when(visitor, video, sandbox):
    lanes.close_lane("youtube", 600, "rate_limited", "YouTube asks us to wait.")

    response = hear(visitor, video)

    assert response.status_code == 503
    assert response.json()["message"] == "YouTube asks us to wait."
    assert "10 min" in response.json()["remedy"]
    assert sandbox.count("www.youtube.com") == 0


@pytest.mark.parametrize("body", ["nothing " * 40_000, "<script>1</script>" * 9_000, ""], ids=["words", "html", "none"])
def test_what_is_no_audio_is_said_and_never_sent_on(visitor, video, sandbox, settings, body):
    sandbox.fault("www.youtube.com/sandbox/media", "status", status=200, body=body, content_type="audio/mp4")

    response = hear(visitor, video)

    assert response.status_code in {404, 503}, response
    assert response["Content-Type"] == "application/json"
    assert not list(settings.PREVIEWS.glob("*.mp3"))
    assert not list(settings.PREVIEWS.glob("making-*"))


def test_tags_and_pictures_of_the_upload_do_not_come_along(visitor, sandbox):
    heard = body_of(hear(visitor, described("bandcamp", SPARK)))

    assert not heard.startswith(b"ID3")


def test_person_goes_before_background_work_when_the_lane_is_free_again():
    values = {"at_once": 1, "pace_seconds": 0, "jitter_seconds": 0, "per_hour": 0, "lease_seconds": 60}
    running = lanes.try_enter("shelf", "worker/1", **values)

    assert isinstance(lanes.try_enter("shelf", "preview/1", is_person=True, **values), lanes.Wait)
    lanes.leave(running)
    background = lanes.try_enter("shelf", "worker/2", **values)
    person = lanes.try_enter("shelf", "preview/1", is_person=True, **values)

    assert isinstance(background, lanes.Wait)
    assert "go first" in background.message
    assert isinstance(person, lanes.Permit)
    assert lanes.lane_state("shelf").running == 1
    lanes.leave(person)
    assert isinstance(lanes.try_enter("shelf", "worker/2", **values), lanes.Permit)


def test_person_who_went_away_holds_nobody_up_for_long():
    values = {"at_once": 1, "pace_seconds": 0, "jitter_seconds": 0, "per_hour": 0, "lease_seconds": 60}
    running = lanes.try_enter("shelf", "worker/1", **values)
    lanes.try_enter("shelf", "preview/1", is_person=True, **values)
    lanes.leave(running)

    later = timezone.now() + timedelta(seconds=lanes.NEXT_SECONDS + 1)

    assert isinstance(lanes.try_enter("shelf", "worker/2", now=later, **values), lanes.Permit)
    assert not LanePermit.objects.filter(slot=lanes.NEXT).exists()


# --- what is wanted, by the catalogue ---------------------------------------------------------------------------------


@pytest.fixture
def harbour(sandbox):
    return open_track("deezer", "3100001")


def wanted(visitor: Client, track, **headers: str):
    return visitor.get(reverse("downloads:track_preview", args=[track.address]), headers=headers)


def test_wanted_track_is_heard_from_deezer_through_our_own_server(visitor, harbour, sandbox, tmp_path):
    response = wanted(visitor, harbour)

    assert response.status_code == 200
    assert seconds_of(response, tmp_path) == pytest.approx(30, abs=0.2)
    assert sandbox.count("cdnt-preview.dzcdn.net") == 1
    assert ServiceCalls.objects.get(service=previews.CATALOGUE).calls == 1


def test_wanted_track_of_another_catalogue_is_found_by_its_code(visitor, harbour, sandbox):
    isrc = harbour.recording.isrc
    TrackId.objects.all().delete()

    assert isrc
    assert wanted(visitor, harbour).status_code == 200
    assert sandbox.count("api.deezer.com/track/isrc:") == 1


def test_address_of_the_preview_is_asked_for_anew_each_time(visitor, harbour, sandbox, settings):
    wanted(visitor, harbour)
    asked = sandbox.count("api.deezer.com/track/")
    settings.PREVIEWS = settings.PREVIEWS.with_name("other")

    wanted(visitor, harbour)

    assert sandbox.count("api.deezer.com/track/") == asked + 1


def answers_with(sandbox, address: str) -> None:
    body = json.dumps({"id": 3100001, "title": "Harbour Lights", "preview": address})
    sandbox.fault("api.deezer.com/track/3100001", "status", status=200, body=body)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/a.mp3",
        "https://dzcdn.net.evil.example/a.mp3",
        "http://127.0.0.1:1/a.mp3",
        "file:///etc/passwd",
        "https://evildzcdn.net/a.mp3",
    ],
)
def test_preview_at_a_strange_host_is_never_asked_for(visitor, harbour, sandbox, address):
    answers_with(sandbox, address)

    response = wanted(visitor, harbour)

    assert response.status_code == 404
    assert "none of its own servers" in response.json()["message"]
    assert sandbox.count("evil") == 0


def test_track_without_a_preview_says_so(visitor, harbour, sandbox):
    answers_with(sandbox, "")

    assert "lets nobody hear" in wanted(visitor, harbour).json()["message"]


def test_track_that_deezer_does_not_know_has_no_control_and_a_404(visitor):
    track = make_track("Own")

    assert "data-preview" not in visitor.get(track.get_absolute_url()).content.decode()
    assert wanted(visitor, track).status_code == 404


def test_nonsense_for_a_track_is_a_404(visitor):
    assert visitor.get(reverse("downloads:track_preview", args=["zzzzz!"])).status_code == 404


def test_pages_of_the_track_and_its_album_offer_the_preview(visitor, harbour):
    address = reverse("downloads:track_preview", args=[harbour.key])

    assert f'href="{address}"' in visitor.get(harbour.get_absolute_url()).content.decode()
    assert f'href="{address}"' in visitor.get(harbour.album.get_absolute_url()).content.decode()


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_previews_are_kept_for_minutes_and_never_many(settings):
    def write(folder):
        (folder / "heard.mp3").write_bytes(b"x")
        return folder / "heard.mp3"

    for number in range(MOST_FILES + 3):
        kept_preview(f"shelf:{number}", write)
    sweep_previews()

    files = list(settings.PREVIEWS.iterdir())
    assert len(files) == MOST_FILES
    assert sweep_previews(now=files[0].stat().st_mtime + KEEP_SECONDS + 60) == MOST_FILES
    assert list(settings.PREVIEWS.iterdir()) == []
