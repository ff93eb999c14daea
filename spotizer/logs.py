"""Logging: one rotating file that all processes share, the console, and no secret in either."""

from __future__ import annotations

import fcntl
import logging
import os
import re
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO, Any

MEGABYTE = 1024 * 1024
LEAST = 6  # letters of a secret: shorter ones would black out half of the log
# What must not be read in a log, wherever a library writes it: the name stays, the value goes.
SECRETS = re.compile(
    r"""(?ix)
    ( (?:authorization|proxy-authorization|cookie|set-cookie)["']?\s*[:=]\s*["']?(?:bearer|basic)?\s*
    | (?:client_secret|access_token|refresh_token|id_token|api[_-]?key|password|passwd|secret_key|csrfmiddlewaretoken
        |sessionid|code_verifier)["']?\s*[:=]\s*["']?
    | \bbearer\s+
    | ://[^/\s:@]+: (?=[^/\s@]+@)
    )
    (?!["'\s,;&}]) [^"'\s,;&}@]+
    """
)


def redact(text: str, values: tuple[str, ...] = ()) -> str:
    """``text`` with ``***`` for each of ``values`` and for whatever follows the name of a secret."""
    for value in values:
        text = text.replace(value, "***")
    return SECRETS.sub(r"\1***", text)


class Redacting(logging.Formatter):
    """Redacts the whole line, traceback included."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._values: tuple[str, ...] | None = None

    def format(self, record: logging.LogRecord) -> str:
        if self._values is None:
            self._values = _secret_values()
        record.part = os.environ.get("SPOTIZER_PART", "command")  # `serve` and `work` say which of their parts it is
        return redact(super().format(record), (*self._values, *_stored_secrets()))


class SharedFileHandler(RotatingFileHandler):
    """Several processes write one file; whoever finds it full turns it over, once, under a lock."""

    def __init__(self, filename: str, **options: Any) -> None:
        Path(filename).parent.mkdir(parents=True, exist_ok=True)
        super().__init__(filename, delay=True, encoding="utf-8", **options)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            with Path(f"{self.baseFilename}.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                self._follow()
                super().emit(record)
        except Exception:  # noqa: BLE001 - as every handler does: a full disk must not end the work
            self.handleError(record)

    def _follow(self) -> None:
        """Write to the file that has the name now: another process may have turned it over."""
        stream: IO[str] | None = self.stream
        if stream is None:
            return
        try:
            is_same = os.path.samestat(os.fstat(stream.fileno()), Path(self.baseFilename).stat())
        except FileNotFoundError:
            is_same = False
        if not is_same:
            stream.close()
            self.stream = None


def _stored_secrets() -> tuple[str, ...]:
    """Those among the settings: they may be changed while this process runs."""
    from ops.settings import stored

    return tuple(value for value in stored.known_secrets() if len(value) >= LEAST)


def _secret_values() -> tuple[str, ...]:
    from django.conf import settings

    known = (
        settings.SECRET_KEY,
        *settings.SECRET_KEY_FALLBACKS,
        settings.OWNER_PASSWORD,
        settings.SPOTIFY_CLIENT_SECRET,
    )
    return tuple(value for value in known if len(value) >= LEAST)


def configuration(folder: Path, *, level: str, is_served: bool) -> dict[str, Any]:
    """Django's LOGGING. Commands keep their console clean: below ``serve`` alone it shows more than warnings."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "file": {
                "()": "spotizer.logs.Redacting",
                "format": "%(asctime)s %(levelname)s %(part)s %(process)d %(name)s: %(message)s",
            },
            "console": {"()": "spotizer.logs.Redacting", "format": "%(asctime)s %(message)s", "datefmt": "%H:%M:%S"},
        },
        "handlers": {
            "file": {
                "()": "spotizer.logs.SharedFileHandler",
                "filename": str(folder / "spotizer.log"),
                "maxBytes": 10 * MEGABYTE,
                "backupCount": 5,
                "formatter": "file",
            },
            "console": {
                "class": "logging.StreamHandler",
                "level": level if is_served else "WARNING",
                "formatter": "console",
            },
        },
        "root": {"handlers": ["file", "console"], "level": level},
        "loggers": {
            # Their INFO is a line for each token and each connection.
            "django-q": {"level": "WARNING"},
            "urllib3": {"level": "WARNING"},
            "filelock": {"level": "WARNING"},
            "PIL": {"level": "WARNING"},
            # log_requests says the same with the time it took.
            "django.request": {"level": "ERROR"},
            "django.server": {"level": "ERROR", "propagate": True, "handlers": []},
        },
    }
