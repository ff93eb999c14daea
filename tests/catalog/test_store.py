from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog import selectors
from catalog.models import Album, Artist, Recording, ReleaseGroup, Track
from catalog.services.store import (
    finish_playlist,
    store_album,
    store_playlist,
    store_playlist_page,
    store_tracks,
)
from library.models import AudioFile
from providers.base import Credit, PlaylistInfo, PlaylistPage, ReleaseKind
from tests.catalog.values import a_track, an_album, an_artist
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def many_tracks(count: int, first: int = 0):
    return [
        a_track(
            1000 + n,
            f"Song {n}",
            track_number=n,
            isrc=f"NOAB126{n:05}",
            credits=(
                Credit(an_artist(n, f"Artist {n}"), " feat. "),
                Credit(an_artist(n + 5000, f"Guest {n}"), "", True),
            ),
            album=an_album(100 + n, f"Album {n}", credits=(Credit(an_artist(n, f"Artist {n}")),)),
        )
        for n in range(first + 1, first + 1 + count)
    ]


def test_storing_a_track_gives_back_what_the_catalogue_said():
    info = a_track(
        isrc="NOAB12600123",
        explicit=True,
        credits=(Credit(an_artist(), " feat. "), Credit(an_artist(2, "Ida"), "", True)),
    )

    [track] = store_tracks([info])

    again = selectors.track_info(Track.objects.get(pk=track.pk))
    assert (again.title, again.isrc, again.duration_ms, again.explicit) == (
        "Lantern Year",
        "NOAB12600123",
        201_000,
        True,
    )
    assert again.artists == ("Vera Holm", "Ida")
    assert again.credits[1].is_featured
    assert again.album is not None
    assert (again.album.title, again.album.id, again.album.released_on) == ("Tidal Rooms", "100", "2025-10-03")
    assert track.recording.artist_text == "Vera Holm feat. Ida"


def test_storing_twice_changes_nothing():
    infos = many_tracks(3)

    first = store_tracks(infos)
    second = store_tracks(infos)

    assert [track.pk for track in first] == [track.pk for track in second]
    assert (Artist.objects.count(), Album.objects.count(), Recording.objects.count()) == (6, 3, 3)


def test_storing_keeps_the_order_and_repeats_of_what_was_given():
    one, two = many_tracks(2)

    rows = store_tracks([two, one, two])

    assert [row.title for row in rows] == ["Song 2", "Song 1", "Song 2"]
    assert rows[0].pk == rows[2].pk


@pytest.mark.parametrize("known", [False, True])
def test_storing_twice_the_tracks_costs_no_more_queries(known):
    few, many = many_tracks(10), many_tracks(20, first=10)
    if known:
        store_tracks(few)
        store_tracks(many)

    with CaptureQueriesContext(
        connection,
    ) as for_few:
        store_tracks(few)
    with CaptureQueriesContext(connection) as for_many:
        store_tracks(many)

    assert len(for_many) <= len(for_few)
    assert len(for_few) < 40


def test_folding_twice_the_recordings_costs_no_more_queries():
    def fold(first: int, count: int) -> int:
        known = many_tracks(count, first=first)
        store_tracks(known)
        hits = [
            replace(track, id=f"h{track.id}", isrc="", track_number=None, album=an_album(900 + first, "Hits"))
            for track in known
        ]
        store_tracks(hits)
        with CaptureQueriesContext(connection) as queries:
            store_tracks([replace(hit, isrc=track.isrc) for hit, track in zip(hits, known, strict=True)])
        return len(queries)

    few, many = fold(0, 5), fold(10, 10)

    assert many <= few
    assert Recording.objects.count() == 15


def test_two_tracks_with_one_isrc_are_one_recording():
    on_album = a_track(1, isrc="NOAB12600123")
    on_compilation = a_track(2, isrc="NOAB12600123", album=an_album(200, "Hits"), track_number=9)

    one, two = store_tracks([on_album, on_compilation])

    assert one.recording_id == two.recording_id
    assert one.album_id != two.album_id


def test_explicit_and_clean_twins_stay_apart():
    explicit, clean = store_tracks(
        [
            a_track(1, isrc="NOAB12600001", explicit=True, album=an_album(100, "Loud (Explicit)", explicit=True)),
            a_track(2, isrc="NOAB12600002", explicit=False, album=an_album(101, "Loud (Clean)", explicit=False)),
        ]
    )

    assert explicit.recording_id != clean.recording_id
    assert explicit.album_id != clean.album_id
    assert explicit.album.release_group_id == clean.album.release_group_id


