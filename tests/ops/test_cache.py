from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from core.answers import get_json
from core.errors import NotFound, TransientError
from core.http import OpenGate, fresh_answers, make_session
from ops.models import CachedResponse, ServiceCalls
from ops.services.cache import DatabaseCache, prune
from tests.server import Server, serve

pytestmark = pytest.mark.django_db
URL = "https://api.music.example/a"


@pytest.fixture
def server() -> Iterator[Server]:
    with serve() as running:
        yield running


@pytest.fixture
def session(server):
    return make_session("music", gate=OpenGate(), cache=DatabaseCache(), sandbox_url=server.url)


def ask(session, **params):
    return get_json(session, URL, params, label="Music", keep=60)


def test_an_answer_is_asked_once_and_the_rest_counted_as_hits(server, session):
    server.answer("/api.music.example/a", {"x": 1})

    assert [ask(session, q="b"), ask(session, q="b")] == [{"x": 1}, {"x": 1}]

    assert len(server.asked) == 1
    assert ServiceCalls.objects.get(service="music").cache_hits == 1


def test_another_question_is_asked_anew(server, session):
    server.answer("/api.music.example/a", {"x": 1})

    ask(session, q="b")
    ask(session, q="c")

    assert len(server.asked) == 2


def test_none_is_remembered_for_a_day_to_a_week(server, session):
    for _ in range(2):
        with pytest.raises(NotFound):
            ask(session)

    assert len(server.asked) == 1
    left = CachedResponse.objects.get().expires_at - timezone.now()
    assert timedelta(hours=23) < left < timedelta(days=7)


def test_a_failure_is_not_remembered(server, session):
    server.answer("/api.music.example/a", status=500)
    with pytest.raises(TransientError):
        ask(session)
    server.answer("/api.music.example/a", {"x": 1})

    assert ask(session) == {"x": 1}


def test_a_stale_answer_is_asked_again_and_can_be_pruned(server, session):
    server.answer("/api.music.example/a", {"x": 1})
    ask(session)
    CachedResponse.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert prune() == 1
    ask(session)

    assert len(server.asked) == 2


def test_who_wants_fresh_answers_gets_them_and_leaves_them_for_others(server, session):
    server.answer("/api.music.example/a", {"x": 1})
    ask(session)
    server.answer("/api.music.example/a", {"x": 2})

    with fresh_answers():
        assert ask(session) == {"x": 2}

    assert ask(session) == {"x": 2}
