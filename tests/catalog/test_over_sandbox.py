"""The catalogue from link to rows, over the sandbox's real HTTP."""

from __future__ import annotations

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Album, Recording, Track
from catalog.selectors import track_info
from catalog.services import artwork, browse
from catalog.services.catalogues import available_catalogues, get_catalogue
from catalog.services.covers import cover_bytes
from catalog.services.lyrics import find_lyrics
from catalog.services.search import search
from core.errors import AuthRequired, NotFound, RateLimited, TransientError, UserError
from core.http import fresh_answers, interactive
from ops.models import ServiceCalls, ServiceState
from providers.base import Kind

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(sandbox) -> dict[str, dict]:
    summary = sandbox.catalogue()
    return {entry["name"]: entry for entry in [*summary["playlists"], *summary["albums"]]}


@pytest.fixture
def art(settings, tmp_path):
    settings.ART = tmp_path / "art"


def deezer_link(kind: str, entry: dict) -> str:
    return f"https://www.deezer.com/en/{kind}/{entry['deezer']}?utm_source=test"


def test_a_pasted_album_becomes_rows_that_tags_can_be_written_from(known):
    resolved = browse.resolve(deezer_link("album", known["tidal-rooms"]))

    assert resolved.album is not None
    tracks = browse.load_album_tracks(resolved.album)
    assert len(tracks) == 12
    for track in tracks:
        info = track_info(track)
        assert info.isrc
        assert info.duration_ms
        assert info.album is not None
        assert info.album.credits[0].artist.name == "Vera Holm"
        assert browse.is_complete(track)


def test_editions_share_a_release_group_and_their_recordings(known):
    plain = browse.resolve(deezer_link("album", known["tidal-rooms"])).album
    deluxe = browse.resolve(deezer_link("album", known["tidal-rooms-deluxe"])).album

    assert plain is not None
    assert deluxe is not None
    assert plain.release_group_id == deluxe.release_group_id
    shared = Recording.objects.filter(tracks__album=plain).filter(tracks__album=deluxe).distinct()
    assert shared.count() == 12


@pytest.mark.parametrize("name", ["long-road", "hostile", "trouble", "quick-sketches"])
def test_every_kind_of_album_is_stored_whole_and_stays_the_same(known, name):
    first = browse.resolve(deezer_link("album", known[name])).album
    with fresh_answers():
        Album.objects.update(tracks_fetched_at=None)
        second = browse.resolve(deezer_link("album", known[name])).album

    assert first == second
    assert Track.objects.count() == known[name]["tracks"]
    assert not Track.objects.filter(track_number=None).exists()


def test_a_playlist_of_ten_thousand_comes_page_by_page(known, sandbox):
    playlist = browse.resolve(deezer_link("playlist", known["ten-thousand"])).playlist
    assert playlist is not None

    page = browse.playlist_page(playlist)
    with CaptureQueriesContext(connection) as queries:
        second = browse.playlist_page(playlist, page.next)

    assert (len(page.entries), page.total, second.entries[0].position) == (100, 10_000, 101)
    assert len(queries) < 60
    assert sandbox.count("/tracks") == 2


def test_an_empty_playlist_is_empty_and_no_error(known):
    playlist = browse.resolve(deezer_link("playlist", known["empty"])).playlist
    assert playlist is not None

    assert browse.playlist_page(playlist).entries == []


def test_a_short_link_leads_to_its_album(known):
    resolved = browse.resolve(f"https://link.deezer.com/s/a{known['tidal-rooms']['deezer']}x")

    assert resolved.album is not None
    assert resolved.album.title == "Tidal Rooms"


def test_a_short_link_of_something_that_is_gone_says_so(sandbox):
    with pytest.raises((UserError, NotFound)):
        browse.resolve("https://link.deezer.com/s/a1x")


def test_a_musicbrainz_release_is_an_edition_of_the_same_album(known):
    ours = browse.resolve(deezer_link("album", known["tidal-rooms"])).album
    theirs = browse.resolve(f"https://musicbrainz.org/release/{known['tidal-rooms']['mbid']}").album

    assert ours is not None
    assert theirs is not None
    assert theirs.pk != ours.pk
    assert theirs.release_group_id == ours.release_group_id
    assert theirs.tracks.count() == 12
    # The same sound, whichever catalogue names it.
    assert set(theirs.tracks.values_list("recording_id")) == set(ours.tracks.values_list("recording_id"))


def test_musicbrainz_is_searched_and_its_artist_browsed(sandbox):
    found = search("Vera Holm", kinds=(Kind.ARTIST, Kind.ALBUM, Kind.TRACK), provider="musicbrainz", limit=5)
    artist = browse.open_artist("musicbrainz", found.artists[0].id)

    albums = browse.load_artist_albums(artist)

    assert found.artists[0].name == "Vera Holm"
    assert "Tidal Rooms" in [album.title for album in albums]
    [head] = [album for album in albums if album.title == "Tidal Rooms"]
    assert len(browse.load_album_tracks(head)) >= 12


