"""What is written in the environment, typed, and loud about nonsense."""

from datetime import time

import pytest
from django.core.exceptions import ImproperlyConfigured

from spotizer import env

NAME = "SPOTIZER_TEST_VALUE"


def test_hours_are_two_times_of_day(monkeypatch):
    monkeypatch.setenv(NAME, "23:00-07:30")
    assert env.hours(NAME) == (time(23), time(7, 30))
    monkeypatch.setenv(NAME, " ")
    assert env.hours(NAME) is None


@pytest.mark.parametrize("nonsense", ["23", "23:00", "23:00-", "25:00-07:00", "23:00-23:00", "night", "1:00-2:00-3:00"])
def test_hours_that_are_none_stop_the_start_and_show_the_form(monkeypatch, nonsense):
    monkeypatch.setenv(NAME, nonsense)
    with pytest.raises(ImproperlyConfigured, match="23:00-07:00"):
        env.hours(NAME)


def test_amounts_are_numbers_by_name(monkeypatch):
    monkeypatch.setenv(NAME, "deezer=8, MusicBrainz=0.5")

    assert env.amounts(NAME, env.above_zero, names=("deezer", "musicbrainz")) == {"deezer": 8.0, "musicbrainz": 0.5}


@pytest.mark.parametrize("nonsense", ["deezer", "deezer=", "deezer=fast", "deezer=0", "deezer=-1", "=3", "deezer=inf"])
def test_amounts_that_are_none_stop_the_start_and_name_the_word(monkeypatch, nonsense):
    monkeypatch.setenv(NAME, f"deezer=2 {nonsense}")
    with pytest.raises(ImproperlyConfigured, match=NAME):
        env.amounts(NAME, env.above_zero)


def test_amounts_for_a_name_that_nobody_knows_lists_the_known_ones(monkeypatch):
    monkeypatch.setenv(NAME, "napster=2")
    with pytest.raises(ImproperlyConfigured, match="deezer, lrclib"):
        env.amounts(NAME, env.above_zero, names=("deezer", "lrclib"))


@pytest.mark.parametrize("nonsense", ["0.5", "11", "nan", "twice"])
def test_number_outside_of_its_limits_stops_the_start(monkeypatch, nonsense):
    monkeypatch.setenv(NAME, nonsense)
    with pytest.raises(ImproperlyConfigured, match=NAME):
        env.number(NAME, 2, least=1, most=10)


def test_phrases_are_split_at_commas_and_can_be_switched_off(monkeypatch):
    assert env.phrases(NAME, ("8d audio", "slowed")) == ["8d audio", "slowed"]
    monkeypatch.setenv(NAME, " bass  boosted, karaoke,, karaoke ")
    assert env.phrases(NAME, ()) == ["bass boosted", "karaoke"]

    monkeypatch.setenv(NAME, "Off")
    assert env.phrases(NAME, ("slowed",)) == []


def test_list_of_choices_keeps_its_order_and_an_unknown_one_is_named(monkeypatch):
    assert env.some_of(NAME, ("youtube_music", "youtube")) == ["youtube_music", "youtube"]
    monkeypatch.setenv(NAME, "YouTube, youtube_music youtube")
    assert env.some_of(NAME, ("youtube_music", "youtube")) == ["youtube", "youtube_music"]

    monkeypatch.setenv(NAME, "yuotube")
    with pytest.raises(ImproperlyConfigured, match=r"yuotube.*youtube_music, youtube"):
        env.some_of(NAME, ("youtube_music", "youtube"))
