"""What is logged, where, and what never is."""

from __future__ import annotations

import io
import logging
import subprocess
import sys

import pytest

from ops.services.changes import Way, change
from ops.settings import in_force
from spotizer import logs
from spotizer.logs import SharedFileHandler, redact
from tests.spotizer.serving import ROOT


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
        ("{'Authorization': 'Basic Zm9v'}", "{'Authorization': 'Basic ***'}"),
        ("client_secret=0123abcd&grant_type=x", "client_secret=***&grant_type=x"),
        ('{"access_token": "BQD123", "expires_in": 3600}', '{"access_token": "***", "expires_in": 3600}'),
        ("password='a long walk'", "password='*** long walk'"),
        ("postgres://anna:geheim@db/spotizer", "postgres://anna:***@db/spotizer"),
        ("Cookie: spotizer=abc123", "Cookie: ***"),
        ("token refreshed for anna", "token refreshed for anna"),
    ],
)
def test_redact_takes_the_value_and_leaves_the_name(written, read):
    assert redact(written) == read


def test_redact_takes_known_secrets_wherever_they_stand():
    assert redact("it was hunter2hunter2, twice hunter2hunter2", ("hunter2hunter2",)) == "it was ***, twice ***"


def test_log_line_with_a_traceback_has_no_secret(tmp_path, settings):
    from spotizer.logs import Redacting

    handler = SharedFileHandler(str(tmp_path / "a.log"), maxBytes=1000, backupCount=1)
    handler.setFormatter(Redacting("%(message)s"))
    logger = logging.Logger("test")
    logger.addHandler(handler)
    try:
        int(settings.SECRET_KEY)
    except ValueError:
        logger.exception("It failed with access_token=BQD123")
    handler.close()

    text = (tmp_path / "a.log").read_text()
    assert "ValueError: invalid literal for int() with base 10: '***'" in text
    assert settings.SECRET_KEY not in text
    assert "BQD123" not in text


def test_log_file_that_several_processes_write_turns_over_without_losing_a_line(tmp_path):
    code = (
        "import logging, sys; from spotizer.logs import SharedFileHandler\n"
        "handler = SharedFileHandler(sys.argv[1], maxBytes=20_000, backupCount=9)\n"
        "logger = logging.Logger('x'); logger.addHandler(handler)\n"
        "for n in range(400): logger.info('%s line %04d of a test that fills files', sys.argv[2], n)\n"
    )
    path = tmp_path / "logs" / "spotizer.log"
    writers = [subprocess.Popen([sys.executable, "-c", code, str(path), name], cwd=ROOT) for name in "abc"]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0, 0]

    files = [file for file in path.parent.iterdir() if file.suffix != ".lock"]
    lines = [line for file in files for line in file.read_text().splitlines()]
    assert len(files) > 2
    assert all(file.stat().st_size <= 20_000 for file in files)
    assert sorted(lines) == sorted(
        f"{name} line {n:04d} of a test that fills files" for name in "abc" for n in range(400)
    )


@pytest.mark.django_db
def test_request_is_logged_with_its_status_and_time_and_without_its_query(client, caplog):
    client.get("/login/?next=/secret")

    line = next(record.getMessage() for record in caplog.records if record.name == "spotizer.requests")
    method, path, status, milliseconds, unit, address = line.split()
    assert (method, path, unit, address) == ("GET", "/login/", "ms", "127.0.0.1")
    assert status.isdigit()
    assert milliseconds.isdigit()
    assert "secret" not in line


@pytest.mark.django_db
def test_log_line_has_no_secret_that_was_stored_while_the_process_runs():
    handler = logging.StreamHandler(said := io.StringIO())
    handler.setFormatter(logs.Redacting("%(message)s"))
    log = logging.Logger("of a test")
    log.addHandler(handler)
    log.warning("before")

    change({"SLSKD_KEY": "a-key-of-mine-0123"}, way=Way.COMMAND)
    assert in_force.SLSKD_KEY == "a-key-of-mine-0123"
    log.warning("refused: a-key-of-mine-0123")

    assert "a-key-of-mine" not in said.getvalue()
