"""ReplayGain in the words of each tag system.

https://wiki.hydrogenaud.io/index.php?title=ReplayGain_2.0_specification; for Opus RFC 7845, section 5.2.1.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from library.audio.loudness import R128_LUFS, REPLAYGAIN_LUFS
from library.tags.values import Tags

GAINS = {"track_gain_db": "REPLAYGAIN_TRACK_GAIN", "album_gain_db": "REPLAYGAIN_ALBUM_GAIN"}
PEAKS = {"track_peak": "REPLAYGAIN_TRACK_PEAK", "album_peak": "REPLAYGAIN_ALBUM_PEAK"}
R128 = {"track_gain_db": "R128_TRACK_GAIN", "album_gain_db": "R128_ALBUM_GAIN"}
ALL_KEYS = [*GAINS.values(), *PEAKS.values(), *R128.values()]
STEPS_PER_DB = 256  # Q7.8
SHIFT_DB = R128_LUFS - REPLAYGAIN_LUFS
NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")


def keys_of(name: str) -> list[str]:
    """What a gain or peak is called, in any of the tag systems; none for other fields of ``Tags``."""
    return [names[name] for names in (GAINS, PEAKS, R128) if name in names]


def texts_for(tags: Tags, *, is_opus: bool = False) -> dict[str, str]:
    """The fields of the gains and peaks that ``tags`` has. Opus has its own, and none for peaks."""
    texts: dict[str, str] = {}
    for name, key in (R128 if is_opus else GAINS).items():
        gain_db: float | None = getattr(tags, name)
        if gain_db is not None:
            texts[key] = str(round((gain_db + SHIFT_DB) * STEPS_PER_DB)) if is_opus else f"{gain_db:.2f} dB"
    for name, key in {} if is_opus else PEAKS.items():
        peak: float | None = getattr(tags, name)
        if peak is not None:
            texts[key] = f"{peak:.6f}"
    return texts


def values_from(text_of: Callable[[str], str]) -> dict[str, Any]:
    """The gains and peaks by the text of each field, empty where a file has it not."""
    values: dict[str, Any] = {name: _number(text_of(key)) for name, key in (GAINS | PEAKS).items()}
    for name, key in R128.items():
        if values[name] is None and (steps := _number(text_of(key))) is not None:
            values[name] = steps / STEPS_PER_DB - SHIFT_DB
    return values


def _number(text: str) -> float | None:
    found = NUMBER.match(text.strip())
    return float(found[0]) if found else None
