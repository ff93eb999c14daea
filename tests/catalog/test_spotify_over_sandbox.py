"""Spotify on every kind of app, from link to rows, over the sandbox's real HTTP."""

from __future__ import annotations

import pytest

from accounts.services import credentials
from catalog.models import Recording
from catalog.services import browse
from catalog.services.catalogues import get_catalogue
from catalog.services.search import search
from core.errors import AuthRequired, Forbidden, NotFound, QuotaExceeded, RateLimited, UserError
from ops.models import Notice, ServiceState
from providers.base import Kind

pytestmark = pytest.mark.django_db

SECRET = "5ec2e700000000000000000000000000"
DIALECTS = {"new": "1", "old": "2", "extended": "3"}


@pytest.fixture
def known(sandbox) -> dict[str, dict]:
    summary = sandbox.catalogue()
    return {entry["name"]: entry for entry in [*summary["playlists"], *summary["albums"]]}


@pytest.fixture(params=list(DIALECTS))
def dialect(request, settings) -> str:
    use_app(settings, DIALECTS[request.param])
    return request.param


def use_app(settings, number: str) -> None:
    settings.SPOTIFY_CLIENT_ID = f"5a0d0b0c0000000000000000000000a{number}"
    settings.SPOTIFY_CLIENT_SECRET = SECRET[:-1] + number


def link(kind: str, entry: dict) -> str:
    return f"https://open.spotify.com/intl-de/{kind}/{entry['spotify']}?si=abc"


def test_an_album_is_stored_with_isrcs_from_deezer_on_every_kind_of_app(known, sandbox, dialect):
    album = browse.resolve(link("album", known["tidal-rooms"])).album

    assert album is not None
    assert (album.title, album.track_total, album.released_on) == ("Tidal Rooms", 12, "2025-10-03")
    assert all(track.recording.isrc for track in browse.load_album_tracks(album))
    assert sandbox.count("api.spotify.com/v1/tracks") == 0
    ours = browse.resolve(f"https://www.deezer.com/album/{known['tidal-rooms']['deezer']}").album
    assert ours is not None
    assert ours.release_group_id == album.release_group_id
    assert Recording.objects.count() == 12


def test_the_other_kinds_are_opened_on_every_kind_of_app(known, dialect):
    album = browse.resolve(f"spotify:album:{known['tidal-rooms']['spotify']}").album
    assert album is not None
    track_id = album.tracks.first().external_ids.get(provider="spotify").value
    artist_id = album.artists.get().external_ids.get(provider="spotify").value

    track = browse.resolve(f"https://open.spotify.com/track/{track_id}").track
    artist = browse.resolve(f"spotify:artist:{artist_id}").artist

    assert track is not None
    assert artist is not None
    assert browse.is_complete(track)
    assert "Tidal Rooms" in [release.title for release in browse.load_artist_albums(artist)]


def test_a_search_gives_twenty_hits_on_every_kind_of_app(sandbox, dialect):
    found = search("the", kinds=(Kind.TRACK, Kind.ALBUM, Kind.ARTIST, Kind.PLAYLIST), provider="spotify", limit=20)

    assert len({track.id for track in found.tracks}) == 20
    assert sandbox.count("v1/search") == 2


def test_a_playlist_is_read_to_the_end_or_says_why_not(known, dialect):
    playlist = browse.resolve(link("playlist", known["eleven-pages"])).playlist
    assert playlist is not None
    assert playlist.title == "Eleven Pages"

    if playlist.unreadable_reason:
        with pytest.raises(Forbidden) as caught:
            browse.playlist_page(playlist)
        assert "Deezer" in caught.value.message + caught.value.remedy
        return
    positions, cursor = [], None
    while cursor is not None or not positions:
        page = browse.playlist_page(playlist, cursor)
        positions += [entry.position for entry in page.entries]
        cursor = page.next
    assert positions == list(range(1, 551))


