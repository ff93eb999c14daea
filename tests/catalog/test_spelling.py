"""Spellings of one name meet, different names and different artists never do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.spelling import Certainty, Known, contradiction, groups_of, spelling_key, tidy_name, with_feat, with_name

MB1, MB2 = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"


def known(number, name, *ids, mbid="", **more):
    return Known(number, name, mbid=mbid, ids=frozenset(ids), **more)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Björk", "BJORK"),
        ("The Beatles", "Beatles, The"),
        ("The Beatles", "beatles"),
        ("Simon & Garfunkel", "Simon and Garfunkel"),
        ("Simon ＆ Garfunkel", "Simon + Garfunkel"),
        ("AC/DC", "ACDC"),
        ("a-ha", "A‐ha"),
        ("Guns N’ Roses", "Guns N' Roses"),
        ("Ｙｅｌｌｏ", "Yello"),
        ("Sigur Rós", "Sigur Ro\u0301s"),
        ("Røyksopp", "Royksopp"),
        ("Godspeed You! Black Emperor", "Godspeed You Black Emperor!"),
        ("A ft. B", "A featuring B"),
        ("İstanbul", "istanbul"),
        ("Straße", "STRASSE"),
        ("The The", "the the"),
        ("Кино", "КИНО"),
    ],
)
def test_spellings_of_one_name_have_one_key(one, other):
    assert spelling_key(one) == spelling_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Roxy Music", "Roxy"),
        ("The Band", "Band of Horses"),
        ("Therapists", "The Rapist"),
        ("Low", "Lows"),
        ("Nirvana", "Nirvana UK"),
        ("Кино", "Kino"),
        ("!!!", "???"),
        ("+/-", "&"),
        ("The The", "The"),
        ("M83", "M38"),
        ("A", "A feat. B"),
        ("か", "が"),
    ],
)
def test_different_names_have_different_keys(one, other):
    assert spelling_key(one) != spelling_key(other)


@given(st.text(max_size=80))
def test_any_name_has_a_key_and_a_tidy_name_keeps_it(name):
    assert isinstance(spelling_key(name), str)
    assert tidy_name(tidy_name(name)) == tidy_name(name)


@pytest.mark.parametrize(
    ("untidy", "tidy"),
    [
        ("  Vera   Holm ", "Vera Holm"),
        ("Ｖｅｒａ　Ｈｏｌｍ", "Vera Holm"),
        ("Vera ft Kit", "Vera feat. Kit"),
        ("Vera Featuring Kit", "Vera feat. Kit"),
        ("Vera\u200b Holm", "Vera Holm"),
        ("Sigur Ro\u0301s", "Sigur Rós"),
        ("Crafter", "Crafter"),
        ("椎名林檎", "椎名林檎"),
    ],
)
def test_tidy_name(untidy, tidy):
    assert tidy_name(untidy) == tidy


@pytest.mark.parametrize("join", [" ft. ", " Feat ", " featuring ", " FT ", " feat. "])
def test_guests_are_joined_in_one_way(join):
    assert with_feat(join) == " feat. "
    assert with_feat(" & ") == " & "
    assert with_feat("left") == "left"


def test_same_musicbrainz_id_is_sure_whatever_the_names():
    [group] = groups_of([known(1, "Prince", mbid=MB1), known(2, "The Artist", mbid=MB1), known(3, "Kit")])

    assert group.certainty is Certainty.SURE
    assert {member.id for member in group.members} == {1, 2}


def test_same_name_at_two_services_is_likely():
    [group] = groups_of([known(1, "Bjork", ("deezer", "9")), known(2, "Björk", ("spotify", "x"))])

    assert group.certainty is Certainty.LIKELY
    assert "their names differ in spelling only" in group.why


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        (known(1, "Nirvana", ("deezer", "9")), known(2, "Nirvana", ("deezer", "10")), "Deezer knows them as two"),
        (known(1, "Nirvana", mbid=MB1), known(2, "Nirvana", mbid=MB2), "MusicBrainz knows them as two"),
        (
            known(1, "Nirvana", ("spotify", "a"), mbid=MB1),
            known(2, "NIRVANA", ("deezer", "9"), mbid=MB2),
            "MusicBrainz knows them as two",
        ),
    ],
)
def test_different_artists_of_one_name_are_never_joined_and_it_says_why(one, other, words):
    [group] = groups_of([one, other])

    assert group.certainty is Certainty.DIFFERENT
    assert words in " ".join(group.why)
    assert with_name(group).name == ""


def test_third_that_could_be_either_of_two_is_joined_with_none():
    [group] = groups_of(
        [
            known(1, "Nirvana", ("deezer", "9")),
            known(2, "Nirvana", ("deezer", "10")),
            known(3, "Nirvana", ("spotify", "x")),
        ]
    )

    assert group.certainty is Certainty.DIFFERENT
    assert len(group.members) == 3


def test_those_of_one_id_are_joined_though_a_third_of_the_name_is_another():
    groups = groups_of(
        [
            known(1, "Nirvana", ("deezer", "9"), mbid=MB1),
            known(2, "NIRVANA", ("spotify", "x"), mbid=MB1),
            known(3, "Nirvana", ("deezer", "10"), mbid=MB2),
        ]
    )

    assert {group.certainty for group in groups} == {Certainty.SURE, Certainty.DIFFERENT}
    sure = next(group for group in groups if group.certainty is Certainty.SURE)
    assert {member.id for member in sure.members} == {1, 2}


def test_one_musicbrainz_id_outweighs_two_entries_of_a_service():
    assert contradiction(known(1, "A", ("deezer", "1"), mbid=MB1), known(2, "A", ("deezer", "2"), mbid=MB1)) == ""


def test_alias_joins_another_name():
    [group] = groups_of(
        [
            known(1, "Sergey Rachmaninoff", ("deezer", "9")),
            known(2, "Сергей Рахманинов", aliases=("Sergey Rachmaninoff",)),
        ]
    )

    assert group.certainty is Certainty.LIKELY
    assert "one is called by an alias of the other" in group.why


def test_alias_that_two_different_artists_share_joins_nobody():
    artists = [known(1, "Kit", ("deezer", "1"), aliases=("K",)), known(2, "Kat", ("deezer", "2"), aliases=("K",))]

    assert groups_of(artists) == []


def test_those_a_person_told_apart_are_not_offered_again():
    artists = [known(1, "Bjork", ("deezer", "9")), known(2, "Björk", ("spotify", "x"))]

    assert groups_of(artists, apart={frozenset({1, 2})}) == []


def test_id_made_of_a_name_is_no_id():
    [group] = groups_of([known(1, "Kit", ("youtube", "name:kit")), known(2, "Kit", ("youtube", "UC1"))])

    assert group.certainty is Certainty.LIKELY
    assert "not all of them have an id" in group.why


def test_untidy_name_of_a_single_artist_is_a_group_of_its_own():
    [group] = groups_of([known(1, "Ｖｅｒａ"), known(2, "Kit")])

    assert group.certainty is Certainty.UNTIDY
    assert with_name(group).name == "Vera"


@pytest.mark.parametrize(
    ("artists", "name", "why"),
    [
        (
            [known(1, "BJORK", ("deezer", "1"), tracks=50), known(2, "Björk", ("musicbrainz", "m"), tracks=1)],
            "Björk",
            "as MusicBrainz writes it",
        ),
        (
            [known(1, "Bjork", ("deezer", "1"), tracks=2), known(2, "Björk", ("spotify", "m"), tracks=9)],
            "Björk",
            "as most tracks have it",
        ),
        (
            [known(1, "BJÖRK", ("deezer", "1"), tracks=1), known(2, "Björk", ("spotify", "m"), tracks=1)],
            "Björk",
            "with upper and lower case",
        ),
        (
            [known(1, "Bjork", ("deezer", "1"), tracks=1), known(2, "Björk", ("spotify", "m"), tracks=1)],
            "Björk",
            "with its accents",
        ),
    ],
)
def test_suggested_name_is_the_best_known_one_and_says_why(artists, name, why):
    [group] = groups_of(artists)

    group = with_name(group)
    assert (group.name, group.name_why) == (name, why)


@given(st.lists(st.tuples(st.sampled_from(["A", "a", "Á", "The A", "B"]), st.sampled_from(["", MB1, MB2])), max_size=8))
def test_no_group_that_may_be_joined_holds_two_musicbrainz_ids(rows):
    artists = [known(number, name, mbid=mbid) for number, (name, mbid) in enumerate(rows)]

    for group in groups_of(artists):
        if group.certainty is not Certainty.DIFFERENT:
            assert len({member.mbid for member in group.members} - {""}) <= 1
