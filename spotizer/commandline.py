"""The way into every command: the demo's surroundings first, and wrong settings told in words."""

from __future__ import annotations

import importlib
import os
import sys
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

STARTED_AT = time.monotonic()  # this is what a person waits for: imports are the larger part of a start
BASE_DIR = Path(__file__).resolve().parent.parent


def main(arguments: Sequence[str]) -> int:
    """Run ``manage.py <command>``; 2 where Spotizer cannot start with these settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spotizer.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
    except ImportError:
        return refuse("Spotizer is not installed here. `make setup` does it; then use .venv/bin/python manage.py")
    try:
        with surroundings():
            read_settings()
            execute_from_command_line(list(arguments))
    except ImproperlyConfigured as exc:
        return refuse(f"Spotizer cannot start with these settings. {exc}")
    return 0


def read_settings() -> None:
    """The settings are read now, so that what is wrong with them is said in one line instead of a traceback."""
    from django.core.exceptions import ImproperlyConfigured

    try:
        importlib.import_module(os.environ["DJANGO_SETTINGS_MODULE"])
    except OSError as exc:
        raise ImproperlyConfigured(
            f"{exc.filename}: {exc.strerror}. Give this user the right to write there, or name another folder in "
            "SPOTIZER_DATA."
        ) from None


def refuse(message: str) -> int:
    sys.stderr.write(f"{message}\n")
    return 2


def surroundings() -> AbstractContextManager[object]:
    """What must be arranged before the settings are read: nothing, or the demo."""
    from spotizer import demo, env

    env.read_dotenv(Path(os.environ.get("SPOTIZER_DOTENV") or BASE_DIR / ".env"))
    return demo.arranged(BASE_DIR) if env.boolean("SPOTIZER_DEMO") else nullcontext()
