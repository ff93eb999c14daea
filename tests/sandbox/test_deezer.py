"""The Deezer stand-in: field presence at each place, errors inside a 200, paging that ends without ``next``."""

from __future__ import annotations

import http.client

import pytest

API = "api.deezer.com"
IN_LISTS_ABSENT = {"isrc", "track_position", "disk_number", "bpm", "gain", "contributors", "release_date"}


def test_search_hits_lack_what_the_real_ones_lack(sandbox):
    hit = sandbox.get_json(f"{API}/search?q=vera+holm+lantern+year")["data"][0]

    assert hit["title"] == "Lantern Year (feat. Ida Berg)"
    assert hit["md5_image"]
    assert not IN_LISTS_ABSENT & set(hit)


def test_album_tracks_when_asked_apart_carry_isrc_and_position_but_no_album(sandbox):
    tracks = sandbox.get_json(f"{API}/album/302001/tracks")["data"]

    assert [track["track_position"] for track in tracks] == list(range(1, 13))
    assert all(track["isrc"] and "album" not in track and "bpm" not in track for track in tracks)


def test_album_when_asked_embeds_tracks_without_isrc(sandbox):
    album = sandbox.get_json(f"{API}/album/302001")

    assert album["upc"] == "7040000000009"
    assert album["nb_tracks"] == len(album["tracks"]["data"]) == 12
    assert not {"isrc", "track_position"} & set(album["tracks"]["data"][0])


def test_track_when_asked_by_isrc_is_the_full_one(sandbox):
    track = sandbox.get_json(f"{API}/track/isrc:NOSBK2500002")

    assert track["id"] == 3100003
    people = [(person["name"], person["role"]) for person in track["contributors"]]
    assert people == [("Vera Holm", "Main"), ("Ida Berg", "Featured")]


@pytest.mark.parametrize("path", ["album/1", "track/isrc:NOSBK2599999", "playlist/1", "artist/999999999"])
def test_unknown_id_is_an_error_inside_a_200(sandbox, path):
    assert sandbox.get(f"{API}/{path}")[0] == 200
    assert sandbox.get_json(f"{API}/{path}")["error"]["code"] == 800


def test_unknown_id_when_in_that_mood_is_a_404_with_the_same_body(sandbox):
    sandbox.mood(deezer_404=True)

    assert sandbox.get(f"{API}/album/1")[0] == 404
    assert sandbox.get_json(f"{API}/album/1")["error"]["code"] == 800


@pytest.mark.parametrize(
    ("path", "code"),
    [("search", 501), ("search?q=a&limit=many", 500), ("search?q=a&colour=red", 500), ("nothing/here", 600)],
)
def test_wrong_request_is_refused(sandbox, path, code):
    assert sandbox.get_json(f"{API}/{path}")["error"]["code"] == code


def test_empty_search_finds_nothing(sandbox):
    assert sandbox.get_json(f"{API}/search?q=+") == {"data": [], "total": 0}
    assert sandbox.get_json(f"{API}/search?q=zzzzqqqq")["data"] == []


def test_list_when_followed_by_next_ends_after_all_entries(sandbox):
    page = sandbox.get_json(f"{API}/playlist/908005/tracks?limit=100")
    count, pages = len(page["data"]), 1
    assert page["checksum"]
    assert "prev" not in page

    while "next" in page:
        assert page["next"].startswith("https://api.deezer.com/")
        page = sandbox.get_json(page["next"].removeprefix("https://"))
        count, pages = count + len(page["data"]), pages + 1

    assert (count, pages) == (550, 6)


def test_field_filter_when_present_makes_free_words_void(sandbox):
    found = sandbox.get_json(f'{API}/search?q=lantern+year+artist:"vera+holm"&limit=100')["data"]

    assert len({hit["title"] for hit in found}) > 20


def test_album_without_a_date_has_zeros(sandbox, sandbox_server):
    number = sandbox_server.world.catalogue.album_by_name["con"].deezer_id

    assert sandbox.get_json(f"{API}/album/{number}")["release_date"] == "0000-00-00"


def test_private_playlist_is_refused_with_code_200(sandbox):
    assert sandbox.get_json(f"{API}/playlist/908007")["error"]["code"] == 200


def test_region_locked_track_is_listed_unreadable(sandbox):
    assert sandbox.get_json(f"{API}/search?q=not+in+your+country")["data"][0]["readable"] is False


def test_quota_when_switched_on_answers_code_4_after_fifty(sandbox):
    sandbox.mood(deezer_quota=True)

    codes = [sandbox.get_json(f"{API}/artist/270").get("error", {}).get("code") for _ in range(51)]

    assert codes == [None] * 50 + [4]


def test_short_link_leads_to_the_album_page(sandbox, sandbox_server):
    connection = http.client.HTTPConnection("127.0.0.1", sandbox_server.server_address[1])
    connection.request("GET", "/link.deezer.com/s/a302001x")
    answer = connection.getresponse()

    assert answer.status == 302
    assert answer.getheader("Location").startswith("https://www.deezer.com/en/album/302001?")
    connection.close()
