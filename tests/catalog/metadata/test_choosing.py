"""Conflicts settled by hand, in bulk and by rule, and taken back."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from catalog.metadata.fields import Entity
from catalog.models import Album, Conflict, FieldRule, Recording, Track
from catalog.services.metadata import choosing, rules
from core.errors import NotFound, UserError
from ops.services import live
from tests.catalog.metadata.said import a_recording_row, an_album_row, conflict, disputed_albums, hear, words_of

pytestmark = pytest.mark.django_db
State = Conflict.State


@pytest.fixture
def mara() -> Person:
    return Person.objects.create_user("mara", password="harbour-lights")


def states() -> list[str]:
    return list(Conflict.objects.order_by("pk").values_list("state", flat=True))


# --- by hand ---------------------------------------------------------------------------------------------------------


def test_the_chosen_origin_counts_and_who_chose_is_written_down(mara):
    album = an_album_row()
    hear(album, "musicbrainz", label="Nordlys")
    number = live.newest()

    chosen = choosing.choose([conflict(album).pk], "deezer", by=mara)

    album.refresh_from_db()
    found = conflict(album)
    assert (album.label, chosen.done, chosen.silent) == ("Fjord", 1, 0)
    assert (found.state, found.origin, found.by_name, found.person) == ("by_hand", "deezer", "mara", mara)
    assert live.newest() > number


def test_a_choice_outlives_what_origins_say_later():
    album = an_album_row()
    hear(album, "musicbrainz", label="Nordlys")
    choosing.choose([conflict(album).pk], "deezer")

    hear(album, "musicbrainz", label="Sørlys")
    hear(album, "spotify", label="Havn")

    assert (album.label, conflict(album).state) == ("Fjord", "by_hand")


def test_an_own_value_counts_before_all_and_is_taken_back():
    album = an_album_row()
    hear(album, "musicbrainz", label="Nordlys")

    first = choosing.write_own(Entity.ALBUM, album.pk, "label", "Mine")
    second = choosing.write_own(Entity.ALBUM, album.pk, "label", "Mine, really")
    album.refresh_from_db()
    assert album.label == "Mine, really"

    assert choosing.undo(second.act) == 1
    album.refresh_from_db()
    assert (album.label, words_of(album)["manual"]) == ("Mine", {"label": "Mine"})
    # The first was settled anew since; its number takes nothing back any more.
    assert choosing.undo(first.act) == 0
    choosing.reopen(conflict(album).pk)
    album.refresh_from_db()
    assert (album.label, conflict(album).state) == ("Nordlys", "open")


def test_an_own_value_where_nobody_says_anything_is_gone_when_it_is_taken_back():
    recording = a_recording_row()

    chosen = choosing.write_own(Entity.RECORDING, recording.pk, "composer", "Somebody")
    recording.refresh_from_db()
    assert recording.composer == "Somebody"
    choosing.undo(chosen.act)

    recording.refresh_from_db()
    assert recording.composer == ""
    assert not Conflict.objects.exists()


def test_an_own_title_is_on_the_tracks():
    recording = a_recording_row()

    choosing.write_own(Entity.RECORDING, recording.pk, "title", "Year of the Lantern")

    assert Track.objects.get().title == "Year of the Lantern"


def test_an_origin_that_says_nothing_cannot_be_chosen():
    album = an_album_row()
    hear(album, "musicbrainz", label="Nordlys")

    with pytest.raises(UserError, match=r"Last\.fm says nothing of this"):
        choosing.choose([conflict(album).pk], "lastfm")

    assert states() == ["open"]


@pytest.mark.parametrize(
    ("entity", "field", "error"),
    [(Entity.ALBUM, "upc", None), (Entity.ALBUM, "mbid", UserError), (Entity.ARTIST, "label", UserError)],
)
def test_only_fields_that_are_matters_of_opinion_take_own_values(entity, field, error):
    about = an_album_row().pk
    if error is None:
        choosing.write_own(entity, about, field, "7040000000009")
    else:
        with pytest.raises(error):
            choosing.write_own(entity, about, field, "x")


def test_what_is_gone_is_said_so():
    with pytest.raises(NotFound):
        choosing.choose([4711], "deezer")
    with pytest.raises(NotFound):
        choosing.write_own(Entity.ALBUM, 4711, "label", "x")
    with pytest.raises(NotFound):
        choosing.reopen(4711)
    with pytest.raises(UserError):
        choosing.choose(range(choosing.MOST_AT_ONCE + 1), "deezer")
    assert choosing.undo(4711) == 0


# --- in bulk ---------------------------------------------------------------------------------------------------------


def test_many_are_settled_at_once_and_taken_back_as_one(mara):
    albums = disputed_albums(3)
    recording = a_recording_row()
    hear(recording, "musicbrainz", duration_ms=300_000)
    silent = an_album_row(released_on="2025-10-03")
    hear(silent, "spotify", released_on="2024-01-01")
    ids = list(Conflict.objects.values_list("pk", flat=True))

    chosen = choosing.choose(ids, "musicbrainz", by=mara)

    assert (chosen.done, chosen.silent) == (4, 1)
    assert set(Album.objects.filter(pk__in=[a.pk for a in albums]).values_list("label", flat=True)) == {"Nordlys"}
    assert choosing.undo(chosen.act) == 4
    assert states() == ["open"] * 5
    assert Recording.objects.get().duration_ms == 300_000  # still the most believed


def test_settling_twice_as_many_costs_no_more_queries():
    disputed_albums(24)
    live.bump()  # its row is made at the first
    ids = list(Conflict.objects.values_list("pk", flat=True))

    def queries(some):
        with CaptureQueriesContext(connection) as seen:
            choosing.choose(some, "deezer")
        return len(seen)

    assert queries(ids[8:]) <= queries(ids[:8]) < 25


# --- by rule ---------------------------------------------------------------------------------------------------------


def test_a_rule_settles_what_is_there_and_what_comes(mara):
    albums = disputed_albums(2)

    rule = rules.make_rule(Entity.ALBUM, "label", "deezer", by=mara)
    assert rules.are_to_walk()
    assert rules.walk()
    disputed_albums(3)

    assert states() == ["by_rule"] * 3
    assert [Album.objects.get(pk=album.pk).label for album in albums] == ["Fjord 0", "Fjord 1"]
    assert Album.objects.latest("pk").label == "Fjord 2"
    assert (rule.by_name, rules.are_to_walk()) == ("mara", False)


def test_a_rule_leaves_alone_what_was_settled_by_hand():
    [album] = disputed_albums(1)
    choosing.choose([conflict(album).pk], "musicbrainz")

    rules.make_rule(Entity.ALBUM, "label", "deezer")
    rules.walk()

    album.refresh_from_db()
    assert (album.label, states()) == ("Nordlys", ["by_hand"])


def test_a_rule_whose_origin_says_nothing_leaves_the_conflict_open():
    disputed_albums(1)

    rules.make_rule(Entity.ALBUM, "label", "spotify")

    assert rules.walk()
    assert states() == ["open"]


def test_a_rule_counts_where_nobody_contradicts_too():
    album = an_album_row(label="Nordlys Records")
    hear(album, "musicbrainz", label="Nordlys")
    assert (album.label, states()) == ("Nordlys", [])

    rules.make_rule(Entity.ALBUM, "label", "deezer")
    rules.walk()

    album.refresh_from_db()
    assert album.label == "Nordlys Records"


def test_a_rule_that_is_changed_or_taken_back_is_followed_by_what_it_settled():
    [album] = disputed_albums(1)
    hear(album, "spotify", label="Havn")
    rules.make_rule(Entity.ALBUM, "label", "deezer")
    rules.walk()

    rule = rules.make_rule(Entity.ALBUM, "label", "spotify")
    rules.walk()
    album.refresh_from_db()
    assert album.label == "Havn"

    rules.drop_rule(rule.pk)
    rules.walk()
    album.refresh_from_db()
    assert (album.label, states()) == ("Nordlys", ["open"])
    assert not FieldRule.objects.exists()
    with pytest.raises(NotFound):
        rules.drop_rule(rule.pk)


def test_a_rule_is_walked_in_turns_from_where_it_was(monkeypatch):
    disputed_albums(5)
    monkeypatch.setattr(rules, "CHUNK", 2)
    rules.make_rule(Entity.ALBUM, "label", "deezer")

    assert not rules.walk(seconds=0)
    assert states().count("by_rule") == 2
    assert not rules.walk(seconds=0)
    assert rules.walk()

    assert states() == ["by_rule"] * 5


def test_a_choice_under_a_rule_that_is_taken_back_falls_back_to_the_rule():
    [album] = disputed_albums(1)
    rules.make_rule(Entity.ALBUM, "label", "deezer")
    rules.walk()

    chosen = choosing.choose([conflict(album).pk], "musicbrainz")
    choosing.undo(chosen.act)

    album.refresh_from_db()
    assert (album.label, states()) == ("Fjord 0", ["by_rule"])


@pytest.mark.parametrize(
    ("entity", "field", "prefer"),
    [
        (Entity.ALBUM, "mbid", "deezer"),
        (Entity.ALBUM, "genres", "deezer"),
        (Entity.ALBUM, "nonsense", "deezer"),
        (Entity.ALBUM, "label", "manual"),
        (Entity.ALBUM, "label", "nobody"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(entity, field, prefer):
    with pytest.raises(UserError):
        rules.make_rule(entity, field, prefer)
