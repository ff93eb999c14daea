"""What is done to a track on its way, as the settings say or as its own request does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from math import isfinite
from typing import Any

from core.errors import UserError
from ops.settings import in_force

LOUDNESS = ("off", "tags", "gain")
# From and to of each number, in the unit of its name.
RANGES = {
    "trim_below_db": (-90.0, -20.0),
    "trim_keep_ms": (0, 10_000),
    "trim_least_ms": (0, 60_000),
    "target_lufs": (-40.0, -5.0),
    "peak_dbtp": (-20.0, 0.0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """``force_lossless``: a lossy source becomes FLAC, ALAC or WAV where that is asked for, bigger and no better.

    ``trim``: of silence at either end (softer than ``trim_below_db``, dBFS) that lasts ``trim_least_ms`` or longer,
    ``trim_keep_ms`` stay. ``loudness``: ``tags`` writes ReplayGain (R128 for Opus), ``gain`` changes the sound to
    ``target_lufs`` as far as its true peak stays below ``peak_dbtp``. ``verify``: what is kept is decoded to its end.
    """

    force_lossless: bool = False
    trim: bool = False
    trim_below_db: float = -60.0
    trim_keep_ms: int = 200
    trim_least_ms: int = 1_000
    loudness: str = "off"
    target_lufs: float = -14.0
    peak_dbtp: float = -1.0
    verify: bool = True


STEP_NAMES = tuple(entry.name for entry in fields(Steps))


def steps_for(options: Mapping[str, object] | None = None) -> Steps:
    """The steps of the settings, with those of ``options`` (a request's) instead where it names them."""
    steps = Steps(
        force_lossless=in_force.FORCE_LOSSLESS,
        trim=in_force.TRIM,
        trim_below_db=in_force.TRIM_BELOW_DB,
        trim_keep_ms=in_force.TRIM_KEEP_MS,
        trim_least_ms=in_force.TRIM_LEAST_MS,
        loudness=in_force.LOUDNESS,
        target_lufs=in_force.LOUDNESS_TARGET_LUFS,
        peak_dbtp=in_force.LOUDNESS_PEAK_DBTP,
        verify=in_force.VERIFY,
    )
    named: dict[str, Any] = {name: value for name, value in (options or {}).items() if name in STEP_NAMES}
    return replace(steps, **named)


def check_steps(options: Mapping[str, object]) -> None:
    """Raise UserError where ``options`` asks for a step in a way that there is not."""
    for name in ("force_lossless", "trim", "verify"):
        if not isinstance(options.get(name, False), bool):
            raise UserError(f"{name} is {options[name]!r}.", remedy="Give true or false.")
    if options.get("loudness", "off") not in LOUDNESS:
        raise UserError(f"loudness is {options['loudness']!r}.", remedy=f"Give one of {', '.join(LOUDNESS)}.")
    for name, (least, most) in RANGES.items():
        value = options.get(name, least)
        is_number = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
        if not is_number or not least <= value <= most:  # type: ignore[operator]
            raise UserError(f"{name} is {value!r}.", remedy=f"Give a number from {least:g} to {most:g}.")
