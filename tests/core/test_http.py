from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from core.addresses import InnerAddress, check_host, is_outer, outer_addresses
from core.answers import get_json
from core.errors import (
    AuthRequired,
    BadResponse,
    Forbidden,
    NotFound,
    PermanentError,
    QuotaExceeded,
    RateLimited,
    TransientError,
    UserError,
)
from core.http import OpenGate, Outcome, ServiceSession, interactive, make_session, user_agent
from tests.server import Server, serve


class RecordingGate(OpenGate):
    def __init__(self) -> None:
        self.seen: list[tuple[object, ...]] = []

    def enter(self, service: str) -> None:
        self.seen.append(("enter", service))

    def report(self, service: str, outcome: Outcome, retry_after: float | None = None) -> None:
        self.seen.append((outcome, retry_after))


@pytest.fixture
def server() -> Iterator[Server]:
    with serve() as running:
        yield running


@pytest.fixture
def gate() -> RecordingGate:
    return RecordingGate()


@pytest.fixture
def session(server: Server, gate: RecordingGate) -> ServiceSession:
    agent = user_agent("1.0", "https://contact.example")
    return make_session("music", gate=gate, sandbox_url=server.url, agent=agent, timeout=(1, 1))


def ask(session: ServiceSession, path: str = "/a", **more):
    return get_json(session, f"https://api.music.example{path}", label="Music", **more)


def test_a_request_goes_to_the_sandbox_with_our_name(server, session, gate):
    server.answer("/api.music.example/a", {"x": 1})

    assert get_json(session, "https://api.music.example/a", {"q": "b c"}, label="Music") == {"x": 1}

    path, headers = server.asked[0]
    assert path == "/api.music.example/a?q=b+c"
    assert headers["User-Agent"] == "Spotizer/1.0 (+https://contact.example)"
    assert gate.seen == [("enter", "music"), (Outcome.OK, None)]


def test_an_answer_keeps_its_real_address_so_that_redirects_are_relative_to_it(server, session, gate):
    server.answer("/api.music.example/a", status=302, headers={"Location": "/b"})
    server.answer("/api.music.example/b", status=302, headers={"Location": "https://cdn.music.example/c"})
    server.answer("/cdn.music.example/c", {"x": 2})

    response = session.get("https://api.music.example/a")

    assert response.json() == {"x": 2}
    assert response.url == "https://cdn.music.example/c"
    assert gate.seen.count(("enter", "music")) == 3


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1:1/x", "http://169.254.169.254/latest", "http://router/", "http://[::1]/", "ftp://a.b/c"],
)
def test_a_redirect_to_an_inner_address_is_refused(server, session, target):
    server.answer("/api.music.example/a", status=302, headers={"Location": target})

    with pytest.raises((InnerAddress, UserError, TransientError)) as caught:
        ask(session)

    assert len(server.asked) == 1
    assert caught.value.message


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.0.1",
        "172.16.5.5",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fc00::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "localhost",
        "nas",
        "nas.local",
        "127.1",
        "2130706433",
        "0x7f.1",
        "foo.localhost",
    ],
)
def test_an_inner_address_is_refused_however_it_is_written(host):
    with pytest.raises(InnerAddress):
        check_host(host)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_a_public_address_is_let_through(address):
    check_host(address)
    assert is_outer(address)


def test_a_name_that_resolves_to_an_inner_address_is_refused(monkeypatch, gate):
    def resolve(host, port, **_):
        return [(2, 1, 6, "", ("93.184.216.34", port)), (2, 1, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)

    with pytest.raises(InnerAddress):
        outer_addresses("rebind.example", 80)
    with pytest.raises(InnerAddress):
        make_session("music", gate=gate).get("https://rebind.example/")


def test_without_a_sandbox_the_loopback_is_never_connected_to(server, gate):
    server.answer("/a", {"x": 1})
    session = make_session("music", gate=gate)

    with pytest.raises(InnerAddress):
        session.get(f"{server.url}/a")

    assert server.asked == []


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, PermanentError),
        (401, AuthRequired),
        (403, Forbidden),
        (404, NotFound),
        (410, NotFound),
        (429, RateLimited),
        (500, TransientError),
        (503, TransientError),
    ],
)
def test_a_status_becomes_our_error(server, session, status, error):
    server.answer("/api.music.example/a", status=status)

    with pytest.raises(error) as caught:
        ask(session)

    assert "Music" in caught.value.message


