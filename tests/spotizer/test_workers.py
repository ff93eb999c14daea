"""The number of workers is changed while everything runs: what is at work goes on, and nothing else is disturbed."""

from __future__ import annotations

import io
import sqlite3
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from core.errors import UserError
from downloads.services import tokens, workforce
from history.models import Event
from tests.downloads.make import make_download
from tests.spotizer.serving import environment, manage, serving, wait_for

MEDIA = "www.youtube.com/sandbox/media/"
TWELVE = "https://www.deezer.com/album/302002"


@pytest.mark.slow
def test_change_restarts_the_cluster_alone_and_what_was_at_work_goes_on(sandbox, settings, tmp_path):
    data = tmp_path / "data"
    env = {"SPOTIZER_SANDBOX_URL": sandbox.url, "SPOTIZER_YTDLP_PLUGINS": settings.YTDLP_PLUGINS}
    env["SPOTIZER_WORKERS"] = ""  # what the environment says could not be changed
    sandbox.fault(MEDIA, "trickle", bytes_per_second=5_000)
    assert manage("workers", "1", env=environment(data, **env)).returncode == 0
    with serving(data, **env) as server:
        wait_for(
            lambda: rows(data, "SELECT 1 FROM ops_heartbeat WHERE name='sweeper'"), "the server can be handed work"
        )
        web, sweeper = server.leaders("[web"), server.leaders("[sweeper")
        said = run(server, "download", TWELVE, "--format", "opus")
        assert said.returncode == 3, said.stderr
        wait_for(lambda: at_work(data) == 1, "one is at work", 60)
        [(first,)] = rows(data, "SELECT lease_owner FROM downloads_download WHERE lease_owner <> ''")

        said = run(server, "workers", "3")

        assert "Downloads at once: 3 (set here)." in said.stdout
        wait_for(lambda: at_work(data) == 3, "three are at work", 60)
        assert (first,) not in rows(data, "SELECT lease_owner FROM downloads_download")
        assert (server.leaders("[web"), server.leaders("[sweeper")) == (web, sweeper)
        assert server.process.poll() is None
        sandbox.mend()
        wait_for(lambda: not rows(data, "SELECT 1 FROM downloads_download WHERE status<>'done'"), "all is done", 120)
        assert "gives no sign of life" not in server.output
        assert "starts again in" not in server.output

    # Nothing lost, nothing twice: nobody's lease ran out, and the part of the first one was continued.
    assert rows(data, "SELECT count(*), sum(crashes), sum(failures) FROM downloads_download") == [(12, 0, 0)]
    assert rows(data, "SELECT count(*) FROM library_audiofile") == [(12,)]
    assert len(list((data / "library").rglob("*.opus"))) == 12
    assert [line["status"] for line in sandbox.log(MEDIA)].count(206) == 1
    assert sandbox.count(MEDIA) == 13


def run(server, *arguments: str):
    """A command beside the server, with the server's own environment."""
    raw = Path(f"/proc/{server.process.pid}/environ").read_bytes().decode()
    env = dict(line.split("=", 1) for line in raw.split("\0") if "=" in line)
    return manage(*arguments, env=env)


def rows(data: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(data / "spotizer.sqlite3", timeout=20) as database:
        return database.execute(query).fetchall()


def at_work(data: Path) -> int:
    """How many are being fetched, with the first bytes here."""
    return len(rows(data, "SELECT 1 FROM downloads_download WHERE status='fetching' AND done_bytes > 0"))


@pytest.mark.django_db
def test_stored_number_is_in_force_and_default_takes_it_back():
    out = io.StringIO()

    call_command("workers", stdout=out)
    call_command("workers", "5", stdout=out)
    assert workforce.workers() == 5
    call_command("workers", "default", stdout=out)

    assert out.getvalue().splitlines() == [
        "Downloads at once: 3 (default).",
        "Downloads at once: 5 (set here).",
        "Downloads at once: 3 (default).",
    ]
    assert list(Event.objects.order_by("pk").values_list("message", flat=True)) == [
        "Downloads at once: 5.",
        "Downloads at once: 3.",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["0", "33", "-1", "five", "³", ""])
def test_number_that_cannot_be_is_refused_in_words(number):
    with pytest.raises(CommandError, match="Give 1 to 32") as caught:
        call_command("workers", "--", number)

    assert caught.value.returncode == 2
    assert workforce.where_from() == "default"


@pytest.mark.django_db
def test_number_of_the_environment_stands_before_the_stored_one_and_names_its_variable(settings):
    workforce.set_workers(5)
    settings.WORKERS, settings.SET_BY_ENVIRONMENT = 2, frozenset({"WORKERS"})
    assert workforce.workers() == 2

    with pytest.raises(CommandError, match="It is set by SPOTIZER_WORKERS") as caught:
        call_command("workers", "7")

    assert caught.value.returncode == 2
    assert workforce.workers() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("number", [0, 33])
def test_number_out_of_range_is_refused_whoever_asks(number):
    with pytest.raises(UserError):
        workforce.set_workers(number)


@pytest.mark.django_db
def test_as_many_workers_are_woken_as_are_set(settings):
    settings.WORKERS = 1
    for _ in range(6):
        make_download()
    workforce.set_workers(4)

    assert tokens.top_up() == 4
