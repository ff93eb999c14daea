"""A person's own Spotify, over real HTTP: their lists, likes and artists, read with their own token, and private."""

from __future__ import annotations

import time

import pytest
import requests
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import SpotifyAccount
from catalog.models import Playlist, PlaylistReader
from catalog.services import browse, mine
from downloads.models import DownloadRequest
from downloads.services.requests import request_download
from sandbox.services.spotify_accounts import seal
from tests.accounts.signing import sign_in, use_app
from tests.catalog.people import PRIVATE, expand_all, link

pytestmark = pytest.mark.django_db
NEW = "5a0d0b0c0000000000000000000000a1"


# --- the pages -------------------------------------------------------------------------------------------------------


def test_list_shows_own_shared_and_followed_lists_with_what_can_be_had(visitor, ida):
    page = visitor.get("/spotify/")

    html = page.content.decode()
    own, others = page.context["groups"]
    titles = {card.title: card for card in [*own.cards, *others.cards]}
    assert (own.label, titles[PRIVATE].tag, titles["Together"].tag) == ("Your own", "Private", "Shared")
    assert titles["My Mixtape"].state.what.startswith("playlist:")
    assert titles["Vera Holm Essentials"] in others.cards
    assert titles["Vera Holm Essentials"].state is None
    assert titles["Vera Holm Essentials"].note == "Contents not readable"
    assert "contents are not readable with this app" in html
    assert titles["Nothing Here Yet"].state is None
    assert "What Spotify does not give to this app" in html
    assert "Signed in as" in html


def test_list_on_an_older_app_has_followed_lists_open(visitor, person, settings, known):
    use_app(settings, "3")
    sign_in(visitor)

    _own, others = visitor.get("/spotify/").context["groups"]

    assert all(card.state is not None for card in others.cards)


def test_list_costs_one_question_and_learns_once_what_is_closed(visitor, ida, sandbox):
    visitor.get("/spotify/")
    before = sandbox.count("api.spotify.com")

    visitor.get("/spotify/")

    assert sandbox.count("api.spotify.com") == before + 1


def test_list_is_paged_and_what_was_unfollowed_leaves_it(visitor, ida, sandbox):
    for number in range(60):
        row = Playlist.objects.create(provider="spotify", provider_id=f"x{number}", title="Old", is_private=True)
        PlaylistReader.objects.create(playlist=row, person=ida, position=number + 1)

    groups = visitor.get("/spotify/").context["groups"]

    assert "Old" not in [card.title for group in groups for card in group.cards]
    assert not PlaylistReader.objects.filter(playlist__title="Old", position__isnull=False).exists()


@pytest.mark.parametrize("page", ["0", "-1", "x", "999999999", "2"])
def test_list_with_an_odd_page_number_answers(visitor, ida, page):
    assert visitor.get(f"/spotify/?page={page}").status_code == 200


def test_list_when_spotify_is_down_shows_what_was_there_and_says_so(visitor, ida, sandbox):
    visitor.get("/spotify/")
    body = '{"error":{"status":503,"message":"Service unavailable"}}'
    sandbox.fault("api.spotify.com/v1/me/playlists", "status", status=503, body=body, content_type="application/json")

    page = visitor.get("/spotify/")

    assert page.status_code == 200
    assert "Spotify has a problem of its own" in page.content.decode()
    assert PRIVATE in page.content.decode()


def make_lists(sandbox, number: int) -> None:
    """Ida makes so many more lists at Spotify."""
    token = seal("access", client=NEW, user="ida.berg", scope="playlist-modify-private", until=time.time() + 60)
    for place in range(number):
        made = requests.post(
            f"{sandbox.url}/api.spotify.com/v1/me/playlists",
            json={"name": f"Made {place}", "public": False},
            headers={"Authorization": f"Bearer {token}"},
            timeout=60,
        )
        assert made.status_code == 201, made.text


