from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.models import Album, Track
from catalog.services import browse
from catalog.services.search import search
from catalog.services.store import store_tracks
from core.errors import Forbidden, NotFound, TransientError, UserError
from ops.models import CachedResponse
from providers.base import Kind
from tests.catalog.shelf import ARTIST, HOST, NO_DATA, a_row, put_album
from tests.catalog.values import a_track, an_album

pytestmark = pytest.mark.django_db


def asked(server, part: str = "") -> list[str]:
    return [path for path, _ in server.asked if part in path]


def test_opening_an_album_stores_it_with_its_tracks(server):
    put_album(server)

    album = browse.open_album("deezer", "302001")

    assert (album.title, album.label, album.upc, album.genres) == (
        "Tidal Rooms",
        "Fjord",
        "7040000000012",
        ["Dream Pop"],
    )
    assert [track.title for track in browse.load_album_tracks(album)] == ["Song 1", "Song 2", "Song 3"]
    assert len(server.asked) == 2


def test_opening_a_stored_album_asks_nobody(server):
    put_album(server)
    browse.open_album("deezer", "302001")
    server.asked.clear()

    browse.open_album("deezer", "302001")

    assert server.asked == []


def test_an_album_of_many_pages_is_read_to_the_last(server):
    put_album(server, tracks=0)
    rows = [a_row(302001, number) for number in range(1, 251)]
    path = f"{HOST}/album/302001/tracks"
    for start in (0, 100, 200):
        body = {"data": rows[start : start + 100], "total": 250}
        if start < 200:
            body["next"] = f"https://api.deezer.com/album/302001/tracks?limit=100&index={start + 100}"
        server.answer(f"{path}?index={start}", body)

    album = browse.open_album("deezer", "302001")

    assert album.tracks.count() == 250


def test_a_dead_catalogue_gives_what_is_stored(server):
    put_album(server)
    browse.open_album("deezer", "302001")
    Album.objects.update(tracks_fetched_at=timezone.now() - timedelta(days=60))
    CachedResponse.objects.all().delete()
    server.answer(f"{HOST}/album/302001", status=500)

    assert browse.open_album("deezer", "302001").title == "Tidal Rooms"


def test_a_dead_catalogue_without_a_stored_album_is_transient(server):
    server.answer(f"{HOST}/album/302001", status=500)

    with pytest.raises(TransientError):
        browse.open_album("deezer", "302001")


def test_a_deleted_album_is_not_found_and_that_is_remembered(server):
    server.answer(f"{HOST}/album/9", NO_DATA)

    for _ in range(2):
        with pytest.raises(NotFound):
            browse.resolve("https://www.deezer.com/album/9")

    assert len(server.asked) == 1
    assert Album.objects.count() == 0


def test_opening_a_track_brings_its_whole_album(server):
    put_album(server)

    track = browse.open_track("deezer", "30200102")

    assert track.album is not None
    assert (track.album.label, track.track_number, track.recording.isrc) == ("Fjord", 2, "NOAB10010002")
    assert track.recording.artist_text == "Vera Holm feat. Ida"
    assert Track.objects.count() == 3


def test_a_track_from_a_list_is_completed_before_a_download(server):
    put_album(server)
    [track] = store_tracks([a_track(30200102, track_number=None, disc_number=None, album=an_album(302001, credits=()))])
    assert not browse.is_complete(track)

    full = browse.complete_track(track)

    assert full.pk == track.pk
    assert browse.is_complete(full)
    server.asked.clear()
    browse.complete_track(Track.objects.get(pk=track.pk))
    assert server.asked == []


def test_a_track_that_is_gone_cannot_be_completed_and_stays(server):
    server.answer(f"{HOST}/track/1000", NO_DATA)
    [track] = store_tracks([a_track(1000)])

    assert browse.complete_track(track) is track


def test_an_artist_and_the_releases_are_opened(server):
    server.answer(f"{HOST}/artist/270", {**ARTIST, "picture_xl": "https://cdn-images.dzcdn.net/images/artist/a/1.jpg"})
    heads = [
        {"id": 1, "title": "Old", "record_type": "album", "release_date": "2001-01-01"},
        {"id": 2, "title": "New", "record_type": "single", "release_date": "2025-01-01"},
    ]
    server.answer(f"{HOST}/artist/270/albums", {"data": heads, "total": 2})

    artist = browse.open_artist("deezer", "270")
    albums = browse.load_artist_albums(artist)

    assert [(album.title, album.kind) for album in albums] == [("New", "single"), ("Old", "album")]
    assert artist.artwork is not None
    server.asked.clear()
    assert len(browse.load_artist_albums(artist)) == 2
    assert server.asked == []


def test_an_empty_discography_of_a_known_artist_is_not_believed(server):
    put_album(server)
    artist = browse.open_album("deezer", "302001").artists.get()
    server.answer(f"{HOST}/artist/270", ARTIST)
    server.answer(f"{HOST}/artist/270/albums", {"data": [], "total": 0})

    assert [album.title for album in browse.load_artist_albums(artist)] == ["Tidal Rooms"]

    artist.refresh_from_db()
    assert artist.releases_fetched_at is None


def a_playlist(server, total: int, snapshot: str = "s1") -> None:
    head = {"id": 5, "title": "Mix", "nb_tracks": total, "checksum": snapshot, "creator": {"id": 1, "name": "Ida"}}
    server.answer(f"{HOST}/playlist/5", head)
    rows = [{"id": n, "title": f"T{n}", "duration": 100, "artist": ARTIST} for n in range(1, total + 1)]
    for start in range(0, max(total, 1), 100):
        body = {"data": rows[start : start + 100], "total": total}
        if start + 100 < total:
            body["next"] = f"https://api.deezer.com/playlist/5/tracks?index={start + 100}"
        server.answer(f"{HOST}/playlist/5/tracks?index={start}", body)


