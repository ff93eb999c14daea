"""What has to be done to a file so that it has the wanted form."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from core.errors import UserError
from core.formats import FORMS, HOMES, NAMES, Form, settled_kbps
from library.audio import AudioFacts

CONTAINERS_AS_THEY_ARE = {("opus", "ogg"), ("vorbis", "ogg"), ("mp3", "mp3"), ("flac", "flac"), ("pcm_s16le", "wav")}
# A file of about the wanted bitrate is not worth a second loss.
FITS_UP_TO = 1.1
# A lossy source has no more than 16 bits to give.
SAMPLES_OF_LOSSY = {"flac": "s16", "alac": "s16p"}


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
    notes: tuple[str, ...] = ()  # what was asked for and is not done, or is done though it is of no use
    made_by: str = ""  # encoder and its settings, as the tag says it; empty where nothing is encoded


def plan_for(facts: AudioFacts, *, output_format: str, quality_kbps: int, force_lossless: bool = False) -> Plan:
    """The cheapest way from ``facts`` to the wanted form; nothing is encoded that already fits.

    ``quality_kbps`` 0 means the format's own choice: V0 for MP3. A lossy source becomes FLAC, ALAC or WAV only where
    ``force_lossless``; else it is kept, with a note. Raises UserError for an unknown format.
    """
    if output_format not in NAMES:
        raise UserError(f"Unknown output format {output_format}.", remedy=f"Choose one of {', '.join(NAMES)}.")
    quality_kbps, note = settled_kbps(output_format, quality_kbps)
    notes = [note] if note else []
    form = FORMS.get(output_format)
    if form and form.is_lossless and not facts.is_lossless:
        if force_lossless:
            notes.append(f"The source is lossy ({facts.codec}): as {form.label} it is bigger and sounds no better.")
        else:
            notes.append(f"Kept as {facts.codec}: the source is lossy, and as {form.label} would only be bigger.")
            form = None
    if form is None and facts.codec not in HOMES:
        form = FORMS["flac" if facts.is_lossless else "opus"]  # PCM, or a codec without tags of its own
    if form is None or _fits(facts, form, quality_kbps):
        return _kept(facts, tuple(notes))
    return encoded(facts, form, quality_kbps, tuple(notes))


def _fits(facts: AudioFacts, form: Form, quality_kbps: int) -> bool:
    if facts.codec != form.codec:
        return False
    return form.is_lossless or not quality_kbps or facts.bitrate_kbps <= quality_kbps * FITS_UP_TO


def _kept(facts: AudioFacts, notes: tuple[str, ...]) -> Plan:
    form = HOMES.get(facts.codec) or FORMS["wav"]
    if (facts.codec, facts.container) in CONTAINERS_AS_THEY_ARE:
        return Plan(Way.COPY, form.extension, form.muxer, notes=notes)
    is_moved = facts.container != form.extension
    words = f"moved from {facts.container} to {form.extension}, sound untouched" if is_moved else ""
    # An m4a is always written anew: what streams over DASH is in pieces that some players do not take.
    return Plan(Way.REMUX, form.extension, form.muxer, words, notes=notes)


def encoded(facts: AudioFacts, form: Form, quality_kbps: int, notes: tuple[str, ...]) -> Plan:
    """The plan that encodes to ``form``."""
    options = ["-c:a", form.encoder]
    if form.is_lossless:
        quality = "lossless"
        if not facts.is_lossless:
            quality = "from a lossy source: no better than it was"
            options += ["-sample_fmt", SAMPLES_OF_LOSSY[form.name]] if form.name in SAMPLES_OF_LOSSY else []
        elif form.name == "wav":
            quality = "16 bits"
    elif form.name == "mp3" and not quality_kbps:
        options += ["-q:a", "0"]
        quality = "V0"
    else:
        rate = quality_kbps or form.fallback_kbps
        options += ["-b:a", f"{rate}k"]
        quality = f"{rate} kbit/s"
    if facts.channels > 2:
        options += ["-ac", "2"]
    source = f"{facts.codec} {facts.bitrate_kbps} kbit/s" if facts.bitrate_kbps else facts.codec
    made_by = f"{form.encoder}, {quality}; from {source}"
    words = f"converted from {source} to {form.name} ({quality})"
    return Plan(Way.ENCODE, form.extension, form.muxer, words, options, notes, made_by)
