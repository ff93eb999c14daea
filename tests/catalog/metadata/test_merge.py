"""From what each origin says of a field to the one value that counts. Pure."""

from __future__ import annotations

import pytest

from catalog.metadata.alike import alike
from catalog.metadata.fields import AUTHORITY, FIELDS, Entity, Shape, in_order
from catalog.metadata.merge import FieldValue, Merged, merge, merge_all
from catalog.metadata.own import parse, show
from catalog.metadata.words import clean
from core.errors import UserError

ALBUM, RECORDING, ARTIST = FIELDS[Entity.ALBUM], FIELDS[Entity.RECORDING], FIELDS[Entity.ARTIST]


def merged(entity: Entity, field: str, prefer: str = "", chosen: str = "", **said: object) -> Merged:
    values = [FieldValue(field, value, origin) for origin, value in said.items()]
    found = merge(FIELDS[entity][field], values, prefer=prefer, chosen=chosen)
    assert found is not None
    return found


def test_the_most_believed_origin_has_the_word():
    said: dict[str, object] = {"lastfm": "A", "deezer": "B", "manual": "C", "musicbrainz": "D", "spotify": "E"}

    for origin in AUTHORITY:
        found = merged(Entity.ALBUM, "label", **said)
        assert (found.origin, found.value) == (origin, said.pop(origin))


def test_unknown_origins_come_last_and_a_preferred_one_only_after_a_person():
    assert in_order(["bandcamp", "lastfm", "manual", "deezer"]) == ["manual", "deezer", "lastfm", "bandcamp"]
    assert in_order(["musicbrainz", "manual", "lastfm"], "lastfm") == ["manual", "lastfm", "musicbrainz"]


@pytest.mark.parametrize("silence", [None, "", "  ", []])
def test_an_origin_that_says_nothing_never_wins(silence):
    assert merged(Entity.ALBUM, "label", musicbrainz=silence, deezer="Fjord").value == "Fjord"


def test_nobody_says_anything_gives_none():
    assert merge(ALBUM["label"], [FieldValue("label", "", "deezer"), FieldValue("upc", "1", "deezer")]) is None


def test_false_is_a_word_too():
    found = merged(Entity.RECORDING, "explicit", spotify=False, deezer=True)

    assert (found.value, found.is_conflict) == (False, True)


@pytest.mark.parametrize(
    ("shape", "one", "other", "same"),
    [
        (Shape.TITLE, "Salt & Smoke", "Salt and Smoke", True),
        (Shape.TITLE, "Lantern Year (feat. Ida Berg)", "Lantern Year", True),
        (Shape.TITLE, "Home (Live)", "Home", True),
        (Shape.TITLE, "Home (Live)", "Home (Demo)", False),
        (Shape.TITLE, "Home - Live", "Home (live)", True),
        (Shape.TITLE, "Home", "House", False),
        (Shape.TITLE, "BJÖRK!", "Bjork", True),
        (Shape.TITLE, "÷", "÷", True),
        (Shape.TITLE, "÷", "×", False),
        (Shape.DATE, "2025", "2025-10-03", True),
        (Shape.DATE, "2025-10", "2025-11-01", False),
        (Shape.DATE, "2025-10-03", "2025-10-04", False),
        (Shape.DURATION, 201_000, 203_900, True),
        (Shape.DURATION, 201_000, 204_100, False),
        (Shape.COMPANY, "Nordlys", "Nordlys Records Ltd.", True),
        (Shape.COMPANY, "Nordlys", "Sørlys", False),
        (Shape.COMPANY, "Music", "Records", False),
        (Shape.NAME, "The Night Bus", "Night Bus", True),
        (Shape.NAME, "Ulv & Måne", "Ulv and Mane", True),
        (Shape.NAME, "AB/CD", "AC/DC", False),
        (Shape.BARCODE, "0012345678905", "12345678905", True),
        (Shape.BARCODE, "12345678905", "12345678906", False),
        (Shape.KIND, "album", "live", True),
        (Shape.KIND, "other", "single", True),
        (Shape.KIND, "single", "ep", False),
        (Shape.KIND, "album", "ep", False),
        (Shape.WORD, "ABC", "abc", True),
        (Shape.LIST, ["Folk"], ["Jazz"], True),
    ],
)
def test_values_are_compared_by_what_they_mean(shape, one, other, same):
    assert alike(shape, one, other) is same
    assert alike(shape, other, one) is same


