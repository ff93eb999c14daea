"""What must be so before anything runs: folders, tables, static files, an owner if the environment names one."""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from filelock import FileLock

from core.errors import StorageError, UserError
from library.models import FileAct

log = logging.getLogger(__name__)
MIGRATE_LOCK = 7_171_000_001  # an advisory lock has a number; ours means "migrating Spotizer"


def make_folders() -> None:
    """Data, work and library folder are there and can be written. Raises UserError that names the setting."""
    for folder, variable in (
        (settings.DATA, "SPOTIZER_DATA"),
        (settings.WORK, "SPOTIZER_DATA"),
        (settings.LIBRARY, "SPOTIZER_LIBRARY"),
    ):
        try:
            Path(folder).mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            raise UserError(
                f"The folder {folder} cannot be made: {exc.strerror}.",
                remedy=f"Give this user the right to write there, or name another folder in {variable}.",
            ) from None
        if not os.access(folder, os.W_OK | os.X_OK):
            raise UserError(
                f"The folder {folder} cannot be written.",
                remedy=f"Give this user the right to write there, or name another folder in {variable}.",
            )
    _keep_private()


def _keep_private() -> None:
    """Sessions, password hashes and the log are for this user alone; the library may be read as the umask says."""
    Path(settings.LOGS).mkdir(mode=0o700, parents=True, exist_ok=True)
    Path(settings.LOGS).chmod(0o700)
    if connection.vendor == "sqlite":
        database = Path(settings.DATABASES["default"]["NAME"])
        database.touch(mode=0o600)  # SQLite gives its side files the same mode
        database.chmod(0o600)


@contextmanager
def only_one() -> Iterator[None]:
    """One ``serve`` for one data folder. Raises UserError where another one runs."""
    path = Path(settings.DATA) / "serve.lock"
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            raise UserError(
                f"Spotizer already runs with the data in {settings.DATA} (process {file.read().strip() or 'unknown'}).",
                remedy="Stop it first, or give this one its own SPOTIZER_DATA and SPOTIZER_PORT.",
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def unapplied_migrations() -> list[str]:
    """Names of the migrations that this database lacks."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _ in plan]


def make_ready() -> None:
    """Folders and tables are there, as after the first start of ``serve``: a command may be what is run first."""
    make_folders()
    if unapplied_migrations():
        migrate()


def apart(steps: Callable[[], object]) -> None:
    """``steps`` are done, by a child that takes with it what they needed of memory: the parts share what is left.

    Ends this process, too, where they fail; the child says why.
    """
    connection.close()
    sys.stdout.flush()
    if (pid := os.fork()) == 0:
        code = 1
        try:
            steps()
            code = 0
        except BaseException:  # noqa: BLE001 - whatever it is, the child ends here
            sys.excepthook(*sys.exc_info())
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    if code := os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]):
        raise SystemExit(abs(code))


def migrate() -> int:
    """The tables are those of this version; how many migrations were applied.

    Two at once wait for one another: on an empty SQLite file one of two would fail ("table already exists").
    """
    with _migrating():
        names = unapplied_migrations()
        if names:
            call_command("migrate", verbosity=0, interactive=False)
    return len(names)


@contextmanager
def _migrating() -> Iterator[None]:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATE_LOCK])
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATE_LOCK])
    else:
        with FileLock(Path(settings.DATA) / "migrate.lock"):
            yield


def settle_files() -> None:
    """No act on a file is half done any more, before anything else touches the library."""
    if not FileAct.objects.filter(state__in=[FileAct.State.PLANNED, FileAct.State.DOING]).exists():
        return
    from library.services import journal  # brings the readers of audio: not in a supervisor that needs none

    try:
        journal.recover()
    except StorageError as exc:
        log.warning("The journal of files waits for the disk: %s", exc)


def collect_static() -> None:
    """Hashed and compressed static files lie in the data folder; nothing to do where they did not change."""
    seal = Path(settings.STATIC_ROOT) / ".collected"
    with FileLock(Path(settings.DATA) / "static.lock"):
        wanted = _static_sources()
        if not seal.is_file() or seal.read_text("ascii") != wanted:
            call_command("collectstatic", verbosity=0, interactive=False, clear=True)
            seal.write_text(wanted, "ascii")


def _static_sources() -> str:
    """A digest of the names, sizes and times of all static files as they are delivered."""
    digest = hashlib.sha256(f"{settings.VERSION} {django.__version__}".encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            stat = Path(storage.path(name)).stat()
            digest.update(f"{name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()
