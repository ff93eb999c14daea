"""Loops of encoded packets on disk: made once per melody, read ever after without the encoder."""

from __future__ import annotations

import json
import os
import threading
from dataclasses import dataclass
from pathlib import Path

OPUS_RATE, OPUS_FRAME = 48_000, 960
AAC_RATE, AAC_FRAME = 44_100, 1_024


@dataclass(frozen=True, slots=True)
class Loop:
    """Packets that may be repeated without end, and what a container must say about them."""

    packets: tuple[bytes, ...]
    extradata: bytes


def save(loop: Loop, path: Path) -> None:
    """The loop at ``path``, whole or not at all: several processes share the folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    head = json.dumps({"sizes": [len(packet) for packet in loop.packets], "extradata": loop.extradata.hex()}).encode()
    part = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    part.write_bytes(head + b"\n" + b"".join(loop.packets))
    part.replace(path)


def load(path: Path) -> Loop | None:
    """The saved loop, or None where none lies there."""
    try:
        head, _, body = path.read_bytes().partition(b"\n")
        facts = json.loads(head)
    except (OSError, ValueError):
        return None
    packets, place = [], 0
    for size in facts["sizes"]:
        packets.append(body[place : place + size])
        place += size
    return Loop(tuple(packets), bytes.fromhex(facts["extradata"]))
