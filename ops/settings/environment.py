"""What the environment says of the settings that can also be stored. Read once, by Django's settings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from ops.settings import KINDS
from ops.settings.kinds import Kind


def read(
    environ: Mapping[str, str], defaults: Mapping[str, Any] | None = None
) -> tuple[dict[str, Any], frozenset[str]]:
    """The value of each setting by its name, and the names of those that the environment sets.

    ``defaults`` are for where the usual ones will not do. Raises ImproperlyConfigured.
    """
    values: dict[str, Any] = {name: kind.default for name, kind in KINDS.items()} | dict(defaults or {})
    found = {name: text for name, kind in KINDS.items() if (text := _text(kind, environ))}
    for name, text in found.items():
        kind = KINDS[name]
        try:
            values[name] = kind.parse(text)
        except ValueError:
            said = "" if kind.is_secret else f" is {text!r}"
            raise ImproperlyConfigured(f"{kind.variable}{said}; expected {kind.expected}.") from None
    return values, frozenset(found)


def _text(kind: Kind[Any], environ: Mapping[str, str]) -> str:
    """What is written, or for a secret in the file that ``NAME_FILE`` points at."""
    text = environ.get(kind.variable, "").strip()
    path = environ.get(f"{kind.variable}_FILE", "") if kind.is_secret and not text else ""
    if not path:
        return text
    try:
        return Path(path).read_text("utf-8").strip()
    except OSError as exc:
        raise ImproperlyConfigured(f"{kind.variable}_FILE: {path} cannot be read ({exc.strerror}).") from None
