"""What is written in the environment, typed, and loud about nonsense. Most settings are tested in tests/ops."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from spotizer import env

NAME = "SPOTIZER_TEST_VALUE"


def test_integer_outside_of_its_limits_stops_the_start(monkeypatch):
    monkeypatch.setenv(NAME, "70000")
    with pytest.raises(ImproperlyConfigured, match=NAME):
        env.integer(NAME, 7171, least=0, most=65535)


def test_words_are_parted_by_commas_and_spaces(monkeypatch):
    assert env.words(NAME) == []
    monkeypatch.setenv(NAME, " a,b  c,")
    assert env.words(NAME) == ["a", "b", "c"]


def test_choice_that_is_none_is_named_with_those_that_there_are(monkeypatch):
    assert env.choice(NAME, "info", ("debug", "info")) == "info"
    monkeypatch.setenv(NAME, "loud")
    with pytest.raises(ImproperlyConfigured, match=r"loud.*debug, info"):
        env.choice(NAME, "info", ("debug", "info"))
