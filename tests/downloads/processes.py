"""Workers in processes of their own, on the test's database and folders, to be killed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import connection

WORK = "from downloads.tasks import drain_requests, drain_downloads; drain_requests(); drain_downloads()"


def environment(data: Path, **more: str) -> dict[str, str]:
    """The environment of a process that works on the test's database, in these folders, with the shortest lease."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{database['NAME']}"
    else:
        url = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "spotizer.settings",
        "SPOTIZER_DATA": str(data),
        "SPOTIZER_DOTENV": os.devnull,
        "DATABASE_URL": url,
        "SPOTIZER_LEASE_SECONDS": "5",
        "SPOTIZER_RETRY_DELAY": "0.1",
        **more,
    }


def start_worker(data: Path, **more: str) -> subprocess.Popen[bytes]:
    """A process that takes one token's work, then ends."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "shell", "-v0", "--no-imports", "-c", WORK]
    return subprocess.Popen(command, env=environment(data, **more), stdout=subprocess.DEVNULL, start_new_session=True)


def wait_until(what: Callable[[], object], seconds: float = 60.0) -> None:
    """Returns as soon as ``what()`` holds."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not come to pass in time"
        time.sleep(0.05)
