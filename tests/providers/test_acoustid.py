"""AcoustID over real HTTP: what it says, and what it says when it does not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.errors import AuthRequired, BadResponse, PermanentError, RateLimited, TransientError
from core.http import OpenGate, make_session
from providers.acoustid.client import AcoustidClient, Heard
from tests.server import Server, serve

LOOKUP = "/api.acoustid.org/v2/lookup"
ARTIST = {"id": "a", "name": "Vera Holm"}
RECORDING = {"id": "m1", "title": "Lantern Year", "duration": 201, "artists": [ARTIST]}


@pytest.fixture
def server() -> Iterator[Server]:
    with serve() as running:
        yield running


@pytest.fixture
def acoustid(server) -> AcoustidClient:
    return AcoustidClient(make_session("acoustid", gate=OpenGate(), sandbox_url=server.url), key="k3y")


def test_a_sound_is_named_nearest_first_with_key_length_and_fingerprint(acoustid, server):
    far = {"score": 0.5, "recordings": [RECORDING | {"id": "m2"}]}
    server.answer(LOOKUP, {"status": "ok", "results": [far, {"score": 0.97, "recordings": [RECORDING]}]})

    heard = acoustid.lookup("AQAB", duration_ms=200_600)

    assert heard[0] == Heard(0.97, "m1", "Lantern Year", ("Vera Holm",))
    assert [one.mbid for one in heard] == ["m1", "m2"]
    path, _ = server.asked[0]
    for part in ("client=k3y", "duration=201", "fingerprint=AQAB", "format=json"):
        assert part in path


@pytest.mark.parametrize(
    "results",
    [
        [],
        [{"score": 0.9}],
        [{"score": 0.9, "recordings": None}],
        [{"score": "high", "recordings": [RECORDING]}],
        [None, "x", {"score": 0.9, "recordings": [None, 7]}],
    ],
)
def test_a_result_without_recordings_names_nothing(acoustid, server, results):
    server.answer(LOOKUP, {"status": "ok", "results": results})

    assert acoustid.lookup("AQAB", duration_ms=0) == []


def test_a_recording_without_names_is_still_one(acoustid, server):
    server.answer(LOOKUP, {"status": "ok", "results": [{"score": 1, "recordings": [{"id": "m1", "artists": [{}]}]}]})

    assert acoustid.lookup("AQAB", duration_ms=1) == [Heard(1.0, "m1", "", ())]


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [(4, 400, AuthRequired), (14, 429, RateLimited), (14, 200, RateLimited), (3, 400, PermanentError)],
)
def test_its_errors_are_told_by_their_numbers_whatever_the_status(acoustid, server, code, status, error):
    server.answer(LOOKUP, {"status": "error", "error": {"code": code, "message": "no"}}, status=status)

    with pytest.raises(error):
        acoustid.lookup("AQAB", duration_ms=1)


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [({}, 200, BadResponse), ([], 200, BadResponse), ({"status": "ok"}, 200, BadResponse), ({}, 503, TransientError)],
)
def test_an_answer_that_is_none_is_told(acoustid, server, body, status, error):
    server.answer(LOOKUP, body, status=status)

    with pytest.raises(error):
        acoustid.lookup("AQAB", duration_ms=1)