def test_a_new_app_does_not_read_playlists_and_an_extended_one_does(known, settings):
    readable = {}
    for name, number in DIALECTS.items():
        use_app(settings, number)
        readable[name] = get_catalogue("spotify").playlist(known["eleven-pages"]["spotify"]).is_readable

    assert (readable["new"], readable["extended"]) == (False, True)


def test_an_app_whose_owner_has_no_premium_gives_advice_and_a_notice(known, settings):
    use_app(settings, "4")

    with pytest.raises(AuthRequired) as caught:
        browse.resolve(link("album", known["tidal-rooms"]))

    assert "Premium" in caught.value.message
    assert "Premium" in Notice.objects.get(code="spotify_credential").message


def test_wrong_keys_give_advice(known, settings):
    use_app(settings, "1")
    settings.SPOTIFY_CLIENT_SECRET = "0" * 32

    with pytest.raises(AuthRequired) as caught:
        browse.resolve(link("album", known["tidal-rooms"]))

    assert "dashboard" in caught.value.remedy


def test_an_expired_token_is_renewed_unseen(known, sandbox, settings):
    use_app(settings, "1")
    sandbox.mood(spotify_token_seconds=3600)
    search("vera", kinds=(Kind.TRACK,), provider="spotify", limit=5)
    body = '{"error":{"status":401,"message":"The access token expired"}}'
    sandbox.fault("api.spotify.com", "status", status=401, body=body, content_type="application/json", times=1)

    assert browse.resolve(link("album", known["tidal-rooms"])).album is not None

    assert sandbox.count("accounts.spotify.com/api/token") == 2


@pytest.mark.parametrize(
    ("seconds", "reason", "error"), [("2", "", RateLimited), ("48925", '"reason":"QUOTA_EXCEEDED",', QuotaExceeded)]
)
def test_a_429_closes_spotify_for_all_workers(known, sandbox, settings, seconds, reason, error):
    use_app(settings, "1")
    body = f'{{"error":{{{reason}"status":429,"message":"Too many requests"}}}}'
    order = {"status": 429, "headers": {"Retry-After": seconds}, "body": body, "content_type": "application/json"}
    sandbox.fault("api.spotify.com", "status", **order)
    with pytest.raises(error):
        browse.resolve(link("album", known["tidal-rooms"]))
    asked = sandbox.count("api.spotify.com")

    with pytest.raises(error):
        browse.resolve(link("album", known["long-road"]))

    assert sandbox.count("api.spotify.com") == asked
    assert ServiceState.objects.get(pk="spotify").closed_reason == error.reason


def test_what_is_gone_or_spotify_s_own_says_so(sandbox, settings):
    use_app(settings, "1")

    with pytest.raises(NotFound):
        browse.resolve("https://open.spotify.com/album/0000000000000000000000")
    with pytest.raises(NotFound) as caught:
        browse.resolve("https://open.spotify.com/playlist/37i9dQZF1DXsandbox0001")

    assert "its own playlists" in caught.value.message


def test_without_keys_the_title_is_searched_and_offered(known, sandbox):
    resolved = browse.resolve(link("album", known["tidal-rooms"]))

    assert resolved.offer is not None
    assert "Tidal Rooms" in resolved.offer.title
    assert str(known["tidal-rooms"]["deezer"]) in [album.id for album in resolved.offer.results.albums]
    assert sandbox.count("api.spotify.com") == 0


def test_a_short_link_of_spotify_is_followed(known, settings):
    use_app(settings, "1")

    resolved = browse.resolve(f"https://spotify.link/a{known['tidal-rooms']['spotify']}")

    assert resolved.album is not None
    with pytest.raises((NotFound, UserError)):
        browse.resolve("https://spotify.link/a0000000000000000000000")


def test_a_saved_credential_is_probed_at_the_sandbox(sandbox, settings):
    use_app(settings, "3")
    row = credentials.save_credential(
        service="spotify_app",
        name="Old friend",
        identifier=settings.SPOTIFY_CLIENT_ID,
        secret=settings.SPOTIFY_CLIENT_SECRET,
    )

    assert row.check_message == ""
    assert row.capabilities["search_limit"]["value"] == 50
