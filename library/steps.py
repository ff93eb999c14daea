"""What is done to a track on its way, as the settings say or as its own request does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from django.conf import settings

from core.errors import UserError


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """``force_lossless``: a lossy source becomes FLAC, ALAC or WAV where that is asked for, bigger and no better."""

    force_lossless: bool = False


STEP_NAMES = tuple(entry.name for entry in fields(Steps))


def steps_for(options: Mapping[str, object] | None = None) -> Steps:
    """The steps of the settings, with those of ``options`` (a request's) instead where it names them."""
    steps = Steps(force_lossless=settings.FORCE_LOSSLESS)
    named: dict[str, Any] = {name: value for name, value in (options or {}).items() if name in STEP_NAMES}
    return replace(steps, **named)


def check_steps(options: Mapping[str, object]) -> None:
    """Raise UserError where ``options`` asks for a step in a way that there is not."""
    for name in ("force_lossless",):
        if not isinstance(options.get(name, False), bool):
            raise UserError(f"{name} is {options[name]!r}.", remedy="Give true or false.")