def read_all(playlist) -> list[int]:
    positions, cursor = [], None
    while True:
        page = browse.playlist_page(playlist, cursor)
        positions += [entry.position for entry in page.entries]
        cursor = page.next
        if cursor is None:
            return positions


def test_a_playlist_is_read_page_by_page_and_then_from_the_tables(server):
    a_playlist(server, 250)
    playlist = browse.resolve("https://www.deezer.com/en/playlist/5?x=1").playlist
    assert playlist is not None
    assert (playlist.title, playlist.owner, playlist.track_total) == ("Mix", "Ida", 250)

    assert read_all(playlist) == list(range(1, 251))

    server.asked.clear()
    assert read_all(playlist) == list(range(1, 251))
    assert server.asked == []


def test_an_empty_playlist_is_an_empty_page(server):
    a_playlist(server, 0)

    page = browse.playlist_page(browse.open_playlist("deezer", "5"))

    assert (page.entries, page.next, page.total) == ([], None, 0)


def test_a_playlist_that_changed_is_read_again(server):
    a_playlist(server, 3)
    playlist = browse.open_playlist("deezer", "5")
    read_all(playlist)
    a_playlist(server, 2, snapshot="s2")
    playlist.seen_at = timezone.now() - timedelta(hours=1)
    playlist.save()

    playlist = browse.open_playlist("deezer", "5")

    assert read_all(playlist) == [1, 2]
    assert playlist.entries.count() == 2


def test_a_private_playlist_is_refused_in_words(server):
    server.answer(f"{HOST}/playlist/5", {"error": {"type": "PermissionException", "message": "x", "code": 200}})

    with pytest.raises(Forbidden) as caught:
        browse.resolve("https://www.deezer.com/playlist/5")

    assert "private" in caught.value.message


@pytest.mark.parametrize(
    "text",
    ["https://tidal.com/track/1", "no link", "https://open.spotify.com.evil.example/track/6Qm0000000000000000Tr1", ""],
)
def test_resolving_what_no_service_knows_says_what_would_work(server, text):
    with pytest.raises(UserError) as caught:
        browse.resolve(text)

    assert "Deezer" in caught.value.remedy
    assert server.asked == []


def test_resolving_an_audio_link_asks_nobody(server):
    resolved = browse.resolve("https://youtu.be/aaaaaaaaaaa")

    assert resolved.audio is not None
    assert (resolved.audio.provider, resolved.row, server.asked) == ("youtube", None, [])


def test_a_short_link_is_followed_to_its_album(server):
    put_album(server)
    server.answer("/link.deezer.com/s/30abc", status=302, headers={"Location": "https://dzr.page.link/x1"})
    target = "https://www.deezer.com/en/album/302001?utm_source=x"
    server.answer("/dzr.page.link/x1", status=301, headers={"Location": target})

    assert browse.resolve("https://link.deezer.com/s/30abc").album is not None

    assert asked(server, "www.deezer.com") == []


@pytest.mark.parametrize("target", ["http://127.0.0.1/admin", "https://evil.example/x", "http://169.254.169.254/"])
def test_a_short_link_that_leads_elsewhere_is_refused(server, target):
    server.answer("/link.deezer.com/s/30abc", status=302, headers={"Location": target})

    with pytest.raises((UserError, NotFound)):
        browse.resolve("https://link.deezer.com/s/30abc")


def test_a_dead_short_link_says_so(server):
    with pytest.raises(NotFound):
        browse.resolve("https://spotify.link/gone")


def test_a_spotify_link_without_keys_offers_hits_and_starts_nothing(server):
    server.answer("/open.spotify.com/oembed", {"title": "Tidal Rooms", "thumbnail_url": "https://i.scdn.co/x"})
    hit = {"id": 302001, "title": "Tidal Rooms", "artist": ARTIST, "record_type": "album"}
    server.answer(f"{HOST}/search/album", {"data": [hit], "total": 1})

    resolved = browse.resolve("https://open.spotify.com/intl-de/album/1Al0000000000000000Al1?si=x")

    assert resolved.row is None
    assert resolved.offer is not None
    assert [album.id for album in resolved.offer.results.albums] == ["302001"]
    assert "keys" in resolved.offer.remedy
    assert Album.objects.count() == 0


def test_a_dead_spotify_link_without_keys_is_not_found(server):
    with pytest.raises(NotFound):
        browse.resolve("https://open.spotify.com/album/1Al0000000000000000Al1")


@pytest.mark.parametrize("query", ["", "   ", "\t\n"])
def test_an_empty_search_says_what_to_do(server, query):
    with pytest.raises(UserError) as caught:
        search(query)

    assert caught.value.remedy
    assert server.asked == []


def test_a_search_gives_hits_by_kind_and_whether_there_are_more(server):
    hit = {"id": 1, "title": "Lantern Year", "duration": 201, "artist": ARTIST, "album": {"id": 2, "title": "Tidal"}}
    more = "https://api.deezer.com/search/track?q=x&index=20"
    server.answer(f"{HOST}/search/track", {"data": [hit], "total": 164, "next": more})
    server.answer(f"{HOST}/search/artist", {"data": [], "total": 0})

    found = search("lantern  year", kinds=(Kind.TRACK, Kind.ARTIST))

    assert [track.title for track in found.tracks] == ["Lantern Year"]
    assert (found.totals[Kind.TRACK], found.has_more, found.artists) == (164, True, ())
    assert "q=lantern+year" in server.asked[0][0]


def test_an_unknown_catalogue_is_named(server):
    with pytest.raises(UserError) as caught:
        search("x", provider="napster")

    assert "napster" in caught.value.message
