"""What catalogues say is kept with its origin, and the rows have what counts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test.utils import CaptureQueriesContext

from catalog import selectors
from catalog.models import Album, Artist, Conflict, Recording, RecordingValues, Track
from catalog.services.store import store_album, store_artist, store_tracks
from library.tags import tags_for
from providers.base import Credit, ReleaseKind
from tests.catalog.metadata.said import a_recording_row, an_album_row, conflict, hear, words_of
from tests.catalog.test_store import many_tracks
from tests.catalog.values import a_track, an_album, an_artist

pytestmark = pytest.mark.django_db


def spotify(info):
    return replace(info, provider="spotify")


def test_what_a_catalogue_says_is_kept_under_its_name():
    recording = a_recording_row(explicit=True)
    album = an_album_row(upc="7040000000009", explicit=False, kind=ReleaseKind.EP)

    assert words_of(album)["deezer"] == {
        "title": "Tidal Rooms",
        "kind": "ep",
        "released_on": "2025-10-03",
        "label": "Fjord",
        "upc": "7040000000009",
        "genres": ["Pop"],
        "explicit": False,
    }
    assert words_of(recording)["deezer"] == {
        "title": "Lantern Year",
        "duration_ms": 201_000,
        "explicit": True,
        "isrc": "NOAB12600123",
    }
    assert words_of(Artist.objects.get()) == {"deezer": {"name": "Vera Holm"}}


def test_a_second_catalogue_of_one_recording_is_heard_beside_the_first():
    recording = a_recording_row()

    store_tracks([spotify(a_track(isrc="NOAB12600123", duration_ms=260_000, explicit=False))])

    recording.refresh_from_db()
    assert set(words_of(recording)) == {"deezer", "spotify"}
    assert (recording.duration_ms, recording.explicit) == (260_000, False)
    assert conflict(recording, "duration_ms").state == "open"
    assert Conflict.objects.count() == 1


def test_what_counts_stays_when_a_less_believed_catalogue_says_its_own_again():
    album = an_album_row()
    hear(album, "musicbrainz", label="Nordlys", released_on="2025-10-01")

    store_album(an_album(label="Fjord", genres=("Rock",)))

    album.refresh_from_db()
    assert (album.label, album.released_on, album.genres) == ("Nordlys", "2025-10-01", ["Rock"])


def test_a_correction_of_the_catalogue_ends_a_conflict():
    album = an_album_row()
    hear(album, "musicbrainz", label="Nordlys")
    assert conflict(album).state == "open"

    store_album(an_album(label="Nordlys Records"))

    assert not album.conflicts.exists()


def test_a_head_without_artist_adds_and_takes_nothing_back():
    album = an_album_row(released_on="2025-10-03")

    store_tracks([a_track(5, album=an_album(credits=(), released_on="2024-01-01", upc="7040000000009"))])

    album.refresh_from_db()
    assert (album.released_on, album.upc) == ("2025-10-03", "7040000000009")
    assert words_of(album)["deezer"]["upc"] == "7040000000009"


def test_a_date_known_to_the_day_stays_so():
    album = an_album_row(released_on="2025-10-03")

    store_album(an_album(released_on="2025"))
    album.refresh_from_db()
    assert album.released_on == "2025-10-03"

    store_album(an_album(released_on="2024"))
    album.refresh_from_db()
    assert album.released_on == "2024"


def test_a_title_that_another_decides_is_on_the_tracks_too_and_stays_there():
    recording = a_recording_row("Lantern Yaer")

    hear(recording, "musicbrainz", title="Lantern Year")
    assert Track.objects.get().title == "Lantern Year"
    store_tracks([a_track(title="Lantern Yaer", isrc="NOAB12600123")])

    assert Track.objects.get().title == "Lantern Year"
    [new] = store_tracks([a_track(2000, "Lantern Yaer", isrc="NOAB12600123", album=an_album(200, "Hits"))])
    assert new.title == "Lantern Year"


def test_tracks_of_one_recording_are_called_as_their_albums_call_them_while_nobody_decides():
    a_recording_row("Home")

    store_tracks([a_track(2000, "Home (2011 Remaster)", isrc="NOAB12600123", album=an_album(200, "Hits"))])

    assert set(Track.objects.values_list("title", flat=True)) == {"Home", "Home (2011 Remaster)"}


def test_a_new_name_of_an_artist_is_in_the_credits_of_all_recordings():
    people = (Credit(an_artist(), " feat. "), Credit(an_artist(2, "Ida"), "", True))
    recording = a_recording_row(credits=people)

    hear(Artist.objects.get(name="Ida"), "musicbrainz", name="Ida Berg")

    recording.refresh_from_db()
    assert recording.artist_text == "Vera Holm feat. Ida Berg"
    assert selectors.track_info(Track.objects.get()).artists == ("Vera Holm", "Ida Berg")


def test_an_artist_asked_for_again_keeps_what_counts():
    artist = store_artist(an_artist(genres=("Pop",)))
    hear(artist, "musicbrainz", name="Vera  Holm!", genres=["Dream Pop"], sort_name="Holm, Vera")

    again = store_artist(an_artist(genres=("Pop", "Folk")))

    again.refresh_from_db()
    assert (again.name, again.genres, again.sort_name) == ("Vera  Holm!", ["Dream Pop", "Pop", "Folk"], "Holm, Vera")


def test_what_counts_is_what_tags_get():
    [track] = store_tracks([a_track(isrc="NOAB12600123", album=an_album(label="Fjord"))])
    album, recording = track.album, track.recording
    hear(album, "musicbrainz", label="Nordlys", first_released_on="1998-02", genres=["Folk"])
    hear(recording, "musicbrainz", composer="Vera Holm", genres=["Dream Pop"], mbid="m1")

    tags = tags_for(selectors.track_info(Track.objects.get()))

    assert (tags.label, tags.original_date, tags.composer) == ("Nordlys", "1998-02", "Vera Holm")
    assert (tags.genres, tags.recording_mbid) == (("Dream Pop",), "m1")
    recording.genres = []
    recording.save()
    assert tags_for(selectors.track_info(Track.objects.get())).genres == ("Folk",)


def test_a_folded_recording_leaves_its_own_words_and_hands_on_what_was_written_by_hand():
    [true] = store_tracks([a_track(1, isrc="NOAB12600123")])
    [hit] = store_tracks([a_track(2, track_number=None, album=an_album(200, "Hits"))])
    hear(hit.recording, "manual", composer="Somebody")

    store_tracks([a_track(2, isrc="NOAB12600123", track_number=7, album=an_album(200, "Hits"))])

    assert Recording.objects.count() == 1
    assert words_of(true.recording)["manual"] == {"composer": "Somebody"}


def test_hearing_twice_the_tracks_again_costs_no_more_queries():
    few, many = many_tracks(10), many_tracks(20, first=10)
    for infos in (few, many):
        store_tracks(infos)
        store_tracks([spotify(replace(info, duration_ms=100_000, id=f"s{info.id}")) for info in infos])

    def queries(infos, duration_ms):
        with CaptureQueriesContext(connection) as seen:
            store_tracks([spotify(replace(info, duration_ms=duration_ms, id=f"x{info.id}")) for info in infos])
        return len(seen)

    assert queries(many, 90_000) <= queries(few, 90_000) < 50
    assert Conflict.objects.filter(field="duration_ms").count() == 30


def test_storing_the_same_again_writes_no_words():
    infos = many_tracks(3)
    store_tracks(infos)

    with CaptureQueriesContext(connection) as seen:
        store_tracks(infos)

    assert not [query["sql"] for query in seen if "values" in query["sql"] and not query["sql"].startswith("SELECT")]


@pytest.mark.django_db(transaction=True)
def test_rows_that_are_there_already_have_their_words_after_the_migration():
    try:
        executor = MigrationExecutor(connection)
        executor.migrate([("catalog", "0002_keep_what_each_origin_says")])
        apps = executor.loader.project_state([("catalog", "0002_keep_what_each_origin_says")]).apps
        album = apps.get_model("catalog", "Album")
        group = apps.get_model("catalog", "ReleaseGroup").objects.create(title="x", match_key="x")
        rows = [album.objects.create(release_group=group, title=f"A{n}", kind="album", label="Fjord") for n in range(3)]
        ids = apps.get_model("catalog", "AlbumId").objects
        ids.create(album=rows[0], provider="musicbrainz", value="1")
        ids.create(album=rows[0], provider="spotify", value="1")
        ids.create(album=rows[1], provider="youtube", value="1")

        call_command("migrate", "catalog", "0003", verbosity=0)

        first, second, nameless = Album.objects.order_by("pk")
        assert words_of(first) == {"spotify": {"title": "A0", "kind": "album", "label": "Fjord"}}
        assert list(words_of(second)) == ["youtube"]
        assert words_of(nameless) == {}
        call_command("migrate", "catalog", "0002", verbosity=0)
        assert not RecordingValues.objects.exists()
    finally:
        call_command("migrate", verbosity=0)
