"""Spotify as the real spotipy and the plain protocol see it: three dialects, tokens, refusals."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import spotipy
from spotipy.oauth2 import SpotifyClientCredentials, SpotifyOauthError

from sandbox.services.spotify_accounts import CLIENTS
from tests.sandbox.reach import session

NEW, OLD, EXTENDED, NO_PREMIUM, UNREGISTERED, LIMITED = CLIENTS.values()
SCOPES = "playlist-read-private user-library-read user-library-modify user-follow-read playlist-modify-private"
BACK = "http://127.0.0.1:7171/accounts/spotify/back"
ACCOUNTS = "https://accounts.spotify.com"


@pytest.fixture
def web(sandbox):
    return session(sandbox.url)


@pytest.fixture
def catalogue(sandbox_server, sandbox):
    return sandbox_server.world.catalogue


@pytest.fixture
def app(web):
    """``app(NEW)`` is spotipy with that app's own token."""

    def connect(client):
        auth = SpotifyClientCredentials(
            client.id, client.secret, requests_session=web, cache_handler=spotipy.MemoryCacheHandler()
        )
        return spotipy.Spotify(auth_manager=auth, requests_session=web)

    return connect


def consent(web, client=NEW, scope=SCOPES, **more):
    """A code from the consent page, and the verifier that belongs to it."""
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    query = {
        "client_id": client.id, "response_type": "code", "redirect_uri": BACK, "scope": scope, "state": "s1",
        "code_challenge_method": "S256", "code_challenge": challenge, **more,
    }  # fmt: skip
    answer = web.get(f"{ACCOUNTS}/authorize", params=query, allow_redirects=False)
    return answer, verifier


def exchange(web, client=NEW, **more):
    answer, verifier = consent(web, client)
    code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "client_id": client.id}
    return web.post(f"{ACCOUNTS}/api/token", data={**form, "code_verifier": verifier, **more})


@pytest.fixture
def person(web):
    """spotipy for the person who signed in to an app."""

    def connect(client=NEW):
        return spotipy.Spotify(auth=exchange(web, client).json()["access_token"], requests_session=web)

    return connect


def test_search_in_the_new_dialect_takes_ten_and_lacks_the_new_fields(app):
    spotify = app(NEW)

    hit = spotify.search("vera holm lantern year", limit=10, market="NO")["tracks"]["items"][0]

    assert hit["name"] == "Lantern Year (feat. Ida Berg)"
    assert hit["external_ids"]["isrc"] == "NOSBK2500002"
    assert hit["is_playable"] is True
    assert not {"popularity", "available_markets", "linked_from"} & set(hit)
    with pytest.raises(spotipy.SpotifyException) as caught:
        spotify.search("vera holm", limit=11)
    assert (caught.value.http_status, "Invalid limit" in caught.value.msg) == (400, True)


def test_version_of_a_track_stands_behind_a_dash(app):
    names = [hit["name"] for hit in app(NEW).search("northern sky remaster", limit=5, market="NO")["tracks"]["items"]]

    assert "Northern Sky - 2022 Remaster" in names


def test_track_when_no_market_is_given_looks_unplayable(app, catalogue):
    track = catalogue.album_by_name["tidal-rooms"].tracks[0].spotify_id

    assert app(NEW).track(track)["is_playable"] is False
    assert app(NEW).track(track, market="NO")["is_playable"] is True


def test_locked_track_says_why(app, catalogue):
    track = app(NEW).track(catalogue.album_by_name["locked"].tracks[0].spotify_id, market="NO")

    assert (track["is_playable"], track["restrictions"]) == (False, {"reason": "market"})


@pytest.mark.parametrize(("client", "answer"), [(NEW, 403), (OLD, 200), (EXTENDED, 200)])
def test_batch_when_asked_is_gone_for_new_apps_only(app, catalogue, client, answer):
    ids = [track.spotify_id for track in catalogue.album_by_name["tidal-rooms"].tracks[:2]]
    status = 200
    try:
        assert len(app(client).tracks(ids, market="NO")["tracks"]) == 2
    except spotipy.SpotifyException as refused:
        status = refused.http_status

    assert status == answer