def test_retry_after_in_seconds_is_passed_on(server, session, gate):
    server.answer("/api.music.example/a", status=429, headers={"Retry-After": "7"})

    with pytest.raises(RateLimited) as caught:
        ask(session)

    assert caught.value.retry_after == 7
    assert gate.seen[-1] == (Outcome.RATE_LIMITED, 7)


def test_retry_after_as_a_date_is_passed_on(server, session):
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=120), usegmt=True)
    server.answer("/api.music.example/a", status=503, headers={"Retry-After": moment})

    with pytest.raises(RateLimited) as caught:
        ask(session)

    assert 110 < (caught.value.retry_after or 0) <= 120


def test_a_used_up_quota_is_told_from_a_short_limit(server, session, gate):
    body = {"error": {"status": 429, "reason": "QUOTA_EXCEEDED"}}
    server.answer("/api.music.example/a", body, status=429, headers={"Retry-After": "48925"})

    with pytest.raises(QuotaExceeded) as caught:
        ask(session)

    assert "14 hours" in caught.value.message
    assert gate.seen[-1] == (Outcome.QUOTA, 48925)


@pytest.mark.parametrize(("body", "kind"), [(b"<html>no", "text/html"), (b"{broken", "application/json"), (b"", "")])
def test_what_is_no_json_is_a_bad_response(server, session, body, kind):
    server.answer("/api.music.example/a", body, headers={"Content-Type": kind})

    with pytest.raises(BadResponse):
        ask(session)


def test_an_answer_that_breaks_off_is_transient(server, session, gate):
    server.answer("/api.music.example/a", {"x": "y" * 1000}, cut=True)

    with pytest.raises(TransientError):
        ask(session)

    assert gate.seen[-1] == (Outcome.FAILED, None)


def test_an_error_inside_a_200_is_found_and_told_to_the_gate(server, session, gate):
    server.answer("/api.music.example/a", {"error": {"code": 4}})

    def check(body):
        if "error" in body:
            raise RateLimited("Music is asked too often.", retry_after=5)

    with pytest.raises(RateLimited):
        ask(session, check=check)

    assert gate.seen[-1] == (Outcome.RATE_LIMITED, 5)


def test_a_cookie_is_not_sent_back(server, session):
    server.answer("/api.music.example/a", {}, headers={"Set-Cookie": "who=you; Path=/"})

    ask(session)
    ask(session)

    assert "Cookie" not in server.asked[1][1]


def test_a_kept_connection_that_was_closed_is_opened_again_unseen(server, session, gate):
    server.answer("/api.music.example/a", {"x": 1})
    ask(session)
    server.hang_up = 1

    assert ask(session) == {"x": 1}

    assert gate.seen[-1] == (Outcome.OK, None)
    server.hang_up = 5
    with pytest.raises(TransientError):
        ask(session)


def test_a_service_that_does_not_listen_is_transient(gate):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    session = make_session("music", gate=gate, sandbox_url=url)

    with pytest.raises(TransientError):
        ask(session)

    assert gate.seen[-1] == (Outcome.FAILED, None)


def test_an_answer_that_drips_ends_when_the_person_has_waited_long_enough(server, session):
    server.answer("/api.music.example/a", {"x": "y" * 1000}, drip_seconds=0.05)
    began = time.monotonic()

    with interactive(0.4), pytest.raises(TransientError) as caught:
        ask(session)

    assert time.monotonic() - began < 2
    assert caught.value.reason == "timeout"


def test_a_second_call_after_the_person_has_waited_long_enough_is_not_made(server, session):
    server.answer("/api.music.example/a", {})

    with interactive(0.0), pytest.raises(TransientError):
        ask(session)

    assert server.asked == []
