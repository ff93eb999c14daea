"""What is taken from a source, and what is made of it."""

from __future__ import annotations

from core import formats
from ops.settings.kinds import Boolean, Choice, Integer, Number, SomeOf
from ops.settings.table.section import Section

LOUDNESS = {"off": "Leave as it is", "tags": "Tags for players (ReplayGain)", "gain": "Change the sound to the target"}
CODECS = ("mp3", "aac", "opus", "vorbis", "flac", "alac", "wav")


class Format(Section):
    TAB = "quality"
    TITLE = "Format"

    OUTPUT_FORMAT = Choice(
        "SPOTIZER_FORMAT",
        formats.KEEP,
        {formats.KEEP: "As it comes", **{name: form.label for name, form in formats.FORMS.items()}},
        label="Format",
        help="Keep the source's codec, which loses nothing, or convert everything to one format.",
    )
    OUTPUT_QUALITY_KBPS = Integer(
        "SPOTIZER_QUALITY",
        0,
        least=0,
        most=320,
        unit="kbit/s",
        label="Bitrate",
        help="Of a conversion to that format; 0 is V0 for MP3, else the format's default.",
    )
    FORCE_LOSSLESS = Boolean(
        "SPOTIZER_FORCE_LOSSLESS",
        False,
        label="Lossless by force",
        help="Also a lossy source becomes FLAC, ALAC or WAV: bigger, and no better than it was.",
        effect="Files become about five times as big and sound the same.",
    )


class Taken(Section):
    TAB = "quality"
    TITLE = "What is taken"

    MIN_BITRATE_KBPS = Integer(
        "SPOTIZER_MIN_BITRATE",
        0,
        least=0,
        most=2000,
        unit="kbit/s",
        label="Lowest bitrate",
        help="Audio below it is left out; what is lossless, or does not say, passes.",
    )
    ALLOWED_FORMATS = SomeOf(
        "SPOTIZER_ALLOWED_FORMATS",
        list(CODECS),
        {name: formats.codec_label(name) for name in CODECS},
        label="Formats",
        help="A source's audio in another format is left out.",
    )


class Steps(Section):
    TAB = "quality"
    TITLE = "Silence and loudness"

    TRIM = Boolean("SPOTIZER_TRIM", False, label="Trim silence", help="At both ends of a track.")
    TRIM_BELOW_DB = Number(
        "SPOTIZER_TRIM_BELOW",
        -60,
        least=-90,
        most=-20,
        unit="dBFS",
        label="Silent is",
        help="What is softer.",
    )
    TRIM_LEAST_MS = Integer(
        "SPOTIZER_TRIM_LEAST",
        1000,
        least=0,
        most=60_000,
        unit="ms",
        label="Trim from",
        help="So much silence, from which on an end is trimmed.",
    )
    TRIM_KEEP_MS = Integer(
        "SPOTIZER_TRIM_KEEP", 200, least=0, most=10_000, unit="ms", label="Leave", help="So much of the silence stays."
    )
    LOUDNESS = Choice(
        "SPOTIZER_LOUDNESS",
        "off",
        LOUDNESS,
        label="Loudness",
        help="Tags writes ReplayGain 2.0 (R128 for Opus) and leaves the sound alone; gain changes the sound itself.",
        effect="Changing the sound itself encodes each file once more and cannot be taken back.",
    )
    LOUDNESS_TARGET_LUFS = Number(
        "SPOTIZER_LOUDNESS_TARGET", -14, least=-40, most=-5, unit="LUFS", label="Target", help="What gain aims at."
    )
    LOUDNESS_PEAK_DBTP = Number(
        "SPOTIZER_LOUDNESS_PEAK",
        -1,
        least=-20,
        most=0,
        unit="dBTP",
        label="Highest peak",
        help="Gain never lifts the true peak over it.",
    )
    VERIFY = Boolean(
        "SPOTIZER_VERIFY",
        True,
        label="Decode what is kept",
        help="What is kept as it came is decoded to its end; container and length are looked at in any case.",
        effect="Without it a file that is damaged in the middle is found only when it is played.",
    )
