"""The queue steered from its page: many rows at once, a whole album, the order, and taking it back."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Person
from downloads.models import Download, DownloadRequest, RequestItem, Status
from tests.downloads.make import make_download, make_request, make_track
from tests.downloads.test_views import ACT, part, queries_of

Stage = DownloadRequest.Stage


def statuses(*rows: Download) -> list[str]:
    found = dict(Download.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", "status"))
    return [found[row.pk] for row in rows]


def order() -> list[int]:
    return list(Download.objects.order_by("priority", "position", "pk").values_list("pk", flat=True))


def make_parent(number: int = 2, status: Status = Status.QUEUED) -> tuple[DownloadRequest, list[Download]]:
    request = make_request(kind="album", title="Perigee", stage=Stage.RUNNING, is_expanded=True, total=number)
    rows = [make_download(make_track(f"Orbit {place:03}"), status=status) for place in range(1, number + 1)]
    for place, row in enumerate(rows, 1):
        RequestItem.objects.create(request=request, position=place, track=row.track, download=row)
    return request, rows


# --- many rows at once -----------------------------------------------------------------------------------------------


def test_ticked_rows_are_paused_and_summed_up_with_those_that_could_not(visitor: Client, person: Person) -> None:
    first, second, done = make_download(), make_download(), make_download(status=Status.DONE)
    other = make_download()

    response = visitor.post(ACT, {"act": "many:pause", "ids": [first.pk, second.pk, done.pk]}, headers=part())

    assert statuses(first, second, done, other) == ["paused", "paused", "done", "queued"]
    assert "2 paused, 1 left as it is: it is done and cannot be paused." in response.content.decode()
    assert json.loads(response["HX-Trigger"])["ticks:clear"] is True


@pytest.mark.parametrize(
    ("act", "before", "after"),
    [("resume", "paused", "queued"), ("retry", "failed", "queued"), ("cancel", "queued", "cancelled")],
)
def test_ticked_rows_obey(visitor: Client, person: Person, act: str, before: str, after: str) -> None:
    rows = [make_download(status=Status(before)) for _ in range(3)]

    visitor.post(ACT, {"act": f"many:{act}", "ids": [row.pk for row in rows]}, headers=part())

    assert statuses(*rows) == [after] * 3


def test_ticked_rows_come_to_the_top_and_get_a_priority(visitor: Client, person: Person) -> None:
    rows = [make_download(position=place) for place in range(4)]

    visitor.post(ACT, {"act": "many:top", "ids": [rows[2].pk, rows[3].pk]}, headers=part())
    assert order() == [rows[2].pk, rows[3].pk, rows[0].pk, rows[1].pk]

    visitor.post(ACT, {"act": "many:priority:1", "ids": [rows[1].pk]}, headers=part())
    assert order()[0] == rows[1].pk


def test_whole_filter_is_meant_where_all_is_ticked(visitor: Client, person: Person) -> None:
    rows = [make_download() for _ in range(60)]
    failed = make_download(status=Status.FAILED)

    response = visitor.post(ACT, {"act": "many:pause", "all": "waiting", "ids": [rows[0].pk]}, headers=part())

    assert statuses(*rows) == ["paused"] * 60
    assert statuses(failed) == ["failed"]
    assert "60 paused." in response.content.decode()


def test_bulk_without_script_leads_back_with_the_sum(visitor: Client, person: Person) -> None:
    rows = [make_download(), make_download()]
    html = visitor.get("/queue/").content.decode()
    assert html.count('name="ids"') == 2
    assert 'value="many:pause"' in html

    response = visitor.post(
        ACT, {"act": "many:cancel", "ids": [row.pk for row in rows], "next": "/queue/"}, follow=True
    )

    html = response.content.decode()
    assert "2 removed from the queue." in html
    undo = re.search(r'value="(undo:\d+)"', html)
    assert undo
    visitor.post(ACT, {"act": undo[1]})
    assert statuses(*rows) == ["queued", "queued"]


@pytest.mark.parametrize("act", ["pause", "top", "many:priority:1"])
def test_steering_offers_an_undo_to_the_one_who_did_it_and_to_nobody_else(
    visitor: Client, person: Person, act: str
) -> None:
    first, row = make_download(position=1), make_download(position=2)
    fields = {"act": act, "ids": [row.pk]} if act.startswith("many") else {"act": f"{act}:{row.pk}"}
    html = visitor.post(ACT, fields, headers=part()).content.decode()
    undo = re.search(r'value="(undo:\d+)"', html)
    assert undo
    other = Client()
    other.force_login(Person.objects.create_user("ivo", password="harbour-lights", role=Person.Role.MEMBER))

    refused = other.post(ACT, {"act": undo[1]}, headers=part())
    taken_back = visitor.post(ACT, {"act": undo[1]}, headers=part())

    assert (refused.status_code, taken_back.status_code) == (400, 200)
    assert "Somebody else did this." in refused.content.decode()
    row.refresh_from_db()
    assert (row.status, row.priority, row.position > first.position) == ("queued", 3, True)


def test_undo_pressed_twice_says_that_nothing_is_left(visitor: Client, person: Person) -> None:
    row = make_download()
    html = visitor.post(ACT, {"act": f"cancel:{row.pk}"}, headers=part()).content.decode()
    undo = re.search(r'value="(undo:\d+)"', html)
    assert undo
    assert visitor.post(ACT, {"act": undo[1]}, headers=part()).status_code == 200

    again = visitor.post(ACT, {"act": undo[1]}, headers=part())

    assert again.status_code == 400
    assert "nothing to undo: it is undone already" in again.content.decode()


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"act": "many:pause"}, 400, "Nothing is selected."),
        ({"act": "many:pause", "ids": ["7777777"]}, 404, "It is gone."),
        ({"act": "pause:7777777"}, 404, "It is gone."),
        ({"act": "cancel_request:7777777"}, 404, "It is gone."),
        ({"act": "many:pause", "ids": ["x"]}, 400, "does nothing"),
        ({"act": "many:pause", "ids": ["9" * 30]}, 400, "does nothing"),
        ({"act": "many:pause", "all": "nonsense"}, 400, "does nothing"),
        ({"act": "many:priority:9", "ids": ["1"]}, 400, "no priority"),
        ({"act": "undo:999999999999999999"}, 400, "nothing to undo"),
    ],
)
def test_forged_press_is_refused_in_words(
    visitor: Client, person: Person, fields: dict[str, object], status: int, words: str
) -> None:
    response = visitor.post(ACT, fields, headers=part())

    assert response.status_code == status
    assert words in response.content.decode()


def test_two_people_cancel_the_same_row_and_the_second_is_told(visitor: Client, person: Person) -> None:
    row = make_download()
    visitor.post(ACT, {"act": "many:cancel", "ids": [row.pk]}, headers=part())

    response = visitor.post(ACT, {"act": "many:cancel", "ids": [row.pk]}, headers=part())

    assert response.status_code == 400
    assert "It is cancelled and cannot be cancelled." in response.content.decode()


def test_viewer_sees_no_buttons_and_is_refused(client: Client, house) -> None:
    client.force_login(Person.objects.create_user("guest", password="x", role=Person.Role.VIEWER))
    row = make_download()

    html = client.get("/queue/").content.decode()

    assert 'name="ids"' not in html
    assert 'name="act"' not in html
    response = client.post(ACT, {"act": "many:cancel", "ids": [row.pk]}, headers=part())
    assert response.status_code == 403
    assert statuses(row) == ["queued"]


def test_viewer_sees_nothing_to_download_on_any_page(client: Client, house) -> None:
    client.force_login(Person.objects.create_user("guest", password="x", role=Person.Role.VIEWER))

    seen = [name for name, url in house.urls.items() if name != "problem" and b'name="what"' in client.get(url).content]

    assert seen == []


def test_waiting_row_says_why_and_when_it_is_tried_next(visitor: Client, person: Person) -> None:
    at = timezone.now() + timedelta(minutes=10)
    make_download(status=Status.WAITING, reason="rate_limited", message="YouTube asks us to wait.", not_before_at=at)

    html = visitor.get("/queue/").content.decode()

    assert "YouTube asks us to wait." in html
    assert f"data-until>10 min</time>, at {timezone.localtime(at):%H:%M}" in html


# --- a whole album ---------------------------------------------------------------------------------------------------


def test_album_is_paused_resumed_and_cancelled_from_its_row(visitor: Client, person: Person) -> None:
    request, rows = make_parent()

    visitor.post(ACT, {"act": f"pause_request:{request.pk}"}, headers=part())
    assert statuses(*rows) == ["paused", "paused"]
    assert f'value="resume_request:{request.pk}"' in visitor.get("/queue/").content.decode()

    visitor.post(ACT, {"act": f"resume_request:{request.pk}"}, headers=part())
    assert statuses(*rows) == ["queued", "queued"]

    html = visitor.post(ACT, {"act": f"cancel_request:{request.pk}"}, headers=part()).content.decode()
    assert statuses(*rows) == ["cancelled", "cancelled"]
    assert "Perigee: 2 tracks removed from the queue." in html
    assert "undo:" in html


def test_failed_tracks_of_an_album_are_tried_again_from_its_row(visitor: Client, person: Person) -> None:
    request, rows = make_parent(status=Status.FAILED)
    DownloadRequest.objects.update(failed=2)
    assert f'value="retry_request:{request.pk}"' in visitor.get("/queue/").content.decode()

    visitor.post(ACT, {"act": f"retry_request:{request.pk}"}, headers=part())

    assert statuses(*rows) == ["queued", "queued"]


def test_album_opens_into_its_tracks_in_place_page_by_page(visitor: Client, person: Person) -> None:
    request, _ = make_parent(60)

    html = visitor.get("/queue/", {"open": request.pk}).content.decode()
    parts = html[html.index('id="parts"') :]
    parts = parts[: parts.index("</ul>")]
    assert re.findall(r"Orbit \d+(?=</a>)", parts) == [f"Orbit {place:03}" for place in range(1, 51)]
    assert 'aria-expanded="true"' in html

    html = visitor.get("/queue/", {"open": request.pk, "from": 50}).content.decode()
    assert html.count('id="part-') == 10


def test_open_album_asks_no_more_questions_with_more_tracks(visitor: Client, person: Person) -> None:
    small, _ = make_parent(3)
    large, _ = make_parent(40)
    visitor.get("/queue/")

    assert queries_of(visitor, f"/queue/?open={small.pk}") == queries_of(visitor, f"/queue/?open={large.pk}")


@pytest.mark.parametrize("number", ["x", "9" * 40, "-1", "424242"])
def test_forged_album_opens_nothing(visitor: Client, person: Person, number: str) -> None:
    make_parent()

    response = visitor.get("/queue/", {"open": number})

    assert response.status_code == 200
    assert 'id="part-' not in response.content.decode()


# --- the order -------------------------------------------------------------------------------------------------------


def test_row_moves_beside_its_new_neighbour_and_it_is_spoken(visitor: Client, person: Person) -> None:
    rows = [make_download(make_track(name), position=place) for place, name in enumerate(("Ebb", "Flow", "Tide"))]

    response = visitor.post(ACT, {"act": f"before:{rows[2].pk}:{rows[0].pk}"}, headers=part())

    assert order() == [rows[2].pk, rows[0].pk, rows[1].pk]
    assert json.loads(response["HX-Trigger"])["said"] == "Tide is now before Ebb."
    visitor.post(ACT, {"act": f"after:{rows[2].pk}:{rows[1].pk}"}, headers=part())
    assert order() == [rows[0].pk, rows[1].pk, rows[2].pk]


def test_row_moves_by_its_plain_buttons_without_script(visitor: Client, person: Person) -> None:
    rows = [make_download(make_track(name), position=place) for place, name in enumerate(("Ebb", "Flow", "Tide"))]
    html = visitor.get("/queue/").content.decode()
    assert f'value="before:{rows[1].pk}:{rows[0].pk}"' in html
    assert f'value="after:{rows[1].pk}:{rows[2].pk}"' in html

    response = visitor.post(ACT, {"act": f"before:{rows[1].pk}:{rows[0].pk}", "next": "/queue/"}, follow=True)

    assert order() == [rows[1].pk, rows[0].pk, rows[2].pk]
    assert "Flow is now before Ebb." in response.content.decode()


@pytest.mark.parametrize("act", ["before", "after"])
def test_row_beside_one_that_was_claimed_says_so(visitor: Client, person: Person, act: str) -> None:
    row = make_download()
    claimed = make_download(status=Status.SEARCHING, lease_owner="w1")

    response = visitor.post(ACT, {"act": f"{act}:{row.pk}:{claimed.pk}"}, headers=part())
    back = visitor.post(ACT, {"act": f"{act}:{claimed.pk}:{row.pk}"}, headers=part())

    assert (response.status_code, back.status_code) == (400, 400)
    assert "does not wait any more" in response.content.decode()
    assert "does not wait for its turn" in back.content.decode()


# --- a parent's own part, and what could not be read -----------------------------------------------------------------


def test_opened_parent_fetches_only_its_own_row(visitor: Client, person: Person) -> None:
    request, rows = make_parent(2)

    html = visitor.get(f"/queue/requests/{request.pk}/?show=working&open={request.pk}", headers=part()).content.decode()

    assert html.count(f'id="request-{request.pk}"') == 1
    assert all(f'id="part-{row.pk}"' in html for row in rows)
    assert f'value="queue:working:{request.pk}:0"' in html
    assert f'hx-get="/queue/?show=working&amp;open={request.pk}"' in html  # what the page asks for from now on
    assert 'id="queue"' not in html
    folded = visitor.get(f"/queue/requests/{request.pk}/?show=working", headers=part()).content.decode()
    assert 'id="part-' not in folded
    assert 'value="queue:working"' in folded


def test_opened_parent_without_script_is_the_whole_page(visitor: Client, person: Person) -> None:
    request, _ = make_parent(1)

    response = visitor.get(f"/queue/requests/{request.pk}/")

    assert response["Location"] == f"/queue/?open={request.pk}"
    assert f'href="/queue/?open={request.pk}"' in visitor.get("/queue/").content.decode()


def test_parent_that_is_gone_leaves_the_page(visitor: Client, person: Person) -> None:
    response = visitor.get("/queue/requests/999999/", headers=part())

    assert response.status_code == 200
    assert response.content == b""
    assert response["HX-Trigger"] == "live:reload"


@pytest.mark.parametrize("query", ["open=x", "open=777777&from=-1", "show=nonsense", "open=" + "9" * 40])
def test_parent_asked_for_with_nonsense_is_shown_folded(visitor: Client, person: Person, query: str) -> None:
    request, _ = make_parent(1)

    response = visitor.get(f"/queue/requests/{request.pk}/?{query}", headers=part())

    assert response.status_code == 200
    assert 'aria-expanded="false"' in response.content.decode()


def test_request_that_could_not_be_read_is_cleared(visitor: Client, house) -> None:
    lost = DownloadRequest.objects.get(stage=Stage.FAILED)
    assert f'value="clear_request:{lost.pk}"' in visitor.get("/queue/").content.decode()

    visitor.post(ACT, {"act": f"clear_request:{lost.pk}"}, headers=part())

    assert "Could not be read" not in visitor.get("/queue/").content.decode()
    assert "Cleared from the queue" in visitor.get("/history/?kind=steered").content.decode()


@pytest.mark.parametrize("stage", ["expanding", "running", "ended", "cancelled"])
def test_request_that_was_read_cannot_be_cleared(visitor: Client, person: Person, stage: str) -> None:
    request = make_request(stage=stage)

    assert visitor.post(ACT, {"act": f"clear_request:{request.pk}"}, headers=part()).status_code == 400
    assert visitor.post(ACT, {"act": "clear_request:999999"}, headers=part()).status_code == 404

    request.refresh_from_db()
    assert request.stage == stage
