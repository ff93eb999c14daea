"""Hundreds of invented candidates in many languages, judged one by one, and what must not change a judgement."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.matching import choose, rank
from catalog.matching.names import same_name
from providers.base import Candidate, TrackInfo, UploadKind
from tests.catalog.matching.examples import shared, song, video, wanted
from tests.catalog.matching.judged import Judged, read_judged

JUDGED = list(read_judged())
RIGHT = [judged for judged in JUDGED if judged.is_right]
# What is known to be refused though it is right: names that nothing explains, abbreviations, titles in Indian letters,
# and what is said of a video or of its singer.
KNOWN_MISSES = {
    "Tum Hi Haan Aashiq 2 Full Video Song HD | Aditya, Shraddha",
    "Harper & The Tide - Ocean Ave. Lights",
    "Kaagaz Ki Naav",
    "Neon Orchard - Static Bloom (Shot on iPhone) [Official Video]",
    "Neon Orchard - Static Bloom (Director's Cut)",
    "Isla Verne - Porcelain Hands (magyar felirattal)",
    "Northbound Train LUTHER GRAY, Blues Guitar Legend",
}


def accepted(judged: Judged) -> bool:
    return rank(judged.wanted, [judged.candidate])[0].is_accepted


def test_there_are_hundreds_of_judged_candidates_of_both_sorts():
    assert len(JUDGED) >= 500
    assert 0.3 <= len(RIGHT) / len(JUDGED) <= 0.7


def test_no_candidate_that_a_person_would_refuse_is_accepted():
    wrong = [f"{judged}: {judged.candidate.title}" for judged in JUDGED if not judged.is_right and accepted(judged)]

    assert wrong == []


def test_no_candidate_that_a_person_would_take_is_refused():
    missed = {judged.candidate.title for judged in RIGHT if not accepted(judged)}

    assert missed == KNOWN_MISSES


def by_track() -> dict[int, list[Judged]]:
    lists: dict[int, list[Judged]] = {}
    for judged in JUDGED:
        lists.setdefault(id(judged.wanted), []).append(judged)
    return lists


@pytest.mark.parametrize("turn", [1, -1])
def test_the_pick_of_each_list_is_right_in_either_order_and_none_where_the_right_ones_are_withheld(turn):
    for judgeds in by_track().values():
        right = {judged.candidate.source_id for judged in judgeds if judged.is_right}
        candidates = [judged.candidate for judged in judgeds][::turn]

        picked = choose(judgeds[0].wanted, candidates)
        left = choose(judgeds[0].wanted, [one for one in candidates if one.source_id not in right])

        assert picked is not None, judgeds[0].wanted.title
        assert picked.candidate.source_id in right, judgeds[0].wanted.title
        assert left is None, judgeds[0].wanted.title


def full_width(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


CHANGES: dict[str, Callable[[str], str]] = {
    "in capitals": str.upper,
    "in small letters": str.lower,
    "in full width": full_width,
    "with gaps around": lambda title: f"  {title}  ",
    "with a typographic apostrophe": lambda title: title.replace("'", "’"),
    "with a long dash": lambda title: title.replace(" - ", " – "),
    "with a note": lambda title: f"♫ {title} ♫",
    "with an invisible sign": lambda title: title[:1] + "\u200b" + title[1:],
}
VIDEO_CHANGES: dict[str, Callable[[str], str]] = {
    "as official audio": lambda title: f"{title} (Official Audio)",
    "in HD": lambda title: f"{title} [HD]",
    "with lyrics": lambda title: f"{title} (Lyrics)",
    "subtitled": lambda title: f"{title} (Sub. Español)",
    "translated in Portuguese": lambda title: f"{title} (Legendado)",
    "with a year": lambda title: f"{title} (1999)",
    "as a premiere": lambda title: f"{title} | Official Premiere",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_how_a_title_is_written_changes_no_judgement(change):
    changed = [
        f"{judged}: {judged.candidate.title}"
        for judged in RIGHT
        if accepted(judged)
        and judged.candidate.kind is not UploadKind.FILE
        and any(sign.isalnum() for sign in judged.candidate.title)
        and not accepted(replace(judged, candidate=replace(judged.candidate, title=change(judged.candidate.title))))
    ]

    assert changed == []


@pytest.mark.parametrize("change", VIDEO_CHANGES.values(), ids=VIDEO_CHANGES)
def test_what_uploaders_add_changes_no_judgement(change):
    changed = [
        f"{judged}: {judged.candidate.title}"
        for judged in RIGHT
        if accepted(judged)
        and judged.candidate.kind is UploadKind.VIDEO
        and not accepted(replace(judged, candidate=replace(judged.candidate, title=change(judged.candidate.title))))
    ]

    assert changed == []


@pytest.mark.parametrize(
    "version", ["Live", "Karaoke", "Cover", "Nightcore", "Slowed", "ремикс", "歌ってみた", "라이브"]
)
def test_a_version_added_to_any_right_candidate_makes_it_wrong(version):
    """Where the wanted track is itself that version, the candidate says it twice and may stay."""
    still = [
        f"{judged}: {judged.candidate.title}"
        for judged in RIGHT
        if judged.candidate.kind is not UploadKind.FILE
        and "(" not in judged.wanted.title
        and " - " not in judged.wanted.title
        and accepted(
            replace(judged, candidate=replace(judged.candidate, title=f"{judged.candidate.title} ({version})"))
        )
    ]

    assert still == []


@pytest.mark.parametrize("off_seconds", [-40, -15, 15, 40])
def test_a_right_candidate_of_another_length_is_refused(off_seconds):
    still = [
        str(judged)
        for judged in RIGHT
        if judged.wanted.duration_ms
        and judged.candidate.duration_ms
        and accepted(
            replace(
                judged,
                candidate=replace(judged.candidate, duration_ms=judged.wanted.duration_ms + off_seconds * 1000),
            )
        )
    ]

    assert still == []


texts = st.text(max_size=60)


@given(texts, texts, texts, st.one_of(st.none(), st.integers(0, 2**40)), st.sampled_from(["song", "video", "file"]))
@settings(max_examples=200)
def test_no_candidate_raises_and_a_score_always_says_why(title, artist, album, duration_ms, kind):
    track = wanted(title, artist, album=album)
    candidate = Candidate("s", "1", "", title, (artist,), "", album, duration_ms, UploadKind(kind), path=title)

    scored = rank(track, [candidate, video(title, by=artist), song(title, artist), shared(f"{artist}\\{title}")])

    assert all(0 <= one.score <= 100 and one.why for one in scored)


@given(texts, texts)
def test_whether_two_names_are_the_same_does_not_depend_on_their_order(one, other):
    assert same_name(one, other) == same_name(other, one)


@pytest.mark.parametrize(
    "text",
    [
        part * (1_000_000 // len(part))
        for part in ("a", "a ", "versus ", "(", "1 ", "歌ってみた", "live at ", "feat. x & ", "\\x", "- ", "i. ", "é")
    ],
    ids=lambda text: text[:10],
)
def test_titles_of_a_million_signs_take_no_time(text):
    track = TrackInfo("t", "1", text)
    candidates = [song(text, text, album=text), video(text, by=text), shared(text + "\\" + text)]
    started = time.process_time()

    rank(wanted(), candidates)
    rank(track, candidates)

    assert time.process_time() - started < 5  # some tens of milliseconds as a rule; minutes where it grows
