"""Live takes of the same song: no two nights are one recording."""

from __future__ import annotations

import pytest

from catalog.matching import choose, rank
from providers.base import Candidate
from tests.catalog.matching.examples import song, video, wanted

ASKED = wanted("Paper Lanterns (Live at Quay Hall, 1985)", album="Early Years (Deluxe)")


@pytest.mark.parametrize(
    "candidate",
    [
        song("Paper Lanterns (Live at Quay Hall)", album="Anthology"),
        song("Paper Lanterns (Live)", album="Live at Quay Hall 1985"),
        song("Paper Lanterns - Live, Quay Hall, Bergen 1985", album="Anthology"),
        song("Paper Lanterns (Live)", album="Anthology", seconds=201),
        song("Paper Lanterns (Live)", album="Early Years (Deluxe)", seconds=203),
        video("Vera Holm - Paper Lanterns (Live at Quay Hall 1985)", seconds=203),
    ],
)
def test_the_concert_that_was_asked_for_is_picked(candidate: Candidate):
    assert choose(ASKED, [candidate]), rank(ASKED, [candidate])[0]


@pytest.mark.parametrize(
    "candidate",
    [
        song("Paper Lanterns (Live at Granary, 1985)", album="Early Years (Deluxe)"),
        song("Paper Lanterns (Live at Granary)", album="Anthology"),
        song("Paper Lanterns (Live at Quay Hall, 1991)", album="Anthology"),
        song("Paper Lanterns (Live)", album="Live at the Granary"),
        song("Paper Lanterns", album="Live in Oslo 1999"),
        song("Paper Lanterns (Live)", album="Anthology", seconds=203),
        song("Paper Lanterns", album="Early Years (Deluxe)", seconds=203),
        video("Vera Holm - Paper Lanterns (Live in Oslo)"),
    ],
)
def test_another_concert_is_refused(candidate: Candidate):
    assert choose(ASKED, [candidate]) is None


def test_a_live_album_stands_for_the_place_of_its_tracks():
    track = wanted("Paper Lanterns (Live)", album="Live in Oslo 1999")

    assert choose(track, [song("Paper Lanterns (Live)", album="Live in Oslo 1999", seconds=203)])
    assert choose(track, [song("Paper Lanterns (Live)", album="Live at Quay Hall")]) is None


def test_the_sentence_says_which_concert_it_is_from():
    scored = rank(ASKED, [song("Paper Lanterns (Live at Granary)", album="Anthology")])[0]

    assert scored.why == "It is from another concert: “granary”, not “quay 1985”."
