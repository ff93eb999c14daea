"""The queue's pages and buttons: with and without script, twice pressed, by somebody who may not."""

from __future__ import annotations

import json
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Person
from catalog.models import Album
from catalog.services.search import search as ask
from downloads.models import Download, DownloadRequest, Status
from downloads.services import pausing
from downloads.views import steering
from providers.base import Kind
from sandbox.client import Sandbox
from tests.downloads.make import make_download, make_track

GET, ACT = "/queue/get/", "/queue/act/"


def part(target: str = "this", trigger: str = "") -> dict[str, str]:
    return {"HX-Request": "true", "HX-Target": target, "HX-Trigger": trigger}


def queries_of(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


# --- asking for something --------------------------------------------------------------------------------------------


def test_track_pressed_without_script_is_queued_and_leads_back(visitor: Client, house, person: Person) -> None:
    track = make_track("Last ferry")

    response = visitor.post(GET, {"what": f"track:{track.key}", "next": "/search/?q=ferry"})

    assert response.status_code == 302
    assert response["Location"] == "/search/?q=ferry"
    download = Download.objects.get(recording=track.recording)
    assert download.status == Status.QUEUED
    assert "Last ferry is in the queue." in visitor.get("/queue/").content.decode()


def test_track_pressed_twice_is_one_row(visitor: Client, house) -> None:
    track = make_track()

    for _ in range(2):
        visitor.post(GET, {"what": f"track:{track.key}"}, headers=part(trigger=f"state-track-{track.pk}"))

    assert Download.objects.filter(recording=track.recording).count() == 1


def test_track_pressed_answers_with_its_new_button_words_and_a_quick_poller(visitor: Client, house) -> None:
    track = make_track("Last ferry")

    response = visitor.post(
        GET, {"what": f"track:{track.key}"}, headers=part(f"state-track-{track.pk}", f"state-track-{track.pk}")
    )
    html = response.content.decode()

    assert f'id="state-track-{track.pk}"' in html
    assert 'data-state="queued"' in html
    assert "Last ferry is in the queue." in html
    assert json.loads(response["HX-Trigger"]) == {"live:soon": True}


def test_album_pressed_on_its_page_answers_with_the_page_s_parts(visitor: Client, house) -> None:
    response = visitor.post(GET, {"what": f"album:{house.album.key}"}, headers=part("acts"))
    html = response.content.decode()

    assert 'id="acts"' in html
    assert 'id="standing"' in html
    assert DownloadRequest.objects.filter(album=house.album, asked_by__username="mara").exists()


def test_hit_that_is_not_stored_is_stored_and_queued(visitor: Client, sandbox: Sandbox) -> None:
    hit = ask("harbour", kinds=(Kind.ALBUM,), limit=1).albums[0]

    response = visitor.post(GET, {"what": f"album:deezer:{hit.id}"}, headers=part("x", f"state-album-deezer-{hit.id}"))
    html = response.content.decode()

    album = Album.objects.get(external_ids__value=hit.id)
    assert response.status_code == 200
    assert f'id="state-album-{album.pk}"' in html
    assert f'hx-swap-oob="outerHTML:#strip-album-deezer-{hit.id}"' in html
    assert Download.objects.count() == album.track_total


def test_hit_whose_service_is_down_keeps_its_button_and_says_why(visitor: Client, sandbox: Sandbox) -> None:
    sandbox.fault("api.deezer.com", "status", status=500)

    response = visitor.post(GET, {"what": "album:deezer:302127"}, headers=part("x", "state-album-deezer-302127"))
    html = response.content.decode()

    assert response.status_code == 503
    assert 'id="state-album-deezer-302127"' in html
    assert 'data-level="error"' in html


@pytest.mark.parametrize("what", ["", "nonsense", "track:", "track:zzzz!", "album:0000000", "shelf:1", "link:"])
def test_press_that_names_nothing_is_refused_in_words(visitor: Client, house, what: str) -> None:
    response = visitor.post(GET, {"what": what}, headers=part())

    assert response.status_code in {400, 404}
    assert 'data-level="error"' in response.content.decode()
    assert not DownloadRequest.objects.exclude(asked_by=None).exists()


def test_several_links_are_asked_for_and_what_fails_keeps_nothing_back(visitor: Client, sandbox: Sandbox) -> None:
    hit = ask("harbour", kinds=(Kind.ALBUM,), limit=1).albums[0]

    visitor.post(GET, {"what": [f"link:https://www.deezer.com/album/{hit.id}", "link:https://example.org/x"]})

    html = visitor.get("/queue/").content.decode()
    assert "1 of 2 are in the queue." in html
    assert "example.org" in html


def test_group_of_a_discography_and_albums_of_a_playlist_are_asked_for_from_their_pages(visitor, house) -> None:
    artist, playlist = visitor.get(house.urls["artist"]), visitor.get(house.urls["playlist"])
    group, albums = f"artist/albums:{house.artist.key}", f"playlist/albums:{house.playlist.key}"
    assert f'value="{group}"' in artist.content.decode()
    assert f'value="{albums}"' in playlist.content.decode()

    answers = [visitor.post(GET, {"what": what}, headers=part()) for what in (group, albums)]

    assert [answer.status_code for answer in answers] == [200, 200]
    wishes = DownloadRequest.objects.order_by("-pk")[:2]
    assert [(wish.kind, wish.options) for wish in wishes] == [
        ("playlist", {"albums": True}),
        ("artist", {"groups": ["album"]}),
    ]


@pytest.mark.parametrize("what", ["artist/bootlegs", "playlist/singles", "album/albums", "artist/"])
def test_part_that_there_is_not_is_refused_with_words(visitor, house, what) -> None:
    before = DownloadRequest.objects.count()

    response = visitor.post(GET, {"what": f"{what}:{house.artist.key}"}, headers=part())

    assert response.status_code == 400
    assert "no such part" in response.content.decode()
    assert DownloadRequest.objects.count() == before


def test_viewer_may_look_but_not_download(client: Client, house) -> None:
    viewer = Person.objects.create_user("guest", password="guest-guest", role=Person.Role.VIEWER)
    client.force_login(viewer)

    response = client.post(GET, {"what": f"album:{house.album.key}"}, headers=part())

    assert response.status_code == 403
    assert not DownloadRequest.objects.filter(asked_by=viewer).exists()


def test_viewer_changes_nothing_by_any_button(client: Client, house) -> None:
    viewer = Person.objects.create_user("guest", password="guest-guest", role=Person.Role.VIEWER)
    client.force_login(viewer)
    wish = DownloadRequest.objects.first()
    assert wish is not None
    wishes = [f"{kind}:{row.key}" for kind in ("album", "track", "playlist", "artist") if (row := getattr(house, kind))]
    link = "link:https://www.youtube.com/watch?v=aaaaaaaaaaa"
    numbers = [house.needy.pk, house.failed.pk, house.working.pk]
    acts = [f"{name}:{number}" for name in steering.ACTIONS for number in (*numbers, wish.pk)]
    acts.append(f"choose:{house.needy.pk}:{house.needy.candidates.get(score=52).pk}")
    before = (Download.objects.values_list("pk", "status", "live"), DownloadRequest.objects.values_list("pk", "stage"))
    seen = [list(rows.order_by("pk")) for rows in before]

    statuses = {client.post(GET, {"what": what}, headers=part()).status_code for what in [*wishes, link]}
    statuses.add(client.post(GET, {"what": [*wishes, link]}, headers=part()).status_code)
    statuses |= {client.post(ACT, {"act": act}, headers=part()).status_code for act in [*acts, *steering.ACTIONS]}

    assert statuses == {403}
    assert [list(rows.order_by("pk")) for rows in before] == seen
    assert not pausing.is_paused()


def test_stranger_who_presses_is_led_to_the_login(client: Client, person: Person) -> None:
    response = client.post(GET, {"what": "track:00000"})

    assert response.status_code == 302
    assert response["Location"].startswith("/login/")


# --- the buttons of the queue ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "before", "after"),
    [
        ("cancel", Status.QUEUED, Status.CANCELLED),
        ("pause", Status.QUEUED, Status.PAUSED),
        ("resume", Status.PAUSED, Status.QUEUED),
        ("retry", Status.FAILED, Status.QUEUED),
    ],
)
def test_button_moves_its_row(visitor: Client, person: Person, act: str, before: Status, after: Status) -> None:
    download = make_download(status=before)

    response = visitor.post(ACT, {"act": f"{act}:{download.pk}"}, headers=part())

    download.refresh_from_db()
    assert response.status_code == 200
    assert download.status == after
    assert json.loads(response["HX-Trigger"])["live:reload"] is True


