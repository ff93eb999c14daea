"""How good a candidate's sound is, as far as its source says: the first thing that orders candidates."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

LOSSLESS_CODECS = frozenset({"flac", "alac", "wav", "pcm", "aiff", "ape", "wavpack"})
LOSSLESS_FORMATS = frozenset({"flac", "alac", "wav"})  # where one is wanted, the other sources are asked as well
# kbit/s from which a codec counts as high, and below which as low.
HIGH_KBPS = {"opus": 150, "vorbis": 180, "aac": 240}
LOW_KBPS = {"opus": 60, "vorbis": 80, "aac": 90}
HIGH_OTHERS, LOW_OTHERS = 256, 120


class Tier(IntEnum):
    LOW = 0
    USUAL = 1  # also what says nothing of itself
    HIGH = 2
    LOSSLESS = 3


def tier_of(info: Mapping[str, Any]) -> Tier:
    """The tier of a candidate by its fields ``codec`` and ``bitrate_kbps``."""
    codec = str(info.get("codec") or "").lower()
    if codec in LOSSLESS_CODECS:
        return Tier.LOSSLESS
    bitrate = info.get("bitrate_kbps")
    if not isinstance(bitrate, int) or bitrate <= 0:
        return Tier.USUAL
    if bitrate >= HIGH_KBPS.get(codec, HIGH_OTHERS):
        return Tier.HIGH
    return Tier.LOW if bitrate < LOW_KBPS.get(codec, LOW_OTHERS) else Tier.USUAL
