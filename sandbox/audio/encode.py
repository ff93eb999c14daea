"""Encoding one round of a melody into packets that may be repeated without end."""

from __future__ import annotations

from typing import Any

import av

from sandbox.audio.loops import AAC_FRAME, AAC_RATE, OPUS_FRAME, OPUS_RATE, Loop


def encode_opus(pcm: bytes, bitrate: int) -> Loop:
    codec: Any = av.CodecContext.create("libopus", "w")
    codec.sample_rate, codec.layout, codec.format, codec.bit_rate = OPUS_RATE, "stereo", "s16", bitrate
    codec.options = {"vbr": "off", "compression_level": "0"}
    return _encode(codec, pcm, OPUS_FRAME, OPUS_RATE)


def encode_aac(pcm: bytes, bitrate: int) -> Loop:
    codec: Any = av.CodecContext.create("aac", "w")
    codec.sample_rate, codec.layout, codec.format, codec.bit_rate = AAC_RATE, "stereo", "fltp", bitrate
    codec.options = {"aac_coder": "fast"}
    return _encode(codec, pcm, AAC_FRAME, AAC_RATE)


def _encode(codec: Any, pcm: bytes, frame_size: int, rate: int) -> Loop:
    """As many packets as there are whole frames in ``pcm``; the encoder's first, silent one is dropped."""
    size = frame_size * 4
    count = len(pcm) // size
    convert: Any = (
        av.AudioResampler(format=codec.format, layout="stereo", rate=rate) if codec.format.name != "s16" else None
    )
    packets: list[bytes] = []
    for number in range(count + 2):  # two more, so that the loop closes and the encoder gives all of it
        start = number % count * size
        frame: Any = av.AudioFrame(format="s16", layout="stereo", samples=frame_size)
        frame.planes[0].update(pcm[start : start + size])
        frame.sample_rate, frame.pts = rate, number * frame_size
        for ready in convert.resample(frame) if convert else (frame,):
            packets.extend(bytes(packet) for packet in codec.encode(ready))
    packets.extend(bytes(packet) for packet in codec.encode(None))
    return Loop(tuple(packets[1 : count + 1]), bytes(codec.extradata or b""))