def test_button_on_a_row_that_moved_on_says_so(visitor: Client, person: Person) -> None:
    download = make_download(status=Status.DONE)

    response = visitor.post(ACT, {"act": f"cancel:{download.pk}"}, headers=part())

    assert response.status_code == 400
    assert "cannot be cancelled" in response.content.decode()


def test_button_without_script_leads_back_with_words(visitor: Client, person: Person) -> None:
    download = make_download()

    response = visitor.post(ACT, {"act": f"top:{download.pk}", "next": "/queue/?show=waiting"}, follow=True)

    assert response.redirect_chain == [("/queue/?show=waiting", 302)]
    assert "Next in the queue." in response.content.decode()


def test_candidate_chosen_by_hand_is_queued_again(visitor: Client, house) -> None:
    candidate = house.needy.candidates.get(score=52)

    visitor.post(ACT, {"act": f"choose:{house.needy.pk}:{candidate.pk}"}, headers=part())

    house.needy.refresh_from_db()
    assert house.needy.status == Status.QUEUED
    assert house.needy.options["picked"] == candidate.pk


def test_pause_all_is_seen_on_every_page_until_undone(visitor: Client, house) -> None:
    visitor.post(ACT, {"act": "pause_all"})
    assert pausing.is_paused()
    assert ">Paused<" in visitor.get("/").content.decode()

    visitor.post(ACT, {"act": "resume_all"})
    assert not pausing.is_paused()