@pytest.mark.parametrize(
    ("entity", "field", "high", "low", "value"),
    [
        (Entity.ALBUM, "released_on", "2025", "2025-10-03", "2025-10-03"),
        (Entity.ALBUM, "title", "Tidal Rooms", "Tidal Rooms (Deluxe Edition)", "Tidal Rooms (Deluxe Edition)"),
        (Entity.ALBUM, "kind", "album", "live", "live"),
        (Entity.RECORDING, "title", "Home", "Home (Live)", "Home (Live)"),
        (Entity.RECORDING, "title", "Lantern Year", "Lantern Year (feat. Ida)", "Lantern Year"),
        (Entity.ALBUM, "label", "Nordlys", "Nordlys Records", "Nordlys"),
    ],
)
def test_who_says_the_same_more_exactly_is_taken_and_it_is_no_conflict(entity, field, high, low, value):
    found = merged(entity, field, musicbrainz=high, deezer=low)

    assert (found.value, found.is_conflict) == (value, False)


def test_contradiction_is_a_conflict_and_the_most_believed_counts_meanwhile():
    found = merged(Entity.ALBUM, "released_on", deezer="2024-09-06", musicbrainz="2024-08-30", spotify="2024-09")

    assert (found.value, found.origin, found.is_conflict) == ("2024-08-30", "musicbrainz", True)
    assert [one.origin for one in found.said] == ["musicbrainz", "spotify", "deezer"]


def test_three_that_agree_in_pairs_only_through_a_vague_one_contradict():
    found = merged(Entity.ALBUM, "released_on", deezer="2024-09-06", musicbrainz="2024", spotify="2024-08-30")

    assert found.is_conflict


def test_what_a_person_wrote_counts_and_contradicts_nobody():
    found = merged(Entity.ALBUM, "label", manual="Mine", deezer="Fjord")

    assert (found.value, found.is_conflict) == ("Mine", False)


def test_what_a_person_chose_counts_as_it_stands_even_against_an_own_value():
    said = {"manual": "Mine", "musicbrainz": "2025", "deezer": "2025-10-03"}

    assert merged(Entity.ALBUM, "released_on", chosen="musicbrainz", **said).value == "2025"
    assert merged(Entity.ALBUM, "released_on", chosen="lastfm", **said).value == "Mine"


def test_a_rule_puts_its_origin_first_as_it_stands():
    said = {"musicbrainz": "Home (Live)", "deezer": "Home"}

    assert merged(Entity.RECORDING, "title", prefer="deezer", **said).value == "Home"
    assert merged(Entity.RECORDING, "title", prefer="spotify", **said).value == "Home (Live)"


def test_lists_are_united_each_entry_once_in_its_first_spelling_ten_at_most():
    found = merged(
        Entity.ALBUM,
        "genres",
        deezer=["dream-pop", "Pop"],
        musicbrainz=["Dream Pop", "Shoegaze"],
        lastfm=[f"Genre {n}" for n in range(20)],
    )

    assert found.value[:3] == ["Dream Pop", "Shoegaze", "Pop"]
    assert (len(found.value), found.is_conflict) == (10, False)
    assert found.origins == ("musicbrainz", "deezer", "lastfm")


