"""Texts made comparable."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.matching.names import same_name, split_names, stands_alone
from catalog.matching.paths import read_path
from catalog.matching.segments import take_apart
from catalog.matching.text import fold, numbers
from catalog.matching.versions import find_versions

SAME = [
    ("Beyoncé", "beyonce"),
    ("ＦＵＬＬ　ＷＩＤＴＨ", "Full Width"),
    ("Straße", "STRASSE"),
    ("Þórunn Ægisdóttir", "Thorunn Aegisdottir"),
    ("Кино", "Kino"),
    ("Мako", "Mako"),
    ("Αθήνα", "Athina"),
    ("きゃりー", "kyari"),
    ("カラオケ", "からおけ"),
    ("서울", "seoul"),
    ("Don’t", "Dont"),
    ("Salt & Pepper", "Salt and Pepper"),
    ("Rock 'n' Roll", "Rock and Roll"),
    ("A$AP", "ASAP"),
    ("P!nk", "pink"),
    ("a.s.o.", "aso"),
    ("R.E.M.", "REM"),
    ("Gris, Pt. II", "gris part 2"),
    ("Volume Three", "Vol. 3"),
    ("under_score", "under score"),
    ("a\u200bb", "ab"),
    ("🎵 Song 🎵", "song"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_spellings_of_one_text_fold_to_the_same(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("か", "が"), ("काली", "कीली"), ("กา", "กี"), ("Я", "А"), ("You", "Us"), ("Part 2", "Part 3"), ("家探し", "幸せ")],
)
def test_different_texts_stay_different(one, other):
    assert fold(one) != fold(other)


@given(st.text())
def test_folding_never_raises_and_folding_twice_changes_nothing(text):
    once = fold(text)

    assert fold(once) == once
    assert once == " ".join(once.split())


@given(st.text())
def test_any_text_can_be_read_as_a_title_a_name_a_path_and_a_version(text):
    take_apart(text)
    split_names(text)
    read_path(text)
    find_versions(fold(text))


@given(st.text(alphabet=st.characters(min_codepoint=0x20, max_codepoint=0x17F)))
def test_case_does_not_matter_for_latin_text(text):
    assert fold(text.title()) == fold(text.title().lower())


def test_numbers_when_zero_padded_are_the_same_numbers():
    assert numbers("binaural 018 hz 230") == ["18", "230"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Lanterns", "Lanterns - Topic"),
        ("cleopatrick", "CleopatrickVEVO"),
        ("Lost Kings", "LostKings"),
        ("Florence + The Machine", "Florence and the Machine"),
    ],
)
def test_an_artist_is_the_same_under_his_channel_name(one, other):
    assert any(same_name(key, split_names(other)[0]) for key in split_names(one))


def test_a_list_of_artists_gives_each_of_them():
    keys = split_names("Vera Holm & The Tides feat. Oki x Luma, Noor")

    assert {"vera holm", "tides", "oki", "luma", "noor"} <= set(keys)


def test_short_names_must_be_the_same_to_the_letter():
    assert not same_name("abba", "abbe")


@pytest.mark.parametrize(
    ("text", "is_alone"),
    [
        ("wren - home", True),
        ("home by wren (lyrics)", True),
        ("oki & wren, luma - home", True),
        ("wren ellis - home", False),
        ("home - jenny wren", False),
        ("wrens - home", True),  # does not stand there at all
        ("wren ellis & wren - home", True),
        ("the wren home", True),
        ("wren 2019 home", True),
    ],
)
def test_a_name_of_one_word_is_no_part_of_a_longer_name(text, is_alone):
    assert stands_alone("wren", text, {"home"}) is is_alone


def test_a_title_is_taken_apart_at_its_signs():
    pieces = take_apart("Vera Holm - Paper Lanterns (feat. Oki) [Official Video] | Tidal Rooms")

    assert [(piece.text, piece.is_bracket) for piece in pieces.segments] == [
        ("vera holm", False),
        ("paper lanterns", False),
        ("official video", True),
        ("tidal rooms", False),
    ]
    assert pieces.featured == ("oki",)


@pytest.mark.parametrize(
    ("path", "name", "disc", "number"),
    [
        (r"@@abc\Music\Vera Holm\Tidal Rooms (2019)\CD2\05 Paper Lanterns.flac", "05 Paper Lanterns", 2, 5),
        (
            r"@@abc\Vera Holm\Tidal\Vera Holm - Tidal - 105 - Paper Lanterns.mp3",
            "Vera Holm - Tidal - 105 - Paper Lanterns",
            1,
            5,
        ),
        ("music/vera_holm-tidal/104-vera_holm-paper_lanterns-abc.mp3", "104 - vera holm - paper lanterns - abc", 1, 4),
        (r"x\1-07 Paper Lanterns.flac", "1-07 Paper Lanterns", 1, 7),
        (r"x\02,Lanterns.mp3", "02,Lanterns", None, 2),
        ("Paper Lanterns", "Paper Lanterns", None, None),
    ],
)
def test_a_shared_path_says_name_disc_and_number(path, name, disc, number):
    file = read_path(path)

    assert (file.name, file.disc_number, file.track_number) == (name, disc, number)
    assert file.is_audio


@pytest.mark.parametrize("name", ["cover.jpg", "album.cue", "rip.log", "list.m3u", "film.mkv"])
def test_what_is_no_audio_file_is_seen_by_its_ending(name):
    assert not read_path(f"music\\{name}").is_audio
