"""MusicBrainz, the Cover Art Archive and LRCLIB: shapes, strictness and their bad days."""

from __future__ import annotations

import io
import json
import urllib.request
from urllib.parse import quote, urlencode

import pytest
from PIL import Image

from tests.sandbox.reach import session

MB = "musicbrainz.org/ws/2"
AGENT = {"User-Agent": "Spotizer/0.1 ( https://contact.example )"}


@pytest.fixture
def ask(sandbox):
    """``ask("recording", query=...)`` is MusicBrainz's answer and its status."""

    def get(path, *, headers=AGENT, **query):
        status, _, body = sandbox.get(f"{MB}/{path}?{urlencode({'fmt': 'json', **query})}", headers)
        return status, json.loads(body)

    return get


@pytest.fixture
def catalogue(sandbox_server):
    return sandbox_server.world.catalogue


def test_client_without_a_contact_is_refused(sandbox):
    status, _, body = sandbox.get(f"{MB}/isrc/NOSBK2500000?fmt=json")

    assert status == 503
    assert "allowable rate limit" in json.loads(body)["error"]


def test_second_request_within_a_second_when_limited_is_refused(ask, sandbox):
    sandbox.mood(musicbrainz_limit=True)

    assert [ask("isrc/NOSBK2500000")[0] for _ in range(3)] == [200, 503, 503]


def test_isrc_may_belong_to_two_recordings(ask):
    status, answer = ask("isrc/NOSBK2500002", inc="artist-credits releases release-groups")

    assert status == 200
    first, second = answer["recordings"]
    assert (first["title"], first["length"]) == ("Lantern Year", 201_480)
    assert second["title"] == "Lantern Year (Radio Edit)"
    assert [(c["name"], c["joinphrase"]) for c in first["artist-credit"]] == [
        ("Vera Holm", " feat. "),
        ("Ida Berg", ""),
    ]
    assert first["releases"][0]["release-group"]["primary-type"] == "Album"
    assert "genres" not in first


@pytest.mark.parametrize(("path", "status"), [("isrc/NOPE", 400), ("isrc/NOSBK2599999", 404), ("recording/x", 400)])
def test_malformed_or_unknown_id_is_said_so(ask, path, status):
    assert ask(path)[0] == status


def test_wrong_inc_is_refused(ask, catalogue):
    status, answer = ask(f"release/{catalogue.albums[0].mbid}", inc="everything")

    assert (status, "not a valid inc" in answer["error"]) == (400, True)


def test_release_when_asked_with_recordings_has_media_and_tracks(ask, catalogue):
    album = catalogue.album_by_name["long-road"]

    _, release = ask(
        f"release/{album.mbid}", inc="artist-credits labels recordings isrcs release-groups genres url-rels"
    )

    assert [(medium["position"], medium["track-count"]) for medium in release["media"]] == [(1, 9), (2, 9)]
    track = release["media"][1]["tracks"][0]
    assert (track["number"], track["position"], track["title"]) == ("1", 1, "Return Journey")
    assert track["recording"]["isrcs"]
    assert release["barcode"] == album.upc
    assert release["label-info"][0]["label"]["name"] == "Tidewater"
    assert f"https://open.spotify.com/album/{album.spotify_id}" in {r["url"]["resource"] for r in release["relations"]}


def test_merged_ids_lead_to_what_they_are_now(ask, catalogue):
    album = catalogue.album_by_name["tidal-rooms"]

    _, recording = ask("recording/00000000-0000-4000-8000-00000000000a")

    assert recording["id"] == album.tracks[0].recording.mbid


def test_length_that_nobody_measured_is_null(ask, catalogue):
    recording = catalogue.recording_by_name["lost-tapes/1.1"]

    assert ask(f"recording/{recording.mbid}")[1]["length"] is None


def test_search_when_fields_are_given_finds_by_them(ask):
    query = 'recording:"lantern year" AND artist:"vera holm" AND dur:[196000 TO 206000]'

    _, answer = ask("recording", query=query)

    assert [hit["title"] for hit in answer["recordings"]] == ["Lantern Year"]
    assert answer["recordings"][0]["score"] == 100
    assert "genres" not in answer["recordings"][0]
    assert ask("release", query="barcode:7040000000009")[1]["releases"][0]["title"] == "Tidal Rooms"


