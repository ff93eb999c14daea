"""Listeners' tags as genres."""

from __future__ import annotations

import pytest

from catalog.matching.text import fold
from catalog.metadata.genres import LIST, genres_among, own_list
from providers.lastfm.client import Tag


def test_only_words_of_the_list_are_genres_in_its_spelling_most_used_first():
    tags = [Tag("rnb", 40), Tag("seen live", 100), Tag("hip-hop", 90), Tag("Albums I Own", 80), Tag("DRUM & BASS", 30)]

    assert genres_among(tags) == ["Hip Hop", "R&B", "Drum and Bass"]


def test_several_spellings_are_one_genre_and_five_are_enough():
    tags = [
        Tag(name, 90 - place) for place, name in enumerate(["rap", "Hip Hop", "Folk", "Jazz", "Soul", "Funk", "Ska"])
    ]

    assert genres_among(tags) == ["Hip Hop", "Folk", "Jazz", "Soul", "Funk"]


def test_what_few_listeners_say_is_left_out():
    assert genres_among([Tag("Folk", 100), Tag("Jazz", 9)]) == ["Folk"]
    assert genres_among([]) == []


@pytest.mark.parametrize(
    ("more", "tag", "genre"),
    [
        (["Visekunst"], "visekunst", "Visekunst"),
        (["Deutschpop = german pop"], "German Pop", "Deutschpop"),
        (["Rap = hip hop"], "hip hop", "Rap"),  # a household's word goes before ours
        (["  "], "german pop", None),
    ],
)
def test_a_household_adds_words_of_its_own(more, tag, genre):
    assert genres_among([Tag(tag, 50)], more=more) == ([genre] if genre else [])


def test_the_list_says_each_thing_once():
    seen: dict[str, str] = {}
    for line in LIST.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        name, _, others = line.partition("=")
        for form in (name, *filter(None, others.split(","))):
            assert fold(form), line
            assert seen.setdefault(fold(form), line) == line, f"{line} and {seen[fold(form)]}"

    assert len(set(own_list().values())) > 500
