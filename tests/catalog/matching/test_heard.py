"""What a sound turns out to be: refused is only what surely is another recording."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.matching.heard import Named, Verdict, judge
from tests.catalog.matching.examples import wanted

MBID = "1b3b4b5c-0000-4000-8000-000000000001"


def named(title="Paper Lanterns", *artists, score=0.97, mbid=""):
    return Named(score, mbid, title, artists or ("Vera Holm",))


@pytest.mark.parametrize(
    ("track", "heard", "verdict"),
    [
        (wanted(), [], Verdict.UNKNOWN),
        (wanted(), [named()], Verdict.SAME),
        (wanted(), [named("Paper Lanterns (2011 remaster)")], Verdict.SAME),
        (wanted(), [named("Paper Lanterns (radio edit)")], Verdict.SAME),
        (wanted("Paper Lanterns - Radio Edit"), [named()], Verdict.SAME),
        (wanted(mbid=MBID), [named("Anything", "Anybody", mbid=MBID)], Verdict.SAME),
        (wanted(), [named("Paper Boats"), named()], Verdict.SAME),
        (wanted(), [named("Paper Boats")], Verdict.ANOTHER),
        (wanted(), [named("Paper Lanterns", "Luma")], Verdict.ANOTHER),
        (wanted(), [named("Paper Lanterns (live)")], Verdict.ANOTHER),
        (wanted(), [named("Paper Boats", score=0.6)], Verdict.UNKNOWN),
        (wanted(), [named("Paper Boats"), named("", score=0.95)], Verdict.UNKNOWN),
        (wanted("봄날", "방탄소년단"), [named("Spring Day", "BTS")], Verdict.UNKNOWN),
        (wanted("Кино", "Вера"), [named("Kino", "Vera")], Verdict.SAME),
    ],
)
def test_a_sound_is_the_wanted_one_another_or_nobody_knows(track, heard, verdict):
    found, words = judge(track, heard)

    assert found is verdict
    assert words


@given(st.lists(st.builds(Named, st.floats(0, 1), st.text(max_size=5), st.text(max_size=20), st.tuples(st.text()))))
def test_any_names_can_be_judged(heard):
    assert judge(wanted(), heard)[1]