def test_finished_rows_leave_the_page_when_cleared(visitor: Client, house) -> None:
    assert 'id="done"' in visitor.get("/queue/").content.decode()

    visitor.post(ACT, {"act": "clear"})

    assert 'id="done"' not in visitor.get("/queue/").content.decode()


@pytest.mark.parametrize(
    "act", ["", "dance", "cancel:x", "choose:1", "before:1", "many:dance", "many:priority", "undo"]
)
def test_button_that_does_nothing_is_refused(visitor: Client, person: Person, act: str) -> None:
    assert visitor.post(ACT, {"act": act}, headers=part()).status_code == 400


# --- the pages -------------------------------------------------------------------------------------------------------


def test_queue_shows_what_needs_a_person_first_with_its_candidates_open(visitor: Client, house) -> None:
    html = visitor.get("/queue/").content.decode()

    assert html.index("Needs you</h2>") < html.index("Downloading now</h2>") < html.index("Waiting</h2>")
    assert html.count("Use this") == 2
    assert "19 s longer" in html


@pytest.mark.parametrize("show", ["working", "needs_you", "waiting", "failed", "done", "cancelled", "nonsense"])
def test_queue_filtered_shows_only_that(visitor: Client, house, show: str) -> None:
    response = visitor.get("/queue/", {"show": show})

    assert response.status_code == 200
    html = response.content.decode()
    assert ('id="waiting"' in html) == (show in {"waiting", "nonsense"})


def test_queue_filtered_to_nothing_offers_the_whole(visitor: Client, person: Person) -> None:
    html = visitor.get("/queue/", {"show": "failed"}).content.decode()

    assert "Show the whole queue" in html


