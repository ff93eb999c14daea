"""What an audio file holds, read without decoding."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import PermanentError
from core.lazy import Lazy
from library.audio.containers import sniff

if TYPE_CHECKING:
    import av
    from av.audio.stream import AudioStream
    from av.container import InputContainer
else:
    av = Lazy("av")

# ffmpeg's name of the reader for each container: a file is never opened as anything else than what it is.
READERS = {"ogg": "ogg", "m4a": "mp4", "webm": "matroska", "flac": "flac", "mp3": "mp3", "aac": "aac", "wav": "wav"}
LOSSLESS = {"flac", "alac", "wavpack", "ape", "tta"}


@dataclass(frozen=True, slots=True)
class AudioFacts:
    """``audio_hash`` is empty and ``decode_errors`` None where nobody looked."""

    codec: str  # opus, aac, mp3, flac, vorbis, alac, pcm_s16le
    container: str  # ogg, m4a, webm, flac, mp3, aac, wav
    duration_ms: int
    sample_rate_hz: int
    channels: int
    bitrate_kbps: int
    size_bytes: int
    audio_hash: str = ""
    decode_errors: int | None = None
    is_deep: bool = False  # more than 16 bits a sample, where lossless

    @property
    def is_lossless(self) -> bool:
        return _is_lossless(self.codec)


def _is_lossless(codec: str) -> bool:
    return codec in LOSSLESS or codec.startswith("pcm_")


def not_audio(path: Path, why: str) -> PermanentError:
    return PermanentError(f"{path.name} is no audio that Spotizer knows: {why}.", reason="broken_file")


@contextmanager
def open_audio(path: Path) -> Iterator[tuple[InputContainer, AudioStream, str]]:
    """The open file, its first audio stream and its container's name. Raises PermanentError where it is no audio."""
    if path.stat().st_size == 0:
        raise not_audio(path, "it is empty")
    name = sniff(path)
    if not name:
        raise not_audio(path, "its first bytes are those of no audio file")
    try:
        container = av.open(str(path), format=READERS[name])
    except av.FFmpegError as exc:
        raise not_audio(path, str(exc.strerror or exc)) from exc
    with container:
        if not container.streams.audio:
            raise not_audio(path, "it has no sound in it")
        stream = container.streams.audio[0]
        if not stream.sample_rate:
            raise not_audio(path, "its sound is in a form that cannot be read")
        yield container, stream, name


def codec_of(stream: AudioStream) -> str:
    """``mp3``, also where ffmpeg calls its decoder ``mp3float``."""
    return stream.codec_context.codec.canonical_name


def _duration_ms(container: InputContainer, stream: AudioStream) -> int:
    if stream.duration is not None and stream.time_base:
        return round(stream.duration * stream.time_base * 1000)
    return round((container.duration or 0) / 1000)  # microseconds


def facts_of(
    path: Path,
    container: InputContainer,
    stream: AudioStream,
    name: str,
    *,
    duration_ms: int | None = None,
    sound_bytes: int | None = None,
    audio_hash: str = "",
    decode_errors: int | None = None,
) -> AudioFacts:
    """The facts of an open file, with what a pass over it has found out."""
    size, codec = path.stat().st_size, codec_of(stream)
    length = _duration_ms(container, stream) if duration_ms is None else duration_ms
    bits = (size if sound_bytes is None else sound_bytes) * 8
    return AudioFacts(
        codec=codec,
        container=name,
        duration_ms=length,
        sample_rate_hz=stream.sample_rate,
        channels=stream.channels,
        bitrate_kbps=round(bits / length) if length else 0,
        size_bytes=size,
        audio_hash=audio_hash,
        decode_errors=decode_errors,
        is_deep=_is_lossless(codec) and stream.format.bytes > 2,
    )


def probe(path: Path) -> AudioFacts:
    """What the header says (1 ms). Raises PermanentError reason broken_file where it is no audio."""
    with open_audio(path) as (container, stream, name):
        return facts_of(path, container, stream, name)


def measure(path: Path) -> AudioFacts:
    """The facts by one pass over the packets (some 30 ms): true length and bitrate, and the hash of the sound."""
    digest = hashlib.sha256()
    total, ticks = 0, 0
    with open_audio(path) as (container, stream, name):
        try:
            for packet in container.demux(stream):
                digest.update(packet)
                total += packet.size
                ticks += packet.duration or 0
        except av.FFmpegError as exc:
            raise PermanentError(
                f"{path.name} cannot be read to its end: {exc.strerror}.", reason="broken_file"
            ) from exc
        # Of Vorbis with short blocks libavformat tells many a packet's length wrong. Ogg counts by itself, and the
        # check of its container proves that count.
        length = None if name == "ogg" else round(ticks * (stream.time_base or Fraction(1)) * 1000) or None
        return facts_of(
            path, container, stream, name, duration_ms=length, sound_bytes=total, audio_hash=digest.hexdigest()
        )


def audio_hash(path: Path) -> str:
    """SHA-256 of the audio packets: tags do not change it, a single bit of the sound does."""
    return measure(path).audio_hash
