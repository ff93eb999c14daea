"""The quality passport of a file in words: where its sound is from, what was done to it, what was proven of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from core.formats import codec_label
from core.units import clock

DECODED = {
    "in full": "decoded to its end without an error",
    "by the conversion": "decoded by the conversion",
    "no": "not decoded",
}
HASH_LETTERS = 12  # of the fingerprint: enough to compare two by eye
MOST_WORDS = 6


def passport_words(passport: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Names and words of what the passport knows; empty for a file that came without one."""
    return [(name, words) for name, words in _all(passport) if words]


def _all(passport: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    source, checks = _part(passport, "source"), _part(passport, "checks")
    yield "Source", _source(source)
    yield "Licence", str(source.get("licence") or "")
    if source:
        done = [*_list(passport, "conversions"), *(step.get("words", "") for step in _list(passport, "steps"))]
        yield "Done to it", "; ".join(filter(None, map(str, done[:MOST_WORDS]))) or "nothing: as it came"
    yield "Beware", " ".join(map(str, _list(passport, "warnings")))
    yield "Loudness", _loudness(_part(passport, "loudness"))
    yield "Checked", _checks(checks)
    yield "Fingerprint", str(checks.get("audio_hash") or source.get("audio_hash") or "")[:HASH_LETTERS]


def _part(passport: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = passport.get(name)
    return part if isinstance(part, Mapping) else {}


def _list(passport: Mapping[str, Any], name: str) -> list[Any]:
    part = passport.get(name)
    return list(part) if isinstance(part, list | tuple) else []


def _source(source: Mapping[str, Any]) -> str:
    codec, kbps = str(source.get("codec") or ""), source.get("bitrate_kbps")
    if not codec:
        return ""
    rate = f" {kbps} kbit/s" if kbps and not source.get("is_lossless") else ""
    return f"{codec_label(codec)}{rate}, {'lossless' if source.get('is_lossless') else 'lossy'}"


def _loudness(found: Mapping[str, Any]) -> str:
    """``-9.1 LUFS, range 5.0 LU, true peak -0.4 dBTP``; the highest sample where the true peak was not looked for."""
    if (lufs := found.get("loudness_lufs")) is None:
        return ""
    words = [f"{lufs:.1f} LUFS"]
    if (span := found.get("range_lu")) is not None:
        words.append(f"range {span:.1f} LU")
    if (true_peak := found.get("true_peak_dbtp")) is not None:
        words.append(f"true peak {true_peak:.1f} dBTP")
    elif (peak := found.get("peak_dbfs")) is not None:
        words.append(f"highest sample {peak:.1f} dBFS")
    return ", ".join(words)


def _checks(checks: Mapping[str, Any]) -> str:
    if not checks:
        return ""
    words = ["container whole"] if checks.get("container") == "whole" else []
    words.append(DECODED.get(str(checks.get("decoded")), ""))
    if length := checks.get("duration_ms"):
        wanted = checks.get("catalogue_ms")
        words.append(f"{clock(length)} long" + (f", the catalogue says {clock(wanted)}" if wanted else ""))
    return ", ".join(filter(None, words))
