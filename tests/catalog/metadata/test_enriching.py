"""What is owned is looked up, over the sandbox's real HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.models import Album, Artist, Conflict, Enrichment, Recording, ReleaseGroup, Track
from catalog.services.browse import open_album
from catalog.services.metadata import enriching
from catalog.services.store import store_tracks
from ops.models import Notice
from sandbox.services.lastfm import KEY, SUSPENDED_KEY
from tests.catalog.metadata.said import words_of

pytestmark = pytest.mark.django_db
State = Enrichment.State


@pytest.fixture
def album(sandbox, settings) -> Album:
    settings.LASTFM_KEY = KEY
    return open_album("deezer", "302001")  # Tidal Rooms


def look_up(recording: Recording) -> enriching.Outcome:
    enriching.ask_later([recording.pk])
    row = enriching.claim("test")
    assert row is not None
    return enriching.enrich(row)


def third(album: Album) -> Recording:
    return album.tracks.get(track_number=3).recording


def test_a_recording_its_album_and_its_artists_are_looked_up(album, sandbox_server):
    recording = third(album)
    known = sandbox_server.world.catalogue.album_by_name["tidal-rooms"]

    outcome = look_up(recording)

    recording.refresh_from_db()
    album.refresh_from_db()
    assert outcome.state == "done", outcome
    assert (recording.title, recording.mbid) == ("Lantern Year", known.tracks[2].recording.mbid)
    assert (recording.composer, recording.first_released_on) == ("Vera Holm", "2025-10-03")
    assert recording.genres[0] == "Dream Pop"
    assert (album.mbid, album.first_released_on) == (known.mbid, "2025-10-03")
    assert ReleaseGroup.objects.get(pk=album.release_group_id).mbid == known.release_group_mbid
    holm = Artist.objects.get(name="Vera Holm")
    assert (holm.sort_name, holm.mbid) == ("Holm, Vera", known.artists[0].mbid)
    assert set(words_of(holm)) >= {"deezer", "musicbrainz"}
    assert Track.objects.get(recording=recording, album=album).title == "Lantern Year"


def test_further_tracks_of_an_album_ask_musicbrainz_nothing(album, sandbox):
    look_up(third(album))
    asked = sandbox.count("musicbrainz.org")

    for track in album.tracks.exclude(track_number=3)[:4]:
        assert look_up(track.recording).state == "done"

    assert sandbox.count("musicbrainz.org") == asked
    assert asked == 3  # the code, the release, the artist
    assert Recording.objects.exclude(composer="").count() == 5


def test_what_services_contradict_one_another_on_is_a_conflict(sandbox):
    album = open_album("deezer", "302003")  # Sixty Sparks, which MusicBrainz knows otherwise

    look_up(album.tracks.first().recording)

    album.refresh_from_db()
    assert (album.label, album.released_on) == ("Circuit Board Discs", "2024-08-30")
    assert set(album.conflicts.values_list("field", "state")) == {("label", "open"), ("released_on", "open")}


def test_a_recording_without_code_is_found_by_its_name_and_gets_its_code(album):
    recording = third(album)
    code = recording.isrc
    Recording.objects.filter(pk=recording.pk).update(isrc="")
    recording.refresh_from_db()

    assert look_up(recording).state == "done"

    recording.refresh_from_db()
    assert recording.isrc == code


def test_a_recording_without_album_is_looked_up_alone(sandbox):
    album = open_album("deezer", "302001")
    recording = third(album)
    Track.objects.filter(recording=recording).update(album=None, track_number=None)

    assert look_up(recording).state == "done"

    recording.refresh_from_db()
    album.refresh_from_db()
    assert (recording.composer, album.mbid) == ("Vera Holm", "")


def test_what_nobody_knows_is_unknown_and_not_asked_for_again(sandbox):
    from tests.catalog.values import a_track, an_album

    [track] = store_tracks([a_track(title="Nobody Knows", isrc="NOAB12600123", album=an_album(upc="4000000000000"))])

    outcome = look_up(track.recording)

    assert outcome.state == "unknown"
    assert "MusicBrainz: no such recording" in outcome.message
    assert enriching.claim("test") is None


def test_without_a_key_lastfm_is_not_asked(album, settings, sandbox):
    settings.LASTFM_KEY = ""

    look_up(third(album))

    assert sandbox.count("ws.audioscrobbler.com") == 0
    assert not album.said.filter(origin="lastfm").exists()


def test_what_listeners_say_is_kept_as_genres_without_the_nonsense(album):
    for track in album.tracks.all():
        look_up(track.recording)

    said = {entry for row in (album, *Recording.objects.all(), *Artist.objects.all()) for entry in genres_said(row)}
    assert said == {"Dream Pop"}


def genres_said(row):
    return words_of(row).get("lastfm", {}).get("genres", [])


@pytest.mark.parametrize("key", ["wrong", SUSPENDED_KEY])
def test_a_refused_key_is_told_once_and_musicbrainz_is_heard_all_the_same(album, settings, key):
    settings.LASTFM_KEY = key

    outcome = look_up(third(album))

    assert outcome.state == "done"
    notice = Notice.objects.get(code="lastfm:key")
    assert "refuses the key" in notice.message
    assert key not in notice.message + outcome.message
    settings.LASTFM_KEY = KEY
    look_up(album.tracks.first().recording)
    assert not Notice.objects.filter(code="lastfm:key").exists()


# --- bad days --------------------------------------------------------------------------------------------------------


def test_a_service_that_asks_to_wait_leaves_the_row_due_later_and_no_attempt_is_used(album, sandbox):
    sandbox.mood(lastfm_limit=True)

    outcome = look_up(third(album))

    row = Enrichment.objects.get()
    assert (outcome.state, row.attempts, row.lease_owner) == ("waiting", 0, "")
    assert outcome.wait >= 30
    assert row.due_at > timezone.now() + timedelta(seconds=20)
    album.refresh_from_db()
    assert album.mbid  # what the other said is kept


def test_a_service_that_does_not_answer_is_asked_again_later_each_time_after_longer(album, sandbox):
    recording = third(album)
    sandbox.fault("musicbrainz.org", "status", status=500)
    waits = []

    for _ in range(3):
        look_up(recording)
        row = Enrichment.objects.get()
        waits.append((row.due_at - timezone.now()).total_seconds())
        Enrichment.objects.update(due_at=timezone.now())

    assert row.attempts == 3
    assert waits[0] < waits[1] < waits[2]
    assert "MusicBrainz has a problem of its own" in row.message


def test_a_row_that_never_got_an_answer_fails_and_can_be_asked_for_again(album, sandbox):
    recording = third(album)
    sandbox.fault("musicbrainz.org", "status", status=500)
    enriching.ask_later([recording.pk])
    Enrichment.objects.update(attempts=enriching.MOST_ATTEMPTS - 1)

    outcome = enriching.enrich(enriching.claim("test"))

    assert outcome.state == "failed"
    assert enriching.claim("test") is None
    assert enriching.ask_again(states=[State.FAILED]) == 1
    assert enriching.claim("test") is not None


@pytest.mark.parametrize("fault", ["garbage", "empty", "html"])
def test_an_answer_that_is_none_harms_nothing(album, sandbox, fault):
    sandbox.fault("musicbrainz.org", fault)
    sandbox.fault("ws.audioscrobbler.com", fault)

    outcome = look_up(third(album))

    assert outcome.state == "waiting"
    assert not Conflict.objects.exists()


def test_a_row_is_one_workers_until_its_lease_lapses(album, settings):
    settings.LEASE_SECONDS = 60
    enriching.ask_later([third(album).pk])

    mine = enriching.claim("a")
    assert enriching.claim("b") is None
    Enrichment.objects.update(lease_expires_at=timezone.now())
    theirs = enriching.claim("b")
    enriching.put_off(mine, 1000, "late")

    row = Enrichment.objects.get()
    assert (theirs.pk, row.lease_owner, row.message) == (mine.pk, "b", "")


def test_what_was_asked_for_before_is_not_asked_for_again(album):
    recording = third(album)
    look_up(recording)

    assert enriching.ask_later([recording.pk, recording.pk]) == 0
    assert enriching.counts() == {"waiting": 0, "done": 1, "unknown": 0, "failed": 0}


def test_a_recording_that_is_gone_meanwhile_is_no_trouble(album):
    recording = third(album)
    enriching.ask_later([recording.pk])
    row = enriching.claim("test")
    Track.objects.filter(recording=recording).delete()

    assert enriching.enrich(row).state == "unknown"


def test_a_second_edition_with_the_same_recording_is_found_by_its_own_barcode(sandbox, sandbox_server):
    album = open_album("deezer", "302005")  # the deluxe edition; a lookup by code names both
    recording = album.tracks.get(disc_number=1, track_number=3).recording

    look_up(recording)

    album.refresh_from_db()
    assert album.title == "Tidal Rooms (Deluxe Edition)"
    assert album.mbid == sandbox_server.world.catalogue.album_by_name["tidal-rooms-deluxe"].mbid
