"""What must hold of any text in any script: reading it never fails, and how it is encoded changes nothing."""

from __future__ import annotations

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.matching import choose, rank
from catalog.matching.names import any_same, name_key, same_name, split_names, stands_alone
from catalog.matching.paths import read_path
from catalog.matching.segments import take_apart
from catalog.matching.text import clean, fold, in_latin, plain
from catalog.matching.versions import find_versions
from catalog.matching.wanted import album_core, album_versions, is_own_version, is_same_album, read_wanted
from catalog.matching.works import find_work, read_work
from tests.catalog.matching.examples import shared, song, video, wanted

# Lone surrogates, marks, controls and private signs as well.
anything = st.text(st.characters(exclude_categories=()), max_size=80)
letters = st.text(st.characters(categories=["L", "M", "Nd", "Zs", "Pd", "Ps", "Pe"]), max_size=60)


@given(anything)
def test_every_step_of_reading_takes_any_text(text):
    for step in (plain, clean, in_latin, fold, name_key, split_names, album_core, album_versions, read_path):
        step(text)
    pieces = take_apart(text)
    find_versions(fold(text))
    work = read_work(pieces.segments)
    if work is not None:
        find_work(work, pieces.segments)
    is_own_version(fold(text), (fold(text),))
    read_wanted(wanted(text, text, album=text))


@given(anything)
def test_writing_in_one_way_what_is_written_so_changes_nothing(text):
    assert plain(plain(text)) == plain(text)
    assert fold(fold(text)) == fold(text)
    assert fold(plain(text)) == fold(text)


@given(letters, st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_how_a_text_is_composed_does_not_matter(text, form):
    assert fold(unicodedata.normalize(form, text)) == fold(unicodedata.normalize("NFC", text))


@given(anything, anything)
def test_names_and_albums_are_compared_the_same_in_both_orders(one, other):
    assert same_name(fold(one), fold(other)) == same_name(fold(other), fold(one))
    assert bool(any_same([fold(one)], [fold(other)])) == bool(any_same([fold(other)], [fold(one)]))
    if fold(one) and fold(other):
        first, second = read_wanted(wanted(album=one)), read_wanted(wanted(album=other))
        assert is_same_album(first, other) == is_same_album(second, one)


@given(letters)
def test_every_name_and_every_album_is_the_same_as_itself(text):
    assert same_name(fold(text), fold(text))
    assert is_same_album(read_wanted(wanted(album=text)), text)


@given(st.from_regex(r"[a-z]{3,8}", fullmatch=True), anything)
def test_whether_a_name_stands_alone_can_be_said_of_any_text(name, text):
    stands_alone(name, plain(text), set())

    assert stands_alone(name, f"{name} - song", set())
    assert stands_alone(name, "", set())


@given(anything, anything, st.lists(anything, max_size=4))
@settings(max_examples=60)
def test_a_candidates_score_does_not_depend_on_the_others(title, artist, others):
    track = wanted(title, artist)
    candidate = song(title, artist, source_id="it")
    rest = [video(other, by=artist, source_id=f"{number}") for number, other in enumerate(others)]

    alone = rank(track, [candidate])[0].score
    among = next(one for one in rank(track, [*rest, candidate]) if one.candidate.source_id == "it").score

    assert among == alone


@given(letters, letters)
@settings(max_examples=60)
def test_what_is_chosen_is_always_accepted_and_best(title, artist):
    track = wanted(title, artist)
    candidates = [song(title, artist), video(f"{artist} - {title}"), shared(f"{artist}\\{title}.mp3")]

    picked, ranked = choose(track, candidates), rank(track, candidates)

    assert (picked is not None) == any(one.is_accepted for one in ranked)
    assert picked is None or picked.score == max(one.score for one in ranked if one.is_accepted)


@given(
    st.from_regex(r"[A-Z][a-z]{3,9}( [A-Z][a-z]{3,9}){0,3}", fullmatch=True),
    st.sampled_from(["Live", "Remix", "Cover"]),
)
def test_a_version_word_behind_a_title_never_helps_the_plain_one(title, word):
    track = wanted(title)

    plainly = rank(track, [song(title)])[0]
    with_word = rank(track, [song(f"{title} ({word})")])[0]

    assert plainly.is_accepted
    assert not with_word.is_accepted
    assert with_word.score < plainly.score
