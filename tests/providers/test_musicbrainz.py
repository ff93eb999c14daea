from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from core.errors import NotFound, RateLimited, UserError
from core.http import OpenGate, make_session
from providers.base import Ability, Catalogue, Kind, ReleaseKind
from providers.musicbrainz.asking import escape
from providers.musicbrainz.client import MusicBrainzCatalogue
from tests.server import Server, serve

WS = "/musicbrainz.org/ws/2"


def mbid(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-000000000001"


PERSON = {"id": mbid(1), "name": "Vera Holm", "sort-name": "Holm, Vera"}
CREDIT = [
    {"name": "Vera Holm", "joinphrase": " feat. ", "artist": PERSON},
    {"name": "Ida", "joinphrase": "", "artist": {"id": mbid(2), "name": "Ida Berg"}},
]
GROUP = {"id": mbid(50), "title": "Tidal Rooms", "primary-type": "Album", "secondary-types": []}
RECORDING = {
    "id": mbid(10),
    "title": "Lantern Year",
    "length": 201_480,
    "isrcs": ["NOAB12600123"],
    "artist-credit": CREDIT,
    "releases": [
        {"id": mbid(32), "title": "Tidal Rooms", "status": "Bootleg", "date": "2024-01-01"},
        {
            "id": mbid(31),
            "title": "Hits",
            "status": "Official",
            "date": "2020",
            "release-group": {"secondary-types": ["Compilation"]},
        },
        {"id": mbid(30), "title": "Tidal Rooms", "status": "Official", "date": "2025-10-03", "release-group": GROUP},
    ],
}
RELEASE = {
    "id": mbid(30),
    "title": "Tidal Rooms",
    "status": "Official",
    "date": "2025-10-03",
    "barcode": "7040000000012",
    "artist-credit": [{"name": "Vera Holm", "joinphrase": "", "artist": PERSON}],
    "release-group": GROUP,
    "label-info": [{"catalog-number": "N1", "label": {"id": mbid(70), "name": "Nordlys"}}],
    "cover-art-archive": {"artwork": True, "front": True, "count": 1},
    "genres": [{"name": "dream pop", "count": 4}, {"name": "ambient", "count": 9}],
    "media": [
        {
            "position": 1,
            "track-count": 1,
            "tracks": [
                {
                    "id": mbid(90),
                    "number": "A1",
                    "position": 1,
                    "title": "Undertow",
                    "length": None,
                    "recording": {"id": mbid(11), "title": "Undertow", "length": None},
                }
            ],
        },
        {
            "position": 2,
            "track-count": 1,
            "tracks": [
                {
                    "id": mbid(91),
                    "number": "B1",
                    "position": 1,
                    "title": "Lantern Year",
                    "length": 201_480,
                    "recording": RECORDING,
                }
            ],
        },
    ],
}


@pytest.fixture
def server() -> Iterator[Server]:
    with serve() as running:
        running.answer(f"{WS}/recording/{mbid(10)}", RECORDING)
        running.answer(f"{WS}/release/{mbid(30)}", RELEASE)
        yield running


@pytest.fixture
def musicbrainz(server) -> MusicBrainzCatalogue:
    return MusicBrainzCatalogue(make_session("musicbrainz", gate=OpenGate(), sandbox_url=server.url))


def test_musicbrainz_is_a_catalogue_without_playlists(musicbrainz):
    assert isinstance(musicbrainz, Catalogue)
    assert Ability.PLAYLIST not in musicbrainz.abilities
    with pytest.raises(UserError):
        musicbrainz.playlist(mbid(1))


def test_a_release_has_discs_labels_genres_and_credits(musicbrainz):
    album = musicbrainz.album(mbid(30))

    assert (album.title, album.label, album.upc, album.disc_total, album.track_total) == (
        "Tidal Rooms",
        "Nordlys",
        "7040000000012",
        2,
        2,
    )
    assert album.genres == ("Ambient", "Dream Pop")
    assert album.release_group_mbid == mbid(50)
    assert [(track.disc_number, track.track_number, track.title) for track in album.tracks] == [
        (1, 1, "Undertow"),
        (2, 1, "Lantern Year"),
    ]
    assert album.tracks[0].duration_ms is None
    assert album.tracks[1].isrc == "NOAB12600123"
    assert [(c.artist.name, c.join_phrase, c.is_featured) for c in album.tracks[1].credits] == [
        ("Vera Holm", " feat. ", False),
        ("Ida", "", True),
    ]
    assert album.pictures[0].url == f"https://coverartarchive.org/release/{mbid(30)}/front-1200"


def test_a_recording_is_placed_on_its_official_album(musicbrainz):
    track = musicbrainz.track(mbid(10))

    assert track.album is not None
    assert (track.album.id, track.disc_number, track.track_number) == (mbid(30), 2, 1)
    assert track.mbid == mbid(10)
    assert musicbrainz.track(track.id) == track


def test_a_release_group_opens_as_its_first_official_release(musicbrainz, server):
    server.answer(f"{WS}/release-group/{mbid(50)}", GROUP | {"releases": RECORDING["releases"][::2]})

    assert musicbrainz.album(f"rg-{mbid(50)}").id == mbid(30)


def test_an_isrc_with_several_recordings_gives_the_most_released(musicbrainz, server):
    lone = {"id": mbid(12), "title": "Lantern Year", "releases": []}
    server.answer(f"{WS}/isrc/NOAB12600123", {"isrc": "NOAB12600123", "recordings": [lone, RECORDING]})

    track = musicbrainz.track_by_isrc("NOAB12600123")

    assert (track.mbid, track.isrc) == (mbid(10), "NOAB12600123")


def test_an_artist_has_other_names_but_none_that_are_there_to_be_searched_for(musicbrainz, server):
    rows = [{"name": "V. Holm"}, {"name": "Vera Hom", "type": "Search hint"}, {"name": "V. Holm"}, {"name": None}, "x"]
    server.answer(f"{WS}/artist/{mbid(1)}", PERSON | {"aliases": rows})

    assert musicbrainz.artist(mbid(1)).aliases == ("V. Holm",)


def test_a_discography_lists_each_album_once_to_the_end(musicbrainz, server):
    server.answer(f"{WS}/artist/{mbid(1)}", PERSON)
    groups: list[dict[str, Any]] = [{**GROUP, "id": mbid(n), "artist-credit": CREDIT[:1]} for n in range(200, 330)]
    groups[0] = {**groups[0], "secondary-types": ["Live"]}
    for offset in (0, 100):
        page = {"release-groups": groups[offset : offset + 100], "release-group-count": 130}
        server.answer(f"{WS}/release-group?offset={offset}", page)

    albums = list(musicbrainz.artist_albums(mbid(1)))

    assert len(albums) == 130
    assert albums[0].kind is ReleaseKind.LIVE
    assert albums[0].id.startswith("rg-")


def test_a_search_escapes_what_lucene_would_take_for_its_own(musicbrainz, server):
    server.answer(f"{WS}/recording", {"count": 1, "recordings": [RECORDING]})

    found = musicbrainz.search("AC/DC (live)", kinds=(Kind.TRACK, Kind.PLAYLIST))

    assert [track.title for track in found.tracks] == ["Lantern Year"]
    assert "query=AC%5C%2FDC+%5C%28live%5C%29" in server.asked[0][0]
    assert escape('a:b AND "c"') == r"a\:b and \"c\""


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "3"}])
def test_a_503_means_too_often(musicbrainz, server, headers):
    server.answer(f"{WS}/artist/{mbid(1)}", {"error": "exceeding"}, status=503, headers=headers)

    with pytest.raises(RateLimited) as caught:
        musicbrainz.artist(mbid(1))

    assert caught.value.retry_after == (3 if headers else 7)


def test_what_is_unknown_is_not_found_and_a_malformed_id_is_not_asked_for(musicbrainz, server):
    with pytest.raises(NotFound):
        musicbrainz.artist(mbid(404))
    asked = len(server.asked)
    with pytest.raises(UserError):
        musicbrainz.album("5f6a")

    assert len(server.asked) == asked
