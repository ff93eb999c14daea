"""Last.fm over real HTTP: its tags, and what it says when it does not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.errors import (
    AuthRequired,
    BadResponse,
    Forbidden,
    NotFound,
    PermanentError,
    RateLimited,
    SpotizerError,
    TransientError,
)
from core.http import OpenGate, Outcome, make_session
from providers.lastfm.client import LastfmClient, Tag
from sandbox.services.lastfm import KEY, SUSPENDED_KEY
from tests.server import Server, serve

API = "/ws.audioscrobbler.com/2.0/"


class Watching(OpenGate):
    """Remembers what was reported of calls."""

    def __init__(self) -> None:
        self.seen: list[tuple[Outcome, float | None]] = []

    def report(self, service: str, outcome: Outcome, retry_after: float | None = None) -> None:
        self.seen.append((outcome, retry_after))


@pytest.fixture
def server() -> Iterator[Server]:
    with serve() as running:
        yield running


@pytest.fixture
def gate() -> Watching:
    return Watching()


@pytest.fixture
def lastfm(server, gate) -> LastfmClient:
    return LastfmClient(make_session("lastfm", gate=gate, sandbox_url=server.url), key="k3y")


def test_tags_come_most_used_first_with_key_and_names_asked(lastfm, server):
    rows = [{"name": "folk", "count": 12, "url": "x"}, {"name": " Dream Pop ", "count": "100"}]
    server.answer(API, {"toptags": {"tag": rows, "@attr": {}}})

    assert lastfm.track_tags("Vera Holm", "Home & Away") == [Tag("Dream Pop", 100), Tag("folk", 12)]

    path, _ = server.asked[0]
    for part in ("method=track.gettoptags", "api_key=k3y", "artist=Vera+Holm", "track=Home+%26+Away", "format=json"):
        assert part in path


@pytest.mark.parametrize(
    ("tags", "names"),
    [
        ({"name": "folk", "count": "7"}, ["folk"]),
        ("", []),
        ([], []),
        (None, []),
        ([{"name": "", "count": 1}, {"count": 2}, "x", {"name": "folk", "count": "many"}], ["folk"]),
    ],
)
def test_one_tag_comes_as_itself_and_none_in_several_ways(lastfm, server, tags, names):
    server.answer(API, {"toptags": {"tag": tags}})

    assert [tag.name for tag in lastfm.artist_tags("Vera Holm")] == names


def test_tags_that_are_missing_are_none(lastfm, server):
    server.answer(API, {"toptags": {}})

    assert lastfm.album_tags("Vera Holm", "Tidal Rooms") == []


@pytest.mark.parametrize("status", [200, 400, 403, 404])
@pytest.mark.parametrize(
    ("code", "error"),
    [
        (6, NotFound),
        (8, TransientError),
        (9, AuthRequired),
        (10, AuthRequired),
        (11, TransientError),
        (13, AuthRequired),
        (16, TransientError),
        (17, Forbidden),
        (26, AuthRequired),
        (29, RateLimited),
        (3, PermanentError),
    ],
)
def test_errors_are_told_by_their_numbers_whatever_the_status(lastfm, server, code, status, error):
    server.answer(API, {"error": code, "message": "no", "links": []}, status=status)

    with pytest.raises(SpotizerError) as caught:
        lastfm.artist_tags("Vera Holm")

    assert type(caught.value) is error


@pytest.mark.parametrize("status", [200, 403])
def test_too_often_closes_the_gate_whatever_the_status(lastfm, server, gate, status):
    server.answer(API, {"error": 29, "message": "Rate Limit Exceeded"}, status=status)

    with pytest.raises(RateLimited):
        lastfm.artist_tags("Vera Holm")

    assert gate.seen[-1] == (Outcome.RATE_LIMITED, 30.0)


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [({}, 200, BadResponse), ([], 200, BadResponse), (b"<lfm/>", 200, BadResponse), (b"", 502, TransientError)],
)
def test_an_answer_that_is_none_is_told(lastfm, server, body, status, error):
    server.answer(API, body, status=status)

    with pytest.raises(error):
        lastfm.artist_tags("Vera Holm")


# --- over the sandbox ------------------------------------------------------------------------------------------------


def over(sandbox, key: str = KEY) -> LastfmClient:
    return LastfmClient(make_session("lastfm", gate=OpenGate(), sandbox_url=sandbox.url), key=key)


def test_sandbox_knows_artists_albums_and_tracks_and_talks_nonsense_too(sandbox):
    lastfm = over(sandbox)

    tags = lastfm.track_tags("vera holm", "Harbour Lights")

    assert lastfm.artist_tags("Northern Line")[0].name == "indie rock"
    assert lastfm.album_tags("Vera Holm", "Tidal Rooms") != []
    assert "seen live" in [tag.name for tag in tags]


@pytest.mark.parametrize(("artist", "track"), [("Nobody", "Home"), ("Vera Holm", "Nothing of Hers")])
def test_sandbox_when_it_does_not_know_says_so(sandbox, artist, track):
    with pytest.raises(NotFound):
        over(sandbox).track_tags(artist, track)


@pytest.mark.parametrize(("key", "words"), [("wrong", "Invalid API key"), (SUSPENDED_KEY, "Suspended API key")])
def test_sandbox_refuses_a_key_and_says_what_to_mend(sandbox, key, words):
    with pytest.raises(AuthRequired) as caught:
        over(sandbox, key).artist_tags("Vera Holm")

    assert words in caught.value.message
    assert "SPOTIZER_LASTFM_KEY" in caught.value.remedy


def test_sandbox_when_asked_too_often_says_so_inside_a_200(sandbox):
    sandbox.mood(lastfm_limit=True)

    with pytest.raises(RateLimited):
        over(sandbox).artist_tags("Vera Holm")