def queries_of(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


def test_queries_of_the_list_do_not_grow_with_it(visitor, ida, sandbox):
    visitor.get("/spotify/")
    few, before = PlaylistReader.objects.count(), queries_of(visitor, "/spotify/")
    make_lists(sandbox, 20)
    visitor.get("/spotify/")

    after = queries_of(visitor, "/spotify/")

    assert PlaylistReader.objects.count() == few + 20
    assert after == before


def test_list_of_more_than_a_page_goes_on_behind_it(visitor, ida, sandbox):
    make_lists(sandbox, 45)

    first = visitor.get("/spotify/")
    second = visitor.get(first.context["next_url"])

    titles = [card.title for page in (first, second) for group in page.context["groups"] for card in group.cards]
    assert first.context["next_url"] == "/spotify/?page=2"
    assert second.context["first_url"] == "/spotify/"
    assert len(titles) == len(set(titles)) == PlaylistReader.objects.filter(position__isnull=False).count() > 50


def test_button_of_a_list_follows_what_becomes_of_it(visitor, ida, tom_visits):
    card = next(c for c in visitor.get("/spotify/").context["groups"][0].cards if c.title == PRIVATE)
    visitor.post("/queue/get/", {"what": card.state.what})

    mine_too, theirs = (one.get("/live/?since=0&view=spotify").content.decode() for one in (visitor, tom_visits))

    assert f'id="{card.button_id}"' in mine_too
    assert 'data-state="queued"' in mine_too
    assert card.button_id not in theirs


def test_liked_songs_are_a_playlist_that_can_be_read_and_downloaded(visitor, ida, person):
    page = visitor.get("/spotify/liked/", follow=True)

    assert page.context["page"].title == "Liked songs"
    assert len(page.context["lines"]) == 12
    assert "Only you see this list here" in page.content.decode()
    said = visitor.post("/queue/get/", {"what": page.context["page"].get}, follow=True)
    expand_all()
    request = DownloadRequest.objects.get()
    assert "Liked songs is in the queue" in said.content.decode()
    assert (request.total, request.stage, request.asked_by) == (12, "running", person)
    assert visitor.get("/spotify/liked/", follow=True).context["page"].standing.name == "queued"


def test_liked_songs_are_read_anew_when_one_is_added(visitor, ida, sandbox):
    visitor.get("/spotify/liked/", follow=True)
    row = Playlist.objects.get(title="Liked songs")
    assert row.entries_fetched_at is not None
    asked = sandbox.count("v1/me/tracks")

    visitor.get("/spotify/liked/", follow=True)
    assert sandbox.count("v1/me/tracks") == asked + 1  # the head alone

    account = SpotifyAccount.objects.get()
    track = mine.spotify_people.catalogue_of(account).liked_page().tracks[0]
    Playlist.objects.update(snapshot="other")
    assert track is not None
    visitor.get("/spotify/liked/", follow=True)
    assert sandbox.count("v1/me/tracks") == asked + 4  # head, our look, head, page


def test_followed_artists_have_pages_and_a_button(visitor, ida):
    page = visitor.get("/spotify/artists/")

    cards = page.context["cards"]
    assert len(cards) == 4
    assert all(card.state.what.startswith("artist:") for card in cards)
    assert visitor.get(cards[0].url, follow=True).status_code == 200
    again = visitor.get("/spotify/artists/").context["cards"]
    assert again[0].url.startswith("/artists/")
    visitor.post("/queue/get/", {"what": again[0].state.what})
    assert visitor.get("/spotify/artists/").context["cards"][0].state.name == "queued"


def test_followed_artists_have_a_bounded_number_of_queries(visitor, ida, django_assert_max_num_queries):
    with django_assert_max_num_queries(30):
        visitor.get("/spotify/artists/")


def test_what_was_not_allowed_is_asked_for_where_it_is_needed(visitor, person, known):
    sign_in(visitor)

    liked, artists = visitor.get("/spotify/liked/"), visitor.get("/spotify/artists/")

    assert "You have not allowed Spotizer to read this" in liked.content.decode()
    assert "for=liked&amp;next=%2Fspotify%2Fliked%2F" in liked.content.decode()
    assert "for=artists" in artists.content.decode()
    done = sign_in(visitor, what="?for=liked&next=/spotify/liked/")
    assert done.context["page"].title == "Liked songs"


@pytest.mark.parametrize("path", ["/spotify/", "/spotify/liked/", "/spotify/artists/"])
def test_pages_without_a_sign_in_offer_it(tom_visits, path):
    html = tom_visits.get(path).content.decode()

    assert "For this you have to sign in to Spotify" in html
    assert "/account/spotify/?for=" in html


def test_page_after_the_consent_ended_says_sign_in_again_and_keeps_the_list(visitor, ida, sandbox):
    visitor.get("/spotify/")
    sandbox.mood(spotify_refresh="revoked")
    SpotifyAccount.objects.update(expires_at=timezone.now())

    html = visitor.get("/spotify/").content.decode()

    assert "Your sign-in to Spotify has ended" in html
    assert PRIVATE in html


# --- one playlist ----------------------------------------------------------------------------------------------------


def test_private_link_with_the_owners_token_is_opened_and_downloaded(visitor, ida, known):
    page = visitor.get("/open/", {"url": link(known, "private")}, follow=True)

    assert page.context["page"].title == PRIVATE
    assert len(page.context["lines"]) == 8
    visitor.post("/queue/get/", {"what": f"link:{link(known, 'private')}"})
    expand_all()
    assert DownloadRequest.objects.get().total == 8


def test_private_link_without_a_token_hints_at_signing_in(tom_visits, known):
    page = tom_visits.get("/open/", {"url": link(known, "private")})

    assert page.status_code == 404
    assert "If it is a private playlist of yours, sign in to Spotify" in page.content.decode()
    assert "/account/spotify/?next=" in page.content.decode()


def test_closed_list_without_a_token_hints_at_signing_in_and_with_one_does_not(visitor, ida, tom_visits, known):
    theirs = tom_visits.get("/open/", {"url": link(known, "essentials")}, follow=True).content.decode()
    mine_too = visitor.get("/open/", {"url": link(known, "essentials")}, follow=True).content.decode()

    assert "If that is you, sign in to Spotify" in theirs
    assert "copy its tracks into a playlist of your own" in mine_too


def test_own_list_that_somebody_saw_closed_before_is_open_to_its_owner_at_once(visitor, ida, tom_visits, known):
    assert "not readable" in tom_visits.get("/open/", {"url": link(known, "mine")}, follow=True).content.decode()

    page = visitor.get("/open/", {"url": link(known, "mine")}, follow=True)

    assert len(page.context["lines"]) == 24


def test_long_list_goes_on_page_by_page(visitor, ida, known):
    row = browse.open_playlist("spotify", known["eleven-pages"], ida)

    request = request_download(playlist=row, by=ida)
    expand_all()

    request.refresh_from_db()
    row.refresh_from_db()
    assert request.total == 550
    assert row.entries_fetched_at is not None


def test_request_is_read_with_the_token_of_who_asked(visitor, ida, tom, known):
    row = browse.open_playlist("spotify", known["private"], ida)
    theirs, not_theirs = request_download(playlist=row, by=ida), request_download(playlist=row, by=tom)

    expand_all()

    for request in (theirs, not_theirs):
        request.refresh_from_db()
    assert theirs.total == 8


def test_request_whose_asker_is_not_signed_in_fails_with_what_to_do(ida, tom, known):
    row = browse.open_playlist("spotify", known["private"], ida)
    request = request_download(playlist=row, by=tom)

    expand_all()

    request.refresh_from_db()
    assert (request.stage, request.reason) == ("failed", "login_needed")
    assert "sign in to Spotify" in request.message
