"""Spotify's three kinds of app, refusals and limits, through the real spotipy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from spotipy.cache_handler import MemoryCacheHandler

from core.errors import (
    AuthRequired,
    BadResponse,
    Forbidden,
    NotFound,
    QuotaExceeded,
    RateLimited,
    TransientError,
    UserError,
)
from core.http import OpenGate, make_session
from providers.base import Catalogue, Kind, ReleaseKind
from providers.spotify.client import SpotifyCatalogue
from tests.server import Server, serve

API = "/api.spotify.com/v1"
TOKENS = "/accounts.spotify.com/api/token"
TRACK, ALBUM, ARTIST, LIST = (f"{letter}Qm0000000000000000000" for letter in "1234")
ARTIST_BODY = {"id": ARTIST, "name": "Vera Holm", "images": [], "genres": ["dream pop"], "type": "artist"}
FORBIDDEN = {"error": {"status": 403, "message": "Forbidden"}}


class Learned:
    def __init__(self) -> None:
        self.facts: dict[str, Any] = {}

    def get(self, name: str) -> Any:
        return self.facts.get(name)

    def learn(self, name: str, value: Any) -> None:
        self.facts[name] = value


@pytest.fixture
def server() -> Iterator[Server]:
    with serve() as running:
        running.answer(TOKENS, {"access_token": "BQ", "token_type": "Bearer", "expires_in": 3600})
        yield running


@pytest.fixture
def can() -> Learned:
    return Learned()


@pytest.fixture
def spotify(server, can) -> SpotifyCatalogue:
    return SpotifyCatalogue(
        make_session("spotify", gate=OpenGate(), sandbox_url=server.url, timeout=(1, 1)),
        client_id="a" * 32,
        client_secret="b" * 32,
        token_cache=MemoryCacheHandler(),
        capabilities=can,
        market="NO",
    )


def a_track(identifier: str = TRACK, **more: Any) -> dict[str, Any]:
    body = {
        "type": "track",
        "id": identifier,
        "name": "Lantern Year",
        "duration_ms": 201_480,
        "explicit": False,
        "disc_number": 1,
        "track_number": 3,
        "is_local": False,
        "is_playable": True,
        "external_ids": {"isrc": "NOAB12600123"},
        "artists": [ARTIST_BODY, {"id": "5" * 22, "name": "Ida"}],
        "album": {
            "id": ALBUM,
            "name": "Tidal Rooms",
            "album_type": "album",
            "total_tracks": 11,
            "artists": [ARTIST_BODY],
        },
    }
    return body | more


def page_of(
    rows: list[Any], *, path: str, offset: int = 0, limit: int = 50, total: int | None = None
) -> dict[str, Any]:
    total = len(rows) if total is None else total
    following = offset + len(rows)
    url = f"https://api.spotify.com/v1/{path}?offset={following}&limit={limit}"
    return {"items": rows, "next": url if following < total else None, "total": total, "offset": offset, "limit": limit}


def asked(server: Server, part: str) -> list[str]:
    return [path for path, _ in server.asked if part in path]


def test_spotify_is_a_catalogue(spotify):
    assert isinstance(spotify, Catalogue)


def test_a_track_is_asked_for_with_token_and_market(spotify, server):
    server.answer(f"{API}/tracks/{TRACK}", a_track())

    track = spotify.track(TRACK)

    assert (track.title, track.isrc, track.duration_ms, track.explicit) == (
        "Lantern Year",
        "NOAB12600123",
        201_480,
        False,
    )
    assert track.artists == ("Vera Holm", "Ida")
    assert track.album is not None
    assert track.album.track_total == 11
    path, headers = server.asked[-1]
    assert "market=NO" in path
    assert headers["Authorization"] == "Bearer BQ"


@pytest.mark.parametrize("refusal", [{"is_playable": False}, {"restrictions": {"reason": "market"}}])
def test_a_region_locked_track_is_not_playable(spotify, server, refusal):
    server.answer(f"{API}/tracks/{TRACK}", a_track(**refusal))

    assert not spotify.track(TRACK).is_playable


def test_an_album_of_two_pages_is_whole_and_in_order(spotify, server):
    rows = [a_track(f"{n:022}", track_number=n, external_ids=None, album=None) for n in range(60, 0, -1)]
    head = {
        "id": ALBUM,
        "name": "Tidal Rooms",
        "album_type": "compilation",
        "total_tracks": 60,
        "release_date": "2025-10",
        "external_ids": {"upc": "7040000000012"},
        "copyrights": [{"text": "2025 Fjord", "type": "C"}, {"text": "2025 Fjord", "type": "P"}],
        "artists": [ARTIST_BODY],
        "images": [{"url": "https://i.scdn.co/image/ab67616d0000b273aa", "width": 640, "height": 640}],
        "tracks": page_of(rows[:50], path=f"albums/{ALBUM}/tracks", total=60),
    }
    server.answer(f"{API}/albums/{ALBUM}", head)
    more = page_of(rows[50:], path=f"albums/{ALBUM}/tracks", offset=50, total=60)
    server.answer(f"{API}/albums/{ALBUM}/tracks?offset=50", more)

    album = spotify.album(ALBUM)

    assert [track.track_number for track in album.tracks] == list(range(1, 61))
    assert (album.kind, album.released_on, album.upc) == (ReleaseKind.COMPILATION, "2025-10", "7040000000012")
    assert album.copyright == "2025 Fjord"
    assert album.tracks[0].isrc == ""


def test_an_album_that_was_taken_down_is_not_found(spotify, server):
    server.answer(f"{API}/albums/{ALBUM}", {"id": ALBUM, "name": "", "tracks": page_of([], path="x")})

    with pytest.raises(NotFound):
        spotify.album(ALBUM)


def test_a_new_app_searches_ten_at_a_time(spotify, server):
    for offset in (0, 10):
        rows = [a_track(f"{offset + n:022}") for n in range(10)]
        found = {"tracks": page_of(rows, path="search", offset=offset, limit=10, total=40)}
        server.answer(f"{API}/search?offset={offset}", found)

    found = spotify.search("lantern", kinds=(Kind.TRACK,), limit=20)

    assert len({track.id for track in found.tracks}) == 20
    assert (found.has_more, found.totals[Kind.TRACK]) == (True, 40)
    assert all("limit=10" in path for path in asked(server, "/search"))


def test_an_old_app_searches_fifty_at_a_time(spotify, server, can):
    can.learn("search_limit", 50)
    server.answer(f"{API}/search", {"tracks": page_of([a_track()], path="search")})

    spotify.search("lantern", kinds=(Kind.TRACK,), limit=40)

    assert len(asked(server, "limit=40")) == 1


def test_an_app_that_may_ask_for_ten_only_is_remembered(spotify, server, can):
    can.learn("search_limit", 50)
    server.answer(f"{API}/search", {"tracks": page_of([a_track()], path="search")})
    server.answer(f"{API}/search?limit=50", {"error": {"status": 400, "message": "Invalid limit"}}, status=400)

    assert spotify.search("lantern", kinds=(Kind.TRACK,), limit=50).tracks

    assert can.get("search_limit") == 10


def test_a_search_survives_nulls_among_playlists(spotify, server):
    rows = [None, {"id": LIST, "name": "Mix", "owner": {"id": "ida", "display_name": "Ida"}, "tracks": {"total": 3}}]
    server.answer(f"{API}/search", {"playlists": page_of(rows, path="search")})

    [playlist] = spotify.search("mix", kinds=(Kind.PLAYLIST,)).playlists

    assert (playlist.title, playlist.owner, playlist.track_total) == ("Mix", "Ida", 3)


def test_a_discography_is_read_ten_at_a_time_to_the_end(spotify, server):
    heads = [{"id": f"{n:022}", "name": f"A{n}", "album_type": "single", "artists": [ARTIST_BODY]} for n in range(25)]
    for offset in (0, 10, 20):
        page = page_of(heads[offset : offset + 10], path=f"artists/{ARTIST}/albums", offset=offset, limit=10, total=25)
        server.answer(f"{API}/artists/{ARTIST}/albums?offset={offset}", page)

    assert len(list(spotify.artist_albums(ARTIST))) == 25
    assert all("limit=10" in path for path in asked(server, "/albums"))


def a_list(**more: Any) -> dict[str, Any]:
    owner = {"id": "ida.berg", "display_name": "Ida"}
    return {"id": LIST, "name": "Mix", "owner": owner, "snapshot_id": "s1", "images": []} | more


ENTRIES = [
    ("item", a_track()),
    ("item", None),
    ("item", {"type": "episode", "id": "6" * 22, "name": "Talk", "show": {}}),
    ("item", {"type": "track", "id": None, "name": "Garage demo", "is_local": True, "artists": []}),
]


@pytest.mark.parametrize(("dialect", "key", "path"), [("new", "item", "items"), ("extended", "track", "tracks")])
def test_entries_are_read_in_each_dialect_with_gaps_for_what_is_no_track(spotify, server, can, dialect, key, path):
    rows = [{"added_at": "2026-03-04T19:22:10Z", "is_local": False, key: inner} for _, inner in ENTRIES]
    page = page_of(rows, path=f"playlists/{LIST}/{path}", total=54)
    server.answer(f"{API}/playlists/{LIST}", a_list(**{path: page}))
    server.answer(f"{API}/playlists/{LIST}/{path}", page)

    head = spotify.playlist(LIST)
    contents = spotify.playlist_page(LIST)

    assert (head.is_readable, head.track_total, head.snapshot) == (True, 54, "s1")
    assert [track and track.title for track in contents.tracks] == ["Lantern Year", None, None, None]
    assert (contents.skipped, contents.next, contents.total) == (3, "4", 54)
    assert can.get("playlist_items_path") == path


def test_a_foreign_playlist_is_known_but_not_readable_and_says_the_ways_out(spotify, server, can):
    server.answer(f"{API}/playlists/{LIST}", a_list())
    server.answer(f"{API}/playlists/{LIST}/items", FORBIDDEN, status=403)
    server.answer(f"{API}/playlists/{LIST}/tracks", FORBIDDEN, status=403)

    head = spotify.playlist(LIST)
    with pytest.raises(Forbidden) as caught:
        spotify.playlist_page(LIST)

    assert not head.is_readable
    assert "not readable with this Spotify app" in head.unreadable_reason
    assert "Deezer" in head.unreadable_reason
    assert "Deezer" in caught.value.remedy
    assert can.get("foreign_playlists") is False


def test_a_list_made_by_spotify_says_that_it_is_closed(spotify, server):
    with pytest.raises(NotFound) as caught:
        spotify.playlist("37i9dQZF1DXsandbox0001")

    assert "its own playlists" in caught.value.message


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (b"Active premium subscription required for the owner of the app. Try later.", "Premium"),
        (b"Check settings on developer.spotify.com/dashboard, the user may not be registered.", "list of users"),
    ],
)
def test_a_plain_text_403_becomes_advice(spotify, server, text, word):
    server.answer(f"{API}/tracks/{TRACK}", text, status=403, headers={"Content-Type": "text/plain"})

    with pytest.raises(AuthRequired) as caught:
        spotify.track(TRACK)

    assert word in caught.value.message
    assert caught.value.remedy


def test_refused_keys_become_advice(spotify, server):
    server.answer(TOKENS, {"error": "invalid_client", "error_description": "Invalid client"}, status=400)

    with pytest.raises(AuthRequired) as caught:
        spotify.track(TRACK)

    assert "client id" in caught.value.message


def test_an_expired_token_is_renewed_once(spotify, server):
    server.answer(f"{API}/tracks/{TRACK}", {"error": {"status": 401, "message": "expired"}}, status=401)

    with pytest.raises(AuthRequired):
        spotify.track(TRACK)

    assert len(asked(server, "/tracks/")) == 2
    assert len(asked(server, "/api/token")) == 2


def test_a_token_is_asked_for_once(spotify, server):
    server.answer(f"{API}/tracks/{TRACK}", a_track())

    spotify.track(TRACK)
    spotify.track(TRACK)

    assert len(asked(server, "/api/token")) == 1


def test_a_429_says_how_long_and_nobody_sleeps(spotify, server):
    server.answer(f"{API}/tracks/{TRACK}", {"error": {"status": 429}}, status=429, headers={"Retry-After": "7"})

    with pytest.raises(RateLimited) as caught:
        spotify.track(TRACK)

    assert caught.value.retry_after == 7
    assert len(asked(server, "/tracks/")) == 1


def test_a_used_up_quota_is_told_from_that(spotify, server):
    body = {"error": {"status": 429, "message": "Too many requests", "reason": "QUOTA_EXCEEDED"}}
    server.answer(f"{API}/tracks/{TRACK}", body, status=429, headers={"Retry-After": "48925"})

    with pytest.raises(QuotaExceeded) as caught:
        spotify.track(TRACK)

    assert caught.value.retry_after == 48_925


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"status": 404, "body": {"error": {"status": 404, "message": "Resource not found"}}}, NotFound),
        ({"status": 400, "body": {"error": {"status": 400, "message": "Invalid base62 id"}}}, UserError),
        ({"status": 403, "body": FORBIDDEN}, Forbidden),
        ({"status": 503, "body": b"<html>busy</html>"}, TransientError),
        ({"status": 500, "body": {"error": "a text where an object was"}}, TransientError),
        ({"body": b"not json"}, BadResponse),
        ({"body": [1, 2]}, BadResponse),
        ({"body": {"x": "y" * 500}, "cut": True}, TransientError),
    ],
)
def test_everything_else_is_one_of_our_errors(spotify, server, answer, error):
    server.answer(f"{API}/tracks/{TRACK}", **answer)

    with pytest.raises(error):
        spotify.track(TRACK)


@pytest.mark.parametrize("malformed", ["", "short", "6Qm00/0000000000000Tr1", "é" * 22, "1" * 23])
def test_a_malformed_id_is_not_asked_for(spotify, server, malformed):
    for ask in (spotify.track, spotify.album, spotify.artist, spotify.playlist, spotify.playlist_page):
        with pytest.raises(UserError):
            ask(malformed)

    assert server.asked == []


def test_our_token_goes_to_no_other_host(spotify, server):
    rows = [{"id": f"{n:022}", "name": "A", "artists": [ARTIST_BODY]} for n in range(10)]
    page = page_of(rows, path="x", total=20) | {"next": "https://evil.example/v1/x?offset=10"}
    server.answer(f"{API}/artists/{ARTIST}/albums", page)
    server.answer(f"{API}/artists/{ARTIST}/albums?offset=10", page_of(rows, path="x", offset=10))

    list(spotify.artist_albums(ARTIST))

    assert asked(server, "evil.example") == []


def test_probing_learns_what_the_app_may(spotify, server, can):
    server.answer(f"{API}/search", {"error": {"status": 400, "message": "Invalid limit"}}, status=400)
    server.answer(f"{API}/search?limit=10", {"tracks": page_of([], path="search")})

    spotify.probe()

    assert can.get("search_limit") == 10
