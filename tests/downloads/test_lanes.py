"""Closed lanes: what they hold goes on by itself when they open, in time or early."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from core.errors import RateLimited
from downloads.models import Download, Status
from downloads.services import draining, queue, sweep
from downloads.services.worker import Worker
from ops.services import lanes
from tests.downloads.make import make_download, make_track, make_wish

pytestmark = pytest.mark.django_db(transaction=True)
S = Status


def wish(title):
    """A download of a track of two seconds, and its request."""
    download = make_download(make_track(title, duration_ms=2_000))
    make_wish(download)
    return download


def drain():
    draining.drain_downloads(Worker.here())


def held(download):
    """Its status, and the lane that it waits for."""
    download.refresh_from_db()
    return download.status, download.lane


@pytest.mark.parametrize("opened", ["early", "in time"])
def test_lane_that_opens_lets_go_of_every_row_that_it_held_at_once(shelf, opened):
    rows = [wish(name) for name in ("Undertow", "Lantern", "Ferry")]
    other = wish("Harbour")
    Download.objects.filter(pk=other.pk).update(status=S.WAITING, not_before_at=timezone.now() + timedelta(hours=1))
    shelf.say(shelf.put("Undertow"), RateLimited("Slow down.", retry_after=600), shelf.sound)
    shelf.put("Lantern")
    shelf.put("Ferry")
    drain()
    assert {held(row) for row in rows} == {(S.WAITING, "shelf")}

    if opened == "early":
        lanes.open_lane("shelf")
    else:
        lanes.open_lapsed_lanes(now=timezone.now() + timedelta(seconds=601))

    assert {held(row) for row in rows} == {(S.QUEUED, "")}
    assert held(other) == (S.WAITING, "")
    drain()
    assert {held(row) for row in rows} == {(S.DONE, "")}


def test_row_that_began_to_wait_while_its_lane_was_opened_is_found_by_the_sweep(shelf):
    rows = {"shelf": wish("Undertow"), "closed": wish("Lantern")}
    for lane, row in rows.items():
        later = timezone.now() + timedelta(hours=1)
        Download.objects.filter(pk=row.pk).update(status=S.WAITING, lane=lane, not_before_at=later)
    lanes.close_lane("closed", 600, "blocked", "It wants a rest.")

    sweep.tend()

    assert [held(row) for row in rows.values()] == [(S.QUEUED, ""), (S.WAITING, "closed")]


def test_lane_that_opens_leaves_rows_alone_that_were_paused_or_cancelled_meanwhile(shelf):
    rows = [wish("Undertow"), wish("Lantern")]
    shelf.say(shelf.put("Undertow"), RateLimited("Slow down.", retry_after=600))
    shelf.put("Lantern")
    drain()
    queue.pause([rows[0].pk])
    queue.cancel([rows[1].pk])

    lanes.open_lane("shelf")

    assert [held(row) for row in rows] == [(S.PAUSED, ""), (S.CANCELLED, "")]


def test_lanes_command_says_what_is_closed_and_opens_it(shelf):
    row = wish("Undertow")
    shelf.say(shelf.put("Undertow"), RateLimited("Slow down.", retry_after=600), shelf.sound)
    drain()
    out = io.StringIO()

    call_command("lanes", "list", stdout=out)
    call_command("lanes", "open", "shelf", stdout=out)

    assert "shelf: closed until" in out.getvalue()
    assert "holds 1. Slow down." in out.getvalue()
    assert "shelf is open again." in out.getvalue()
    assert held(row) == (S.QUEUED, "")
    with pytest.raises(CommandError, match="There is no lane nothing"):
        call_command("lanes", "open", "nothing")