def test_album_when_opened_has_simple_tracks_and_pages(app, catalogue):
    spotify = app(NEW)
    album = spotify.album(catalogue.album_by_name["sixty-sparks"].spotify_id, market="NO")

    assert album["external_ids"]["upc"] == catalogue.album_by_name["sixty-sparks"].upc
    assert "label" not in album
    assert len(album["tracks"]["items"]) == 50
    assert not {"external_ids", "album"} & set(album["tracks"]["items"][0])
    assert album["tracks"]["next"].startswith("https://api.spotify.com/v1/albums/")
    assert len(spotify.next(album["tracks"])["items"]) == 10
    assert album["images"][0]["url"].startswith("https://i.scdn.co/image/ab67616d0000b273")


def test_picture_of_every_size_is_that_size(sandbox, catalogue, app):
    import io

    from PIL import Image

    for picture in app(NEW).album(catalogue.albums[0].spotify_id)["images"]:
        _, headers, body = sandbox.get(picture["url"].removeprefix("https://"))
        assert Image.open(io.BytesIO(body)).size == (picture["width"], picture["height"])
        assert headers["Content-Type"] == "image/jpeg"


def test_taken_down_album_has_no_name(app, catalogue):
    album = app(NEW).album(catalogue.album_by_name["withdrawn"].spotify_id)

    assert (album["name"], album["tracks"]["items"]) == ("", [])


def test_discography_in_the_new_dialect_takes_ten(app, catalogue):
    artist = catalogue.artist_by_name["Vera Holm"].spotify_id

    page = app(NEW).artist_albums(artist, limit=10)

    assert "album_group" not in page["items"][0]
    assert "album_group" in app(EXTENDED).artist_albums(artist, limit=20)["items"][0]
    with pytest.raises(spotipy.SpotifyException, match="Invalid limit"):
        app(NEW).artist_albums(artist)


@pytest.mark.parametrize(("identifier", "status"), [("short", 400), ("0" * 22, 404)])
def test_wrong_id_is_said_so(app, identifier, status):
    with pytest.raises(spotipy.SpotifyException) as caught:
        app(NEW)._get(f"tracks/{identifier}")

    assert caught.value.http_status == status


def test_foreign_playlist_in_the_new_dialect_has_a_head_without_contents(app, person, catalogue):
    foreign = catalogue.playlist_by_name["essentials"].spotify_id

    for spotify in (app(NEW), person()):
        head = spotify.playlist(foreign)
        assert head["name"] == "Vera Holm Essentials"
        assert not {"items", "tracks"} & set(head)
        with pytest.raises(spotipy.SpotifyException) as caught:
            spotify.playlist_items(foreign)
        assert (caught.value.http_status, "Forbidden" in caught.value.msg) == (403, True)


def test_own_playlist_in_the_new_dialect_holds_null_local_file_and_episode(person, catalogue):
    page = person().playlist_items(catalogue.playlist_by_name["mixed-bag"].spotify_id, limit=50)

    items = [entry["item"] for entry in page["items"]]
    assert [item and item["type"] for item in items].count(None) == 1
    assert [item["type"] for item in items if item].count("episode") == 1
    local = (
        next(item for item in items if item and item["is_local"])
        if any(i and i.get("is_local") for i in items)
        else None
    )
    assert local is not None
    assert (local["id"], local["uri"].startswith("spotify:local:")) == (None, True)


def test_playlist_of_eleven_pages_is_followed_to_its_end(person, catalogue):
    spotify = person()
    page = spotify.playlist_items(catalogue.playlist_by_name["eleven-pages"].spotify_id, limit=50)
    pages, count = 1, len(page["items"])

    while page["next"]:
        page = spotify.next(page)
        pages, count = pages + 1, count + len(page["items"])

    assert (pages, count) == (11, 550)


def test_old_app_reads_any_public_playlist_as_tracks(app, catalogue):
    foreign = catalogue.playlist_by_name["essentials"].spotify_id

    page = app(OLD)._get(f"playlists/{foreign}/tracks", limit=50)

    assert page["items"][0]["track"]["name"] == "Harbour Lights"
    with pytest.raises(spotipy.SpotifyException) as caught:
        app(OLD).playlist_items(foreign)
    assert caught.value.http_status == 404


