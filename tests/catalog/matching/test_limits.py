"""What the settings leave out, told in words."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from catalog.matching import Limits, choose, rank
from tests.catalog.matching.examples import shared, song, video, wanted

WORDS = Limits(words=("karaoke", "8d audio", "C++"))


@pytest.mark.parametrize(
    ("limits", "candidate", "says"),
    [
        (Limits(words=("reaction",)), song(album="Chain Reaction Hits"), "what is called “reaction”"),
        (Limits(words=("tidal rooms",)), shared("x\\Vera Holm\\Tidal Rooms\\Paper Lanterns.mp3"), "tidal rooms"),
        (Limits(words=("Дым",)), video("Vera Holm - Paper Lanterns (дым)"), "Дым"),
        (Limits(formats=frozenset({"flac"})), song(codec="opus"), "leave out Opus"),
        (Limits(formats=frozenset({"flac"})), shared("x\\Vera Holm\\Tidal Rooms\\Paper Lanterns.mp3"), "leave out MP3"),
        (Limits(least_kbps=192), song(codec="mp3", bitrate_kbps=128), "has 128 kbit/s, and your settings want 192"),
    ],
)
def test_what_the_settings_leave_out_is_refused_and_the_receipt_says_why(limits, candidate, says):
    track = wanted(album="Harbour")

    scored = rank(track, [candidate], limits=limits)[0]

    assert not scored.is_accepted
    assert says in scored.why
    assert says in str(scored.breakdown["limits"])


@pytest.mark.parametrize(
    ("limits", "track", "candidate"),
    [
        (Limits(words=("karaoke",)), wanted("Karaoke"), song("Karaoke")),
        (Limits(words=("karaoke",)), wanted(album="Karaoke Nights"), song(album="Karaoke Nights")),
        (Limits(words=("live",)), wanted(), song(album="Olive Grove")),
        (Limits(words=("lantern",)), wanted(album="Harbour"), song(album="Harbour Lanterns")),
        (Limits(words=("",)), wanted(), song()),
        (Limits(formats=frozenset({"aac"})), wanted(), shared("x\\Vera Holm\\Tidal Rooms\\Paper Lanterns.m4a")),
        (Limits(formats=frozenset({"flac"})), wanted(), song()),
        (Limits(least_kbps=320), wanted(), song()),
        (Limits(least_kbps=320), wanted(), song(codec="flac", bitrate_kbps=200)),
        (Limits(least_kbps=320), wanted(), song(codec="mp3", bitrate_kbps=320)),
    ],
)
def test_what_was_asked_for_what_is_only_part_of_a_word_and_what_is_not_known_passes(limits, track, candidate):
    assert choose(track, [candidate], limits=limits)


def test_the_next_candidate_is_taken_where_the_best_one_is_left_out():
    best, next_best = song(codec="opus", source_id="best"), video(codec="flac", source_id="next")

    picked = choose(wanted(), [best, next_best], limits=Limits(formats=frozenset({"flac"})))

    assert picked is not None
    assert picked.candidate.source_id == "next"


@given(st.text(max_size=40))
@example("A%A:A[A")
def test_what_the_title_itself_says_is_never_left_out(title):
    limits = Limits(words=(title,))

    assert choose(wanted(title), [song(title)], limits=limits) == choose(wanted(title), [song(title)])


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_words_can_be_left_out(word, title):
    assert rank(wanted(), [song(title)], limits=Limits(words=(word, title)))[0].why
