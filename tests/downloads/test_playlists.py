"""A playlist whose downloads ended has its list in the library."""

import pytest
from django.utils import timezone

from catalog.models import Playlist
from downloads.models import DownloadRequest, RequestItem, Status
from downloads.services import playlists
from downloads.services.playlists import write_ended_playlists
from library.services import journal
from tests.downloads.make import make_download, make_file, make_request, make_track, make_wish

pytestmark = pytest.mark.django_db
Stage = DownloadRequest.Stage


@pytest.fixture(autouse=True)
def library(settings, tmp_path):
    settings.LIBRARY = tmp_path / "library"
    (settings.LIBRARY / ".spotizer").mkdir(parents=True)
    return settings.LIBRARY


@pytest.fixture(autouse=True)
def fresh_process(monkeypatch):
    monkeypatch.setattr(playlists, "_looked_at", 0)


@pytest.fixture
def playlist():
    return Playlist.objects.create(provider="deezer", provider_id="7", title="Evening")


def ended(playlist, **fields):
    values = {"kind": "playlist", "stage": Stage.ENDED, "is_expanded": True, "ended_at": timezone.now()}
    return make_request(playlist=playlist, **values | fields)


def paths(library):
    lines = (library / "Playlists/Evening.m3u8").read_text("utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def test_list_holds_what_was_fetched_and_what_was_here_already_in_the_order_of_the_playlist(playlist, library):
    request = ended(playlist)
    here, fetched, failed = make_track("Here"), make_track("Fetched"), make_track("Failed")
    done = make_download(fetched, status=Status.DONE, file=make_file(fetched))
    make_wish(make_download(failed, status=Status.FAILED), position=2, request=request)
    make_wish(done, position=3, request=request)
    RequestItem.objects.create(request=request, position=1, track=here, skip_reason="owned", file=make_file(here))
    RequestItem.objects.create(request=request, position=4, skip_reason="gone_from_playlist")

    assert write_ended_playlists() == 1

    assert paths(library) == ["../Here.opus", "../Fetched.opus"]
    assert write_ended_playlists() == 0


def test_list_is_written_again_when_a_retry_brought_more(playlist, library):
    track, late = make_track("First"), make_track("Late")
    request = ended(playlist)
    make_wish(make_download(track, status=Status.DONE, file=make_file(track)), request=request)
    row = make_download(late, status=Status.FAILED)
    make_wish(row, position=2, request=request)
    write_ended_playlists()

    row.status, row.file = Status.DONE, make_file(late)
    row.save()
    DownloadRequest.objects.filter(pk=request.pk).update(ended_at=timezone.now())

    assert write_ended_playlists() == 1
    assert paths(library) == ["../First.opus", "../Late.opus"]


@pytest.mark.django_db(transaction=True)
def test_list_follows_a_file_that_was_moved_and_moved_back(playlist, library):
    track = make_track("First")
    (library / "First.opus").write_bytes(b"sound")
    make_wish(make_download(track, status=Status.DONE, file=make_file(track)), request=ended(playlist))
    write_ended_playlists()
    assert paths(library) == ["../First.opus"]

    act = journal.move_file("First.opus", "there/First.opus", by="test")
    assert write_ended_playlists() == 1
    assert paths(library) == ["../there/First.opus"]
    assert write_ended_playlists() == 0

    journal.undo_act(act, by="test")
    assert write_ended_playlists() == 1
    assert paths(library) == ["../First.opus"]


def test_running_request_albums_of_a_playlist_and_an_album_get_no_list(playlist, library):
    track = make_track()
    for fields in ({"stage": Stage.RUNNING, "ended_at": None}, {"options": {"albums": True}}, {"kind": "album"}):
        make_wish(
            make_download(track, status=Status.DONE, file=make_file(track, f"{len(fields)}{fields}.opus")),
            request=ended(playlist, **fields),
        )

    DownloadRequest.objects.filter(options={"albums": True}).update(stage=Stage.ENDED)
    assert write_ended_playlists() == 0
    assert not (library / "Playlists").exists()


def test_playlist_of_which_nothing_came_leaves_no_empty_list(playlist, library):
    make_wish(make_download(status=Status.FAILED), request=ended(playlist))

    assert write_ended_playlists() == 0
    assert not (library / "Playlists").exists()


def test_list_that_cannot_be_written_stays_due(playlist, library):
    track = make_track("First")
    make_wish(make_download(track, status=Status.DONE, file=make_file(track)), request=ended(playlist))
    (library / "Playlists").write_text("in the way", "utf-8")

    assert write_ended_playlists() == 0

    (library / "Playlists").unlink()
    assert write_ended_playlists() == 1


def test_no_list_where_the_setting_says_so(playlist, library, settings):
    settings.SAVE_PLAYLIST = False
    track = make_track("First")
    make_wish(make_download(track, status=Status.DONE, file=make_file(track)), request=ended(playlist))

    assert write_ended_playlists() == 0


def test_number_of_queries_does_not_grow_with_the_playlist(playlist, django_assert_max_num_queries):
    request = ended(playlist)
    for position in range(1, 40):
        track = make_track()
        make_wish(make_download(track, status=Status.DONE, file=make_file(track)), position=position, request=request)

    with django_assert_max_num_queries(12):
        write_ended_playlists()
