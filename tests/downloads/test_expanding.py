from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.services.browse import resolve
from downloads.models import Download, DownloadRequest
from downloads.services import draining, expanding
from downloads.services.requests import request_download
from downloads.services.worker import Worker
from tests.downloads.make import make_request

pytestmark = pytest.mark.django_db(transaction=True)
ALBUM = "https://www.deezer.com/album/302001"
LARGE = "https://www.deezer.com/playlist/908001"
EMPTY = "https://www.deezer.com/playlist/908002"


def ask(link, **how):
    found = resolve(link)
    return request_download(track=found.track, album=found.album, artist=found.artist, playlist=found.playlist, **how)


def expand(request, **how):
    draining.drain_requests(Worker.here(**how))
    request.refresh_from_db()
    return request


def test_playlist_of_ten_thousand_is_read_page_by_page_with_every_entry(sandbox, folders, settings, monkeypatch):
    monkeypatch.setattr(expanding, "SLICE_SECONDS", 2.0)
    request = ask(LARGE)
    worker = Worker.here()

    claimed = expanding.claim_next(worker)
    expanding.expand(claimed, worker)
    request.refresh_from_db()
    early = (request.stage, request.is_expanded, 0 < request.total < 10_000)
    request = expand(request)

    assert early == ("expanding", False, True)
    assert (request.stage, request.total, request.items.count()) == ("running", 10_000, 10_000)
    positions = request.items.order_by("position").values_list("position", flat=True)
    assert list(positions) == list(range(1, 10_001))


def test_playlist_that_is_stored_is_added_in_few_queries(sandbox, folders, django_assert_max_num_queries):
    request = expand(ask(LARGE))
    Download.objects.update(status="cancelled")
    again = request_download(playlist=request.playlist, output_format="mp3")

    with django_assert_max_num_queries(150):
        again = expand(again)

    assert again.total == 10_000


def test_short_request_is_read_between_the_pages_of_a_long_one(sandbox, folders, monkeypatch):
    monkeypatch.setattr(expanding, "SLICE_SECONDS", 0.0)
    long = ask(LARGE)
    worker = Worker.here()
    expanding.expand(expanding.claim_next(worker), worker)
    short = ask(ALBUM, output_format="mp3")
    DownloadRequest.objects.filter(pk=short.pk).update(stage="expanding", is_expanded=False, next_position=1)

    assert expanding.claim_next(worker).pk == short.pk
    assert expanding.claim_next(worker).pk == long.pk


def test_empty_playlist_fails_with_clear_words(sandbox, folders):
    request = expand(ask(EMPTY))

    assert (request.stage, request.reason) == ("failed", "empty")
    assert "empty" in request.message


def test_artist_brings_every_release_and_no_recording_twice(sandbox, folders):
    artist = resolve(ALBUM).album.artists.first()

    request = expand(request_download(artist=artist))

    recordings = list(request.items.values_list("track__recording_id", flat=True))
    albums = set(request.items.values_list("track__album_id", flat=True))
    assert request.stage == "running"
    assert len(albums) > 1
    assert len(recordings) == len(set(recordings)) == request.total


def test_artist_filtered_by_group_brings_only_these(sandbox, folders):
    artist = resolve(ALBUM).album.artists.first()

    request = expand(request_download(artist=artist, options={"groups": ["single"]}))

    assert set(request.items.values_list("track__album__kind", flat=True)) == {"single"}


def test_service_that_fails_is_asked_again_and_the_cursor_is_kept(sandbox, folders, settings):
    settings.RETRY_SECONDS = 600  # on a busy machine the second try must not come before we look
    request = ask(LARGE)
    sandbox.fault("api.deezer.com/playlist/908001/tracks.*index=300", "status", status=503)

    request = expand(request)

    assert (request.stage, request.attempts) == ("expanding", 1)
    assert request.not_before_at > timezone.now() - timedelta(seconds=60)
    read = request.total
    assert read == request.next_position - 1 > 0

    sandbox.mend()
    DownloadRequest.objects.update(not_before_at=None)
    from ops.models import ServiceState

    ServiceState.objects.all().delete()
    request = expand(request)
    assert request.total == 10_000


def test_service_that_never_answers_fails_the_request_with_its_words(sandbox, folders):
    request = ask(LARGE)
    sandbox.fault("api.deezer.com/playlist/908001/tracks", "status", status=500)
    for _ in range(6):
        DownloadRequest.objects.update(not_before_at=None)
        request = expand(request)

    assert request.stage == "failed"
    assert request.message
    assert request.ended_at


def test_request_whose_worker_died_is_taken_over_and_in_the_end_set_aside():
    request = make_request()
    dead = Worker.here()
    for _ in range(4):
        assert expanding.claim_next(dead).pk == request.pk
        assert expanding.claim_next(Worker.here()) is None
        DownloadRequest.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))

    request.refresh_from_db()
    assert request.attempts == 3
    draining.drain_requests(Worker.here())
    request.refresh_from_db()
    assert (request.stage, request.reason) == ("failed", "worker_lost")


def test_claimed_request_holds_its_lease_as_everybody_else_writes_it(folders):
    make_request(stage="expanding", is_expanded=False)

    claimed = expanding.claim_next(Worker.here())

    assert DownloadRequest.objects.filter(lease_expires_at=claimed.lease_expires_at).exists()