def test_queue_is_paged_by_key_without_losing_a_row(visitor: Client, person: Person) -> None:
    for number in range(120):
        make_download(make_track(f"Row {number:03}"), position=number // 2)

    seen: list[str] = []
    after = ""
    for _ in range(3):
        html = visitor.get("/queue/", {"show": "waiting", "after": after}).content.decode()
        seen += re.findall(r'dir="auto">(Row \d+)</a>', html)
        after = next(iter(re.findall(r'after=([\d-]+)"[^>]*>Next page', html)), "")

    assert after == ""
    assert len(seen) == 120
    assert len(set(seen)) == 120


def test_queue_with_twice_the_rows_asks_no_more_questions(visitor: Client, house) -> None:
    visitor.get("/queue/")
    before = queries_of(visitor, "/queue/")
    for _ in range(12):
        make_download()
        make_download(status=Status.FAILED, reason="network", ended_at=timezone.now())
        make_download(status=Status.DONE, ended_at=timezone.now())

    assert queries_of(visitor, "/queue/") == before


def test_download_page_explains_itself(visitor: Client, house) -> None:
    html = visitor.get(f"/queue/{house.needy.pk}/").content.decode()

    assert "Something was found, but nothing that is surely this track." in html
    assert "It runs 19 s longer." in html
    assert f'value="choose:{house.needy.pk}:' in html


# --- addresses and buttons that nobody of ours wrote -----------------------------------------------------------------

NUMBERS = ["²", "9" * 30, "9" * 5000, "-1", "1e3", "x"]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("act", ["cancel", "retry", "choose", "top", "cancel_request"])
def test_button_with_a_number_that_is_none_is_refused(visitor: Client, house, act: str, number: str) -> None:
    response = visitor.post(ACT, {"act": f"{act}:{number}:1"}, headers=part())

    assert response.status_code == 400
    assert 'data-level="error"' in response.content.decode()


def test_button_without_a_row_says_no_success(visitor: Client, house) -> None:
    response = visitor.post(ACT, {"act": "cancel"}, headers=part())

    assert response.status_code == 400
    assert "Removed from the queue." not in response.content.decode()


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize(
    "address",
    ["/queue/?show=failed&after={}-1", "/queue/?show=done&after=1-{}", "/queue/?after=1-{}-1", "/live/?since={}"],
)
def test_page_after_a_key_that_is_none_is_shown(visitor: Client, house, address: str, number: str) -> None:
    assert visitor.get(address.format(number)).status_code in {200, 204}


@pytest.mark.parametrize("number", NUMBERS)
def test_playlist_after_a_key_that_is_none_is_shown(visitor: Client, house, number: str) -> None:
    assert visitor.get(house.urls["playlist"], {"after": number}).status_code == 200


# --- the drawer ------------------------------------------------------------------------------------------------------


def test_drawer_holds_what_runs_what_needs_a_person_and_what_is_next(visitor: Client, house) -> None:
    html = visitor.get("/queue/drawer/", headers=part("drawer-body")).content.decode()

    assert html.index("Needs you") < html.index("Now</h3>") < html.index("Next")
    assert f'id="drawer-{house.needy.pk}"' in html
    assert f'id="drawer-{house.working.pk}"' in html
    assert "800 kB/s" in html
    assert 'value="pause_all"' in html


def test_drawer_asked_for_as_a_page_is_the_queue(visitor: Client, person: Person) -> None:
    assert visitor.get("/queue/drawer/")["Location"] == "/queue/"


def test_drawer_of_an_empty_queue_says_so(visitor: Client, person: Person) -> None:
    assert "Nothing is on its way." in visitor.get("/queue/drawer/", headers=part()).content.decode()


def test_drawer_with_twice_the_rows_asks_no_more_questions(visitor: Client, house) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            visitor.get("/queue/drawer/", headers=part())
        return len(caught)

    asked()
    before = asked()
    for _ in range(12):
        make_download()
        make_download(status=Status.NEEDS_YOU)

    assert asked() == before
    html = visitor.get("/queue/drawer/", headers=part()).content.decode()
    assert html.count('class="drawer-row"') == 9
    assert "10 more" in html


def test_drawer_that_was_left_open_stands_in_the_page(visitor: Client, house) -> None:
    visitor.cookies["drawer"] = "open"

    html = visitor.get("/").content.decode()

    assert '<html lang="en" data-theme="system" data-drawer="open">' in html
    assert f'id="drawer-{house.working.pk}"' in html


def test_viewer_s_drawer_has_nothing_to_press(client: Client, house) -> None:
    client.force_login(Person.objects.create_user("guest", password="guest-guest", role=Person.Role.VIEWER))

    assert "pause_all" not in client.get("/queue/drawer/", headers=part()).content.decode()
