"""A file of the library over real HTTP: parts, conditions, who may hear it, and what is refused."""

from __future__ import annotations

import http.client
import os
from urllib.parse import unquote

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Person
from core import ranges
from library.audio.containers import sniff
from library.models import AudioFile
from library.views.media import MOST_BYTES
from spotizer import env
from tests.library.audio_files import KINDS

pytestmark = pytest.mark.django_db(transaction=True)
BIG = bytes(range(251)) * 20_000  # 5 MB in which no two places look alike


@pytest.fixture
def big(shelf) -> AudioFile:
    """A file too big for one answer. What is in it does not matter to whoever sends it."""
    file = shelf.put()
    shelf.write(file.path, BIG)
    return file


@pytest.fixture
def cookie(client, person) -> str:
    client.force_login(person)
    name = django_settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


@pytest.fixture
def ask(live_server, cookie):
    """Ask for a file as a player does; status, headers, body."""

    def asked(file, method="GET", signed_in=True, **headers):
        caller = http.client.HTTPConnection(live_server.thread.host, live_server.thread.port, timeout=120)
        number = file if isinstance(file, int) else file.pk
        headers |= {"Cookie": cookie} if signed_in else {}
        caller.request(method, f"/media/{number}/stream", headers=headers)
        response = caller.getresponse()
        body = response.read()
        caller.close()
        return response.status, response.headers, body

    return asked


def test_file_when_asked_for_part_by_part_comes_whole_in_pieces_of_two_megabytes(ask, big):
    got, sizes = b"", []
    while len(got) < len(BIG):
        status, headers, body = ask(big, Range=f"bytes={len(got)}-")
        assert status == 206
        assert headers["Content-Range"] == f"bytes {len(got)}-{len(got) + len(body) - 1}/{len(BIG)}"
        assert int(headers["Content-Length"]) == len(body)
        got += body
        sizes.append(len(body))

    assert got == BIG
    assert sizes == [MOST_BYTES, MOST_BYTES, len(BIG) - 2 * MOST_BYTES]
    assert MOST_BYTES <= 2_000_000


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=100-199", 100, 199),
        ("bytes=-100", len(BIG) - 100, len(BIG) - 1),
        (f"bytes=-{len(BIG) * 2}", 0, MOST_BYTES - 1),
        ("bytes=5-99999999999", 5, 5 + MOST_BYTES - 1),
        (f"bytes={len(BIG) - 1}-", len(BIG) - 1, len(BIG) - 1),
    ],
)
def test_part_that_is_asked_for_is_that_part(ask, big, wanted, first, last):
    status, headers, body = ask(big, Range=wanted)

    assert (status, headers["Content-Range"]) == (206, f"bytes {first}-{last}/{len(BIG)}")
    assert body == BIG[first : last + 1]


@pytest.mark.parametrize("wanted", [f"bytes={len(BIG)}-", "bytes=9-3", "bytes=-", "bytes=-0", "bytes=a-b", "bytes=٣-٤"])
def test_part_that_there_is_not_is_a_416_with_the_size(ask, big, wanted):
    status, headers, body = ask(big, Range=wanted.encode())

    assert (status, headers["Content-Range"], body) == (416, f"bytes */{len(BIG)}", b"")


@pytest.mark.parametrize("wanted", ["bytes=0-9,20-29", "lines=1-2", "words"])
def test_what_is_no_single_range_of_bytes_is_answered_whole(ask, big, wanted):
    status, headers, body = ask(big, Range=wanted)

    assert (status, body == BIG, headers["Accept-Ranges"]) == (200, True, "bytes")


def test_head_says_what_there_is_and_sends_nothing(ask, big):
    status, headers, body = ask(big, "HEAD", Range="bytes=0-9")

    assert (status, headers["Content-Length"], body) == (200, str(len(BIG)), b"")
    assert headers["Accept-Ranges"] == "bytes"


def test_what_is_known_already_is_not_sent_again(ask, big):
    tag = ask(big, "HEAD")[1]["ETag"]

    for known in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        status, headers, body = ask(big, **{"If-None-Match": known})
        assert (status, headers["ETag"], body) == (304, tag, b"")
    assert ask(big, Range="bytes=0-9", **{"If-None-Match": '"x"'})[0] == 206


def test_part_of_what_changed_meanwhile_is_the_whole_new_file(ask, big, shelf):
    tag = ask(big, "HEAD")[1]["ETag"]
    assert ask(big, Range="bytes=0-9", **{"If-Range": tag})[2] == BIG[:10]

    shelf.write(big.path, BIG[::-1])
    status, headers, body = ask(big, Range="bytes=0-9", **{"If-Range": tag})

    assert (status, body == BIG[::-1]) == (200, True)
    assert headers["ETag"] != tag
    assert ask(big, Range="bytes=0-9", **{"If-Range": f"W/{headers['ETag']}"})[0] == 200, "a weak tag proves no bytes"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "webm"])
def test_every_format_is_told_by_its_name(ask, shelf, kind):
    file = shelf.put(f"A/{kind}.{kind}")

    status, headers, body = ask(file, Range="bytes=0-")

    kinds = {"ogg": "ogg", "m4a": "mp4", "webm": "webm", "flac": "flac", "mp3": "mpeg", "aac": "aac", "wav": "wav"}
    assert status == 206
    assert headers["Content-Type"] == f"audio/{kinds[sniff(shelf.root / file.path)]}"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert body == (shelf.root / file.path).read_bytes()


def test_stranger_hears_nothing_and_everybody_who_signed_in_does(ask, client, big):
    status, headers, _ = ask(big, signed_in=False)
    assert (status, headers["Location"].split("?")[0]) == (302, "/login/")

    client.force_login(Person.objects.create_user("vi", role=Person.Role.VIEWER))
    address = reverse("library:stream", args=[big.pk])
    assert client.get(address, headers={"Range": "bytes=0-9"}).status_code == 206
    assert client.post(address).status_code == 405


