"""Polls in which only bars moved on: the rows at work as the template draws them, and nothing that stands already."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from downloads.models import Download, Status
from downloads.selectors.queue import downloads_by_id
from downloads.selectors.rows import job_row
from ops.services import live
from spotizer import fragments
from spotizer.moving import moving_row
from spotizer.shell import Shell
from tests.downloads.make import make_download, make_request, make_track, make_wish
from tests.spotizer.test_live import ask, touch

WORKING = {"status": Status.FETCHING, "lease_owner": "w1", "doing": "Fetching"}


def move_on(*downloads: Download, **changes: object) -> int:
    """What a worker writes each second."""
    number = live.bump(is_progress=True)
    for download in downloads:
        Download.objects.filter(pk=download.pk).update(live=number, **changes)
    return number


def test_only_the_rows_that_moved_on_and_the_meters_are_sent(visitor: Client, house) -> None:
    other = make_download(**WORKING)
    since = live.bump()
    number = move_on(house.working, percent=57, bytes_per_second=2_000_000)

    response = ask(visitor, since, "queue:all")
    html = response.content.decode()

    assert "HX-Trigger" not in response.headers
    assert 'value="57"' in html
    assert f'id="download-{other.pk}"' not in html
    assert f"since={number}" in html
    assert html.count('hx-swap-oob="morph"') == 3
    for ident in ("meter", "queue-meters", f"download-{house.working.pk}"):
        assert f'id="{ident}"' in html
    assert "2.0 MB/s" in html


@pytest.mark.parametrize("may_download", [True, False])
@pytest.mark.parametrize(
    "shown", [{"oob": True, "is_list": True}, {"oob": True, "is_list": False}, {"is_list": True, "can_move": True}, {}]
)
@pytest.mark.parametrize(
    "changes",
    [
        {"percent": 1, "doing": "Looking for it", "status": Status.SEARCHING},
        {"percent": 57, "done_bytes": 5_700_000, "total_bytes": 10_000_000, "bytes_per_second": 800_000},
        {"percent": 0, "status": Status.QUEUED, "lease_owner": "", "priority": 1},
        {"percent": 94, "doing": "Converting <b>& “tags”", "status": Status.PROCESSING, "done_bytes": 5},
    ],
)
def test_row_that_is_put_together_is_the_row_that_the_template_draws(
    person: Person, changes: dict[str, object], shown: dict[str, bool], may_download: bool
) -> None:
    download = make_download(make_track("<i>Tide & “Foam”</i> {{ 7 }}"), **WORKING)
    Download.objects.filter(pk=download.pk).update(live=live.bump())
    person.role = Person.Role.OWNER if may_download else "viewer"
    assert person.may_download is may_download
    request = RequestFactory().get("/live/")
    request.user = person

    for percent_more in (0, 3):  # drawn, then put together from what was kept
        Download.objects.filter(pk=download.pk).update(**changes)
        row = replace(job_row(downloads_by_id([download.pk])[0]), above=7, below=0)
        drawn = render_to_string("components/_job_row.html", {"row": row, **shown}, request=request)
        how = {"oob": False, "is_list": False, "can_move": False} | shown
        assert moving_row(row, may_download=may_download, **how) == drawn
        changes = {**changes, "percent": int(str(changes["percent"])) + percent_more}


def test_row_that_goes_on_is_shown_further_on_each_time(visitor: Client, house) -> None:
    since = live.bump()

    for percent in (50, 51, 52):
        move_on(house.working, percent=percent, doing=f"Step {percent}")
        html = ask(visitor, since, "queue:working").content.decode()
        assert f'value="{percent}"' in html
        assert f"Step {percent}" in html
        assert str(house.working.recording) in html


def test_twice_the_rows_cost_no_more_queries(visitor: Client, house) -> None:
    def queries(rows: list[Download]) -> int:
        since = live.bump()
        move_on(*rows, percent=10)
        with CaptureQueriesContext(connection) as caught:
            html = ask(visitor, since, "queue:").content.decode()
        assert html.count("<progress") == len(rows)
        return len(caught)

    rows = [make_download(**WORKING) for _ in range(20)]

    assert queries(rows[:5]) == queries(rows) <= 12


def test_what_is_counted_is_not_counted_again_while_only_bars_move(visitor: Client, house) -> None:
    since = live.bump()
    move_on(house.working, percent=50)
    ask(visitor, since, "queue:all")

    move_on(house.working, percent=51)
    with CaptureQueriesContext(connection) as caught:
        ask(visitor, since, "queue:all")

    assert not any("COUNT(" in query["sql"] for query in caught)
    assert len(caught) <= 5  # session, person, the sequence, what changed, the speed of the others


def test_counts_are_read_again_as_soon_as_something_moved(visitor: Client, house) -> None:
    since = live.bump()
    move_on(house.working, percent=50)
    before = Shell().counts.working
    ask(visitor, since, "queue:all")

    more = make_download(**WORKING)
    touch(more)
    html = ask(visitor, since, "queue:all").content.decode()

    assert f"{before + 1} active" in html
    assert f'id="download-{more.pk}"' in html
    assert 'id="queue-count"' in html


def test_row_that_moves_while_the_answer_is_made_is_left_for_the_next(
    rf: RequestFactory, house, person: Person
) -> None:
    since = live.bump()
    move_on(house.working, percent=50)
    numbers = live.numbers()
    started = make_download(**WORKING)
    touch(started)
    request = rf.get("/live/")
    request.user = person

    html = fragments.changed(request, Shell(), since, ["queue:all"], numbers).html

    assert f'id="download-{house.working.pk}"' in html
    assert f'id="download-{started.pk}"' not in html
    assert f"since={numbers.newest}" in html


def test_track_of_an_unfolded_request_moves_on_there_too(visitor: Client, house) -> None:
    wish = make_wish(house.working, request=make_request(title="Late", stage="running"))
    other = make_download(**WORKING)
    since = live.bump()
    move_on(house.working, other, percent=58)

    html = ask(visitor, since, f"queue:all:{wish.pk}:0").content.decode()

    assert html.count('value="58"') == 3
    assert f'id="part-{house.working.pk}"' in html
    assert f'id="part-{other.pk}"' not in html


def test_page_of_a_download_gets_its_row_and_does_not_fetch_itself(visitor: Client, house) -> None:
    other = make_download(**WORKING)
    since = live.bump()
    move_on(house.working, other, percent=58)

    response = ask(visitor, since, f"download:{house.working.pk}")
    html = response.content.decode()

    assert "HX-Trigger" not in response.headers
    assert f'id="download-{house.working.pk}"' in html
    assert f'id="download-{other.pk}"' not in html
    assert 'type="checkbox"' not in html


def test_filter_that_shows_no_row_at_work_gets_none(visitor: Client, house) -> None:
    since = live.bump()
    move_on(house.working, percent=58)

    html = ask(visitor, since, "queue:waiting").content.decode()

    assert "<progress" not in html
    assert 'id="queue-meters"' in html


def test_more_bars_than_an_answer_holds_tell_the_lists_to_fetch_themselves(visitor: Client, house) -> None:
    since = live.bump()
    move_on(*(make_download(**WORKING) for _ in range(61)), percent=5)

    assert json.loads(ask(visitor, since, "queue:all")["HX-Trigger"]) == {"live:reload": True}


def test_number_from_before_the_database_was_set_back_brings_everything(visitor: Client, house) -> None:
    live.bump()

    response = ask(visitor, live.newest() + 100, "queue:all")

    assert json.loads(response["HX-Trigger"]) == {"live:reload": True}
    assert 'id="queue-count"' in response.content.decode()
