"""Opus in WebM of any length from one loop: every cluster but its clock is the same, so a long file is a long join.

Source: RFC 8794 (EBML), RFC 9559 (Matroska), the Opus mapping at https://wiki.xiph.org/MatroskaOpus.
"""

from __future__ import annotations

import struct
from itertools import accumulate

from sandbox.audio.loops import Loop

PACKET_MS = 20
PRE_SKIP = 312  # samples that a decoder drops at the start


def webm(loop: Loop, duration_ms: int) -> bytes:
    """A file whose decoded length is within 10 ms of ``duration_ms``."""
    wanted = max(1, round((duration_ms + PRE_SKIP / 48) / PACKET_MS))
    blocks = [_block(packet, number * PACKET_MS) for number, packet in enumerate(loop.packets)]
    body, ends = b"".join(blocks), list(accumulate(len(block) for block in blocks))
    clusters = []
    for first in range(0, wanted, len(blocks)):
        count = min(len(blocks), wanted - first)
        clock = b"\xe7\x84" + struct.pack(">I", first * PACKET_MS)
        clusters.append(_element(0x1F43B675, clock + body[: ends[count - 1]]))
    content = _info(wanted * PACKET_MS) + _tracks(loop.extradata) + b"".join(clusters)
    return _head() + _element(0x18538067, content)


def _head() -> bytes:
    fields = ((0x4286, 1), (0x42F7, 1), (0x42F2, 4), (0x42F3, 8))
    numbers = b"".join(_number(name, value) for name, value in fields)
    return _element(0x1A45DFA3, numbers + _element(0x4282, b"webm") + _number(0x4287, 4) + _number(0x4285, 2))


def _info(duration_ms: int) -> bytes:
    name = b"spotizer sandbox"
    length = _element(0x4489, struct.pack(">d", float(duration_ms)))
    return _element(0x1549A966, _number(0x2AD7B1, 1_000_000) + length + _element(0x4D80, name) + _element(0x5741, name))


def _tracks(opus_head: bytes) -> bytes:
    audio = _element(0xB5, struct.pack(">d", 48_000.0)) + _number(0x9F, 2)
    entry = b"".join(
        (
            _number(0xD7, 1), _number(0x73C5, 1), _number(0x83, 2), _element(0x86, b"A_OPUS"),
            _number(0x56AA, 6_500_000), _number(0x56BB, 80_000_000), _element(0x63A2, opus_head), _element(0xE1, audio),
        )
    )  # fmt: skip
    return _element(0x1654AE6B, _element(0xAE, entry))


def _block(packet: bytes, at_ms: int) -> bytes:
    return _element(0xA3, b"\x81" + struct.pack(">hB", at_ms, 0x80) + packet)


def _number(name: int, value: int) -> bytes:
    return _element(name, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))


def _element(name: int, content: bytes) -> bytes:
    return name.to_bytes((name.bit_length() + 7) // 8, "big") + _size(len(content)) + content


def _size(length: int) -> bytes:
    """An EBML length: the count of leading zero bits says how many bytes follow."""
    width = next(width for width in range(1, 9) if length < (1 << 7 * width) - 1)
    return (length | 1 << 7 * width).to_bytes(width, "big")
