"""Checks of what runs: database, services, clock, workers, the way in."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import requests
from django.conf import settings
from django.db import DatabaseError, connection

from accounts.services.setup import is_set_up
from ops.services import heartbeats
from spotizer.doctor.findings import Finding, bad, good, note
from spotizer.supervisor import prepare, reach
from spotizer.supervisor.beats import STALE_SECONDS, name_of

LEAST_SQLITE = (3, 35)
LEAST_POSTGRES = 14
CLOCK_SECONDS = 120


def database() -> Iterator[Finding]:
    """It answers, is new enough, and has the tables of this version."""
    is_sqlite = connection.vendor == "sqlite"
    try:
        connection.ensure_connection()
        if is_sqlite:
            with connection.cursor() as cursor:
                cursor.execute("SELECT sqlite_version()")
                version = str(cursor.fetchone()[0])
            is_new_enough = tuple(map(int, version.split(".")[:2])) >= LEAST_SQLITE
        else:
            version = str(connection.cursor().connection.info.server_version // 10000)
            is_new_enough = int(version) >= LEAST_POSTGRES
        missing = prepare.unapplied_migrations()
    except DatabaseError as exc:
        remedy = (
            f"sudo chown -R $(id -un) {settings.DATA}" if is_sqlite else "check DATABASE_URL, and that the server runs"
        )
        yield bad("Database", f"does not answer: {str(exc).strip()}", remedy)
        return
    label = "SQLite" if is_sqlite else "PostgreSQL"
    if is_new_enough:
        yield good("Database", f"{label} {version}")
    else:
        yield bad(
            "Database",
            f"{label} {version} is too old",
            "use a newer Python, or set DATABASE_URL to PostgreSQL 14 or newer",
        )
    if missing:
        yield bad(
            "Tables", f"{len(missing)} migrations are not applied", "make run   (or .venv/bin/python manage.py migrate)"
        )
    else:
        yield good("Tables", "as this version wants them")
        yield from _people()


def _people() -> Iterator[Finding]:
    if is_set_up():
        yield good("Owner", "is there")
    else:
        yield note("Owner", "nobody can sign in yet", "make run, then open the page that it names")


def services() -> Iterator[Finding]:
    """The services answer, and agree with this machine about the time."""
    missing = reach.unreachable()
    for name, url in reach.services().items():
        if name in missing:
            yield bad(
                name,
                f"{url} does not answer from here",
                "check the internet connection, proxy and firewall: curl -I " + url,
            )
        else:
            yield good(name, f"{url} answers")
    if len(missing) < len(reach.services()):
        yield from _clock()


def _clock() -> Iterator[Finding]:
    """A clock that is wrong breaks TLS, signatures and every waiting time."""
    for url in reach.services().values():
        try:
            stated = requests.head(reach.target(url), timeout=reach.SECONDS, allow_redirects=False).headers["Date"]
            wrong_by = abs((datetime.now(UTC) - parsedate_to_datetime(stated)).total_seconds())
        except (requests.RequestException, KeyError, ValueError, TypeError):
            continue
        if wrong_by > CLOCK_SECONDS:
            yield bad("Clock", f"is wrong by {wrong_by / 60:.0f} minutes", "sudo timedatectl set-ntp true")
        else:
            yield good("Clock", "agrees with the outside world")
        return


def workers() -> Iterator[Finding]:
    """While ``serve`` runs, its cluster gives signs of life."""
    if not _is_served():
        yield note("Workers", "Spotizer does not run here at the moment", "make run")
        return
    try:
        alive = heartbeats.alive(name_of(), within_seconds=STALE_SECONDS)
    except DatabaseError:
        return  # said already
    if alive:
        yield good("Workers", "took a task lately")
    else:
        yield bad(
            "Workers",
            f"no sign of life for {STALE_SECONDS / 60:.0f} minutes",
            f"restart Spotizer; {settings.LOGS / 'spotizer.log'} says what happened",
        )


def _is_served() -> bool:
    try:
        with (Path(settings.DATA) / "serve.lock").open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False
