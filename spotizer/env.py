"""Reads ``SPOTIZER_*`` once, typed, loud about nonsense. ``.env`` in the working folder comes after the environment."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable
from datetime import datetime, time
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


def number(name: str, default: float, *, least: float = 0, most: float | None = None) -> float:
    """Never below zero."""
    value = _read(name, default, float, "a number")
    if not least <= value < float("inf") or (most is not None and value > most):
        limits = f"a number from {least:g} to {most:g}" if most is not None else f"a number of {least:g} or more"
        raise ImproperlyConfigured(f"{name} is {value}; expected {limits}.")
    return value


def whole(text: str) -> int:
    """A whole number above zero. Raises ValueError."""
    if (value := int(text)) < 1:
        raise ValueError(text)
    return value


def above_zero(text: str) -> float:
    """A number above zero. Raises ValueError."""
    if not 0 < (value := float(text)) < float("inf"):
        raise ValueError(text)
    return value


Amount = TypeVar("Amount", int, float)


def amounts(name: str, convert: Callable[[str], Amount], *, names: tuple[str, ...] = ()) -> dict[str, Amount]:
    """``deezer=8 musicbrainz=0.5``: a number for each name; only for those of ``names`` where there are any."""
    found: dict[str, Amount] = {}
    for word in words(name):
        key, _, value = word.lower().partition("=")
        try:
            found[key] = convert(value)
        except ValueError:
            raise ImproperlyConfigured(f"{name} has {word!r}; expected NAME=NUMBER, above zero.") from None
        if not key or (names and key not in names):
            raise ImproperlyConfigured(f"{name} has {word!r}; expected one of {', '.join(names)}.")
    return found


def words(name: str) -> list[str]:
    """A list written with commas or spaces."""
    return [word for word in os.environ.get(name, "").replace(",", " ").split() if word]


def phrases(name: str, default: tuple[str, ...]) -> list[str]:
    """A list written with commas, as phrases may have gaps; nothing where it says ``off``."""
    written = os.environ.get(name, "").strip()
    if not written:
        return list(default)
    if written.lower() in FALSE | {"none"}:
        return []
    return list(dict.fromkeys(phrase for part in written.split(",") if (phrase := " ".join(part.split()))))


def some_of(name: str, choices: tuple[str, ...], *, default: tuple[str, ...] = ()) -> list[str]:
    """Some of ``choices`` in the order in which they are written; where nothing is, ``default``, else all of them."""
    wanted = list(dict.fromkeys(word.lower() for word in words(name))) or list(default or choices)
    for word in wanted:
        if word not in choices:
            raise ImproperlyConfigured(f"{name} has {word!r}; expected some of {', '.join(choices)}.")
    return wanted


def address(name: str) -> str:
    """A web address without a slash at its end: ``http://slskd:5030``; empty where it is not set."""

    def convert(value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.username is not None:
            raise ValueError(value)
        return value.rstrip("/")

    return _read(name, "", convert, "an address like http://slskd:5030")


def folder(name: str, default: Path) -> Path:
    """An absolute path; not created here."""
    return Path(os.environ.get(name) or default).expanduser().absolute()


def choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    value = os.environ.get(name, "").strip().lower() or default
    if value not in choices:
        raise ImproperlyConfigured(f"{name} is {value!r}; expected one of {', '.join(choices)}.")
    return value


def hours(name: str) -> tuple[time, time] | None:
    """From and to, times of day: ``23:00-07:00``. None where it is not set."""

    def convert(value: str) -> tuple[time, time]:
        first, dash, last = value.partition("-")
        begin, end = (datetime.strptime(part.strip(), "%H:%M").time() for part in (first, last))
        if not dash or begin == end:
            raise ValueError(value)
        return begin, end

    return _read(name, None, convert, "two times of day, like 23:00-07:00")


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
