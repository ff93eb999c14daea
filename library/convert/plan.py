"""What has to be done to a file so that it has the wanted form."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum

from core.errors import UserError
from core.formats import FORMS, HOMES, NAMES, Form, settled_kbps
from library.audio import AudioFacts

CONTAINERS_AS_THEY_ARE = {("opus", "ogg"), ("vorbis", "ogg"), ("mp3", "mp3"), ("flac", "flac"), ("pcm_s16le", "wav")}
# A file of about the wanted bitrate is not worth a second loss.
FITS_UP_TO = 1.1
# Vorbis is asked for a quality, which comes to about this rate for stereo at 44.1 kHz: asked for a rate, its encoder
# gives up on many a mono or 96 kHz file.
VORBIS_QUALITY = {64: 0, 96: 2, 128: 4, 192: 6, 256: 8, 320: 9}
# A lossy source has no more than 16 bits to give, and a filter may hand on more bits than the source had.
SAMPLES = {("flac", False): "s16", ("flac", True): "s32", ("alac", False): "s16p", ("alac", True): "s32p"}
# Of the meter's doubles ffmpeg would make whole numbers of 32 bits for LAME, at a twentieth more of its time.
SAMPLES |= {("mp3", False): "fltp", ("mp3", True): "fltp"}


@dataclass(frozen=True, slots=True)
class Edit:
    """What is changed about the sound itself: only this part of it stays, and it gets so much louder."""

    start_ms: int = 0
    end_ms: int | None = None
    gain_db: float = 0.0

    @property
    def is_cut(self) -> bool:
        return self.start_ms > 0 or self.end_ms is not None

    def __bool__(self) -> bool:
        return self.is_cut or self.gain_db != 0

    def length_ms(self, whole_ms: int) -> int:
        """How long it plays after the edit."""
        return (whole_ms if self.end_ms is None else min(self.end_ms, whole_ms)) - self.start_ms


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


def edited(plan: Plan, facts: AudioFacts, edit: Edit, *, output_format: str, quality_kbps: int) -> Plan:
    """``plan`` as it has to be for ``edit``: what was to be kept is encoded where it must be.

    A lossy file loses nothing by a cut between its packets; a lossless one loses nothing by being encoded.
    """
    if not edit or plan.way is Way.ENCODE:
        return plan
    if not edit.gain_db and not facts.is_lossless:
        return replace(plan, way=Way.REMUX)
    form = FORMS.get(output_format)
    if form is None or form.codec != facts.codec:
        form = HOMES[facts.codec]
    rate = quality_kbps if quality_kbps in form.bitrates_kbps else 0
    if not form.is_lossless and not rate:
        rate = next((kbps for kbps in form.bitrates_kbps if kbps >= facts.bitrate_kbps), form.bitrates_kbps[-1])
    return encoded(facts, form, rate, plan.notes)


def encoded(facts: AudioFacts, form: Form, quality_kbps: int, notes: tuple[str, ...]) -> Plan:
    """The plan that encodes to ``form``."""
    options = ["-c:a", form.encoder]
    if form.is_lossless:
        quality = "lossless"
        if not facts.is_lossless:
            quality = "from a lossy source: no better than it was"
        elif form.name == "wav":
            quality = "16 bits"
    elif form.name == "mp3" and not quality_kbps:
        options += ["-q:a", "0"]
        quality = "V0"
    else:
        rate = quality_kbps or form.fallback_kbps
        options += ["-q:a", str(VORBIS_QUALITY[rate])] if form.name == "ogg" else ["-b:a", f"{rate}k"]
        quality = f"{rate} kbit/s"
    if samples := SAMPLES.get((form.name, facts.is_deep)):
        options += ["-sample_fmt", samples]
    if facts.channels > 2:
        options += ["-ac", "2"]
    source = f"{facts.codec} {facts.bitrate_kbps} kbit/s" if facts.bitrate_kbps else facts.codec
    made_by = f"{form.encoder}, {quality}; from {source}"
    words = f"converted from {source} to {form.name} ({quality})"
    return Plan(Way.ENCODE, form.extension, form.muxer, words, options, notes, made_by)
