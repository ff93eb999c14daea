"""A file's container by its first bytes, whatever it is called."""

from __future__ import annotations

from pathlib import Path


def container_of(path: Path) -> str:
    """``webm``, ``m4a``, ``ogg``, ``flac``, ``mp3`` or ``wav``; empty where it is none of them."""
    with path.open("rb") as file:
        head = file.read(16)
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "webm"
    if head[4:8] in {b"ftyp", b"styp"}:
        return "m4a"
    if head.startswith(b"OggS"):
        return "ogg"
    if head.startswith(b"fLaC"):
        return "flac"
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return "wav"
    if head.startswith(b"ID3") or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2):
        return "mp3"
    return ""
