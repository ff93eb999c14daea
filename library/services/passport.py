"""The quality passport of a file: what its sound was, what was done to it, how loud it is, what was proven of it."""

from __future__ import annotations

from typing import Any

from library.audio import AudioFacts
from library.services.sound import Sound, SoundOrder, numbers


def passport_of(order: SoundOrder, sound: Sound, final: AudioFacts) -> dict[str, Any]:
    """What the row of the file keeps. ``final`` are the facts of the tagged file.

    ``loudness`` is what was measured of the sound as it was written (of a kept one as it came); its blocks are kept
    where the album's gain may be asked for.
    """
    facts, fetched, loudness = sound.facts, order.fetched, sound.loudness
    measured = numbers(loudness)
    if loudness and order.steps.loudness == "tags":
        measured["blocks"] = {str(tenths): count for tenths, count in sorted(loudness.blocks.items())}
    return {
        "source": {
            "codec": facts.codec,
            "container": facts.container,
            "bitrate_kbps": facts.bitrate_kbps,
            "is_lossless": facts.is_lossless,
            "link": fetched.source_url,
            "licence": fetched.licence,
            "audio_hash": facts.audio_hash,
        },
        "asked": {"format": order.output_format, "quality_kbps": order.quality_kbps},
        "conversions": [sound.plan.words] if sound.plan.words else [],
        "is_lossy": not (facts.is_lossless and final.is_lossless),
        "warnings": list(sound.plan.notes),
        "steps": sound.steps,
        "loudness": measured,
        "checks": {
            "container": "whole",
            "decoded": _decoded(sound),
            "duration_ms": facts.duration_ms,
            "promised_ms": fetched.duration_ms,
            "catalogue_ms": order.expected_ms,
            "audio_hash": final.audio_hash,
        },
    }


def _decoded(sound: Sound) -> str:
    if sound.is_decoded:
        return "in full"
    return "by the conversion" if sound.converted.loudness or sound.plan.options else "no"
