"""The sound of a fetched file: verified, measured, trimmed, brought to its loudness and converted.

As few passes over it as can be: what is kept is decoded once, by the check, and the meter listens along; what is
encoded is decoded once, by the encoder, and ffmpeg's meter listens along. Only a gain has to be known before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.units import clock
from library.audio import (
    AudioFacts,
    Ends,
    Loudness,
    Meter,
    check_arrival,
    check_length,
    check_sound,
    ends_of,
    has_sound,
    measure,
)
from library.audio.check import SILENT, Hears, broken
from library.audio.watch import IsCancelled
from library.convert import Converted, Edit, Plan, Way, carry_out, edited, plan_for
from library.steps import Steps
from providers.base import FetchedFile

LEAST_GAIN_DB = 0.1  # nobody hears less
FLAC_MS = 10  # its header counts samples


@dataclass(frozen=True, slots=True)
class Sound:
    """The finished sound: ``facts`` of what came, the file made of it, how loud it is, and each step as it went.

    A step has its ``step``, its ``words``, and what was ``before`` and ``after``.
    """

    facts: AudioFacts
    converted: Converted
    loudness: Loudness | None
    is_decoded: bool  # in full, by the check; else by the encoder or not at all
    steps: list[dict[str, Any]]
    plan: Plan


@dataclass(slots=True)
class _Known:
    """What the passes before the conversion found out."""

    facts: AudioFacts
    loudness: Loudness | None = None
    silence_ms: tuple[int, int] = (0, 0)
    is_decoded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundOrder:
    """What came, and what its sound shall become."""

    fetched: FetchedFile
    expected_ms: int | None
    folder: Path
    output_format: str
    quality_kbps: int
    steps: Steps
    on_step: Callable[[str], None] = field(default=lambda words: None)
    cancelled: IsCancelled


def make_sound(order: SoundOrder) -> Sound:
    """``order.folder/finished.<ext>``; the fetched file stays as it came.

    Raises PermanentError (broken_file, wrong_length, drm, conversion_failed), StorageError or Cancelled.
    """
    order.on_step("Checking")
    path, steps = order.fetched.path, order.steps
    header = check_arrival(path, expected_ms=order.expected_ms)
    plan = plan_for(
        header,
        output_format=order.output_format,
        quality_kbps=order.quality_kbps,
        force_lossless=steps.force_lossless,
    )
    known = _known(order, header, is_kept=plan.way is not Way.ENCODE)
    edit = Edit(*_part(steps, known), gain_db=_gain_db(steps, known.loudness))
    plan = edited(plan, known.facts, edit, output_format=order.output_format, quality_kbps=order.quality_kbps)
    if plan.way is Way.ENCODE:
        order.on_step(f"Converting to {plan.extension.upper()}")
    converted = carry_out(
        plan,
        path,
        order.folder,
        facts=known.facts,
        edit=edit,
        is_exact=steps.loudness != "off",
        cancelled=order.cancelled,
    )
    loudness = converted.loudness or known.loudness
    taken = [_trimmed(steps, known, edit, converted), _levelled(steps, known.loudness, edit, loudness)]
    return Sound(known.facts, converted, loudness, known.is_decoded, [step for step in taken if step], plan)


def _known(order: SoundOrder, header: AudioFacts, *, is_kept: bool) -> _Known:
    """The passes that have to come before the conversion."""
    path, steps = order.fetched.path, order.steps
    lengths = {"expected_ms": order.expected_ms, "promised_ms": order.fetched.duration_ms}
    if steps.loudness == "gain" or (is_kept and (steps.verify or steps.loudness == "tags")):
        # The meter works beside the decoder, so that the true peak of what is kept costs little time.
        meter, ends = Meter(is_exact=is_kept or steps.loudness != "off"), Ends(steps.trim_below_db)
        listeners: list[Hears] = [meter, ends] if steps.trim else [meter]
        try:
            facts = check_sound(path, **lengths, listeners=listeners, cancelled=order.cancelled)
        finally:
            loudness = meter.conclude()
        silence_ms = (ends.before_ms, ends.after_ms) if steps.trim and not ends.is_silent else (0, 0)
        return _Known(facts, loudness, silence_ms, is_decoded=True)
    facts = measure(path)
    check_length(facts.duration_ms, **lengths, name=path.name)
    if facts.codec == "flac" and header.duration_ms - facts.duration_ms > FLAC_MS:
        raise broken(path, "its end is missing")  # the one container whose cuts only its header tells of
    if not has_sound(path, cancelled=order.cancelled):
        raise broken(path, SILENT)
    silence_ms = (0, 0)
    if steps.trim:
        silence_ms = ends_of(path, below_db=steps.trim_below_db, cancelled=order.cancelled)
    return _Known(facts, None, silence_ms)


def _part(steps: Steps, known: _Known) -> tuple[int, int | None]:
    """From where to where the sound stays, in milliseconds."""
    if not steps.trim:
        return 0, None
    before_ms, after_ms = (
        silent_ms - steps.trim_keep_ms if silent_ms >= max(steps.trim_least_ms, steps.trim_keep_ms + 1) else 0
        for silent_ms in known.silence_ms
    )
    return before_ms, known.facts.duration_ms - after_ms if after_ms else None


def _gain_db(steps: Steps, loudness: Loudness | None) -> float:
    """What brings the sound to its target, less where its true peak would go over the limit; 0 for next to nothing."""
    if steps.loudness != "gain" or loudness is None or loudness.integrated_lufs is None:
        return 0.0
    gain_db = steps.target_lufs - loudness.integrated_lufs
    if loudness.highest_db is not None:
        gain_db = min(gain_db, steps.peak_dbtp - loudness.highest_db)
    return round(gain_db, 2) if abs(gain_db) >= LEAST_GAIN_DB else 0.0


def _trimmed(steps: Steps, known: _Known, edit: Edit, converted: Converted) -> dict[str, Any] | None:
    if not steps.trim:
        return None
    before_ms, after_ms = known.silence_ms
    length_ms = converted.facts.duration_ms if edit.is_cut and converted.facts else known.facts.duration_ms
    words = f"silence looked for: {before_ms / 1000:.1f} s before and {after_ms / 1000:.1f} s after, nothing trimmed"
    if edit.is_cut:
        words = (
            f"silence trimmed: of {before_ms / 1000:.1f} s before and {after_ms / 1000:.1f} s after, "
            f"{clock(known.facts.duration_ms)} became {clock(length_ms)}"
        )
    return {
        "step": "trim",
        "words": words,
        "before": {
            "duration_ms": known.facts.duration_ms,
            "silence_before_ms": before_ms,
            "silence_after_ms": after_ms,
        },
        "after": {"duration_ms": length_ms},
        "settings": {
            "below_db": steps.trim_below_db,
            "least_ms": steps.trim_least_ms,
            "keep_ms": steps.trim_keep_ms,
        },
    }


def _levelled(steps: Steps, came: Loudness | None, edit: Edit, made: Loudness | None) -> dict[str, Any] | None:
    if steps.loudness == "off":
        return None
    step: dict[str, Any] = {"step": "loudness", "how": steps.loudness}
    if made is None or made.integrated_lufs is None:
        return step | {"words": "loudness not measured: too short or too soft", "before": {}, "after": {}}
    if steps.loudness == "tags":
        gain_db = made.track_gain_db or 0.0
        words = f"loudness measured: {made.words}; track gain {gain_db:+.1f} dB written"
        return step | {"words": words, "before": numbers(made), "after": {"track_gain_db": round(gain_db, 2)}}
    before = came or made
    words = f"loudness changed by {edit.gain_db:+.1f} dB: {before.words} became {made.words}"
    if not edit.gain_db:
        words = f"loudness left: {before.words}"
    wish = steps.target_lufs - (before.integrated_lufs or 0.0)
    if edit.gain_db and wish - edit.gain_db >= LEAST_GAIN_DB:
        words += f"; no more than that, for the true peak shall stay below {steps.peak_dbtp:g} dBTP"
    return step | {
        "words": words,
        "before": numbers(before),
        "after": numbers(made),
        "gain_db": edit.gain_db,
        "settings": {"target_lufs": steps.target_lufs, "peak_dbtp": steps.peak_dbtp},
    }


def numbers(loudness: Loudness | None) -> dict[str, Any]:
    """What was measured, as a passport keeps it."""
    if loudness is None:
        return {}
    found = {
        "loudness_lufs": loudness.integrated_lufs,
        "range_lu": loudness.range_lu,
        "peak_dbfs": loudness.peak_dbfs,
        "true_peak_dbtp": loudness.true_peak_dbtp,
    }
    return {name: value for name, value in found.items() if value is not None}
