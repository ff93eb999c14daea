"""Is what arrived whole, and is it as long as it should be?"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from core.errors import PermanentError
from core.lazy import Lazy
from core.units import clock
from library.audio.containers import PROTECTED, container_problem, flac_promise, sniff
from library.audio.facts import AudioFacts, facts_of, open_audio, probe
from library.audio.hearing import AUDIBLE_DB, Ends, peak_of
from library.audio.loudness import decibels
from library.audio.watch import IsCancelled, Watch, never

if TYPE_CHECKING:
    import av
    from av.audio.frame import AudioFrame
else:
    av = Lazy("av")

PROMISE_MS = 2_000  # a source that says 200 s and gives 197 broke off
CATALOGUE_MS = 5_000  # another edition's fade-out may differ by this, or by a few per cent
CATALOGUE_SHARE = 0.03
FAR_TOO_LONG = 2  # times the catalogue's length, by the header alone, which may be an estimate
SILENT = "it holds nothing but silence"
END_SECONDS = 30  # of the end that are decoded to see where the sound ends


class Hears(Protocol):
    """Whoever listens to the sound while it is checked."""

    def hear(self, frame: AudioFrame) -> None: ...


def broken(path: Path, why: str, *, reason: str = "broken_file") -> PermanentError:
    return PermanentError(f"{path.name} cannot be used: {why}.", reason=reason)


def check_arrival(path: Path, *, expected_ms: int | None = None) -> AudioFacts:
    """The header's facts of a file that is audio and structurally whole; nothing is decoded.

    One that is far longer than the catalogue says is refused here: nobody waits for ten hours to be decoded.
    """
    if problem := container_problem(path, sniff(path)):
        raise broken(path, problem, reason="drm" if problem == PROTECTED else "broken_file")
    facts = probe(path)
    if expected_ms and facts.duration_ms > FAR_TOO_LONG * expected_ms + 10 * CATALOGUE_MS:
        check_length(facts.duration_ms, expected_ms=expected_ms, promised_ms=None, name=path.name)
    return facts


def check_length(duration_ms: int, *, expected_ms: int | None, promised_ms: int | None, name: str) -> None:
    """Raise PermanentError where the sound is not as long as its source promised or as the catalogue says."""
    if promised_ms and abs(duration_ms - promised_ms) >= PROMISE_MS:
        raise PermanentError(
            f"{name} broke off: it plays {clock(duration_ms)}, its source promised {clock(promised_ms)}.",
            reason="broken_file",
        )
    if expected_ms and abs(duration_ms - expected_ms) > max(CATALOGUE_MS, CATALOGUE_SHARE * expected_ms):
        raise PermanentError(
            f"{name} plays {clock(duration_ms)}, the catalogue says {clock(expected_ms)}: another version.",
            reason="wrong_length",
        )


def check(
    path: Path,
    *,
    expected_ms: int | None = None,
    promised_ms: int | None = None,
    cancelled: IsCancelled = never,
) -> AudioFacts:
    """The facts of a file that is whole: container, every packet decoded, sound in it, length as it should be.

    Raises PermanentError with reason broken_file, drm or wrong_length, Cancelled within a second of ``cancelled()``.
    """
    check_arrival(path, expected_ms=expected_ms)
    return check_sound(path, expected_ms=expected_ms, promised_ms=promised_ms, cancelled=cancelled)


def check_sound(
    path: Path,
    *,
    expected_ms: int | None,
    promised_ms: int | None,
    listeners: Sequence[Hears] = (),
    cancelled: IsCancelled = never,
) -> AudioFacts:
    """The second half of ``check``, for a file whose container was looked at. ``listeners`` hear all of its sound."""
    facts = _decoded(path, listeners, cancelled)
    check_length(facts.duration_ms, expected_ms=expected_ms, promised_ms=promised_ms, name=path.name)
    return facts


def has_sound(path: Path, *, cancelled: IsCancelled = never) -> bool:
    """Whether anything can be heard; mostly known after the first second of the file."""
    watch = Watch(cancelled)
    with open_audio(path) as (container, stream, _):
        for packet in container.demux(stream):
            watch.look()
            try:
                if any(_is_loud(frame) for frame in packet.decode()):
                    return True
            except av.FFmpegError:
                continue
    return False


def ends_of(path: Path, *, below_db: float, cancelled: IsCancelled = never) -> tuple[int, int]:
    """Milliseconds of silence at the beginning and at the end; only these parts are decoded where it can be.

    Both are 0 where all of it is silent.
    """
    before = Ends(below_db)
    _hear(path, before, start_ms=0, until_heard=True, cancelled=cancelled)
    if before.is_silent:
        return 0, 0
    seconds, total_ms = END_SECONDS, probe(path).duration_ms
    while True:
        after = Ends(below_db)
        start_ms = max(0, total_ms - seconds * 1000)
        _hear(path, after, start_ms=start_ms, until_heard=False, cancelled=cancelled)
        if not after.is_silent or not start_ms:
            return before.before_ms, after.after_ms
        seconds *= 4


def _hear(path: Path, ends: Ends, *, start_ms: int, until_heard: bool, cancelled: IsCancelled) -> None:
    """``ends`` hears the file from about ``start_ms``. What does not decode is left to the check."""
    watch = Watch(cancelled)
    with open_audio(path) as (container, stream, _):
        if start_ms and stream.time_base:
            container.seek(round(start_ms / 1000 / stream.time_base), stream=stream)
        for packet in container.demux(stream):
            watch.look()
            try:
                for frame in packet.decode():
                    ends.hear(frame)
            except av.FFmpegError:
                continue
            if until_heard and not ends.is_silent:
                return


def _decoded(path: Path, listeners: Sequence[Hears], cancelled: IsCancelled) -> AudioFacts:
    """One pass: packets hashed and decoded. Raises where a packet does not decode or nothing can be heard."""
    watch, listener, digest = Watch(cancelled), _Listener(path), hashlib.sha256()
    total, errors = 0, 0
    with open_audio(path) as (container, stream, name):
        # Without these ffmpeg decodes FLAC and MP3 frames whose own checksum is wrong.
        stream.codec_context.options = {"err_detect": "crccheck+bitstream+buffer"}
        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets, None)
            except av.FFmpegError:
                errors += 1
                break
            if packet is None:
                break
            watch.look()
            digest.update(packet)
            total += packet.size
            try:
                for frame in packet.decode():
                    listener.hear(frame)
                    for other in listeners:
                        other.hear(frame)
                    errors += frame.is_corrupt
            except av.FFmpegError:
                errors += 1
        if errors:
            raise broken(path, "a part of it does not decode" if errors == 1 else f"{errors} parts of it do not decode")
        listener.conclude()
        return facts_of(
            path,
            container,
            stream,
            name,
            duration_ms=round(listener.seconds * 1000),
            sound_bytes=total,
            audio_hash=digest.hexdigest(),
            decode_errors=errors,
        )


class _Listener:
    """Counts what is decoded, hears whether it is silence, and proves a FLAC by its MD5."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.seconds = 0.0
        self.is_silent = True
        self.samples = 0
        self.promise = flac_promise(path) if sniff(path) == "flac" else None
        # Odd widths (12, 20 bits) are padded differently by encoder and decoder: their count must do.
        self.is_hashed = self.promise is not None and self.promise[1] in (8, 16, 24, 32)
        self.digest = hashlib.md5(usedforsecurity=False)

    def hear(self, frame: AudioFrame) -> None:
        self.samples += frame.samples
        self.seconds += frame.samples / frame.sample_rate
        if self.is_silent and _is_loud(frame):
            self.is_silent = False
        if self.promise is not None and self.is_hashed:
            self.digest.update(_flac_bytes(frame, self.promise[1]))

    def conclude(self) -> None:
        if not self.samples:
            raise broken(self.path, "there is no sound in it")
        if self.promise is not None:
            samples, _, digest = self.promise
            if samples and samples != self.samples:
                raise broken(self.path, "its end is missing")
            if any(digest) and self.is_hashed and digest != self.digest.digest():
                raise broken(self.path, "its sound is not what its checksum says")
        if self.is_silent:
            raise broken(self.path, SILENT)


def _is_loud(frame: AudioFrame) -> bool:
    """Whether any sample is above the floor of what can be heard."""
    return decibels(peak_of(frame)) > AUDIBLE_DB


def _flac_bytes(frame: AudioFrame, bits: int) -> bytes:
    """The frame as the encoder hashed it: interleaved, little-endian, in as many bytes as the bits need."""
    wide = bytes(memoryview(frame.planes[0])[: frame.samples * frame.layout.nb_channels * frame.format.bytes])
    if bits <= 16:
        return wide if bits > 8 else wide[1::2]
    if bits > 24:
        return wide
    packed = bytearray(len(wide) // 4 * 3)
    # The decoder leaves the sound in the upper bits.
    packed[0::3], packed[1::3], packed[2::3] = wide[1::4], wide[2::4], wide[3::4]
    return bytes(packed)
