"""Settings that are changed beside a running server are in force in its processes, and none of them starts anew."""

from __future__ import annotations

import re
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest

from tests.spotizer.serving import environment, manage, serving, wait_for
from tests.spotizer.test_workers import rows, run

TRIMS = 'name="trim" value="yes" checked'
PAUSED = "SELECT 1 FROM ops_setting WHERE key LIKE 'queue.storage%'"
LEFT = "SELECT 1 FROM downloads_download WHERE status<>'done'"


@pytest.mark.slow
def test_stored_settings_reach_the_sweeper_and_the_workers_without_a_restart(sandbox, settings, tmp_path):
    data = tmp_path / "data"
    env = {"SPOTIZER_SANDBOX_URL": sandbox.url, "SPOTIZER_YTDLP_PLUGINS": settings.YTDLP_PLUGINS}
    with serving(data, SPOTIZER_COVER_PX="500", **env) as server:
        wait_for(lambda: rows(data, "SELECT 1 FROM ops_heartbeat WHERE name='sweeper'"), "the server is at work")
        parts = server.leaders("[")

        assert tell(server, "set", "save_cover", "no") == "save_cover=no  (set here)"
        assert tell(server, "set", "min_free_mb", "999999999") == "min_free_mb=999999999  (set here)"
        wait_for(lambda: rows(data, PAUSED), "the sweeper pauses, as there is less than has to stay free", 60)
        said = run(server, "download", "https://www.deezer.com/album/302002", "--format", "opus")
        assert said.returncode == 3, said.stderr
        assert tell(server, "reset", "min_free_mb") == "min_free_mb=200  (default)"
        wait_for(lambda: not rows(data, PAUSED), "the sweeper goes on", 60)
        wait_for(lambda: rows(data, "SELECT 1 FROM downloads_download") and not rows(data, LEFT), "all is done", 120)

        assert len(list((data / "library").rglob("*.opus"))) == 12
        assert not list((data / "library").rglob("cover.jpg"))
        refused = run(server, "settings", "set", "cover_px", "900")
        assert (refused.returncode, "It is set by SPOTIZER_COVER_PX" in refused.stderr) == (2, True)
        assert server.leaders("[") == parts


def test_settings_stored_before_the_start_are_in_force_after_it(tmp_path):
    env = environment(tmp_path / "data", SPOTIZER_WORKERS="")
    assert manage("settings", "set", "workers", "2", env=env).stdout == "workers=2  (set here)\n"

    with serving(tmp_path / "data", SPOTIZER_WORKERS="") as server:
        wait_for(lambda: len(server.leaders("[cluster")) == 1, "the cluster runs", 60)
        assert run(server, "settings", "get", "workers").stdout == "2\n"


def test_page_of_a_running_server_shows_what_a_command_set_and_the_other_way_round(tmp_path):
    owner = {"SPOTIZER_OWNER": "olga", "SPOTIZER_OWNER_PASSWORD": "a long walk home"}
    with serving(tmp_path / "data", **owner) as server:
        person = Visitor(server)
        person.send("/login/", username="olga", password="a long walk home")
        web = server.leaders("[web")
        assert TRIMS not in person.open("/settings/quality/")

        tell(server, "set", "trim", "yes")
        wait_for(lambda: TRIMS in person.open("/settings/quality/"), "the page shows it", 60)
        said = person.send("/settings/quality/save/", **{"output_format": "mp3", "was-output_format": "keep"})

        assert "Saved: “Format”." in said
        assert tell(server, "get", "output_format") == "mp3"
        assert "by olga (page)" in tell(server, "history", "output_format")
        assert server.leaders("[web") == web


class Visitor:
    """Somebody who is signed in, as far as cookies and forms go."""

    def __init__(self, server) -> None:
        self.url, self.jar = server.url, CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.jar))

    def open(self, path: str, data: bytes | None = None) -> str:
        with self.opener.open(Request(self.url + path, data), timeout=60) as response:
            return response.read().decode()

    def send(self, path: str, **fields: str) -> str:
        page = self.open("/login/" if path == "/login/" else "/settings/quality/")
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
        version = re.findall(r'name="version" value="(\d+)"', page)
        fields |= {"csrfmiddlewaretoken": token, **({"version": version[0]} if version else {})}
        return self.open(path, urlencode(fields).encode())


def tell(server, *arguments: str) -> str:
    said = run(server, "settings", *arguments)
    assert said.returncode == 0, said.stderr
    return said.stdout.strip()