def test_tracks_without_isrc_of_the_same_name_stay_apart():
    one, two = store_tracks([a_track(1, track_number=None), a_track(2, track_number=None)])

    assert one.recording_id != two.recording_id


def test_a_recording_learns_its_isrc_from_a_fuller_answer():
    [hit] = store_tracks([a_track(1, track_number=None, disc_number=None)])

    [full] = store_tracks([a_track(1, isrc="NOAB12600123", track_number=4)])

    assert full.pk == hit.pk
    assert full.recording_id == hit.recording_id
    assert Recording.objects.get().isrc == "NOAB12600123"
    assert Track.objects.get().track_number == 4


def test_a_recording_whose_isrc_is_known_elsewhere_is_folded_into_that_one():
    [true] = store_tracks([a_track(1, isrc="NOAB12600123")])
    [hit] = store_tracks([a_track(2, track_number=None, album=an_album(200, "Hits"))])
    file = AudioFile.objects.create(
        path="a.opus",
        recording=hit.recording,
        size_bytes=1,
        modified_ns=1,
        codec="opus",
        container="ogg",
        duration_ms=1,
    )
    store_tracks([a_track(3, track_number=None, album=an_album(300, "Alone"))])

    store_tracks(
        [
            a_track(2, isrc="NOAB12600123", track_number=7, album=an_album(200, "Hits")),
            a_track(3, isrc="NOAB12600123", track_number=1, album=an_album(300, "Alone")),
        ]
    )

    assert set(Track.objects.values_list("recording_id", flat=True)) == {true.recording_id}
    file.refresh_from_db()
    assert file.recording_id == true.recording_id
    # The one that a file pointed at stays, for workers that remember it; the other is gone.
    assert Recording.objects.count() == 2


def test_tracks_that_swap_their_places_are_stored():
    store_tracks([a_track(1, "A", track_number=1), a_track(2, "B", track_number=2)])

    store_tracks([a_track(1, "A", track_number=2), a_track(2, "B", track_number=1)])

    assert dict(Track.objects.values_list("title", "track_number")) == {"A": 2, "B": 1}


def test_a_new_track_at_a_taken_place_takes_it():
    [old] = store_tracks([a_track(1, "Old", isrc="NOAB12600001", track_number=1)])

    [new] = store_tracks([a_track(2, "New", isrc="NOAB12600002", track_number=1)])

    old.refresh_from_db()
    assert (old.track_number, new.track_number) == (None, 1)


def test_a_second_id_of_the_same_sound_at_the_same_place_is_the_same_track():
    [one] = store_tracks([a_track(1, isrc="NOAB12600001")])

    [two] = store_tracks([a_track(2, isrc="NOAB12600001")])

    assert one.pk == two.pk
    assert Track.objects.get().external_ids.count() == 2


def test_two_tracks_that_claim_one_place_are_both_kept():
    one, two = store_tracks([a_track(1, "A"), a_track(2, "B")])

    assert (one.track_number, two.track_number) == (1, None)


def test_editions_of_two_providers_stand_side_by_side():
    ours = store_album(an_album(100, "Tidal Rooms (Deluxe Edition)"))
    theirs = store_album(replace(an_album(1, "Tidal Rooms"), provider="spotify"))
    live = store_album(an_album(101, "Tidal Rooms (Live)"))

    assert ours.pk != theirs.pk
    assert ours.release_group_id == theirs.release_group_id
    assert live.release_group_id != ours.release_group_id


def test_a_head_without_artist_finds_its_group_once_the_artist_is_known():
    store_album(an_album(1, "Tidal Rooms", kind=ReleaseKind.ALBUM))
    head = an_album(2, "Tidal Rooms", credits=())
    [track] = store_tracks([a_track(5, album=head, track_number=None)])
    assert ReleaseGroup.objects.count() == 2

    album = store_album(replace(head, credits=(Credit(an_artist()),)))

    assert album.pk == track.album_id
    assert ReleaseGroup.objects.get().editions.count() == 2


def test_a_poor_head_takes_nothing_from_a_rich_one():
    store_album(an_album(1, kind=ReleaseKind.EP, label="Fjord", released_on="2025-10-03", track_total=5))

    store_tracks([a_track(5, album=an_album(1, credits=(), pictures=(), released_on="2025"), track_number=None)])

    album = Album.objects.get()
    assert (album.kind, album.label, album.released_on, album.track_total) == ("ep", "Fjord", "2025-10-03", 5)
    assert album.artwork is not None


