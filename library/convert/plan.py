"""What has to be done to a file so that it has the wanted form."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from core.errors import UserError
from library.audio import AudioFacts

FORMATS = ("keep", "opus", "m4a", "mp3", "flac")
# The form in which a codec is kept: extension and ffmpeg's muxer.
HOMES = {
    "opus": ("opus", "ogg"),
    "vorbis": ("ogg", "ogg"),
    "aac": ("m4a", "ipod"),
    "alac": ("m4a", "ipod"),
    "mp3": ("mp3", "mp3"),
    "flac": ("flac", "flac"),
}
CODEC_OF = {"opus": "opus", "m4a": "aac", "mp3": "mp3", "flac": "flac"}
ENCODERS = {"opus": "libopus", "m4a": "aac", "mp3": "libmp3lame", "flac": "flac"}
# The rates that MPEG-1 layer III has; the other encoders take any in their range.
MP3_RATES = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
LEAST_KBPS, MOST_KBPS = 32, 320
DEFAULT_KBPS = {"opus": 160, "m4a": 256}
CONTAINERS_AS_THEY_ARE = {("opus", "ogg"), ("vorbis", "ogg"), ("mp3", "mp3"), ("flac", "flac")}
# A file of about the wanted bitrate is not worth a second loss.
FITS_UP_TO = 1.1


class Way(Enum):
    COPY = "copy"  # the file is right as it is
    REMUX = "remux"  # the packets are right, their container is not
    ENCODE = "encode"


@dataclass(frozen=True, slots=True)
class Plan:
    way: Way
    extension: str
    muxer: str
    words: str = ""  # what is done to the sound, for people; empty where nothing is
    options: list[str] = field(default_factory=list)  # of ffmpeg, where something is encoded


def plan_for(facts: AudioFacts, *, output_format: str, quality_kbps: int) -> Plan:
    """The cheapest way from ``facts`` to the wanted form; nothing is encoded that already fits.

    ``quality_kbps`` 0 means the best there is: V0 for MP3. Raises UserError for an unknown format.
    """
    if output_format not in FORMATS:
        raise UserError(f"Unknown output format {output_format}.", remedy=f"Choose one of {', '.join(FORMATS)}.")
    if output_format == "keep" and facts.codec not in HOMES:
        output_format = "flac" if facts.is_lossless else "opus"  # PCM, or a codec without tags of its own
    if _fits(facts, output_format, quality_kbps):
        return _kept(facts)
    return _encoded(facts, output_format, quality_kbps)


def _fits(facts: AudioFacts, output_format: str, quality_kbps: int) -> bool:
    if output_format == "keep":
        return True
    if facts.codec != CODEC_OF[output_format]:
        return False
    return facts.is_lossless or not quality_kbps or facts.bitrate_kbps <= quality_kbps * FITS_UP_TO


def _kept(facts: AudioFacts) -> Plan:
    extension, muxer = HOMES[facts.codec]
    if (facts.codec, facts.container) in CONTAINERS_AS_THEY_ARE:
        return Plan(Way.COPY, extension, muxer)
    words = f"moved from {facts.container} to {extension}, sound untouched" if facts.container != extension else ""
    # An m4a is always written anew: what streams over DASH is in pieces that some players do not take.
    return Plan(Way.REMUX, extension, muxer, words)


def _encoded(facts: AudioFacts, output_format: str, quality_kbps: int) -> Plan:
    encoder = ENCODERS[output_format]
    options = ["-c:a", encoder]
    if output_format == "flac":
        quality = "lossless"
        if not facts.is_lossless:
            options += ["-sample_fmt", "s16"]  # a lossy source has no more to give
            quality = "from a lossy source: no better than it was"
    elif output_format == "mp3" and not quality_kbps:
        options += ["-q:a", "0"]
        quality = "V0"
    else:
        rate = _rate(output_format, quality_kbps)
        options += ["-b:a", f"{rate}k"]
        quality = f"{rate} kbit/s"
    if facts.channels > 2:
        options += ["-ac", "2"]
    extension, muxer = HOMES[CODEC_OF[output_format]]
    source = f"{facts.codec} {facts.bitrate_kbps} kbit/s" if facts.bitrate_kbps else facts.codec
    return Plan(Way.ENCODE, extension, muxer, f"converted from {source} to {output_format} ({quality})", options)


def _rate(output_format: str, quality_kbps: int) -> int:
    wanted = min(max(quality_kbps or DEFAULT_KBPS[output_format], LEAST_KBPS), MOST_KBPS)
    return next(rate for rate in MP3_RATES if rate >= wanted) if output_format == "mp3" else wanted
