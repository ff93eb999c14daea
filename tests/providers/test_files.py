"""Fetching one file: whole, resumed, within its size, from its own hosts only."""

from __future__ import annotations

import threading
from hashlib import md5

import pytest

from core.errors import (
    BadResponse,
    Cancelled,
    Forbidden,
    NotFound,
    PermanentError,
    RateLimited,
    TransientError,
    UserError,
)
from core.http import OpenGate, make_session
from providers.files import Fetcher, RemoteFile
from tests.server import serve

BODY = bytes(range(256)) * 400
URL = "https://files.example.org/a.flac"
PATH = "/files.example.org/a.flac"


@pytest.fixture
def server():
    with serve() as running:
        yield running


@pytest.fixture
def fetch(server, tmp_path):
    session = make_session("files", gate=OpenGate(), sandbox_url=server.url)
    fetcher = Fetcher(session, OpenGate(), "files", stall_seconds=5, start_seconds=5)

    def run(cancelled=lambda: False, told=None, **more):
        values = {"url": URL, "label": "The shop", "may_reach": lambda host: host.endswith("example.org")} | more
        progress = told.append if told is not None else lambda _: None
        path = tmp_path / "a.flac"
        fetcher.fetch(RemoteFile(**values), path, progress=progress, cancelled=cancelled)
        return path

    return run


def test_file_is_whole_and_its_progress_is_told(fetch, server):
    server.answer(PATH, BODY)
    told = []

    path = fetch(told=told, size_bytes=len(BODY), md5=md5(BODY).hexdigest())

    assert path.read_bytes() == BODY
    assert (told[-1].done_bytes, told[-1].total_bytes) == (len(BODY), len(BODY))
    assert list(path.parent.iterdir()) == [path]


def test_part_that_lies_there_is_continued_from_its_end(fetch, server, tmp_path):
    (tmp_path / "a.flac.part").write_bytes(BODY[:1000])
    rest = {"Content-Range": f"bytes 1000-{len(BODY) - 1}/{len(BODY)}"}
    server.answer(PATH, BODY[1000:], status=206, headers=rest)

    assert fetch(size_bytes=len(BODY), md5=md5(BODY).hexdigest()).read_bytes() == BODY
    assert server.asked[0][1]["Range"] == "bytes=1000-"


def test_part_starts_anew_where_the_server_does_not_resume(fetch, server, tmp_path):
    (tmp_path / "a.flac.part").write_bytes(b"x" * 1000)
    server.answer(PATH, BODY)

    assert fetch(size_bytes=len(BODY)).read_bytes() == BODY


def test_part_that_is_whole_already_is_only_checked(fetch, server, tmp_path):
    (tmp_path / "a.flac.part").write_bytes(BODY)

    assert fetch(size_bytes=len(BODY), md5=md5(BODY).hexdigest()).read_bytes() == BODY
    assert server.asked == []


def test_transfer_that_breaks_off_keeps_what_came(fetch, server, tmp_path):
    server.answer(PATH, BODY, cut=True)

    with pytest.raises(TransientError):
        fetch(size_bytes=len(BODY))

    assert (tmp_path / "a.flac.part").read_bytes() == BODY[: len(BODY) // 2]


def test_file_with_another_checksum_is_dropped_and_tried_again(fetch, server, tmp_path):
    server.answer(PATH, BODY)

    with pytest.raises(BadResponse, match="checksum"):
        fetch(md5="0" * 32)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("told", [True, False], ids=["the length is told", "the bytes come"])
def test_file_larger_than_allowed_is_refused(fetch, server, told):
    server.answer(PATH, BODY, headers={} if told else {"Content-Length": "900"})

    with pytest.raises((PermanentError, TransientError)) as caught:
        fetch(most_bytes=1000 if told else 500)

    assert isinstance(caught.value, PermanentError)


@pytest.mark.parametrize(
    ("target", "error"),
    [
        ("https://evil.example.net/a.flac", PermanentError),
        ("http://169.254.169.254/latest", PermanentError),
        ("file:///etc/passwd", PermanentError),
        ("ftp://files.example.org/a", PermanentError),
    ],
)
def test_redirect_to_a_strange_place_is_refused(fetch, server, target, error):
    server.answer(PATH, b"", status=302, headers={"Location": target})

    with pytest.raises(error, match="none of its own"):
        fetch()

    assert len(server.asked) == 1


def test_redirect_to_an_inner_address_is_refused_even_by_a_source_that_would_go_anywhere(fetch, server):
    server.answer(PATH, b"", status=302, headers={"Location": "http://192.168.1.1/a.flac"})

    with pytest.raises(UserError, match="inside your own network"):
        fetch(may_reach=lambda host: True)


def test_redirects_in_a_circle_end(fetch, server):
    server.answer(PATH, b"", status=302, headers={"Location": URL})

    with pytest.raises(PermanentError, match="circles"):
        fetch()


@pytest.mark.parametrize(
    ("status", "headers", "error"),
    [
        (404, {}, NotFound),
        (403, {}, Forbidden),
        (401, {}, Forbidden),
        (503, {}, RateLimited),
        (429, {"Retry-After": "7"}, RateLimited),
        (500, {}, TransientError),
    ],
)
def test_refusal_is_one_of_our_errors(fetch, server, status, headers, error):
    server.answer(PATH, b"no", status=status, headers=headers)

    with pytest.raises(error) as caught:
        fetch()

    if status == 429:
        assert caught.value.retry_after == 7.0


def test_web_page_instead_of_the_file_is_refused(fetch, server):
    server.answer(PATH, b"<html>", headers={"Content-Type": "text/html"})

    with pytest.raises(PermanentError, match="web page"):
        fetch()


def test_cancel_while_bytes_come_slowly_ends_it(fetch, server):
    server.answer(PATH, BODY[:200], drip_seconds=0.05)
    wants_stop = threading.Event()
    told = []

    def cancelled():
        if told:
            wants_stop.set()
        return wants_stop.is_set()

    with pytest.raises(Cancelled):
        fetch(cancelled=cancelled, told=told)
