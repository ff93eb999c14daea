from __future__ import annotations

import pytest

from core.errors import Forbidden, NotFound, RateLimited, TransientError, UserError
from core.http import OpenGate, make_session
from providers.base import Catalogue, Kind, ReleaseKind
from providers.deezer.client import DeezerCatalogue
from providers.deezer.mapping import date, explicit, pictures


@pytest.fixture
def deezer(sandbox) -> DeezerCatalogue:
    return DeezerCatalogue(make_session("deezer", gate=OpenGate(), sandbox_url=sandbox.url))


@pytest.fixture
def albums(sandbox) -> dict[str, dict]:
    return {album["name"]: album for album in sandbox.catalogue()["albums"]}


@pytest.fixture
def playlists(sandbox) -> dict[str, str]:
    return {playlist["name"]: str(playlist["deezer"]) for playlist in sandbox.catalogue()["playlists"]}


def test_deezer_is_a_catalogue(deezer):
    assert isinstance(deezer, Catalogue)


def test_an_album_has_all_that_tags_need(deezer, albums):
    known = albums["tidal-rooms"]

    album = deezer.album(str(known["deezer"]))

    assert (album.title, album.released_on, album.upc) == ("Tidal Rooms", "2025-10-03", known["upc"])
    assert [credit.artist.name for credit in album.credits] == ["Vera Holm"]
    assert (album.kind, album.label, album.track_total, album.disc_total) == (
        ReleaseKind.ALBUM,
        "Nordlys Records",
        12,
        1,
    )
    assert album.pictures[0].width == 1000
    assert [track.track_number for track in album.tracks] == list(range(1, 13))
    assert all(track.isrc and track.duration_ms and track.album for track in album.tracks)


def test_an_album_of_two_discs_is_in_order(deezer, albums):
    album = deezer.album(str(albums["long-road"]["deezer"]))

    places = [(track.disc_number, track.track_number) for track in album.tracks]
    assert places == sorted(places)
    assert album.disc_total == 2


def test_a_track_names_its_guests(deezer, albums):
    album = deezer.album(str(albums["tidal-rooms"]["deezer"]))

    track = deezer.track(album.tracks[2].id)

    assert track.title.startswith("Lantern Year")
    assert [(credit.artist.name, credit.is_featured) for credit in track.credits] == [
        ("Vera Holm", False),
        ("Ida Berg", True),
    ]
    assert track.credits[0].join_phrase == " feat. "


def test_a_track_is_found_by_its_isrc(deezer, albums):
    track = deezer.album(str(albums["tidal-rooms"]["deezer"])).tracks[0]

    assert deezer.track_by_isrc(track.isrc).isrc == track.isrc
    with pytest.raises(NotFound):
        deezer.track_by_isrc("XXXX00000000")


def test_explicit_and_clean_twins_differ(deezer):
    found = deezer.search("street signs mc fjord", kinds=(Kind.ALBUM,)).albums
    tracks = [deezer.album(album.id).tracks[0] for album in found[:2]]

    assert {track.explicit for track in tracks} == {True, False}
    assert tracks[0].isrc != tracks[1].isrc


def test_a_search_asks_for_each_kind(deezer):
    found = deezer.search("vera holm", kinds=(Kind.TRACK, Kind.ALBUM, Kind.ARTIST, Kind.PLAYLIST), limit=5)

    assert found.artists[0].name == "Vera Holm"
    assert found.tracks
    assert found.albums
    assert found.has_more
    assert found.totals[Kind.TRACK] > 5


def test_a_search_goes_on_where_the_last_page_ended(deezer):
    first = deezer.search("vera holm", kinds=(Kind.TRACK,), limit=5)
    second = deezer.search("vera holm", kinds=(Kind.TRACK,), limit=5, offset=5)

    assert not {track.id for track in first.tracks} & {track.id for track in second.tracks}


def test_a_search_for_nonsense_is_empty(deezer):
    assert deezer.search("qxzvw jkqxz", kinds=(Kind.TRACK,)).tracks == ()


def test_an_artist_has_releases_with_credits(deezer):
    [artist] = deezer.search("vera holm", kinds=(Kind.ARTIST,), limit=1).artists

    releases = list(deezer.artist_albums(deezer.artist(artist.id).id))

    assert "Tidal Rooms" in [release.title for release in releases]
    assert all(release.credits for release in releases)


def test_ten_thousand_entries_come_in_pages(deezer, playlists, sandbox):
    head = deezer.playlist(playlists["ten-thousand"])
    pages, cursor = [], None
    while cursor is not None or not pages:
        page = deezer.playlist_page(head.id, cursor=cursor)
        pages.append(page)
        cursor = page.next

    assert head.track_total == 10_000
    assert sum(len(page.tracks) for page in pages) == 10_000
    assert len(pages) == 100


def test_an_empty_playlist_is_one_empty_page(deezer, playlists):
    page = deezer.playlist_page(playlists["empty"])

    assert (page.tracks, page.next) == ((), None)


def test_a_private_playlist_is_refused(deezer, playlists):
    with pytest.raises(Forbidden):
        deezer.playlist(playlists["private"])


@pytest.mark.parametrize("as_404", [False, True])
def test_what_is_deleted_is_not_found_with_either_status(deezer, sandbox, as_404):
    sandbox.mood(deezer_404=as_404)

    with pytest.raises(NotFound):
        deezer.album("1")


@pytest.mark.parametrize("malformed", ["abc", "1/../2", "", "1?x=1", "9" * 30])
def test_a_malformed_id_is_not_asked_for(deezer, sandbox, malformed):
    with pytest.raises(UserError):
        deezer.track(malformed)

    assert sandbox.count("api.deezer.com") == 0


def test_the_quota_is_a_limit_though_the_status_is_200(deezer, sandbox, albums):
    sandbox.mood(deezer_quota=True)

    for _ in range(50):
        deezer.search("a", kinds=(Kind.TRACK,), limit=1)
    with pytest.raises(RateLimited) as caught:
        deezer.search("a", kinds=(Kind.TRACK,), limit=1)

    assert caught.value.retry_after == 7


@pytest.mark.parametrize("kind", ["status", "reset", "html", "garbage", "truncate", "empty"])
def test_a_bad_day_is_transient(deezer, sandbox, albums, kind):
    sandbox.fault("api.deezer.com", kind)

    with pytest.raises(TransientError) as caught:
        deezer.album(str(albums["tidal-rooms"]["deezer"]))

    assert "Deezer" in caught.value.message


@pytest.mark.parametrize(
    ("given", "expected"),
    [("2025-10-03", "2025-10-03"), ("0000-00-00", ""), ("1994-00-00", "1994"), ("1994-05-00", "1994-05"), (None, "")],
)
def test_a_date_is_as_precise_as_known(given, expected):
    assert date(given) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"explicit_content_lyrics": 1}, True),
        ({"explicit_content_lyrics": 3, "explicit_lyrics": False}, False),
        ({"explicit_content_lyrics": 2}, None),
        ({"explicit_content_lyrics": 6, "explicit_lyrics": True}, True),
        ({}, None),
    ],
)
def test_explicit_is_unknown_where_deezer_does_not_say(data, expected):
    assert explicit(data) is expected


def test_a_placeholder_is_no_picture():
    nothing = "d41d8cd98f00b204e9800998ecf8427e"

    assert pictures({"md5_image": nothing, "cover_xl": "https://x/1.jpg"}, "cover") == ()
    assert pictures({"md5_image": ""}, "cover") == ()
    assert pictures({"cover_xl": f"https://cdn-images.dzcdn.net/images/cover/{nothing}/1000.jpg"}, "cover") == ()
