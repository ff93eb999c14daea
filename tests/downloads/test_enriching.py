"""What is owned is looked up beside the downloads, which never wait for it."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.metadata.fields import Entity
from catalog.models import Conflict, Enrichment
from catalog.services.browse import open_album
from catalog.services.metadata import rules
from downloads.models import Status
from downloads.services.enriching import Enricher, is_on_its_way
from spotizer.supervisor import enricher as thread
from tests.catalog.metadata.said import disputed_albums
from tests.downloads.make import make_album, make_download, make_file, make_track
from tests.spotizer.serving import wait_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def enricher() -> Enricher:
    return Enricher("test", threading.Event())


def test_what_came_to_the_library_is_written_down_once(enricher):
    for _ in range(3):
        make_file(make_track())
    make_file(make_track(), gone_at="2026-01-01T00:00Z")
    lone = make_file(make_track())
    lone.recording = None
    lone.save()

    assert enricher.note_owned() == 3
    assert enricher.note_owned() == 0
    make_file(make_track())
    assert enricher.note_owned() == 1
    assert Enricher("another", threading.Event()).note_owned() == 0


def test_looking_for_what_came_costs_one_query_where_nothing_did(enricher):
    make_file(make_track())
    enricher.note_owned()

    with CaptureQueriesContext(connection) as seen:
        enricher.note_owned()

    assert len(seen) == 1


@pytest.mark.parametrize("status", [Status.QUEUED, Status.FETCHING, Status.WAITING])
def test_an_album_on_its_way_is_left_for_later(enricher, status, sandbox):
    first, second = make_album(2).tracks.all()
    make_file(first)
    lease = {"lease_owner": "w1"} if status == Status.FETCHING else {}
    download = make_download(second, status=status, **lease)
    enricher.note_owned()

    assert enricher.look_up_one() is None

    row = Enrichment.objects.get()
    assert (row.state, row.lease_owner, row.message) == ("waiting", "", "Its album is still being downloaded.")
    assert sandbox.count("musicbrainz.org") == 0
    download.delete()
    assert not is_on_its_way(first)


@pytest.mark.parametrize("status", [Status.FAILED, Status.NEEDS_YOU, Status.PAUSED])
def test_an_album_that_waits_for_a_person_is_looked_up_all_the_same(status):
    first, second = make_album(2).tracks.all()
    make_download(second, status=status)

    assert not is_on_its_way(first)


def test_switched_off_it_asks_nobody_but_carries_rules_through(enricher, settings, sandbox):
    settings.ENRICH = False
    make_file(make_track())
    disputed_albums(1)
    rules.make_rule(Entity.ALBUM, "label", "deezer")

    assert enricher.turn() > 0

    assert not Enrichment.objects.exists()
    assert sandbox.count("") == 0
    assert Conflict.objects.get().state == "by_rule"


@pytest.mark.django_db(transaction=True)
def test_the_thread_looks_up_what_is_owned_and_ends_when_told(sandbox, monkeypatch):
    monkeypatch.setattr(thread, "LOOK_SECONDS", 0.05)
    album = open_album("deezer", "302003")
    make_file(album.tracks.first())
    ended = threading.Event()
    beside = threading.Thread(target=thread.run, args=(ended,))

    beside.start()
    try:
        wait_for(lambda: Enrichment.objects.filter(state="done").exists(), "it is looked up")
    finally:
        ended.set()
        beside.join(30)

    assert not beside.is_alive()
    album.refresh_from_db()
    assert album.label == "Circuit Board Discs"


@pytest.mark.django_db(transaction=True)
def test_the_thread_outlives_an_error(monkeypatch):
    monkeypatch.setattr(thread, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(thread, "REST_SECONDS", 0.05)
    turns: list[int] = []

    def turn(self: Enricher) -> float:
        turns.append(1)
        raise RuntimeError("a fault of our own")

    monkeypatch.setattr(Enricher, "turn", turn)
    ended = threading.Event()
    beside = threading.Thread(target=thread.run, args=(ended,))

    beside.start()
    try:
        wait_for(lambda: len(turns) > 2, "it goes on")
    finally:
        ended.set()
        beside.join(30)

    assert not beside.is_alive()