def test_spotifys_own_and_private_playlists_are_not_found(app, catalogue):
    for identifier in ("37i9dQZF1DXsandbox0001", catalogue.playlist_by_name["private"].spotify_id):
        with pytest.raises(spotipy.SpotifyException) as caught:
            app(EXTENDED)._get(f"playlists/{identifier}")
        assert caught.value.http_status == 404


def test_snapshot_when_a_track_is_added_changes(person, catalogue):
    spotify, mine = person(), catalogue.playlist_by_name["mine"].spotify_id
    before = spotify.playlist(mine)

    spotify._post(f"playlists/{mine}/items", payload={"uris": [f"spotify:track:{catalogue.tracks[0].spotify_id}"]})

    after = spotify.playlist(mine)
    assert after["snapshot_id"] != before["snapshot_id"]
    assert after["items"]["total"] == before["items"]["total"] + 1


def test_plain_text_refusals_arrive_as_text(app, person):
    with pytest.raises(spotipy.SpotifyException, match="Active premium subscription required"):
        app(NO_PREMIUM).search("vera", limit=5)
    with pytest.raises(spotipy.SpotifyException, match="the user may not be registered"):
        person(UNREGISTERED).me()


def test_limits_when_ordered_are_of_two_kinds(app, sandbox):
    sandbox.spotify_limit(2, times=1)
    sandbox.spotify_limit(48_925, is_quota=True, times=1)
    spotify = app(NEW)

    caught = []
    for _ in range(2):
        with pytest.raises(spotipy.SpotifyException) as refused:
            spotify.search("vera", limit=5)
        caught.append((refused.value.http_status, refused.value.headers["Retry-After"], refused.value.reason))

    assert caught == [(429, "2", None), (429, "48925", "QUOTA_EXCEEDED")]
    with pytest.raises(spotipy.SpotifyException, match="Too many requests"):
        app(LIMITED).search("vera", limit=5)


def test_wrong_secret_or_app_gets_no_token(web):
    for client_id, secret in ((NEW.id, "wrong"), ("f" * 32, NEW.secret)):
        with pytest.raises(SpotifyOauthError, match="invalid_client"):
            SpotifyClientCredentials(client_id, secret, requests_session=web).get_access_token(as_dict=False)


def test_expired_token_is_a_401_and_a_new_one_works(app, sandbox):
    sandbox.mood(spotify_token_seconds=0)
    with pytest.raises(spotipy.SpotifyException, match="The access token expired") as caught:
        app(NEW).search("vera", limit=5)
    sandbox.mood(spotify_token_seconds=3600)

    assert caught.value.http_status == 401
    assert app(NEW).search("vera", limit=5)["tracks"]["items"]


def test_request_without_token_is_a_401(sandbox):
    status, _, body = sandbox.get("api.spotify.com/v1/search?q=a&type=track")

    assert (status, json.loads(body)["error"]["message"]) == (401, "No token provided")


def test_app_without_a_person_cannot_see_me(app):
    with pytest.raises(spotipy.SpotifyException) as caught:
        app(NEW).me()

    assert caught.value.http_status == 401


def test_consent_gives_a_code_that_only_the_right_verifier_redeems_once(web):
    answer, verifier = consent(web)
    back = urlsplit(answer.headers["Location"])
    query = parse_qs(back.query)
    assert (f"{back.scheme}://{back.netloc}{back.path}", query["state"]) == (BACK, ["s1"])
    form = {
        "grant_type": "authorization_code", "code": query["code"][0], "redirect_uri": BACK, "client_id": NEW.id,
    }  # fmt: skip

    wrong = web.post(f"{ACCOUNTS}/api/token", data={**form, "code_verifier": "x" * 64})
    right = web.post(f"{ACCOUNTS}/api/token", data={**form, "code_verifier": verifier})
    again = web.post(f"{ACCOUNTS}/api/token", data={**form, "code_verifier": verifier})

    assert (wrong.status_code, wrong.json()["error"]) == (400, "invalid_grant")
    assert (right.status_code, right.json()["scope"]) == (200, SCOPES)
    assert again.status_code == 400


@pytest.mark.parametrize("target", ["http://localhost:7171/back", "http://nas.local:8000/back"])
def test_insecure_redirect_address_is_refused(web, target):
    assert consent(web, redirect_uri=target)[0].status_code == 400


