"""The one poller: 204 where nothing is newer, out-of-band fragments where something is, and its own delay."""

from __future__ import annotations

import json
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from catalog.models import Album
from downloads.models import Download, Status
from ops.services import live, notices
from tests.downloads.make import make_download

LIVE = {"HX-Request": "true", "HX-Trigger": "live"}


def touch(*downloads: Download, **changes: object) -> int:
    number = live.bump()
    for download in downloads:
        Download.objects.filter(pk=download.pk).update(live=number, **changes)
    return number


def ask(client: Client, since: int, view: str):
    return client.get("/live/", {"since": since, "view": view}, headers=LIVE)


def delay(html: str) -> int:
    found = re.search(r'data-next="(\d+)"', html)
    assert found is not None
    return int(found[1])


def test_nothing_newer_is_204_after_one_point_read(visitor: Client, house) -> None:
    number = live.bump()

    with CaptureQueriesContext(connection) as caught:
        response = ask(visitor, number, "queue:all")

    assert response.status_code == 204
    assert response.content == b""
    mine = [query["sql"] for query in caught if "session" not in query["sql"] and "accounts_person" not in query["sql"]]
    assert len(mine) == 1


def test_something_newer_brings_the_shell_and_a_new_poller(visitor: Client, house) -> None:
    since = live.bump()
    number = touch(house.working, percent=57)

    html = ask(visitor, since, "home").content.decode()

    assert f"since={number}" in html
    for ident in ("live", "queue-count", "tab-count", "meter", "notices"):
        assert f'id="{ident}"' in html
    assert "1 active" in html


def test_queue_on_screen_gets_the_moving_rows_and_asks_every_second(visitor: Client, house) -> None:
    since = live.bump()
    touch(house.working, percent=57)

    response = ask(visitor, since, "queue:all")
    html = response.content.decode()

    assert f'id="download-{house.working.pk}"' in html
    assert 'value="57"' in html
    assert delay(html) == 1000
    assert "live:reload" not in response.get("HX-Trigger", "")


def test_rows_that_came_or_went_tell_the_lists_to_fetch_themselves(visitor: Client, house) -> None:
    since = live.bump()
    touch(house.working, status=Status.DONE, lease_owner="")

    response = ask(visitor, since, "queue:all")

    told = json.loads(response["HX-Trigger"])
    assert told["live:reload"] is True
    assert told["spoken"].endswith("finished")


def test_more_than_an_answer_holds_tells_the_lists_to_fetch_themselves(visitor: Client, house) -> None:
    since = live.bump()
    touch(*(make_download() for _ in range(61)))

    response = ask(visitor, since, "search")

    assert json.loads(response["HX-Trigger"]) == {"live:reload": True}
    assert response.content.decode().count("state-button") == 0


def test_album_on_screen_gets_its_rows_its_strip_and_its_action(visitor: Client, house) -> None:
    since = live.bump()
    touch(house.failed, status=Status.QUEUED)

    html = ask(visitor, since, f"album:{house.album.key}").content.decode()

    track = house.failed.track
    assert f'id="track-{track.pk}"' in html
    assert html.count('class="track"') == 1
    for ident in ("standing", "acts", "files"):
        assert f'id="{ident}"' in html
    assert "Get 1 missing" in html


def test_album_on_screen_that_is_not_concerned_gets_only_the_shell(visitor: Client, house) -> None:
    other = Album.objects.exclude(pk=house.album.pk).first()
    since = live.bump()
    touch(house.working, percent=50)

    html = ask(visitor, since, f"album:{other.key}").content.decode()

    assert 'class="track"' not in html
    assert 'id="live"' in html


def test_playlist_on_screen_gets_the_entries_of_what_changed(visitor: Client, house) -> None:
    since = live.bump()
    touch(house.working, percent=50)

    html = ask(visitor, since, f"playlist:{house.playlist.key}").content.decode()

    assert html.count('class="track"') == 1
    assert 'id="entry-2"' in html


@pytest.mark.parametrize("view", ["search", "home", "artist:00000", "", "nonsense:x", "album:zzz"])
def test_lists_of_hits_get_the_buttons_of_what_changed(visitor: Client, house, view: str) -> None:
    since = live.bump()
    touch(house.working, percent=88)

    response = ask(visitor, since, view)
    html = response.content.decode()

    assert response.status_code == 200
    if not view.startswith("album"):
        assert f'id="state-track-{house.working.track_id}"' in html
        assert f'id="strip-album-{house.album.pk}"' in html


def test_notice_that_came_is_sent_and_goes_when_cleared(visitor: Client, house) -> None:
    since = live.newest()
    notices.raise_notice("disk", "The disk is full.", remedy="Make room.")
    html = ask(visitor, since, "home").content.decode()
    assert "The disk is full." in html

    since = live.newest()
    notices.clear_notice("disk")
    assert "The disk is full." not in ask(visitor, since, "home").content.decode()


@pytest.mark.parametrize(
    ("status", "view", "wanted"),
    [
        (Status.SEARCHING, "queue:all", 1000),
        (Status.SEARCHING, "home", 2000),
        (Status.QUEUED, "queue:all", 5000),
        (Status.DONE, "queue:all", 20000),
    ],
)
def test_delay_follows_what_goes_on(visitor: Client, person: Person, status: Status, view: str, wanted: int) -> None:
    make_download(status=status, lease_owner="w" if status == Status.SEARCHING else "")
    since = live.bump()
    live.bump()

    assert delay(ask(visitor, since, view).content.decode()) == wanted


def test_ended_session_stops_the_poller_with_a_way_back(client: Client, person: Person) -> None:
    since = live.bump()
    live.bump()

    html = ask(client, since, "home").content.decode()

    assert "Connect again" in html
    assert "hx-trigger" not in html


def test_page_carries_the_number_from_before_its_rows_were_read(visitor: Client, house, monkeypatch) -> None:
    before = live.bump()
    monkeypatch.setattr("spotizer.pages.albums_added_lately", lambda: [live.bump(), []][1])

    html = visitor.get("/", headers={"Accept": "text/html"}).content.decode()

    assert f"/live/?since={before}" in html


def test_number_that_is_nonsense_reads_as_the_beginning(visitor: Client, house) -> None:
    live.bump()

    assert visitor.get("/live/?since=soon", headers=LIVE).status_code == 200


def test_open_drawer_comes_with_every_change_beside_the_page_s_rows(visitor: Client, house) -> None:
    since = live.bump()
    touch(house.working, percent=57)

    both = visitor.get("/live/", {"since": since, "view": ["queue:all", "drawer"]}, headers=LIVE).content.decode()
    page_alone = ask(visitor, since, "queue:all").content.decode()

    assert f'id="drawer-{house.working.pk}"' in both
    assert f'id="download-{house.working.pk}"' in both
    assert "drawer" not in page_alone.replace("#drawer-view", "")