def test_a_list_that_a_person_wrote_or_chose_is_not_united():
    said = {"musicbrainz": ["Shoegaze"], "deezer": ["Pop"]}

    assert merged(Entity.ALBUM, "genres", manual=["Mine"], **said).value == ["Mine"]
    assert merged(Entity.ALBUM, "genres", chosen="deezer", **said).value == ["Pop"]


def test_identities_are_never_judged():
    assert not merged(Entity.RECORDING, "isrc", deezer="NOAB12600001", spotify="NOAB12600002").is_conflict


def test_all_fields_are_merged_each_by_its_own_rule_and_choice():
    said = {"deezer": {"label": "A", "kind": "single"}, "musicbrainz": {"label": "B", "kind": "ep", "title": "T"}}

    found = merge_all(ALBUM, said, prefer={"kind": "deezer"}, chosen={"label": "deezer"})

    assert {name: one.value for name, one in found.items()} == {"label": "A", "kind": "single", "title": "T"}


# --- what is kept, what is written, what is shown --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entity", "said", "kept"),
    [
        (Entity.ALBUM, {"released_on": "0000-00-00"}, {}),
        (Entity.ALBUM, {"released_on": "1998-00-00"}, {"released_on": "1998"}),
        (Entity.ALBUM, {"released_on": "1998-13-40"}, {"released_on": "1998"}),
        (Entity.ALBUM, {"released_on": "last year"}, {}),
        (Entity.ALBUM, {"kind": "opera"}, {}),
        (Entity.ALBUM, {"genres": ["Pop", "Pop", "", 7, None]}, {"genres": ["Pop"]}),
        (Entity.ALBUM, {"genres": "Pop"}, {}),
        (Entity.ALBUM, {"title": "a\x00b  ", "explicit": "yes"}, {"title": "ab"}),
        (Entity.ALBUM, {"title": "x" * 2000}, {"title": "x" * 1000}),
        (Entity.RECORDING, {"duration_ms": True}, {}),
        (Entity.RECORDING, {"duration_ms": 10**15}, {}),
        (Entity.RECORDING, {"duration_ms": 0, "nonsense": "x"}, {}),
        (Entity.RECORDING, {"explicit": False}, {"explicit": False}),
    ],
)
def test_garbage_and_silence_are_not_kept(entity, said, kept):
    assert clean(entity, said) == kept


@pytest.mark.parametrize(
    ("field", "text", "value", "shown"),
    [
        (RECORDING["duration_ms"], "3:21", 201_000, "3:21"),
        (RECORDING["duration_ms"], "1:02:03.4", 3_723_400, "1:02:03"),
        (RECORDING["explicit"], "No", False, "Not explicit"),
        (ALBUM["genres"], " Folk ,  Dream  Pop,folk", ["Folk", "Dream Pop", "folk"], "Folk, Dream Pop, folk"),
        (ALBUM["released_on"], "2025-10", "2025-10", "2025-10"),
        (ALBUM["kind"], "EP", "ep", "EP"),
        (ALBUM["upc"], "7040000000009", "7040000000009", "7040000000009"),
        (ARTIST["name"], "  Vera Holm ", "Vera Holm", "Vera Holm"),
    ],
)
def test_what_a_person_writes_is_read_and_shown(field, text, value, shown):
    assert parse(field, text) == value
    assert show(field, value) == shown


@pytest.mark.parametrize(
    ("field", "text"),
    [
        (RECORDING["duration_ms"], "3.21"),
        (RECORDING["duration_ms"], "3:99"),
        (RECORDING["explicit"], "perhaps"),
        (ALBUM["genres"], " , "),
        (ALBUM["released_on"], "tomorrow"),
        (ALBUM["kind"], "opera"),
        (ALBUM["upc"], "12x"),
        (ARTIST["name"], "   "),
    ],
)
def test_what_makes_no_sense_is_refused_with_how_it_is_written(field, text):
    with pytest.raises(UserError) as caught:
        parse(field, text)

    assert caught.value.remedy
