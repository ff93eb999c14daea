"""Audio as people share it, whole files: FLAC encoded in one go, MP3 joined from a loop."""

from __future__ import annotations

import io
from array import array
from typing import Any

import av

from sandbox.audio import synth
from sandbox.audio.loops import Loop

RATE = 44_100
FLAC_RATE = 22_050  # one channel of half the rate: whole albums of it are made for the sake of their checksums
LOOP_SECONDS = 4
BLOCK = 4_608
MP3_FRAME = 1_152
MP3_BITRATE = 128_000


def flac(melody: str, duration_ms: int) -> bytes:
    """The melody over and over for ``duration_ms``, lossless, 16 bit, one channel."""
    total = max(1, round(duration_ms * FLAC_RATE / 1000))
    samples = FLAC_RATE * LOOP_SECONDS
    one_side = array("h", synth.melody(melody, FLAC_RATE, samples))[0::2].tobytes()
    pcm = one_side * (total // samples + 1)
    out = io.BytesIO()
    with av.open(out, "w", format="flac") as container:
        stream: Any = container.add_stream("flac", rate=FLAC_RATE, options={"compression_level": "0"})
        stream.layout = "mono"
        for start in range(0, total, BLOCK):
            container.mux(stream.encode(_frame(pcm, start, min(BLOCK, total - start), FLAC_RATE, "mono")))
        container.mux(stream.encode(None))
    return out.getvalue()


def mp3(loop: Loop, duration_ms: int) -> bytes:
    """A file of constant bitrate; each of its frames stands for itself, so any number of rounds may follow."""
    wanted = max(1, round(duration_ms * RATE / 1000 / MP3_FRAME))
    whole, rest = divmod(wanted, len(loop.packets))
    return b"".join(loop.packets) * whole + b"".join(loop.packets[:rest])


def mp3_loop(melody: str) -> Loop:
    """One round of the melody; without a bit reservoir, as a frame must not lean on the one before."""
    count = RATE * LOOP_SECONDS // MP3_FRAME
    pcm = synth.melody(melody, RATE, count * MP3_FRAME)
    codec: Any = av.CodecContext.create("libmp3lame", "w")
    codec.sample_rate, codec.layout, codec.format, codec.bit_rate = RATE, "stereo", "s16p", MP3_BITRATE
    codec.options = {"reservoir": "0", "compression_level": "9"}
    convert: Any = av.AudioResampler(format="s16p", layout="stereo", rate=RATE)
    packets: list[bytes] = []
    for number in range(count + 2):  # two more, so that the loop closes and the encoder gives all of it
        frame = _frame(pcm, number % count * MP3_FRAME, MP3_FRAME, RATE, "stereo")
        frame.pts = number * MP3_FRAME
        for ready in convert.resample(frame):
            packets.extend(bytes(packet) for packet in codec.encode(ready))
    packets.extend(bytes(packet) for packet in codec.encode(None))
    return Loop(tuple(packets[1 : count + 1]), b"")


def _frame(pcm: bytes, start: int, count: int, rate: int, layout: str) -> Any:
    frame: Any = av.AudioFrame(format="s16", layout=layout, samples=count)
    size = 2 if layout == "mono" else 4
    frame.planes[0].update(pcm[start * size : (start + count) * size].ljust(frame.planes[0].buffer_size, b"\0"))
    frame.sample_rate, frame.pts = rate, start
    return frame
