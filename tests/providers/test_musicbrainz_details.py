"""What MusicBrainz adds to music that is known, over the sandbox's real HTTP."""

from __future__ import annotations

import pytest

from core.errors import NotFound, UserError
from core.http import OpenGate, make_session, user_agent
from providers.musicbrainz.details import MusicBrainzDetails
from tests.server import serve

GUEST_ISRC = "NOSBK2500002"  # two recordings carry it


@pytest.fixture
def details(sandbox) -> MusicBrainzDetails:
    agent = user_agent("0.1", "https://contact.example")
    return MusicBrainzDetails(make_session("musicbrainz", gate=OpenGate(), sandbox_url=sandbox.url, agent=agent))


@pytest.fixture
def catalogue(sandbox_server):
    return sandbox_server.world.catalogue


def test_a_code_gives_its_recordings_with_releases_to_choose_from(details, catalogue):
    album = catalogue.album_by_name["tidal-rooms"]

    first, second = details.recordings_by_isrc(GUEST_ISRC)

    assert (first.track.title, first.track.duration_ms) == ("Lantern Year", 201_480)
    assert second.track.title == "Lantern Year (Radio Edit)"
    release = next(hit.album for hit in first.releases if hit.album.mbid == album.mbid)
    assert (release.title, release.upc, release.track_total) == ("Tidal Rooms", album.upc, 12)
    assert release.first_released_on


def test_a_code_that_nobody_entered_gives_none(details):
    assert details.recordings_by_isrc("NOSBK2599999") == ()


@pytest.mark.parametrize("zeros", ["", "0"])
def test_a_barcode_gives_its_releases_with_or_without_zeros(details, catalogue, zeros):
    album = catalogue.album_by_name["tidal-rooms"]

    found = details.releases_by_barcode(zeros + album.upc)

    assert [hit.album.mbid for hit in found] == [album.mbid]
    assert details.releases_by_barcode("4000000000000") == ()


def test_one_question_about_a_release_answers_for_all_its_tracks(details, catalogue, sandbox):
    album = catalogue.album_by_name["tidal-rooms"]

    found = details.release(album.mbid)

    assert len(sandbox.log("musicbrainz.org")) == 1
    assert (found.album.label, found.album.upc, found.album.released_on) == (album.label, album.upc, album.released_on)
    assert found.album.genres == ("Dream Pop",)
    assert len(found.tracks) == 12
    third = found.tracks[2]
    assert (third.track.title, third.track.track_number, third.isrcs) == ("Lantern Year", 3, (GUEST_ISRC,))
    assert (third.track.composer, third.track.genres) == ("Vera Holm", ("Dream Pop",))
    assert third.track.first_released_on == "2025-10-03"


def test_a_recording_alone_has_its_composer_and_genres(details, catalogue):
    recording = catalogue.album_by_name["tidal-rooms"].tracks[2].recording

    found = details.recording(recording.mbid)

    assert (found.track.composer, found.track.genres, found.isrcs) == ("Vera Holm", ("Dream Pop",), (GUEST_ISRC,))
    assert details.artist(recording.artists[0].mbid).sort_name == "Holm, Vera"


def test_what_is_unknown_is_not_found_and_a_malformed_id_is_not_asked_for(details, sandbox):
    with pytest.raises(NotFound):
        details.release("00000000-0000-4000-8000-000000000999")
    asked = len(sandbox.log("musicbrainz.org"))
    with pytest.raises(UserError):
        details.recording("5f6a")

    assert len(sandbox.log("musicbrainz.org")) == asked


def test_hollow_shapes_of_relations_name_no_composer():
    mbid = "00000000-0000-4000-8000-000000000001"
    relations = [
        None,
        {"type": "performance"},
        {"work": None},
        {"work": {"relations": None}},
        {"work": {"relations": [None, {"type": "composer"}, {"type": "composer", "artist": {"name": None}}]}},
        {"work": {"relations": [{"type": "lyricist", "artist": {"name": "A Poet"}}]}},
    ]
    with serve() as server:
        server.answer(f"/musicbrainz.org/ws/2/recording/{mbid}", {"id": mbid, "title": "x", "relations": relations})
        session = make_session("musicbrainz", gate=OpenGate(), sandbox_url=server.url)

        found = MusicBrainzDetails(session).recording(mbid)

    assert (found.track.composer, found.isrcs, found.note) == ("", (), "")
