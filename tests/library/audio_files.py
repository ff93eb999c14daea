"""Short real audio for the tests, made with PyAV."""

import subprocess
from array import array
from fractions import Fraction
from math import pi, sin
from pathlib import Path

import av

from library.audio import ffmpeg_path

# name: (codec, muxer, sample rate, bitrate)
KINDS = {
    "webm": ("libopus", "webm", 48_000, 96_000),
    "opus": ("libopus", "ogg", 48_000, 96_000),
    "m4a": ("aac", "mp4", 44_100, 128_000),
    "mp3": ("libmp3lame", "mp3", 44_100, 128_000),
    "flac": ("flac", "flac", 44_100, None),
    "alac.m4a": ("alac", "ipod", 44_100, None),
    "deep.flac": ("flac", "flac", 96_000, None),
    "wav": ("pcm_s16le", "wav", 44_100, None),
}
OGG = "ogg"  # PyAV has no encoder for Vorbis: ffmpeg makes it from the WAV
BLOCK = 1_024


def make_audio(
    path: Path, *, seconds=2.0, kind=None, hertz=440.0, loudness=0.4, options=None, silence=(0.0, 0.0)
) -> Path:
    """A tone that changes with time (so that no two packets are alike), or silence where ``loudness`` is 0.

    ``silence``: so many seconds before it and after it.
    """
    if (kind or path.suffix[1:]) == OGG:
        wav = path.with_suffix(".for-ogg.wav")
        make_audio(wav, kind="wav", seconds=seconds, hertz=hertz, loudness=loudness, silence=silence)
        return by_ffmpeg(path, wav, "-c:a", "libvorbis", "-b:a", "128k", "-f", "ogg")
    codec, muxer, rate, bitrate = KINDS[kind or path.suffix[1:]]
    with av.open(str(path), "w", format=muxer, options=options or {}) as container:
        stream = container.add_stream(codec, rate=rate, layout="stereo")
        if (kind or "").startswith("deep"):
            stream.codec_context.format = "s32"
        if bitrate:
            stream.bit_rate = bitrate
        resampler = av.AudioResampler(
            format=stream.codec_context.format, layout="stereo", rate=rate, frame_size=stream.codec_context.frame_size
        )
        for frame in _frames(rate, seconds, hertz, loudness, silence):
            for ready in resampler.resample(frame):
                container.mux(stream.encode(ready))
        for ready in resampler.resample(None):
            container.mux(stream.encode(ready))
        container.mux(stream.encode(None))
    return path


def by_ffmpeg(path: Path, came: Path, *options: str) -> Path:
    """``came`` encoded by ffmpeg, for what PyAV has no encoder or no word."""
    subprocess.run([ffmpeg_path(), "-v", "error", "-y", "-i", came, *options, path], check=True)
    return path


def _frames(rate, seconds, hertz, loudness, silence):
    begin, end = round(silence[0] * rate), round((silence[0] + seconds) * rate)
    total = end + round(silence[1] * rate)
    for start in range(0, total, BLOCK):
        count = min(BLOCK, total - start)
        samples = array("h")
        for index in range(start, start + count):
            # A slow sweep with an overtone.
            time = index / rate
            wave = sin(2 * pi * (hertz + 60 * time) * time) + 0.3 * sin(2 * pi * 3.01 * hertz * time)
            value = int(wave / 1.3 * loudness * 32_767) if begin <= index < end else 0
            samples.extend((value, value // 2))
        frame = av.AudioFrame(format="s16", layout="stereo", samples=count)
        frame.sample_rate = rate
        frame.time_base = Fraction(1, rate)
        frame.pts = start
        frame.planes[0].update(samples.tobytes().ljust(frame.planes[0].buffer_size, b"\0"))
        yield frame


def decode_ms(path: Path) -> int:
    """How long the file plays when it is really decoded."""
    with av.open(str(path)) as container:
        return round(sum(f.samples / f.sample_rate for f in container.decode(audio=0)) * 1000)
