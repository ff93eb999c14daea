"""What is in force: the environment's value, else the stored one, else the default.

Each process keeps the stored values and looks for newer ones after ``SETTINGS_SECONDS``, with one point read. Where
that read fails it goes on with what it knows. Nothing here writes.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import Error

from core.errors import UserError

KEY = "settings"  # of the row that holds them all: what one read finds was true together
EMPTY: dict[str, Any] = {"version": 0, "texts": {}}
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Stored:
    """The stored settings as they were at ``version``: texts by name, and what they mean. Both lack what means nothing
    to this version of Spotizer.
    """

    version: int = 0
    texts: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)


class _Kept:
    """The newest that this process read. ``read_at`` is None where a change is known that was not read yet."""

    def __init__(self) -> None:
        self.stored = Stored()
        self.read_at: float | None = -math.inf
        self.lock = threading.Lock()


_kept = _Kept()


def value_of(name: str) -> Any:
    """The value in force."""
    if name not in settings.SET_BY_ENVIRONMENT:
        values = current().values
        if name in values:
            return values[name]
    return getattr(settings, name)


def at_start(name: str) -> Any:
    """What the environment says, else the default: for where there is no database yet."""
    return getattr(settings, name)


def known_secrets() -> list[str]:
    """All secrets among the settings that this process knows of; the database is not asked."""
    from ops.settings import KINDS

    names = [name for name, kind in KINDS.items() if kind.is_secret]
    return [value for name in names for value in (_kept.stored.values.get(name), getattr(settings, name)) if value]


def current() -> Stored:
    """The stored settings, at most ``SETTINGS_SECONDS`` old."""
    read_at = _kept.read_at
    if read_at is None or time.monotonic() - read_at > settings.SETTINGS_SECONDS:
        _renew(must_wait=read_at is None)
    return _kept.stored


def expect_change() -> None:
    """Something was stored: the next who asks reads it."""
    _kept.read_at = None


def forget() -> None:
    """As if this process had just started."""
    _kept.stored, _kept.read_at = Stored(), -math.inf


def read() -> Stored:
    """The stored settings as the database has them now. Raises django.db.Error, or ValueError for nonsense."""
    from ops.models import Setting  # this module is there before the apps are

    row = Setting.objects.filter(pk=KEY).values_list("value", flat=True).first()
    return understood(*parts_of(row or EMPTY))


def parts_of(row: object) -> tuple[int, dict[str, str]]:
    """The version and the texts that the row holds. Raises ValueError where it is no such row."""
    match row:
        case {"version": int(version), "texts": dict(texts)} if all(isinstance(text, str) for text in texts.values()):
            return version, texts
    raise ValueError("The row of the stored settings holds something else.")


def understood(version: int, written: Mapping[str, str]) -> Stored:
    """What was written means this. What this version of Spotizer does not understand is as if it were not there."""
    from ops.services.secrets import decrypt
    from ops.settings import KINDS

    texts, values = {}, {}
    for name, text in written.items():
        kind = KINDS.get(name)
        if kind is None:
            continue
        try:
            values[name] = kind.parse(decrypt(text.encode()) if kind.is_secret else text)
            texts[name] = text
        except ValueError:
            log.warning("The stored setting %s is not used: expected %s.", kind.key, kind.expected)
        except UserError as exc:
            log.warning("The stored setting %s is not used. %s %s", kind.key, exc.message, exc.remedy)
    return Stored(version, texts, values)


def _renew(*, must_wait: bool) -> None:
    if not _kept.lock.acquire(blocking=must_wait):
        return  # another thread is at it; what is known will do
    try:
        _kept.read_at = time.monotonic()  # before the read: a change that comes meanwhile is not missed
        found = read()
        if found.version != _kept.stored.version or found.texts != _kept.stored.texts:
            _kept.stored = found
    except (Error, ValueError) as exc:
        log.warning("The settings could not be read, so those that are known stay in force: %s", exc)
    finally:
        _kept.lock.release()
