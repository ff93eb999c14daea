"""The server itself: ranges, faults on the wire, the log, strictness."""

from __future__ import annotations

import http.client
import subprocess
import sys
import time
import urllib.error
from contextlib import closing
from urllib.parse import urlsplit

import pytest


@pytest.fixture
def media(sandbox_server):
    """The address of a short file."""
    catalogue = sandbox_server.world.catalogue
    track = catalogue.album_by_name["quick-sketches"].tracks[0]
    return f"www.youtube.com/sandbox/media/{catalogue.uploads_of[track.recording.name][0].video_id}/251.webm"


def test_range_when_asked_gives_that_part(sandbox, media):
    whole = sandbox.get(media)[2]

    status, headers, part = sandbox.get(media, {"Range": "bytes=100-199"})

    assert (status, part) == (206, whole[100:200])
    assert headers["Content-Range"] == f"bytes 100-199/{len(whole)}"
    assert sandbox.get(media, {"Range": f"bytes={len(whole) - 10}-"})[2] == whole[-10:]
    assert sandbox.get(media, {"Range": "bytes=-7"})[2] == whole[-7:]


def test_range_when_past_the_end_is_a_416(sandbox, media):
    status, headers, _ = sandbox.get(media, {"Range": "bytes=99999999-"})

    assert status == 416
    assert headers["Content-Range"].startswith("bytes */")


def test_status_fault_when_ordered_twice_comes_twice(sandbox):
    sandbox.fault("api.deezer.com/album/302001", "status", status=503, headers={"Retry-After": "7"}, times=2)

    answers = [sandbox.get("api.deezer.com/album/302001") for _ in range(3)]

    assert [answer[0] for answer in answers] == [503, 503, 200]
    assert answers[0][1]["Retry-After"] == "7"
    assert [line["fault"] for line in sandbox.log("album/302001$")] == ["status", "status", ""]


def test_fault_when_every_third_skips_the_others(sandbox):
    sandbox.fault("api.deezer.com", "status", status=500, every=3, skip=1)

    assert [sandbox.get("api.deezer.com/artist/270")[0] for _ in range(7)] == [200, 500, 200, 200, 500, 200, 200]


def test_truncate_fault_when_read_breaks_off(sandbox, media):
    sandbox.fault(media, "truncate", percent=40)

    with pytest.raises(http.client.IncompleteRead) as caught:
        sandbox.get(media)

    assert len(caught.value.partial) > 1000


def test_reset_fault_when_read_is_a_reset_connection(sandbox, media):
    sandbox.fault(media, "reset")

    with pytest.raises((ConnectionResetError, urllib.error.URLError)):
        sandbox.get(media)


def test_stall_fault_when_read_says_nothing_until_its_time_is_up(sandbox, media):
    sandbox.fault(media, "stall", percent=30, seconds=0.2)
    began = time.monotonic()

    with pytest.raises(http.client.IncompleteRead):
        sandbox.get(media)

    assert time.monotonic() - began >= 0.2


@pytest.mark.parametrize("kind", ["garbage", "corrupt", "empty", "html", "content_type"])
def test_body_fault_when_read_changes_the_body_or_its_type(sandbox, media, kind):
    _, good_headers, good = sandbox.get(media)
    sandbox.fault(media, kind)

    status, headers, body = sandbox.get(media)

    assert status == 200
    assert (body, headers["Content-Type"]) != (good, good_headers["Content-Type"])


def test_wrong_duration_fault_when_read_gives_a_shorter_file(sandbox, media):
    good = sandbox.get(media)[2]
    sandbox.fault(media, "wrong_duration", percent=50)

    assert len(sandbox.get(media)[2]) < len(good) * 0.6


def test_latency_fault_when_read_answers_late_and_well(sandbox):
    sandbox.fault("api.deezer.com", "latency", seconds=0.15)
    began = time.monotonic()

    assert sandbox.get("api.deezer.com/artist/270")[0] == 200
    assert time.monotonic() - began >= 0.15


def test_break_fault_resets_the_connection_in_the_middle_of_the_body(sandbox, media):
    sandbox.fault(media, "break", percent=50)
    url = urlsplit(f"{sandbox.url}/{media}")
    with closing(http.client.HTTPConnection(url.hostname, url.port, timeout=10)) as connection:
        connection.request("GET", url.path)
        answer = connection.getresponse()
        size = int(answer.headers["Content-Length"])

        with pytest.raises((ConnectionResetError, http.client.IncompleteRead)):
            answer.read()

    assert answer.status == 200
    assert sandbox.log(media)[-1]["bytes_sent"] == size // 2


def test_fault_of_each_path_spoils_every_file_once_whoever_asks_first(sandbox):
    sandbox.fault("api.deezer.com/album/", "status", status=500, each=True, times=1)

    first, second = "api.deezer.com/album/302001", "api.deezer.com/album/302002"
    statuses = [sandbox.get(path)[0] for path in (first, first, second, first, second)]

    assert statuses == [500, 200, 500, 200, 200]


def test_reset_of_the_sandbox_forgets_faults_moods_and_counts(sandbox):
    sandbox.fault("api.deezer.com", "status", status=500)
    sandbox.mood(deezer_404=True)
    sandbox.get("api.deezer.com/artist/270")

    sandbox.reset()

    assert sandbox.count() == 0
    assert sandbox.get("api.deezer.com/album/1")[0] == 200


@pytest.mark.parametrize("path", ["nowhere.example/", "i.scdn.co/image/0", "_control/nothing"])
def test_unknown_path_is_a_404(sandbox, path):
    assert sandbox.get(path)[0] == 404


def test_order_of_an_unknown_kind_is_refused(sandbox):
    with pytest.raises(ValueError, match="no such kind"):
        sandbox.fault("x", "earthquake")
    with pytest.raises(ValueError, match="the sandbox refused"):
        sandbox.fault("(", "reset")


def test_server_when_run_as_a_command_prints_its_address_and_stops_at_once(tmp_path):
    port_file = tmp_path / "port"
    command = [sys.executable, "-m", "sandbox", "serve", "--cache", str(tmp_path), "--port-file", str(port_file)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        assert line.strip() == f"sandbox at http://127.0.0.1:{port_file.read_text().strip()}"
    finally:
        process.terminate()

    assert process.wait(5) == 0