def test_a_search_of_every_kind_costs_one_call_each(sandbox):
    found = search("vera holm")

    assert found.tracks
    assert found.albums
    assert found.artists
    search("vera holm")
    assert sandbox.count("api.deezer.com/search") == 4
    assert Track.objects.count() == 0


def test_lyrics_are_found_synced_and_instrumentals_known(known):
    album = browse.resolve(deezer_link("album", known["tidal-rooms"])).album
    assert album is not None
    tracks = browse.load_album_tracks(album)

    synced = find_lyrics(track_info(tracks[0]))
    instrumental = find_lyrics(track_info(tracks[5]))

    assert synced is not None
    assert synced.synced.startswith("[00:")
    assert instrumental is not None
    assert instrumental.is_instrumental


@pytest.mark.usefixtures("art")
@pytest.mark.parametrize("provider", ["deezer", "musicbrainz"])
def test_a_cover_is_drawn_small_and_large(known, provider):
    entry = known["tidal-rooms"]
    album = browse.open_album(provider, str(entry["deezer"] if provider == "deezer" else entry["mbid"]))
    assert album.artwork is not None

    assert artwork.art_file(album.artwork.key, 320).stat().st_size > 500
    cover = cover_bytes(album, 1000)

    assert cover is not None
    assert cover.startswith(b"\xff\xd8")


def test_a_slow_catalogue_ends_within_the_page_s_patience(known, sandbox):
    sandbox.fault("api.deezer.com", "latency", seconds=4)
    began = time.monotonic()

    with interactive(0.5), pytest.raises(TransientError) as caught:
        browse.resolve(deezer_link("album", known["tidal-rooms"]))

    assert time.monotonic() - began < 1.5
    assert "Deezer" in caught.value.message


@pytest.mark.parametrize("kind", ["status", "reset", "html", "garbage", "truncate", "empty", "corrupt"])
def test_a_bad_day_leaves_nothing_half_stored(known, sandbox, kind):
    sandbox.fault(r"api.deezer.com/album/\d+/tracks", kind)

    with pytest.raises(TransientError):
        browse.resolve(deezer_link("album", known["tidal-rooms"]))

    assert not Album.objects.exists()
    sandbox.mend()
    assert browse.resolve(deezer_link("album", known["tidal-rooms"])).album is not None


def test_a_dead_catalogue_is_closed_after_some_failures_and_says_so(known, sandbox):
    sandbox.fault("api.deezer.com", "status", status=500)
    for _ in range(5):
        with pytest.raises(TransientError):
            search("vera holm", kinds=(Kind.TRACK,))
    asked = sandbox.count("api.deezer.com")

    with pytest.raises(TransientError) as caught:
        search("vera holm", kinds=(Kind.TRACK,))

    assert "has not answered" in caught.value.message
    assert sandbox.count("api.deezer.com") == asked
    [state] = [state for state in available_catalogues() if state.name == "deezer"]
    assert not state.is_available
    assert state.closed_until is not None


def test_a_quota_closes_the_gate_for_all_workers(sandbox):
    quota = '{"error": {"type": "Exception", "message": "Quota limit exceeded", "code": 4}}'
    sandbox.fault("api.deezer.com/search", "status", status=200, body=quota)
    with fresh_answers(), pytest.raises(RateLimited):
        search("a", kinds=(Kind.TRACK,), limit=1)
    asked = sandbox.count("api.deezer.com")
    with fresh_answers(), pytest.raises(TransientError):
        search("b", kinds=(Kind.TRACK,), limit=1)
    assert sandbox.count("api.deezer.com") == asked, "nobody asks while it is closed"

    assert ServiceState.objects.get(pk="deezer").closed_reason == "rate_limited"


def test_calls_and_hits_are_in_the_ledger(known):
    browse.resolve(deezer_link("album", known["tidal-rooms"]))
    Album.objects.update(tracks_fetched_at=None)
    browse.resolve(deezer_link("album", known["tidal-rooms"]))

    row = ServiceCalls.objects.get(service="deezer")
    assert (row.calls, row.cache_hits, row.failures) == (2, 2, 0)


def test_spotify_without_keys_says_how_to_get_them(sandbox):
    with pytest.raises(AuthRequired) as caught:
        get_catalogue("spotify")

    assert "SPOTIFY_CLIENT_ID" in caught.value.remedy
    [state] = [state for state in available_catalogues() if state.name == "spotify"]
    assert not state.is_available
