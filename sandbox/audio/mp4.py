"""AAC in M4A of any length from one loop: the tables repeat as the packets do. Source: ISO/IEC 14496-12 and -14."""

from __future__ import annotations

import struct
from itertools import accumulate

from sandbox.audio.loops import AAC_FRAME, AAC_RATE, Loop


def m4a(loop: Loop, duration_ms: int, bitrate: int) -> bytes:
    """A file whose length is within one frame (23 ms) of ``duration_ms``."""
    wanted = max(1, round(duration_ms * AAC_RATE / 1000 / AAC_FRAME))
    count = len(loop.packets)
    sizes = [len(packet) for packet in loop.packets]
    body = b"".join(loop.packets)
    whole, rest = divmod(wanted, count)
    ends = [0, *accumulate(sizes)]
    data = body * whole + body[: ends[rest]]
    all_sizes = struct.pack(f">{count}I", *sizes) * whole + struct.pack(f">{rest}I", *sizes[:rest])
    chunks = [len(body) * number for number in range(whole + (rest > 0))]
    start = _box(b"ftyp", b"dash" + struct.pack(">I", 0) + b"iso6mp41")

    def moov(offset: int) -> bytes:
        table = _samples(all_sizes, wanted, count, rest, [offset + chunk for chunk in chunks], loop.extradata, bitrate)
        return _moov(table, wanted * AAC_FRAME)

    offset = len(start) + len(moov(0)) + 8
    return start + moov(offset) + _box(b"mdat", data)


def _moov(table: bytes, duration: int) -> bytes:
    matrix = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    mvhd = struct.pack(">IIIII", 0, 0, 0, AAC_RATE, duration) + struct.pack(">IHHII", 0x10000, 0x0100, 0, 0, 0)
    mvhd += matrix + bytes(24) + struct.pack(">I", 2)
    tkhd = (
        struct.pack(">IIIIII", 3, 0, 0, 1, 0, duration)
        + bytes(8)
        + struct.pack(">HHHH", 0, 0, 0x0100, 0)
        + matrix
        + bytes(8)
    )
    mdhd = struct.pack(">IIIIIHH", 0, 0, 0, AAC_RATE, duration, 0x55C4, 0)
    hdlr = struct.pack(">II", 0, 0) + b"soun" + bytes(12) + b"SoundHandler\0"
    dref = _box(b"dref", struct.pack(">II", 0, 1) + _box(b"url ", struct.pack(">I", 1)))
    minf = _box(b"minf", _box(b"smhd", bytes(8)) + _box(b"dinf", dref) + table)
    mdia = _box(b"mdia", _box(b"mdhd", mdhd) + _box(b"hdlr", hdlr) + minf)
    return _box(b"moov", _box(b"mvhd", mvhd) + _box(b"trak", _box(b"tkhd", tkhd) + mdia))


def _samples(
    sizes: bytes, total: int, per_chunk: int, rest: int, chunks: list[int], config: bytes, bitrate: int
) -> bytes:
    stts = struct.pack(">IIII", 0, 1, total, AAC_FRAME)
    groups = []
    if total >= per_chunk:
        groups.append((1, per_chunk, 1))
    if rest:
        groups.append((len(chunks), rest, 1))
    stsc = struct.pack(">II", 0, len(groups)) + b"".join(struct.pack(">III", *group) for group in groups)
    stsz = struct.pack(">III", 0, 0, total) + sizes
    stco = struct.pack(f">II{len(chunks)}I", 0, len(chunks), *chunks)
    stsd = struct.pack(">II", 0, 1) + _mp4a(config, bitrate)
    boxes = ((b"stsd", stsd), (b"stts", stts), (b"stsc", stsc), (b"stsz", stsz), (b"stco", stco))
    return _box(b"stbl", b"".join(_box(name, content) for name, content in boxes))


def _mp4a(config: bytes, bitrate: int) -> bytes:
    decoder = struct.pack(">BB3sII", 0x40, 0x15, bytes(3), bitrate, bitrate) + _descriptor(5, config)
    esds = bytes(4) + _descriptor(3, struct.pack(">HB", 1, 0) + _descriptor(4, decoder) + _descriptor(6, b"\x02"))
    entry = bytes(6) + struct.pack(">H", 1) + bytes(8) + struct.pack(">HHHHI", 2, 16, 0, 0, AAC_RATE << 16)
    return _box(b"mp4a", entry + _box(b"esds", esds))


def _descriptor(tag: int, content: bytes) -> bytes:
    return bytes((tag, len(content))) + content


def _box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + name + content
