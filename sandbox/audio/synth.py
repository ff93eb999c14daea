"""A few seconds of melody, made from repeated periods: no sample is computed twice, so plain Python is quick enough."""

from __future__ import annotations

import random
from array import array
from math import pi, sin

NOTES = 16
STEPS = 12  # of a note's decay
SCALES = ((0, 2, 4, 7, 9, 12, 14), (0, 3, 5, 7, 10, 12, 15), (0, 2, 3, 7, 8, 12, 14), (0, 2, 5, 7, 9, 12, 17))
TIMBRES = ((1.0, 0.5, 0.25), (1.0, 0.0, 0.33), (1.0, 0.3, 0.6), (1.0, 0.7, 0.1))


def melody(name: str, rate: int, samples: int, *, loudness: float = 0.5) -> bytes:
    """``samples`` of 16-bit stereo in ``rate`` Hz. Two names give two melodies; one name gives the same in any rate."""
    rng = random.Random(f"melody|{name}")
    scale, timbre = rng.choice(SCALES), rng.choice(TIMBRES)
    root = 196.0 * 2 ** (rng.randrange(24) / 24)
    pitches = [root * 2 ** (rng.choice(scale) / 12) for _ in range(NOTES)]
    bounds = [samples * place // NOTES for place in range(NOTES + 1)]
    mono = b"".join(
        _note(pitch, rate, end - start, timbre, loudness)
        for pitch, start, end in zip(pitches, bounds, bounds[1:], strict=False)
    )
    left = array("h", mono)
    stereo = array("h", bytes(len(mono) * 2))
    stereo[0::2] = left
    delay = 2 * (rng.randrange(40) + 8)  # a short delay on one side gives the room
    stereo[1::2] = left[-delay:] + left[:-delay]
    return stereo.tobytes()


def _note(pitch: float, rate: int, samples: int, timbre: tuple[float, ...], loudness: float) -> bytes:
    """One plucked note: a period with an octave below in it, repeated ever more softly."""
    period = max(8, round(rate / pitch)) * 2
    angle = 4 * pi / period
    wave = [
        sum(part * sin(angle * place * (number + 1)) for number, part in enumerate(timbre))
        + 0.6 * sin(angle / 2 * place)
        for place in range(period)
    ]
    top = 32_000 * loudness / 2.2
    repeats = max(1, samples // (STEPS * period))
    steps = (array("h", [int(value * top * 0.78**step) for value in wave]).tobytes() * repeats for step in range(STEPS))
    sound = b"".join(steps)
    tail = array("h", [int(value * top * 0.78**STEPS) for value in wave]).tobytes()
    missing = samples * 2 - len(sound)
    return (sound + tail * (missing // len(tail) + 1))[: samples * 2] if missing > 0 else sound[: samples * 2]