@pytest.mark.parametrize("query", ['recording:"open', "a/b", "((", ""])
def test_search_when_unescaped_is_refused(ask, query):
    assert ask("recording", query=query)[0] == 400


def test_discography_when_browsed_names_its_count(ask, catalogue):
    artist = catalogue.artist_by_name["Vera Holm"]

    _, answer = ask("release-group", artist=artist.mbid, type="album|single", limit=100)

    assert answer["release-group-count"] == len(answer["release-groups"]) > 2
    assert {group["primary-type"] for group in answer["release-groups"]} == {"Album", "Single"}


def test_address_of_another_service_leads_to_the_artist(ask, catalogue):
    artist = catalogue.artist_by_name["Vera Holm"]

    _, answer = ask("url", resource=f"https://open.spotify.com/artist/{artist.spotify_id}", inc="artist-rels")

    assert answer["relations"][0]["artist"]["id"] == artist.mbid


def test_cover_when_asked_comes_after_two_redirects(sandbox, catalogue):
    album = catalogue.album_by_name["tidal-rooms"]

    answer = session(sandbox.url).get(f"https://coverartarchive.org/release/{album.mbid}/front-500")

    assert [step.status_code for step in answer.history] == [307, 302]
    assert answer.url.startswith("https://ia800100.us.archive.org/")
    assert Image.open(io.BytesIO(answer.content)).size == (500, 500)


def test_cover_list_when_asked_is_written_with_http(sandbox, catalogue):
    listing = sandbox.get_json(f"coverartarchive.org/release/{catalogue.albums[0].mbid}")

    assert listing["images"][0]["image"].startswith("http://")
    assert sandbox.get(f"coverartarchive.org/release/{catalogue.album_by_name['no-cover'].mbid}")[0] == 404
    assert sandbox.get("coverartarchive.org/release/x")[0] == 400


def lyrics(sandbox, path="get", **query):
    status, _, body = sandbox.get(f"lrclib.net/api/{path}?{urlencode(query, quote_via=quote)}")
    return status, json.loads(body)


def test_lyrics_when_named_rightly_are_synced_and_plain(sandbox):
    status, found = lyrics(
        sandbox, track_name="breakwater", artist_name="VERA HOLM", album_name="Tidal Rooms", duration=229
    )

    assert status == 200
    assert found["syncedLyrics"].startswith("[00:")
    assert found["trackName"] == "Breakwater"
    assert found["duration"] == 228.0


@pytest.mark.parametrize(
    "query",
    [
        {"track_name": "Breakwater", "artist_name": "Vera Holm", "duration": 235},
        {"track_name": "Breakwater", "artist_name": "Vera Holm", "album_name": "Elsewhere"},
        {"track_name": "Lantern Year (Live)", "artist_name": "Vera Holm"},
    ],
)
def test_lyrics_when_length_album_or_kind_differ_are_not_found(sandbox, query):
    status, answer = lyrics(sandbox, **query)

    assert (status, answer["name"]) == (404, "TrackNotFound")


def test_lyrics_of_a_title_of_signs_are_a_plain_miss_or_hit(sandbox):
    status, _ = lyrics(sandbox, track_name="..", artist_name="Nobody Here")

    assert status == 404


def test_lyrics_of_an_instrumental_are_null(sandbox):
    _, found = lyrics(sandbox, track_name="Interlude (Low Tide)", artist_name="Vera Holm")

    assert (found["instrumental"], found["plainLyrics"], found["syncedLyrics"]) == (True, None, None)


def test_lyrics_when_the_length_is_absurd_are_refused(sandbox):
    assert lyrics(sandbox, track_name="a", artist_name="b", duration=4000)[0] == 400


def test_lyrics_search_gives_at_most_twenty(sandbox):
    _, found = lyrics(sandbox, "search", q="home")

    assert 0 < len(found) <= 20


def test_lyrics_without_user_agent_are_an_html_403(sandbox):
    request = urllib.request.Request(f"{sandbox.url}/lrclib.net/api/search?q=a", headers={"User-Agent": ""})

    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)

    assert (caught.value.code, caught.value.headers["Content-Type"]) == (403, "text/html; charset=utf-8")


def test_lyrics_when_asked_too_fast_are_limited(sandbox):
    sandbox.mood(lrclib_limit=True)

    assert [lyrics(sandbox, "search", q="home")[0] for _ in range(2)] == [200, 429]
