"""Works with a number in a composer's catalogue: the number and the movement must agree, the words need not."""

from __future__ import annotations

import pytest

from catalog.matching import choose, rank
from catalog.matching.segments import take_apart
from catalog.matching.works import read_work
from tests.catalog.matching.examples import song, wanted

SUITE = "Cello Suite No. 1 in G Major, BWV 1007: I. Prélude"
MOONLIGHT = 'Piano Sonata No. 14 in C-Sharp Minor, Op. 27 No. 2 "Moonlight": I. Adagio sostenuto'
PLAYER = "Vera Holm"


@pytest.mark.parametrize(
    ("title", "catalogue", "number", "movement"),
    [
        (SUITE, {"bwv 1007"}, "1", ("1", "prelude")),
        (MOONLIGHT, {"op 27 2"}, "14", ("1", "adagio sostenuto")),
        ("Requiem in D Minor, K. 626: Lacrimosa", {"k 626"}, "", ("", "lacrimosa")),
        ("Symphonie Nr. 5 c-Moll, op. 67 - II. Andante con moto", {"op 67"}, "5", ("2", "andante con moto")),
        ("Keyboard Sonata in C Major, Hob. XVI:50: III. Allegro molto", {"hob xvi 50"}, "", ("3", "allegro molto")),
        ("Nocturne in E-Flat Major, Op. 9, No. 2", {"op 9 2"}, "", ("", "")),
        ("Piano Sonata No. 21 in B-Flat Major, D. 960: 4. Allegro", {"d 960"}, "21", ("4", "allegro")),
    ],
)
def test_a_works_title_gives_its_numbers_and_its_movement(title, catalogue, number, movement):
    work = read_work(take_apart(title).segments)

    assert work is not None
    assert (work.catalogue, work.number) == (catalogue, number)
    assert (work.movement_number, work.movement) == movement


@pytest.mark.parametrize("title", ["Paper Lanterns", "Mambo No. 5", "Gris, Pt. 2", "Symphony", "Special K", "Suite 16"])
def test_a_title_without_a_works_number_names_no_work(title):
    assert read_work(take_apart(title).segments) is None


@pytest.mark.parametrize(
    ("asked", "offered"),
    [
        (SUITE, "Suite for Cello Solo No. 1 in G, BWV 1007: 1. Prelude"),
        (SUITE, "Unaccompanied Cello Suite No. 1 in G Major, BWV 1007: I. Prélude"),
        (MOONLIGHT, "Sonata for Piano No. 14, Op. 27 No. 2 'Moonlight Sonata': I. Adagio sostenuto"),
        ("Nocturne No. 2 in E-Flat Major, Op. 9, No. 2", "Nocturne in E-Flat Major, Op. 9, No. 2"),
        ("Requiem in D Minor, K. 626: Lacrimosa", "Requiem, K. 626: VIII. Lacrimosa"),
    ],
)
def test_the_same_work_in_other_words_is_picked(asked, offered):
    assert choose(wanted(asked, PLAYER), [song(offered, PLAYER)]), rank(wanted(asked, PLAYER), [song(offered)])[0]


@pytest.mark.parametrize(
    ("asked", "offered"),
    [
        (SUITE, "Cello Suite No. 2 in D Minor, BWV 1008: I. Prélude"),
        (SUITE, "Cello Suite No. 1 in G Major, BWV 1007: II. Allemande"),
        (SUITE, "Cello Suite No. 1 in G Major, BWV 1007"),
        (SUITE, "Suite No. 1, BWV 1007: I. Prélude (arr. for guitar)"),
        (MOONLIGHT, "Piano Sonata No. 14, Op. 27 No. 2 'Moonlight': III. Presto agitato"),
        (MOONLIGHT, "Piano Sonata No. 13 in E-Flat Major, Op. 27 No. 1: I. Andante"),
        ("Nocturne No. 2 in E-Flat Major, Op. 9, No. 2", "Nocturne No. 1 in B-Flat Minor, Op. 9 No. 1"),
    ],
)
def test_another_work_or_movement_is_refused(asked, offered):
    assert choose(wanted(asked, PLAYER), [song(offered, PLAYER)]) is None


def test_the_same_work_by_other_players_of_the_same_composer_is_refused():
    track = wanted(SUITE, "Johann Sebastian Bach", PLAYER)

    assert choose(track, [song(SUITE, "Johann Sebastian Bach", PLAYER)])
    assert choose(track, [song(SUITE, "Johann Sebastian Bach", "Luma Quartet")]) is None
