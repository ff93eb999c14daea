"""How loud a sound is, by EBU R128, and the ReplayGain that follows from it.

Units: LUFS and LU (EBU Tech 3341), dBFS for the highest sample, dBTP for the true peak (ITU-R BS.1770), dB for gains.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import log10

PREFIX = "lavfi.r128."
PRINTED = re.compile(rb"^lavfi\.r128\.(\w+)=(-?(?:\d+\.?\d*|inf|nan))\s", re.MULTILINE)
ABSOLUTE_GATE = -70.0  # LUFS; what is softer counts as silence
RELATIVE_GATE = -10.0  # LU below the average of what is left
REPLAYGAIN_LUFS = -18.0  # https://wiki.hydrogenaud.io/index.php?title=ReplayGain_2.0_specification
R128_LUFS = -23.0  # of the tags of Opus: RFC 7845, section 5.2.1
NOTHING = -120.0


@dataclass(frozen=True, slots=True)
class Loudness:
    """What was measured. None where nothing is louder than silence, or where nobody looked.

    ``blocks`` counts the overlapping 400 ms of the sound by their loudness in tenths of a LU: from those of its tracks
    an album's loudness follows without decoding anything again.
    """

    integrated_lufs: float | None = None
    range_lu: float | None = None
    peak_dbfs: float | None = None
    true_peak_dbtp: float | None = None
    blocks: Mapping[int, int] = field(default_factory=dict)

    @property
    def highest_db(self) -> float | None:
        """The true peak, else the highest sample."""
        return self.peak_dbfs if self.true_peak_dbtp is None else self.true_peak_dbtp

    @property
    def highest_share(self) -> float | None:
        """The same as a share of full scale, as ReplayGain has it."""
        return None if self.highest_db is None else 10.0 ** (self.highest_db / 20)

    @property
    def track_gain_db(self) -> float | None:
        """The ReplayGain 2.0 of the track."""
        return None if self.integrated_lufs is None else REPLAYGAIN_LUFS - self.integrated_lufs

    @property
    def words(self) -> str:
        """``-9.3 LUFS, true peak 0.4 dBTP``"""
        if self.integrated_lufs is None:
            return "silence"
        peak = f"true peak {self.true_peak_dbtp:.1f} dBTP" if self.true_peak_dbtp is not None else ""
        if not peak and self.peak_dbfs is not None:
            peak = f"peak {self.peak_dbfs:.1f} dBFS"
        return ", ".join(part for part in (f"{self.integrated_lufs:.1f} LUFS", peak) if part)


class Readings:
    """What ffmpeg's ebur128 says ten times a second, collected."""

    def __init__(self) -> None:
        self._last: dict[str, float] = {}
        self._blocks: Counter[int] = Counter()

    def take(self, key: str, value: str) -> None:
        """One pair of its metadata; pairs of others are passed over."""
        if not key.startswith(PREFIX):
            return
        try:
            number = float(value)
        except ValueError:
            return
        name = key.removeprefix(PREFIX)
        self._last[name] = number
        if name == "M":
            self._count(number)

    def take_lines(self, lines: bytes) -> None:
        """Whole lines of what ffmpeg's filters print. All at once: line by line was two per cent of an encoding."""
        pairs = PRINTED.findall(lines)
        for moment, count in Counter(value for name, value in pairs if name == b"M").items():
            self._count(float(moment), count)
        self._last |= {name.decode(): float(value) for name, value in dict(pairs).items()}

    def _count(self, moment: float, count: int = 1) -> None:
        if moment >= ABSOLUTE_GATE:
            self._blocks[round(moment * 10)] += count

    def result(self) -> Loudness | None:
        """None where nothing was read: too short to measure, or never measured."""
        if "I" not in self._last:
            return None
        is_heard = self._last["I"] > ABSOLUTE_GATE
        return Loudness(
            integrated_lufs=round(self._last["I"], 2) if is_heard else None,
            range_lu=round(self._last["LRA"], 2) if is_heard and "LRA" in self._last else None,
            peak_dbfs=self._peak("sample_peak"),
            true_peak_dbtp=self._peak("true_peak"),
            blocks=dict(self._blocks),
        )

    def _peak(self, name: str) -> float | None:
        found = [value for key, value in self._last.items() if key.startswith(name)]
        # Told with three digits: half a digit more is never too little.
        return round(decibels(max(found) + 0.0005), 2) if found else None


def decibels(amplitude: float) -> float:
    """Of full scale; NOTHING for none."""
    return 20 * log10(amplitude) if amplitude > 0 else NOTHING


def joint_lufs(parts: Iterable[Mapping[int, int]]) -> float | None:
    """The integrated loudness of several sounds one after another, from their ``blocks``; None for silence.

    As EBU R128 gates it. Tenths of a LU in, so it is right to some hundredths.
    """
    blocks: Counter[int] = Counter()
    for part in parts:
        blocks.update(part)
    if not (first := _mean(blocks)):
        return None
    gate = 10 * log10(first) + RELATIVE_GATE
    second = _mean({tenths: count for tenths, count in blocks.items() if tenths / 10 > gate})
    return round(10 * log10(second), 2) if second else None


def _mean(blocks: Mapping[int, int]) -> float:
    """The mean energy, in the unit whose ten logarithms are LUFS."""
    total = sum(blocks.values())
    return sum(count * 10.0 ** (tenths / 100) for tenths, count in blocks.items()) / total if total else 0.0
