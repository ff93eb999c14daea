"""The demo: Spotizer over invented music. Its data lie apart, and a sandbox stands in for all outside services.

One sandbox serves every command of one demo folder. It is kept by a process of its own (``demo_keeper.py``) for as
long as anybody uses it: each user holds a shared lock on a file, and the system lets go of it however the user ends.
Read before Django's settings, so nothing of Django is imported here.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

START_SECONDS = 60.0
# Whatever proxy the environment names: the loopback is asked directly.
_plainly = urllib.request.build_opener(urllib.request.ProxyHandler({}))
KEEPER = Path(__file__).with_name("demo_keeper.py")


def data_folder(base: Path) -> Path:
    """Where the demo keeps everything; `make run` never looks there, nor the demo into the data of `make run`."""
    return Path(os.environ.get("SPOTIZER_DEMO_DATA") or base / ".demo").absolute()


@contextmanager
def arranged(base: Path) -> Iterator[None]:
    """The environment points at a running sandbox. A command below ``serve`` finds it so and changes nothing."""
    if os.environ.get("SPOTIZER_SANDBOX_URL"):
        yield
        return
    folder = data_folder(base)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "sandbox.users").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)  # from here on the keeper keeps it
        plugins = str(base / "sandbox" / "plugins")
        os.environ["SPOTIZER_SANDBOX_URL"] = find_or_start(base, folder)
        os.environ["SPOTIZER_YTDLP_PLUGINS"] = plugins
        os.environ["NO_PROXY"] = ",".join(filter(None, ["127.0.0.1", os.environ.get("NO_PROXY", "")]))
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [plugins, os.environ.get("PYTHONPATH", "")]))
        yield


def find_or_start(base: Path, folder: Path) -> str:
    """The address of the folder's sandbox, which is started where none answers."""
    with (folder / "sandbox.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if url := running(folder):
            return url
        with (folder / "sandbox.log").open("ab") as log:
            keeper = subprocess.Popen(
                [sys.executable, str(KEEPER), str(base), str(folder)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and keeper.poll() is None:
            if url := running(folder):
                return url
            time.sleep(0.05)
    raise ImproperlyConfigured(f"The demo's sandbox did not start; {folder / 'sandbox.log'} says why.")


def running(folder: Path) -> str | None:
    """The address of the sandbox if it answers."""
    try:
        url: str = json.loads((folder / "sandbox.json").read_text("utf-8"))["url"]
        with _plainly.open(f"{url}/_control/health", timeout=2):
            return url
    except (OSError, ValueError, KeyError):
        return None
