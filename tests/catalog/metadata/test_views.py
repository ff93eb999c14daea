"""The page of what services contradict one another on: who may see it, what it shows, what its buttons do."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Person
from catalog.models import Album, Artist, Conflict, FieldRule, Track
from catalog.services.metadata import choosing, rules
from catalog.services.store import store_artist, store_tracks
from tests.catalog.metadata.said import a_recording_row, an_album_row, conflict, disputed_albums, hear, words_of
from tests.catalog.values import a_track, an_album, an_artist

pytestmark = pytest.mark.django_db
PAGE, SETTLE = "/library/metadata/", "/library/metadata/settle/"
HTMX = {"HX-Request": "true"}


def press(visitor: Client, act: str, status: int = 200, **more: object) -> str:
    """Press the button as htmx does; what the toast says."""
    response = visitor.post(SETTLE, {"act": act, **more}, headers=HTMX)
    assert response.status_code == status, response.content.decode()
    assert "live:reload" in json.loads(response["HX-Trigger"])
    return response.content.decode()


def state_of(row: Album | Artist, field: str = "label") -> str:
    return conflict(row, field).state


# --- the list --------------------------------------------------------------------------------------------------------


def test_values_stand_side_by_side_with_their_origins_and_what_is_in_force(visitor):
    [album] = disputed_albums(1)

    html = visitor.get(PAGE).content.decode()

    row = html.partition(f'id="conflict-{conflict(album).pk}"')[2]
    assert "Album 0" in row
    assert "Vera Holm" in row
    assert row.index("MusicBrainz") < row.index("in force") < row.index("Nordlys") < row.index("Fjord 0")
    assert row.count("in force") == 1
    assert f"/library/tags/?album={album.key}" in row
    assert album.get_absolute_url() in row


def test_tracks_and_artists_stand_there_as_well(visitor):
    recording = a_recording_row(credits=())
    hear(recording, "musicbrainz", duration_ms=301_000)
    artist = store_artist(an_artist(77, "Ida"))
    hear(artist, "musicbrainz", name="Somebody Else")
    lone = a_recording_row()
    Track.objects.all().update(recording=recording)
    assert lone.pk == recording.pk

    html = visitor.get(PAGE).content.decode()

    assert "5:01" in html
    assert f"/library/tags/?track={Track.objects.get().key}" in html
    assert f"/library/tags/?artist={artist.key}" in html


def test_a_recording_that_is_on_no_album_any_more_is_shown_all_the_same(visitor):
    recording = a_recording_row()
    hear(recording, "musicbrainz", duration_ms=301_000)
    Track.objects.all().delete()

    response = visitor.get(PAGE)

    assert response.status_code == 200
    assert "Write to the files" not in response.content.decode()


def test_list_is_newest_first_and_paged_by_key(visitor):
    disputed_albums(60)

    first = visitor.get(PAGE).content.decode()
    assert "Album 59" in first
    assert "Album 9<" not in first

    after = first.partition("after=")[2].partition('"')[0]
    second = visitor.get(PAGE, {"after": after}).content.decode()
    assert "Album 9<" in second
    assert "Album 10<" not in second


@pytest.mark.parametrize("filters", [{}, {"what": "album.label"}, {"what": "album"}])
def test_list_with_twice_the_rows_asks_no_more_questions(visitor, filters):
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            visitor.get(PAGE, filters)
        return len(caught)

    disputed_albums(8)
    hear(a_recording_row(), "musicbrainz", duration_ms=301_000)
    queries()
    before = queries()
    disputed_albums(24)
    for number in range(5):
        [track] = store_tracks(
            [a_track(number, f"T{number}", isrc=f"NOAB1260000{number}", album=an_album(500 + number))]
        )
        hear(track.recording, "musicbrainz", duration_ms=301_000)

    assert queries() == before


def test_list_is_filtered_by_field_and_state_and_keeps_it_in_its_links(visitor):
    albums = disputed_albums(60)
    hear(albums[0], "spotify", kind="single")
    choosing.choose([conflict(albums[1]).pk], "deezer", by="mara")

    open_kinds = visitor.get(PAGE, {"what": "album.kind"}).content.decode()
    by_hand = visitor.get(PAGE, {"state": "by_hand"}).content.decode()
    labels = visitor.get(PAGE, {"what": "album.label"}).content.decode()

    assert open_kinds.count('<li class="conflict"') == 1
    assert by_hand.count('<li class="conflict"') == 1
    assert "Ask again" in by_hand
    assert "mara" in by_hand
    assert "what=album.label&amp;after=" in labels
    assert "Album: Label" in labels


def test_list_asked_for_nonsense_shows_what_is_open(visitor):
    disputed_albums(1)

    response = visitor.get(PAGE, {"state": "party", "what": "album.colour", "after": "soon"})

    assert response.status_code == 200
    assert "Album 0" in response.content.decode()


@pytest.mark.parametrize(
    ("filters", "words"),
    [({}, "Nothing is open"), ({"state": "by_rule"}, "Nothing here"), ({"what": "album.label"}, "Nothing like that")],
)
def test_an_empty_list_says_what_would_stand_there(visitor, filters, words):
    assert words in visitor.get(PAGE, filters).content.decode()


def test_list_as_a_part_is_the_list_alone(visitor):
    disputed_albums(1)

    html = visitor.get(PAGE, headers=HTMX | {"HX-Target": "conflict-list"}).content.decode()

    assert html.lstrip().startswith('<div id="conflict-list"')
    assert "<html" not in html


def test_how_far_looking_up_is_stands_on_the_page(visitor, settings):
    assert "0 tracks looked up" in visitor.get(PAGE).content.decode()
    settings.ENRICH = False
    assert "switched off" in visitor.get(PAGE).content.decode()


def test_hostile_values_are_shown_as_they_are(visitor):
    disputed_albums(1, value="<script>alert(1)</script>")

    html = visitor.get(PAGE).content.decode()

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html


@pytest.mark.parametrize("role", [Person.Role.MEMBER, Person.Role.VIEWER])
def test_who_may_not_manage_sees_and_changes_nothing(client, role):
    client.force_login(Person.objects.create_user("ben", password="harbour-lights", role=role))
    [album] = disputed_albums(1)

    page = client.get(PAGE)
    settled = client.post(SETTLE, {"act": f"choose:{conflict(album).pk}:deezer"}, headers=HTMX)

    assert (page.status_code, settled.status_code) == (403, 403)
    assert "Nordlys" not in page.content.decode()
    assert state_of(album) == "open"


def test_only_who_manages_has_it_in_the_menu(client, visitor):
    assert PAGE in visitor.get("/").content.decode()
    client.force_login(Person.objects.create_user("ben", password="harbour-lights"))
    assert PAGE not in client.get("/").content.decode()


# --- its buttons -----------------------------------------------------------------------------------------------------


def test_a_value_is_taken_and_the_toast_takes_it_back(visitor):
    [album] = disputed_albums(1)

    toast = press(visitor, f"choose:{conflict(album).pk}:deezer")
    album.refresh_from_db()
    assert (album.label, state_of(album)) == ("Fjord 0", "by_hand")
    assert "1 field as Deezer says it." in toast
    undo = toast.partition('value="undo:')[2].partition('"')[0]

    assert "1 field as before." in press(visitor, f"undo:{undo}")
    album.refresh_from_db()
    assert (album.label, state_of(album)) == ("Nordlys", "open")
    assert "nothing of it left" in press(visitor, f"undo:{undo}", 404)


def test_ticked_rows_are_settled_at_once(visitor, person):
    albums = disputed_albums(3)
    ids = [conflict(album).pk for album in albums[:2]]

    toast = press(visitor, "many:deezer", ids=ids)

    assert "2 fields as Deezer says it." in toast
    assert [state_of(album) for album in albums] == ["by_hand", "by_hand", "open"]
    assert conflict(albums[0]).person == person


def test_an_own_value_is_written(visitor):
    [album] = disputed_albums(1)

    press(visitor, "own", conflict=conflict(album).pk, value="Mine")

    album.refresh_from_db()
    assert (album.label, words_of(album)["manual"]) == ("Mine", {"label": "Mine"})
    press(visitor, f"reopen:{conflict(album).pk}")
    album.refresh_from_db()
    assert (album.label, state_of(album)) == ("Nordlys", "open")


def test_a_rule_is_made_shown_and_removed(visitor):
    [album] = disputed_albums(1)

    press(visitor, "rule", what="album.label", prefer="deezer")
    album.refresh_from_db()
    html = visitor.get(PAGE, {"state": "by_rule"}).content.decode()
    assert album.label == "Fjord 0"
    assert "Album: Label</b>: always Deezer" in html
    assert "Album 0" in html

    press(visitor, f"drop:{FieldRule.objects.get().pk}")
    album.refresh_from_db()
    assert (album.label, state_of(album)) == ("Nordlys", "open")


def test_what_a_page_has_no_time_for_is_left_to_the_background(visitor, monkeypatch):
    disputed_albums(5)
    monkeypatch.setattr(rules, "CHUNK", 2)
    monkeypatch.setattr("catalog.views.metadata.rules.walk", lambda: False)

    toast = press(visitor, "rule", what="album.label", prefer="deezer")

    assert "follows in the background" in toast
    assert rules.are_to_walk()
    assert "being carried through" in visitor.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("act", "more", "status", "words"),
    [
        ("", {}, 400, "does nothing"),
        ("dance", {}, 400, "does nothing"),
        ("choose", {}, 400, "does nothing"),
        ("choose:x:deezer", {}, 400, "does nothing"),
        ("choose:4711:deezer", {}, 404, "no such conflict"),
        ("choose:1:deezer:more", {}, 400, "does nothing"),
        (f"choose:{2**70}:deezer", {}, 400, "does nothing"),
        ("many:deezer", {}, 400, "Nothing is selected"),
        ("many:deezer", {"ids": ["x", ""]}, 400, "Nothing is selected"),
        ("many:deezer", {"ids": range(1, 600)}, 400, "too many at once"),
        ("reopen:4711", {}, 404, "not settled by hand"),
        ("undo:4711", {}, 404, "nothing of it left"),
        ("drop:4711", {}, 404, "no such rule"),
        ("own", {}, 404, "no such conflict"),
        ("own", {"conflict": "4711", "value": "x"}, 404, "no such conflict"),
        ("rule", {}, 400, "no such field"),
        ("rule", {"what": "album.colour", "prefer": "deezer"}, 400, "no field"),
        ("rule", {"what": "album.label", "prefer": "nobody"}, 400, "no origin"),
        ("rule", {"what": "album.label", "prefer": "manual"}, 400, "no origin"),
    ],
)
def test_a_button_that_makes_no_sense_is_told_so_and_changes_nothing(visitor, act, more, status, words):
    assert words in press(visitor, act, status, **more)

    assert not Conflict.objects.exists()
    assert not FieldRule.objects.exists()


def test_an_origin_that_says_nothing_or_an_unreadable_value_is_told_so(visitor):
    album = an_album_row()
    hear(album, "musicbrainz", released_on="2024-01-01")
    number = conflict(album, "released_on").pk

    assert "Last.fm says nothing of this" in press(visitor, f"choose:{number}:lastfm", 400)
    assert "is no value for released" in press(visitor, "own", 400, conflict=number, value="last year")
    assert state_of(album, "released_on") == "open"


def test_without_script_the_button_leads_back_with_what_was_done_and_its_undo(visitor):
    [album] = disputed_albums(1)

    response = visitor.post(SETTLE, {"act": f"choose:{conflict(album).pk}:deezer", "next": PAGE}, follow=True)

    html = response.content.decode()
    assert response.redirect_chain == [(PAGE, 302)]
    assert "1 field as Deezer says it." in html
    assert f'action="{SETTLE}"' in html
    act = conflict(album).act
    visitor.post(SETTLE, {"act": f"undo:{act}", "next": PAGE})
    assert state_of(album) == "open"


@pytest.mark.parametrize("address", [PAGE, SETTLE])
def test_the_wrong_method_is_refused(visitor, address):
    response = visitor.post(address) if address == PAGE else visitor.get(address)

    assert response.status_code == 405


# --- where each value comes from -------------------------------------------------------------------------------------


def test_pages_say_where_each_value_comes_from(visitor):
    [track] = store_tracks([a_track(isrc="NOAB12600123", album=an_album(label="Fjord", track_total=1))])
    album = track.album
    Album.objects.update(tracks_fetched_at="2099-01-01T00:00Z")
    Artist.objects.update(releases_fetched_at="2099-01-01T00:00Z")
    hear(album, "musicbrainz", label="Nordlys")
    hear(track.recording, "musicbrainz", composer="Vera Holm")

    for row, words in ((album, "Nordlys"), (track, "Composer"), (Artist.objects.get(), "Deezer")):
        html = visitor.get(row.get_absolute_url()).content.decode()
        fold = html.partition("Where each value comes from")[2].partition("</details>")[0]
        assert words in fold, row
        assert "in force" in fold
        assert reverse("catalog:conflict_list") in fold


def test_a_thing_of_which_nobody_said_anything_has_no_fold(visitor, house):
    Album.objects.get(pk=house.album.pk).said.all().delete()

    assert "Where each value comes from" not in visitor.get(house.urls["album"]).content.decode()
