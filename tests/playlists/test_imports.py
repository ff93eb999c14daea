"""A list that somebody brings, over the sandbox: read, looked up in the background, answered, kept, downloaded."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from catalog.models import Album, Playlist
from catalog.services import browse
from downloads.models import DownloadRequest, RequestItem
from downloads.services import draining
from downloads.services.worker import Worker
from playlists.models import ImportLine, ListImport
from playlists.services import working

pytestmark = pytest.mark.django_db(transaction=True)
HERE = "/playlists/import/"
ALBUM = "https://www.deezer.com/album/302002"
NOBODY = "Nobody At All - Qwxz Vvkk Never Sung"


@pytest.fixture
def tracks(sandbox, settings, tmp_path):
    settings.LIBRARY, settings.WORK, settings.ART = (tmp_path / name for name in ("library", "work", "art"))
    album = browse.resolve(ALBUM).album
    assert isinstance(album, Album)
    return list(browse.load_album_tracks(album))


def named(track):
    return f"{track.recording.artist_text} - {track.title}"


def turned(track):
    return f"{track.title} - {track.recording.artist_text}"


def bring(visitor, text, **more):
    answer = visitor.post(HERE, {"text": text, **more})
    assert answer.status_code == 302, answer.content.decode()
    return ListImport.objects.get(pk=ListImport.objects.order_by("-pk").first().pk)


def look_up():
    return working.work(Worker.here())


def address(owner):
    return f"{HERE}{owner.key}/"


def press(visitor, owner, act, **more):
    return visitor.post(f"{address(owner)}answer/", {"act": act, **more})


def listed(name, track):
    said = {"trackName": track.title, "artistName": track.recording.artist_text}
    return {"name": name, "items": [{"track": said}]}


def states(owner):
    return list(owner.lines.order_by("position").values_list("state", flat=True))


def test_pasted_list_is_matched_or_said_not_to_be_found(visitor, tracks):
    first, second = tracks[:2]
    owner = bring(visitor, f"1. {named(first)}\n2. {turned(second)}\n3. {NOBODY}\n4. ---")

    look_up()

    assert states(owner) == ["matched", "matched", "missing", "unread"]
    rows = list(owner.lines.order_by("position"))
    assert [row.track.recording_id for row in rows[:2]] == [first.recording_id, second.recording_id]
    html = visitor.get(address(owner)).content.decode()
    assert "Not found" in html
    assert "There is no name in it." in html


def test_line_that_leaves_out_the_guest_is_matched_all_the_same(visitor, tracks):
    owner = bring(visitor, "Vera Holm – Lantern Year\nVera Holm – Lantern Year (Live)")

    look_up()

    first, second = owner.lines.order_by("position")
    assert (first.state, first.track.title) == ("matched", "Lantern Year (feat. Ida Berg)")
    assert second.track is None or "live" in second.track.title.lower()


def test_line_without_artist_is_doubtful_until_somebody_takes_a_track(visitor, tracks):
    owner = bring(visitor, tracks[0].title)
    look_up()
    [row] = owner.lines.all()
    assert (row.state, row.why) == ("doubtful", "The line names no artist.")

    press(visitor, owner, f"take:{row.pk}:{row.candidates[0]}")

    row.refresh_from_db()
    assert (row.state, row.track_id) == ("matched", row.candidates[0])


def test_answers_in_bulk_reach_ticked_lines_and_all_that_are_open(visitor, tracks):
    owner = bring(visitor, "\n".join([tracks[0].title, tracks[1].title, NOBODY]))
    look_up()
    rows = list(owner.lines.order_by("position"))

    press(visitor, owner, "many:take", ids=[rows[0].pk])
    assert states(owner) == ["matched", "doubtful", "missing"]
    press(visitor, owner, "all:take")
    press(visitor, owner, "all:leave")
    assert states(owner) == ["matched", "matched", "left_out"]
    press(visitor, owner, "again:" + str(rows[2].pk))
    look_up()
    assert states(owner)[2] == "missing"


def test_matched_list_is_downloaded_as_one_request_of_its_tracks(visitor, tracks):
    owner = bring(visitor, "\n".join(named(track) for track in tracks[:3]), title="Late Train")
    look_up()

    answer = press(visitor, owner, "download", title="Late Train Home")

    assert answer.url == "/queue/"
    draining.drain_requests(Worker.here())
    request = DownloadRequest.objects.get()
    assert (request.playlist.title, request.is_private) == ("Late Train Home", True)
    asked = (
        RequestItem.objects.filter(request=request).order_by("position").values_list("track__recording_id", flat=True)
    )
    assert list(asked) == [track.recording_id for track in tracks[:3]]


def test_list_downloaded_again_after_more_answers_asks_for_these_as_well(visitor, tracks):
    owner = bring(visitor, f"{named(tracks[0])}\n{tracks[1].title}")
    look_up()
    press(visitor, owner, "download")
    draining.drain_requests(Worker.here())
    press(visitor, owner, "download")
    assert DownloadRequest.objects.count() == 1

    press(visitor, owner, "all:take")
    press(visitor, owner, "download")
    draining.drain_requests(Worker.here())

    assert sorted(DownloadRequest.objects.values_list("total", flat=True)) == [1, 2]


def test_list_that_is_kept_is_a_playlist_that_only_its_person_sees(visitor, tracks):
    owner = bring(visitor, "\n".join(named(track) for track in tracks[:2]))
    look_up()

    answer = press(visitor, owner, "keep", title="Mine")

    page = visitor.get(answer.url)
    assert [line.title for line in page.context["lines"]] == [track.title for track in tracks[:2]]
    stranger = Client()
    stranger.force_login(Person.objects.create_user("tom", password="x"))
    assert stranger.get(answer.url).status_code == 404
    assert stranger.get(address(owner)).status_code == 404
    assert stranger.post(f"{address(owner)}answer/", {"act": "drop"}, headers={"HX-Request": "true"}).status_code == 404
    assert b"Mine" not in stranger.get(HERE).content
    press(visitor, owner, "keep", title="Mine again")
    assert Playlist.objects.filter(provider="list").count() == 1


def test_pasted_link_answers_a_line_that_was_not_found(visitor, tracks):
    owner = bring(visitor, NOBODY)
    look_up()
    [row] = owner.lines.all()
    link = tracks[0].external_ids.get(provider="deezer")

    press(visitor, owner, f"link:{row.pk}", value=f"https://www.deezer.com/track/{link.value}")

    row.refresh_from_db()
    assert row.track_id == tracks[0].pk


def test_catalogue_that_does_not_answer_makes_the_list_wait_and_say_so(visitor, tracks, sandbox):
    owner = bring(visitor, f"{named(tracks[0])}\n{named(tracks[1])}")
    sandbox.fault("api.deezer.com/search", "status", status=503, times=100)

    look_up()

    owner.refresh_from_db()
    assert (owner.ended_at, states(owner)) == (None, ["waiting", "waiting"])
    assert owner.message
    assert "It waits" in visitor.get(address(owner)).content.decode()


def test_lookup_that_was_cut_short_goes_on_where_it_was(visitor, tracks):
    owner = bring(visitor, f"{named(tracks[0])}\n{named(tracks[1])}")
    ImportLine.objects.filter(position=1).update(state="left_out")

    assert look_up() == 1
    assert states(owner) == ["left_out", "matched"]
    assert look_up() == 0


def test_file_with_several_lists_waits_for_its_person_to_choose(visitor, tracks):
    export = {"playlists": [listed("One", tracks[0]), listed("Two", tracks[1])]}
    visitor.post(HERE, {"file": SimpleUploadedFile("Playlist1.json", json.dumps(export).encode())})
    one, two = ListImport.objects.order_by("pk")

    press(visitor, two, "begin")
    look_up()

    assert (states(one), states(two)) == (["waiting"], ["matched"])


def test_poller_tells_the_page_of_a_list_that_something_changed(visitor, tracks):
    owner = bring(visitor, named(tracks[0]))
    look_up()

    answer = visitor.get("/live/", {"since": 0, "view": f"import:{owner.key}"}, headers={"HX-Request": "true"})

    assert "live:reload" in answer.headers.get("HX-Trigger", "")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "There is no list."),
        ({"text": "x" * 1_000_001}, "too much for a paste"),
        ({"file": SimpleUploadedFile("a.csv", b"PK\x03\x04")}, "packed"),
        ({"file": SimpleUploadedFile("a.json", b"{")}, "broken at line 1"),
    ],
)
def test_list_that_cannot_be_read_is_refused_at_the_form(visitor, given, says):
    answer = visitor.post(HERE, given)

    assert answer.status_code == 400
    assert says in answer.content.decode()
    assert not ListImport.objects.exists()


@pytest.mark.parametrize(
    "act", ["", "take:1", "take:x:y", "take:999:1", "link:0", "many:take", "keep", "download", "nonsense"]
)
def test_button_that_makes_no_sense_is_answered_with_words(visitor, person, act):
    owner = ListImport.objects.create(person=person, title="Mine", kind="CSV", total=0)

    answer = visitor.post(f"{address(owner)}answer/", {"act": act}, headers={"HX-Request": "true"})

    assert answer.status_code in {400, 404}
    assert "Reload" in answer.content.decode() or "Tick" in answer.content.decode() or "Wait" in answer.content.decode()


@pytest.mark.parametrize("query", ["?state=nonsense", "?after=x", "?after=-1", "?state=matched&after=9999999999"])
def test_table_with_a_bad_address_is_a_page(visitor, person, query):
    owner = ListImport.objects.create(person=person, title="Mine", kind="CSV", total=0)

    assert visitor.get(address(owner) + query).status_code == 200


def test_account_that_may_only_look_brings_no_list(client, person):
    person.role = Person.Role.VIEWER
    person.save()
    client.force_login(person)

    assert client.post(HERE, {"text": "A - B"}).status_code == 403
    assert not ListImport.objects.exists()


def test_table_costs_as_many_queries_for_fifty_lines_as_for_two(visitor, tracks, person):
    def cost(lines):
        owner = ListImport.objects.create(person=person, title="Mine", kind="CSV", total=lines)
        ids = [track.pk for track in tracks]
        ImportLine.objects.bulk_create(
            ImportLine(owner=owner, position=at, number=at, raw="A - B", state="doubtful", candidates=ids[: at % 3 + 1])
            for at in range(1, lines + 1)
        )
        visitor.get(address(owner))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            visitor.get(address(owner))
        return len(queries)

    assert cost(50) == cost(2)
