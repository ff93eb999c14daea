"""Search, links, and the pages of the catalogue, against the sandbox where a service is asked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import Album, Artist, Playlist, Track
from catalog.services.search import search as ask
from providers.base import Kind
from sandbox.client import Sandbox
from tests.downloads.make import make_file, make_track
from tests.fixtures_pages import settled_album, settled_playlist

CARD = {"HX-Request": "true", "HX-Target": "link-card"}


def queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


# --- search ----------------------------------------------------------------------------------------------------------


def test_search_shows_hits_of_every_kind_with_their_buttons(visitor: Client, sandbox: Sandbox) -> None:
    html = visitor.get(reverse("catalog:search"), {"q": "harbour"}).content.decode()

    assert "best match" in html
    assert 'aria-label="Download' in html
    assert "/albums/from/deezer/" in html
    assert re.search(r'<h2 id="album-title">Albums</h2>', html)


def test_search_for_one_kind_is_paged_and_keeps_its_words(visitor: Client, sandbox: Sandbox) -> None:
    first = visitor.get(reverse("catalog:search"), {"q": "harbour", "type": "tracks"}).content.decode()

    assert "page=2" in first
    assert 'aria-current="page"' in first
    second = visitor.get(reverse("catalog:search"), {"q": "harbour", "type": "tracks", "page": 2})
    assert second.status_code == 200
    assert "From the start" in second.content.decode()


def test_search_for_nothing_invites_to_type(visitor: Client, sandbox: Sandbox) -> None:
    response = visitor.get(reverse("catalog:search"), {"q": "   "})

    assert response.status_code == 200
    assert "What do you want to hear?" in response.content.decode()


def test_search_without_a_hit_says_what_to_do(visitor: Client, sandbox: Sandbox) -> None:
    response = visitor.get(reverse("catalog:search"), {"q": "zzqqxxy"})

    assert response.status_code == 200
    assert "Nothing found" in response.content.decode()


def test_search_of_an_unknown_catalogue_is_refused_in_words(visitor: Client, sandbox: Sandbox) -> None:
    response = visitor.get(reverse("catalog:search"), {"q": "harbour", "provider": "napster"})

    assert response.status_code == 400
    assert "There is no catalogue named" in response.content.decode()


def test_search_when_the_catalogue_is_down_keeps_the_librarys_hits(visitor: Client, sandbox: Sandbox) -> None:
    track = make_track("Harbour of our own")
    make_file(track)
    sandbox.fault("api.deezer.com", "status", status=500)

    response = visitor.get(reverse("catalog:search"), {"q": "harbour"})
    html = response.content.decode()

    assert response.status_code == 200
    assert "Try again" in html
    assert "Harbour of our own" in html


def test_search_that_holds_a_link_leads_to_it(visitor: Client, sandbox: Sandbox) -> None:
    response = visitor.get(reverse("catalog:search"), {"q": "https://www.deezer.com/album/302127"})

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("catalog:open"))


def test_search_with_twice_the_hits_asks_no_more_questions(visitor: Client, sandbox: Sandbox) -> None:
    few = reverse("catalog:search") + "?q=glass+harbour"
    many = reverse("catalog:search") + "?q=harbour"
    visitor.get(few)
    visitor.get(many)

    assert queries_of(visitor, many) <= queries_of(visitor, few) + 2


# --- links -----------------------------------------------------------------------------------------------------------


def album_link() -> tuple[str, str]:
    hit = ask("harbour", kinds=(Kind.ALBUM,), limit=1).albums[0]
    return hit.link or f"https://www.deezer.com/album/{hit.id}", hit.title


def test_link_opened_leads_to_the_page_of_what_it_is(visitor: Client, sandbox: Sandbox) -> None:
    link, title = album_link()

    response = visitor.get(reverse("catalog:open"), {"url": f"{link}?utm_source=x"})

    album = Album.objects.get(title=title)
    assert response.status_code == 302
    assert response["Location"] == album.get_absolute_url()


def test_link_pasted_into_the_field_answers_with_a_card(visitor: Client, sandbox: Sandbox) -> None:
    link, title = album_link()

    html = visitor.get(reverse("catalog:open"), {"url": link}, headers=CARD).content.decode()

    assert title in html
    assert 'name="what" value="album:' in html
    assert "<html" not in html


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "There is no link"),
        ("https://example.org/album/1", "example.org"),
        ("https://www.deezer.com/album/not-a-number", ""),
        ("http://127.0.0.1/album/1", ""),
        ("http://169.254.169.254/latest/meta-data/", ""),
    ],
)
def test_link_that_is_no_good_is_refused_with_the_text_kept(
    visitor: Client, sandbox: Sandbox, text: str, words: str
) -> None:
    response = visitor.get(reverse("catalog:open"), {"url": text})

    assert response.status_code == 400
    assert words in response.content.decode()


def test_link_of_what_is_gone_is_not_found(visitor: Client, sandbox: Sandbox) -> None:
    response = visitor.get(reverse("catalog:open"), {"url": "https://www.deezer.com/album/99999999999"})

    assert response.status_code == 404


def test_link_when_its_service_is_down_says_when_to_try_again(visitor: Client, sandbox: Sandbox) -> None:
    link, _ = album_link()
    sandbox.fault("api.deezer.com", "status", status=500)

    response = visitor.get(reverse("catalog:open"), {"url": link.replace("album/", "album/1")})

    assert response.status_code == 503
    assert "Try again" in response.content.decode()


def test_several_links_become_a_list_to_tick(visitor: Client, sandbox: Sandbox) -> None:
    text = "https://www.deezer.com/album/302127\nhttps://www.deezer.com/track/3135556\nnonsense"

    html = visitor.get(reverse("catalog:open"), {"url": text}).content.decode()

    assert html.count('name="what"') == 2
    assert "Get 2 of" in html


# --- pages -----------------------------------------------------------------------------------------------------------


def test_album_from_its_provider_is_stored_and_redirects(visitor: Client, sandbox: Sandbox) -> None:
    hit = ask("harbour", kinds=(Kind.ALBUM,), limit=1).albums[0]

    response = visitor.get(reverse("catalog:album_from", args=["deezer", hit.id]))

    album = Album.objects.get(external_ids__value=hit.id)
    assert response["Location"] == album.get_absolute_url()
    assert album.tracks.count() == album.track_total


@pytest.mark.parametrize("name", ["album_from", "track_from", "artist_from", "playlist_from"])
def test_item_from_an_unknown_provider_is_refused(visitor: Client, sandbox: Sandbox, name: str) -> None:
    assert visitor.get(reverse(f"catalog:{name}", args=["napster", "1"])).status_code == 400


def test_slug_that_is_wrong_leads_to_the_right_one(visitor: Client, house) -> None:
    for row in (house.album, house.artist, house.track, house.playlist):
        right = row.get_absolute_url()
        wrong = right.replace(row.address, f"{row.key}-something-else")

        response = visitor.get(wrong)

        assert response.status_code == 301
        assert response["Location"] == right


def test_album_page_names_its_main_action_by_the_effect(visitor: Client, house) -> None:
    html = visitor.get(house.urls["album"]).content.decode()

    assert "Get 2 missing" in html  # one failed, one never asked for
    assert "1 in library" in html
    assert "3 on the way" in html


def test_album_page_shows_a_failed_track_with_its_reason_and_buttons(visitor: Client, house) -> None:
    html = visitor.get(house.urls["album"]).content.decode()

    assert "No source has this track." in html
    assert f'value="retry:{house.failed.pk}"' in html


def test_album_page_when_the_catalogue_is_down_shows_what_is_stored(visitor: Client, sandbox: Sandbox) -> None:
    album = settled_album("Known", Artist.objects.create(name="Someone"))
    album.tracks_fetched_at = None
    album.save()
    album.external_ids.create(provider="deezer", value="1234")
    sandbox.fault("api.deezer.com", "status", status=500)

    response = visitor.get(album.get_absolute_url())

    assert response.status_code == 200
    assert "Try again" in response.content.decode()


def test_album_page_with_twice_the_tracks_asks_no_more_questions(visitor: Client, house) -> None:
    small = settled_album("Small", house.artist, tracks=4)
    large = settled_album("Large", house.artist, tracks=8)
    visitor.get(small.get_absolute_url())

    assert queries_of(visitor, large.get_absolute_url()) == queries_of(visitor, small.get_absolute_url())


def test_artist_page_with_twice_the_albums_asks_no_more_questions(visitor: Client, house) -> None:
    visitor.get(house.urls["artist"])
    before = queries_of(visitor, house.urls["artist"])
    for number in range(4):
        settled_album(f"More {number}", house.artist)

    assert queries_of(visitor, house.urls["artist"]) == before


def test_playlist_page_with_twice_the_tracks_asks_no_more_questions(visitor: Client, house) -> None:
    tracks = [make_track() for _ in range(12)]
    small, large = settled_playlist(tracks[:4], "Small"), settled_playlist(tracks, "Large")
    visitor.get(small.get_absolute_url())

    assert queries_of(visitor, large.get_absolute_url()) == queries_of(visitor, small.get_absolute_url())


def test_playlist_page_of_an_empty_one_says_so(visitor: Client, house) -> None:
    empty = settled_playlist([], "Empty")

    response = visitor.get(empty.get_absolute_url())

    assert response.status_code == 200
    assert "This playlist is empty" in response.content.decode()


def test_playlist_page_that_is_refused_says_the_ways_out(visitor: Client, house) -> None:
    playlist = Playlist.objects.create(
        provider="spotify", provider_id="x", title="Closed", unreadable_reason="Not readable with this app."
    )

    response = visitor.get(playlist.get_absolute_url())

    assert response.status_code == 200
    assert "not readable with this Spotify app" in response.content.decode()
    assert "/account/spotify/?next=" in response.content.decode()
    assert response.context["page"].get == ""
    assert 'name="what"' not in response.content.decode()


def test_playlist_of_ten_thousand_shows_its_first_page_soon(visitor: Client, sandbox: Sandbox) -> None:
    hits = ask("10,000", kinds=(Kind.PLAYLIST,), limit=20).playlists or ask("every", kinds=(Kind.PLAYLIST,)).playlists
    large = [hit for hit in hits if (hit.track_total or 0) >= 10_000]
    if not large:
        pytest.skip("the sandbox's search does not name it")

    url = visitor.get(reverse("catalog:playlist_from", args=["deezer", large[0].id]))["Location"]
    html = visitor.get(url).content.decode()

    assert "10,000 tracks" in html
    assert "Next page" in html
    assert Track.objects.count() <= 200


# --- pictures --------------------------------------------------------------------------------------------------------


def test_picture_is_served_by_us_for_ever(visitor: Client, sandbox: Sandbox) -> None:
    html = visitor.get(reverse("catalog:search"), {"q": "harbour"}).content.decode()
    address = re.search(r'src="(/art/[^"]+)"', html)

    assert address is not None
    response = visitor.get(address[1])
    assert response.status_code == 200
    assert response["Content-Type"] == "image/webp"
    assert "immutable" in response["Cache-Control"]


def test_picture_that_cannot_be_had_is_drawn_with_initials(
    visitor: Client, sandbox: Sandbox, settings, tmp_path: Path
) -> None:
    settings.ART = tmp_path
    html = visitor.get(reverse("catalog:search"), {"q": "harbour"}).content.decode()
    address = re.search(r'src="(/art/[^"]+)"', html)
    sandbox.fault("cdn-images.dzcdn.net", "status", status=500)

    assert address is not None
    response = visitor.get(address[1])
    assert response["Content-Type"] == "image/svg+xml"
    assert "immutable" not in response["Cache-Control"]


# --- lyrics ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_track_page_of_a_file_without_lyrics_leads_to_where_they_may_be_and_asks_nobody(visitor: Client) -> None:
    track = make_track("Rock & Roll <3 / 100%?")
    make_file(track, "Rock & Roll.opus")

    html = visitor.get(track.get_absolute_url()).content.decode()

    words = "Nadir%20Rock%20%26%20Roll%20%3C3%20%2F%20100%25%3F"
    for site in ("https://lrclib.net/search/", "https://genius.com/search?q="):
        assert f'href="{site}{words}" rel="noopener noreferrer" target="_blank"' in html


@pytest.mark.django_db
def test_track_page_of_a_file_with_lyrics_leads_nowhere_for_them(visitor: Client) -> None:
    track = make_track("Blue Door")
    make_file(track, has_lyrics=True)

    assert "lrclib.net" not in visitor.get(track.get_absolute_url()).content.decode()
