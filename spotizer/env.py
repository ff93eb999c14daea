"""Reads ``SPOTIZER_*`` once, typed, loud about nonsense. ``.env`` in the working folder comes after the environment."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


def read_dotenv(path: Path) -> None:
    """Put the lines of ``path`` into the environment where it does not have them already."""
    if not path.is_file():
        return
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        text = line.strip().removeprefix("export ")
        if not text or text.startswith("#"):
            continue
        name, equals, value = text.partition("=")
        if not equals:
            raise ImproperlyConfigured(f"{path}, line {number}: expected NAME=value.")
        value = value.strip()
        if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        os.environ.setdefault(name.strip(), value)


def _read(name: str, default: T, convert: Callable[[str], T], expected: str) -> T:
    text = os.environ.get(name)
    if text is None or not text.strip():
        return default
    try:
        return convert(text.strip())
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {text!r}; expected {expected}.") from None


def text(name: str, default: str = "") -> str:
    """The variable as written."""
    return os.environ.get(name, default)


def secret(name: str, default: str = "") -> str:
    """``NAME``, else the content of the file that ``NAME_FILE`` points at."""
    if value := os.environ.get(name):
        return value
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text("utf-8").strip()
        except OSError as exc:
            raise ImproperlyConfigured(f"{name}_FILE: {path} cannot be read ({exc.strerror}).") from None
    return default


def boolean(name: str, default: bool = False) -> bool:
    def convert(value: str) -> bool:
        lowered = value.lower()
        if lowered in TRUE | FALSE:
            return lowered in TRUE
        raise ValueError(value)

    return _read(name, default, convert, "yes or no")


def integer(name: str, default: int, *, least: int | None = None, most: int | None = None) -> int:
    value = _read(name, default, int, "a whole number")
    if (least is not None and value < least) or (most is not None and value > most):
        raise ImproperlyConfigured(f"{name} is {value}; expected a number from {least} to {most or 'any'}.")
    return value


def words(name: str) -> list[str]:
    """A list written with commas or spaces."""
    return [word for word in os.environ.get(name, "").replace(",", " ").split() if word]


def address(name: str) -> str:
    """A web address without a slash at its end: ``http://slskd:5030``; empty where it is not set."""

    def convert(value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.username is not None:
            raise ValueError(value)
        return value.rstrip("/")

    return _read(name, "", convert, "an address like http://slskd:5030")


def prefix(name: str) -> str:
    """The beginning of a path on a web server, like ``/files/``; empty where none is set."""

    def convert(text: str) -> str:
        if not re.fullmatch(r"/[\w.~/-]*", text, re.ASCII) or "//" in text or ".." in text:
            raise ValueError
        return f"{text.rstrip('/')}/"

    return _read(name, "", convert, "the beginning of a path, like /files/")


def folder(name: str, default: Path) -> Path:
    """An absolute path; not created here."""
    return Path(os.environ.get(name) or default).expanduser().absolute()


def choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    value = os.environ.get(name, "").strip().lower() or default
    if value not in choices:
        raise ImproperlyConfigured(f"{name} is {value!r}; expected one of {', '.join(choices)}.")
    return value


Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks(name: str, default: list[str]) -> list[Network]:
    """Addresses and networks: ``192.168.1.10 172.16.0.0/12``."""
    found = []
    for word in words(name) or default:
        try:
            found.append(ipaddress.ip_network(word, strict=False))
        except ValueError:
            raise ImproperlyConfigured(f"{name} has {word!r}; expected addresses or networks.") from None
    return found


def origins(name: str) -> list[str]:
    """Where pages are opened from: ``https://music.example.org``, with the port where it is not the usual one."""
    found = []
    for word in words(name):
        parts = urlsplit(word)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"}:
            raise ImproperlyConfigured(f"{name} has {word!r}; expected addresses like https://music.example.org.")
        found.append(f"{parts.scheme}://{parts.netloc}".lower())
    return found
