from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from catalog.services.lyrics import find_lyrics
from core.errors import TransientError
from core.http import OpenGate, make_session, user_agent
from providers.lrclib.client import LrclibClient, Lyrics
from tests.catalog.values import a_track
from tests.server import Server, serve

API = "/lrclib.net/api"
FOUND = {
    "trackName": "Lantern Year",
    "duration": 201.0,
    "instrumental": False,
    "plainLyrics": "a",
    "syncedLyrics": "[00:01.00] a",
}
NONE = {"statusCode": 404, "name": "TrackNotFound"}


@pytest.fixture
def server() -> Iterator[Server]:
    with serve() as running:
        yield running


@pytest.fixture
def lrclib(server) -> LrclibClient:
    agent = user_agent("1.0", "https://contact.example")
    return LrclibClient(make_session("lrclib", gate=OpenGate(), sandbox_url=server.url, agent=agent))


def test_lyrics_are_asked_for_by_title_artist_album_and_length(lrclib, server):
    server.answer(f"{API}/get", FOUND)

    assert lrclib.find(a_track()) == Lyrics(synced="[00:01.00] a", plain="a")

    path, headers = server.asked[0]
    for part in ("track_name=Lantern+Year", "artist_name=Vera+Holm", "album_name=Tidal+Rooms", "duration=201"):
        assert part in path
    assert headers["User-Agent"].startswith("Spotizer/")


def test_without_a_hit_on_the_album_it_is_asked_without(lrclib, server):
    server.answer(f"{API}/get", FOUND)
    server.answer(f"{API}/get?album_name=Tidal+Rooms", NONE, status=404)

    assert lrclib.find(a_track()).synced


def test_the_search_prefers_synced_lyrics_of_the_right_length(lrclib, server):
    server.answer(f"{API}/get", NONE, status=404)
    hits = [
        FOUND | {"duration": 260.0, "syncedLyrics": "far"},
        FOUND | {"duration": 201.0, "syncedLyrics": None, "plainLyrics": "plain"},
        FOUND | {"duration": 203.0, "syncedLyrics": "near"},
    ]
    server.answer(f"{API}/search", hits)

    assert lrclib.find(a_track()).synced == "near"


def test_an_instrumental_is_known_as_one(lrclib, server):
    server.answer(f"{API}/get", FOUND | {"instrumental": True, "plainLyrics": None, "syncedLyrics": None})

    assert lrclib.find(a_track()) == Lyrics(is_instrumental=True)


@pytest.mark.django_db
def test_none_is_remembered(server, settings):
    settings.SANDBOX_URL = server.url
    server.answer(f"{API}/get", NONE, status=404)
    server.answer(f"{API}/search", [])

    assert find_lyrics(a_track()) is None
    asked = len(server.asked)
    assert find_lyrics(a_track()) is None

    assert len(server.asked) == asked == 3


@pytest.mark.django_db
def test_a_service_that_is_down_is_not_taken_for_none(server, settings):
    settings.SANDBOX_URL = server.url
    server.answer(f"{API}/get", status=500)

    with pytest.raises(TransientError):
        find_lyrics(a_track())


@pytest.mark.django_db
def test_a_track_without_an_artist_has_no_lyrics(server, settings):
    settings.SANDBOX_URL = server.url

    assert find_lyrics(replace(a_track(), credits=())) is None
    assert server.asked == []


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("one<br>two<BR/>three", "one\ntwo\nthree"),
        ("<p class='x'>Rock &amp; roll</p>", "\nRock & roll\n"),
        ("<script>alert(1)</script>la <b>la</b>", "la la"),
        ("<script>never ends", ""),
        ("I <3 you, a < b > c", "I <3 you, a < b > c"),
        ("[00:01.00] <00:01.00> la <00:01.50> la", "[00:01.00] <00:01.00> la <00:01.50> la"),
        ("<Chorus> again", "<Chorus> again"),
        ("nul\0 and \ud800 half", "nul and  half"),
        ("la " * 30_000, ""),
        (["la"], ""),
        (7, ""),
        (None, ""),
    ],
)
def test_words_are_plain_text_whatever_was_sent_in(lrclib, server, said, words):
    server.answer(f"{API}/get", FOUND | {"plainLyrics": said, "syncedLyrics": said})

    assert lrclib.find(a_track()) == Lyrics(synced=words, plain=words)


def test_hit_of_the_search_whose_words_are_none_is_passed_over(lrclib, server):
    server.answer(f"{API}/get", NONE, status=404)
    server.answer(f"{API}/search", [FOUND | {"syncedLyrics": ["?"], "plainLyrics": 7}, FOUND | {"plainLyrics": "b"}])

    assert lrclib.find(a_track()).plain == "b"