def test_refused_consent_comes_back_as_an_error(web, sandbox):
    sandbox.mood(spotify_consent="denied")

    assert "error=access_denied" in consent(web)[0].headers["Location"]


@pytest.mark.parametrize(("mood", "token"), [("absent", None), ("empty", ""), ("rotated", "AQ")])
def test_refresh_when_in_a_mood_carries_what_it_says(web, sandbox, mood, token):
    first = exchange(web).json()
    sandbox.mood(spotify_refresh=mood)

    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"], "client_id": NEW.id}
    again = web.post(f"{ACCOUNTS}/api/token", data=form).json()

    assert again["access_token"] != first["access_token"]
    assert (again.get("refresh_token") or "")[:2] == (token or "")
    assert ("refresh_token" in again) is (token is not None)


@pytest.mark.parametrize("mood", ["revoked", "expired"])
def test_refresh_when_over_is_an_invalid_grant(web, sandbox, mood):
    first = exchange(web).json()
    sandbox.mood(spotify_refresh=mood)

    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"], "client_id": NEW.id}
    answer = web.post(f"{ACCOUNTS}/api/token", data=form)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_refresh_token_that_was_rotated_away_is_spent(web, sandbox):
    first = exchange(web).json()
    sandbox.mood(spotify_refresh="rotated")
    form = {"grant_type": "refresh_token", "client_id": NEW.id}

    second = web.post(f"{ACCOUNTS}/api/token", data={**form, "refresh_token": first["refresh_token"]}).json()
    spent = web.post(f"{ACCOUNTS}/api/token", data={**form, "refresh_token": first["refresh_token"]})
    third = web.post(f"{ACCOUNTS}/api/token", data={**form, "refresh_token": second["refresh_token"]})

    assert (spent.status_code, spent.json()["error"]) == (400, "invalid_grant")
    assert third.status_code == 200


@pytest.mark.parametrize(
    ("registered", "status"),
    [(BACK, 302), (BACK.replace(":7171", ""), 302), ("http://127.0.0.1/other", 400), ("https://nas.example/back", 400)],
)
def test_redirect_address_must_be_registered_where_any_is(web, sandbox, registered, status):
    sandbox.mood(spotify_redirects=registered)

    assert consent(web)[0].status_code == status


def test_another_person_has_other_playlists_and_likes(web, sandbox):
    sandbox.mood(spotify_person="tom.lind")
    token = exchange(web).json()["access_token"]
    spotify = spotipy.Spotify(auth=token, requests_session=web)

    assert spotify.me()["display_name"] == "Tom Lind"
    names = [row["name"] for row in spotify.current_user_playlists()["items"]]
    assert "Vera Holm Essentials" in names
    assert "For Nobody Else" not in names


def test_library_when_changed_answers_so(person, catalogue):
    spotify, uri = person(), f"spotify:track:{catalogue.tracks[200].spotify_id}"

    assert spotify._get("me/library/contains", uris=uri) == [False]
    spotify._put(f"me/library?uris={uri}")
    assert spotify._get("me/library/contains", uris=uri) == [True]
    assert spotify.current_user_saved_tracks(limit=50)["items"][0]["track"]["name"]
    assert spotify.current_user_followed_artists()["artists"]["items"]


def test_missing_scope_is_said_so(web):
    answer, verifier = consent(web, scope="user-top-read")
    code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK, "client_id": NEW.id}
    token = web.post(f"{ACCOUNTS}/api/token", data={**form, "code_verifier": verifier}).json()["access_token"]

    with pytest.raises(spotipy.SpotifyException, match="Insufficient client scope"):
        spotipy.Spotify(auth=token, requests_session=web).current_user_playlists()


def test_oembed_needs_no_token_and_short_links_lead_on(web, catalogue):
    album = catalogue.album_by_name["tidal-rooms"].spotify_id

    named = web.get(
        "https://open.spotify.com/oembed", params={"url": f"https://open.spotify.com/intl-de/album/{album}?si=1"}
    )
    landed: requests.Response = web.get(f"https://spotify.link/a{album}")

    assert (named.json()["title"], "artist" in named.json()) == ("Tidal Rooms", False)
    assert landed.url.startswith(f"https://open.spotify.com/album/{album}?")