def test_storing_an_album_stores_its_tracks_and_when():
    album = an_album(1, track_total=2)
    tracks = (a_track(1, "A", track_number=1), a_track(2, "B", disc_number=2, track_number=1))

    row = store_album(replace(album, tracks=tracks))

    assert [(t.disc_number, t.track_number, t.title) for t in row.tracks.all()] == [(1, 1, "A"), (2, 1, "B")]
    assert row.tracks_fetched_at is not None


def test_hostile_text_is_stored_as_it_is():
    title = "ሀ../..\\<b>" + "長" * 1200 + "\x00"

    [track] = store_tracks([a_track(1, title, credits=(Credit(an_artist(9, "🎵‮אבג")),))])

    assert track.title.startswith("ሀ../..\\<b>長")
    assert len(track.title) == 1000
    assert track.recording.artist_text == "🎵‮אבג"


@pytest.mark.parametrize(
    "garbage",
    [
        {"isrc": "NOT AN ISRC AT ALL"},
        {"duration_ms": 10**15},
        {"track_number": 2**40},
        {"mbid": "x" * 99},
        {"isrc": "n/a"},
    ],
)
def test_garbage_of_a_catalogue_is_unknown_and_no_error(garbage):
    [track] = store_tracks([a_track(1, **garbage)])

    assert track.recording.isrc == ""


def test_an_isrc_is_kept_as_the_standard_writes_it():
    [track] = store_tracks([a_track(1, isrc="no-ab1-26-00123")])

    assert track.recording.isrc == "NOAB12600123"


def test_a_playlist_page_keeps_gaps_and_positions():
    playlist = store_playlist(PlaylistInfo("deezer", "7", "Mix", snapshot="s1"))
    one, two = many_tracks(2)

    store_playlist_page(playlist, PlaylistPage((one, None, two)), 1)
    entries = store_playlist_page(playlist, PlaylistPage((two,)), 3)
    finish_playlist(playlist, 3)

    assert [(entry.position, entry.track and entry.track.title) for entry in playlist.entries.all()] == [
        (1, "Song 1"),
        (2, None),
        (3, "Song 2"),
    ]
    assert entries[0].position == 3
    assert playlist.entries_fetched_at is not None


def test_a_playlist_that_shrank_loses_its_tail():
    playlist = store_playlist(PlaylistInfo("deezer", "7", "Mix", snapshot="s1"))
    store_playlist_page(playlist, PlaylistPage(tuple(many_tracks(3))), 1)

    playlist = store_playlist(PlaylistInfo("deezer", "7", "Mix", snapshot="s2"))
    store_playlist_page(playlist, PlaylistPage(tuple(many_tracks(1))), 1)
    finish_playlist(playlist, 1)

    assert playlist.entries.count() == 1


def test_a_changed_snapshot_makes_the_entries_stale():
    playlist = store_playlist(PlaylistInfo("deezer", "7", "Mix", snapshot="s1"))
    finish_playlist(playlist, 0)

    same = store_playlist(PlaylistInfo("deezer", "7", "Mix", snapshot="s1"))
    assert same.entries_fetched_at is not None
    changed = store_playlist(PlaylistInfo("deezer", "7", "Mix", snapshot="s2"))
    assert changed.entries_fetched_at is None


def test_track_infos_of_twice_the_tracks_cost_no_more_queries():
    rows = store_tracks(many_tracks(20))
    few = list(Track.objects.filter(pk__in=[row.pk for row in rows[:10]]))
    many = list(Track.objects.all())

    with CaptureQueriesContext(connection) as for_few:
        selectors.track_infos(few)
    with CaptureQueriesContext(connection) as for_many:
        infos = selectors.track_infos(many)

    assert len(for_many) == len(for_few)
    assert len(infos) == 20


@pytest.mark.django_db(transaction=True)
def test_eight_threads_that_store_the_same_tracks_give_one_row_each():
    infos = many_tracks(5)

    found = at_once(8, lambda _: [track.pk for track in store_tracks(infos)])

    assert all(pks == found[0] for pks in found)
    assert (Track.objects.count(), Recording.objects.count(), Album.objects.count(), Artist.objects.count()) == (
        5,
        5,
        5,
        10,
    )