def test_one_part_costs_who_asks_and_which_file_and_writes_nothing(client, person, big):
    client.force_login(person)
    with CaptureQueriesContext(connection) as caught:
        client.get(reverse("library:stream", args=[big.pk]), headers={"Range": "bytes=0-9"}).close()

    asked = [query["sql"] for query in caught]
    assert len([sql for sql in asked if "library_audiofile" in sql]) == 1
    assert len(asked) == 3, asked  # the session, the person, the file
    assert all(sql.startswith("SELECT") for sql in asked)


def test_file_that_is_gone_is_said_in_words(ask, big, shelf, visitor):
    (shelf.root / big.path).unlink()

    status, _, body = ask(big, Range="bytes=0-")
    assert status == 404
    assert "is not in the library folder any more" in body.decode()
    assert ask(999_999)[0] == 404
    page = visitor.get(reverse("library:stream", args=[big.pk]), headers={"Accept": "text/html"})
    assert page.status_code == 404
    assert "<main" in page.content.decode()


def test_library_that_is_away_is_a_503_in_words(ask, big, shelf):
    (shelf.root / ".spotizer").rmdir()

    status, _, body = ask(big)

    assert status == 503
    assert "Mount its disk" in body.decode()


def test_link_that_leads_out_of_the_library_is_never_followed(ask, shelf, tmp_path):
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "x.opus").write_bytes(b"secret")
    for path in ("Artist/link.opus", "Folder/x.opus", "pipe.opus", "folder.opus"):
        (shelf.root / path).parent.mkdir(exist_ok=True)
    (shelf.root / "Artist/link.opus").symlink_to(secret / "x.opus")
    (shelf.root / "Folder").rmdir()
    (shelf.root / "Folder").symlink_to(secret)
    os.mkfifo(shelf.root / "pipe.opus")
    (shelf.root / "folder.opus").mkdir()
    shelf.write(".spotizer/bin/x.opus")

    paths = [
        "Artist/link.opus", "Folder/x.opus", "pipe.opus", "folder.opus", "../secret/x.opus", str(secret / "x.opus"),
        ".spotizer/bin/x.opus", "a\0b", "x" * 300,
    ]  # fmt: skip
    for path in paths:
        row = AudioFile(path=path, size_bytes=1, modified_ns=1, codec="opus", container="ogg", duration_ms=1)
        row.save()
        status, _, body = ask(row, Range="bytes=0-")
        assert status in {400, 404}, path
        assert b"secret" not in body.replace(path.encode(), b"").replace(str(secret).encode(), b""), path
        row.delete()


def test_folder_that_is_linked_inside_the_library_is_heard(ask, big, shelf):
    (shelf.root / "Also").symlink_to(shelf.root / "Vera Holm")
    AudioFile.objects.filter(pk=big.pk).update(path=big.path.replace("Vera Holm", "Also"))

    assert ask(big, Range="bytes=0-9")[2] == BIG[:10]


def test_whole_files_beyond_two_wait_while_parts_do_not(visitor, big):
    address = reverse("library:stream", args=[big.pk])
    under_way = [visitor.get(address) for _ in range(ranges.WHOLE_AT_ONCE)]

    refused = visitor.get(address)
    part = visitor.get(address, headers={"Range": "bytes=0-9"})

    assert (refused.status_code, part.status_code) == (503, 206)
    assert "whole files are being sent" in refused.json()["message"]
    for response in [*under_way, part]:
        response.close()
    again = visitor.get(address)
    assert again.status_code == 200
    again.close()


def test_web_server_in_front_is_told_which_file_to_send(client, person, shelf, settings):
    settings.ACCEL_REDIRECT = "/files/"
    file = shelf.put("Vera Holm/50% #1?/01 Blå dør.opus")
    address = reverse("library:stream", args=[file.pk])
    client.force_login(person)

    handed = client.get(address, headers={"X-Forwarded-For": "192.168.1.9"})
    direct = client.get(address, headers={"Range": "bytes=0-9"})

    assert (handed.status_code, handed.content) == (200, b"")
    assert handed["X-Accel-Redirect"] == "/files/Vera%20Holm/50%25%20%231%3F/01%20Bl%C3%A5%20d%C3%B8r.opus"
    assert unquote(handed["X-Accel-Redirect"]) == f"/files/{file.path}"
    assert handed["Content-Type"] == "audio/ogg"
    assert direct.status_code == 206
    assert "X-Accel-Redirect" not in direct
    (shelf.root / file.path).unlink()
    assert client.get(address, headers={"X-Forwarded-For": "192.168.1.9"}).status_code == 404
    assert Client().get(address, headers={"X-Forwarded-For": "192.168.1.9"}).status_code == 302


@pytest.mark.parametrize("text", ["files", "/a/../b/", "//evil.example/", "/a b/", "http://x/"])
def test_place_on_the_web_server_that_is_none_is_refused(monkeypatch, text):
    monkeypatch.setenv("SPOTIZER_ACCEL_REDIRECT", text)

    with pytest.raises(env.ImproperlyConfigured, match="SPOTIZER_ACCEL_REDIRECT"):
        env.prefix("SPOTIZER_ACCEL_REDIRECT")


@pytest.mark.parametrize("text", ["/files", "/files/"])
def test_place_on_the_web_server_ends_with_one_slash(monkeypatch, text):
    monkeypatch.setenv("SPOTIZER_ACCEL_REDIRECT", text)

    assert env.prefix("SPOTIZER_ACCEL_REDIRECT") == "/files/"
