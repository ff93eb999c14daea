"""Several links at once, a discography by kind of release, the albums of a playlist, and getting something again."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Album
from catalog.services.browse import resolve
from core.errors import UserError
from downloads.models import Download, DownloadRequest, RequestItem
from downloads.services import draining
from downloads.services.batches import Wishes, request_links
from downloads.services.contents import next_batch
from downloads.services.requests import request_download
from downloads.services.worker import Worker
from tests.downloads.make import make_file

pytestmark = pytest.mark.django_db(transaction=True)
ALBUM = "https://www.deezer.com/album/302002"
TRACK = "https://www.deezer.com/track/3100013"
ARTIST = "https://www.deezer.com/artist/270"
SKETCHES = "https://www.deezer.com/playlist/908003"
MIXED = "https://www.deezer.com/playlist/908011"
MANY_PAGES = "https://www.deezer.com/playlist/908005"
GONE = '{"error": {"type": "DataException", "message": "no data", "code": 800}}'
EMPTY = "https://www.deezer.com/playlist/908002"


def expand(request):
    draining.drain_requests(Worker.here())
    request.refresh_from_db()
    return request


def albums_of(request):
    ids = RequestItem.objects.filter(request=request).order_by("position").values_list("track__album_id", flat=True)
    return list(dict.fromkeys(ids))


def test_links_of_a_batch_each_have_their_own_outcome(sandbox, folders):
    outcomes = request_links(
        [ALBUM, "https://example.org/nothing", TRACK, "https://www.deezer.com/album/999999999", ALBUM],
        wishes=Wishes(output_format="mp3", priority=2),
    )

    assert [bool(asked.request) for asked in outcomes] == [True, False, True, False]
    assert isinstance(outcomes[1].error, UserError)
    assert outcomes[3].error.reason == "not_found"
    assert set(DownloadRequest.objects.values_list("output_format", "priority")) == {("mp3", 2)}


def test_batch_with_a_priority_that_there_is_not_refuses_each_link_with_words(sandbox, folders):
    [asked] = request_links([ALBUM], wishes=Wishes(priority=9))

    assert "9 is no priority" in asked.error.message
    assert not DownloadRequest.objects.exists()


def test_discography_by_kind_takes_only_releases_of_these_kinds(sandbox, folders):
    [asked] = request_links([ARTIST], wishes=Wishes(groups=("single",)))
    request = expand(asked.request)

    kinds = set(Album.objects.filter(pk__in=albums_of(request)).values_list("kind", flat=True))
    assert kinds == {"single"}
    [everything] = request_links([ARTIST])
    assert expand(everything.request).total > request.total


def test_discography_of_a_kind_that_there_is_not_is_refused(sandbox, folders):
    with pytest.raises(UserError, match="no such kind"):
        request_download(artist=resolve(ARTIST).artist, options={"groups": ["mixtape"]})


def test_albums_of_a_playlist_come_whole_each_once_in_the_order_of_the_list(sandbox, folders):
    [asked] = request_links([MIXED], wishes=Wishes(albums_of_playlist=True))
    request = expand(asked.request)

    entries = request.playlist.entries.order_by("position").values_list("track__album_id", flat=True)
    recordings = request.items.values_list("track__recording_id", flat=True)
    assert request.title == "Albums of My Mixtape"
    assert len(set(entries)) > 3
    assert [pk for pk in albums_of(request) if pk in set(entries)] == [
        pk for pk in dict.fromkeys(entries) if pk in albums_of(request)
    ]
    assert len(recordings) == len(set(recordings)) == request.total > 24
    first = Album.objects.get(pk=albums_of(request)[0])
    assert request.items.filter(track__album=first).count() == first.tracks.count()


def test_albums_of_a_long_playlist_are_found_once_all_its_pages_are_read(sandbox, folders):
    request = request_links([MANY_PAGES], wishes=Wishes(albums_of_playlist=True))[0].request
    cursors = []
    while not request.cursor.startswith("album"):
        request.cursor = next_batch(request).cursor
        cursors.append(request.cursor)

    assert len(cursors) > 1
    assert all(cursor.startswith("page ") for cursor in cursors[:-1])
    assert list(request.playlist.entries.values_list("position", flat=True)) == list(range(1, 551))


def test_albums_of_an_empty_playlist_fail_with_words(sandbox, folders):
    [asked] = request_links([EMPTY], wishes=Wishes(albums_of_playlist=True))

    request = expand(asked.request)

    assert (request.stage, request.reason) == ("failed", "empty")


def test_album_that_is_gone_keeps_the_others_of_the_playlist_from_nothing(sandbox, folders):
    playlist = resolve(MIXED).playlist
    expand(request_download(playlist=playlist))
    first = playlist.entries.order_by("position").first().track.album
    Album.objects.filter(pk=first.pk).update(tracks_fetched_at=None)
    sandbox.fault(
        f"api.deezer.com/album/{first.external_ids.get(provider='deezer').value}", "status", status=200, body=GONE
    )

    request = expand(request_download(playlist=playlist, options={"albums": True}))

    assert request.stage == "running"
    assert request.items.filter(skip_reason="gone_from_playlist").count() == 1
    assert request.total > 24


def test_again_fetches_what_is_owned(sandbox, folders):
    track = resolve(TRACK).track
    (folders / "library" / ".spotizer").mkdir(parents=True)
    (folders / "library" / "here.opus").write_bytes(b"sound")
    make_file(track, "here.opus", bitrate_kbps=128)

    [first] = request_links([TRACK])
    [again] = request_links([TRACK], wishes=Wishes(get_again=True))

    assert (first.request.skipped, first.request.total) == (1, 1)
    assert (again.request.skipped, again.request.total) == (0, 1)
    assert Download.objects.get().options["get_again"] is True


def test_command_hands_over_a_batch_with_its_options_and_tells_what_it_could_not(sandbox, folders):
    from downloads.services import sweep
    from ops.services import heartbeats

    heartbeats.beat(sweep.NAME)  # a server runs
    out = io.StringIO()

    with pytest.raises(CommandError) as caught:
        call_command(
            "download", ARTIST, SKETCHES, "nonsense", "--group", "album,ep", "--albums-of-playlist", "--again",
            "--priority", "1", "--json", stdout=out,
        )  # fmt: skip

    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert caught.value.returncode == 1
    assert [line["status"] for line in lines] == ["failed", "queued", "queued"]
    assert list(DownloadRequest.objects.order_by("pk").values_list("options", "priority")) == [
        ({"groups": ["album", "ep"], "get_again": True}, 1),
        ({"albums": True, "get_again": True}, 1),
    ]


@pytest.mark.parametrize(
    ("link", "arguments", "says"),
    [
        (ALBUM, ("--group", "single"), "for an artist only"),
        (SKETCHES, ("--group", "single"), "for an artist only"),
        (TRACK, ("--albums-of-playlist",), "from a playlist only"),
        (ARTIST, ("--albums-of-playlist",), "from a playlist only"),
        (TRACK, ("--group", "album", "--albums-of-playlist"), "for an artist only"),
    ],
)
def test_command_with_options_of_another_kind_of_link_refuses_and_ends_with_two(
    sandbox, folders, link, arguments, says
):
    out = io.StringIO()

    with pytest.raises(CommandError) as caught:
        call_command("download", link, *arguments, stdout=out)

    assert caught.value.returncode == 2
    assert says in out.getvalue()
    assert not DownloadRequest.objects.exists()


def test_request_of_an_album_by_kinds_of_release_is_refused_whoever_asks(sandbox, folders):
    with pytest.raises(UserError, match="for an artist only"):
        request_download(album=resolve(ALBUM).album, options={"groups": ["single"]})
    with pytest.raises(UserError, match="from a playlist only"):
        request_download(album=resolve(ALBUM).album, options={"albums": True})

    assert not DownloadRequest.objects.exists()


@pytest.mark.parametrize("arguments", [("--group", "mixtape"), ("--group", ","), ("--priority", "0")])
def test_command_with_options_that_there_are_not_asks_for_nothing(arguments):
    with pytest.raises(CommandError, match="Error: "):
        call_command("download", ALBUM, *arguments)

    assert not DownloadRequest.objects.exists()
