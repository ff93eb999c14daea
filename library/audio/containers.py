"""Is a file whole, as far as its container can tell? A walk over its structure, without decoding.

What each walk sees was measured: the Ogg walk everything, the MP4, WebM and MP3 walks every cut, to the byte.
"""

from __future__ import annotations

import mmap
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

HEAD = 64 * 1024
PROTECTED = "it is encrypted (DRM), and Spotizer never decrypts"


def sniff(path: Path) -> str:
    """The container by its first bytes: ogg, m4a, webm, flac, mp3, aac, wav; empty where it is no audio we know.

    A fetched file is opened as what it is and nothing else: ffmpeg would also open playlists, and what they name.
    """
    with path.open("rb") as file:
        head = file.read(12)
        if head.startswith(b"ID3"):
            file.seek(_id3_end(head))
            head = file.read(HEAD).lstrip(b"\0")[:12]
    if head.startswith(b"OggS"):
        return "ogg"
    if head[4:8] in (b"ftyp", b"styp", b"moov"):
        return "m4a"
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "webm"
    if head.startswith(b"fLaC"):
        return "flac"
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return "wav"
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return "aac" if head[1] & 0x06 == 0 else "mp3"
    return ""


def container_problem(path: Path, container: str) -> str:
    """What is wrong with the structure, in words; empty where nothing is."""
    walk = WALKS.get(container)
    return walk(path) if walk else ""


# --- Ogg: RFC 3533 ----------------------------------------------------------------------------------------------------

MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def _ogg_crc(page: bytes) -> int:
    """The page's CRC by way of zlib, whose CRC has the same polynomial the other way round."""
    raw = zlib.crc32(page.translate(MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{raw:032b}"[::-1], 2)


@contextmanager
def _mapped(path: Path) -> Iterator[mmap.mmap]:
    """The file's bytes without reading them into memory: an upload of ten hours has hundreds of megabytes."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        yield data


def _ogg_problem(path: Path) -> str:
    with _mapped(path) as data:
        return _ogg_walk(data)


def _ogg_walk(data: mmap.mmap) -> str:
    position = 0
    next_page: dict[int, int] = {}
    open_streams: set[int] = set()
    while position < len(data):
        header = data[position : position + 27]
        if len(header) < 27 or header[:4] != b"OggS":
            return f"no page begins at byte {position}: cut off or damaged"
        segments = data[position + 27 : position + 27 + header[26]]
        end = position + 27 + header[26] + sum(segments)
        if len(segments) < header[26] or end > len(data):
            return f"the last page is cut off at byte {len(data)}"
        page = data[position:end]
        if _ogg_crc(page[:22] + bytes(4) + page[26:]) != int.from_bytes(page[22:26], "little"):
            return f"the page at byte {position} is damaged"
        stream, number = int.from_bytes(page[14:18], "little"), int.from_bytes(page[18:22], "little")
        if number != next_page.get(stream, number):
            return f"a page is missing before byte {position}"
        next_page[stream] = number + 1
        open_streams.add(stream)
        if page[5] & 4:
            open_streams.discard(stream)
        position = end
    return "the end is missing" if open_streams or not next_page else ""


# --- MP4: ISO/IEC 14496-12 --------------------------------------------------------------------------------------------


def _mp4_problem(path: Path) -> str:
    size = path.stat().st_size
    kinds: list[bytes] = []
    position = 0
    with path.open("rb") as file:
        while position < size:
            file.seek(position)
            header = file.read(16)
            length, kind = int.from_bytes(header[:4], "big"), header[4:8]
            if length == 1:
                length = int.from_bytes(header[8:16], "big")
            elif length == 0:
                length = size - position
            if length < 8 or position + length > size:
                return f"the part that begins at byte {position} is cut off or damaged"
            if kind == b"moov":
                file.seek(position)
                if b"enca" in file.read(min(length, 4 * HEAD)):
                    return PROTECTED
            kinds.append(kind)
            position += length
    if b"moov" not in kinds:
        return "its index is missing"
    return "" if b"mdat" in kinds else "it holds no sound"


# --- WebM: RFC 8794 ---------------------------------------------------------------------------------------------------

SEGMENT, CLUSTER = 0x18538067, 0x1F43B675


def _vint(data: mmap.mmap, position: int, *, keep_marker: bool) -> tuple[int, int] | None:
    """The number at ``position`` and its width in bytes; -1 for a size that is not known."""
    first = data[position] if position < len(data) else 0
    width = 9 - first.bit_length()
    if not first or position + width > len(data):
        return None
    value = int.from_bytes(data[position : position + width], "big")
    if keep_marker:
        return value, width
    value &= (1 << 7 * width) - 1
    return (-1 if value == (1 << 7 * width) - 1 else value), width


def _webm_problem(path: Path) -> str:
    with _mapped(path) as data:
        return _webm_walk(data)


def _webm_walk(data: mmap.mmap) -> str:
    """Down to the single blocks of sound: each must end where the next begins."""
    position = 0
    while position < len(data):
        name = _vint(data, position, keep_marker=True)
        length = _vint(data, position + name[1], keep_marker=False) if name else None
        if name is None or length is None:
            return f"the part that begins at byte {position} is cut off or damaged"
        body = position + name[1] + length[1]
        if length[0] > len(data) - body:
            return f"it ends at byte {len(data)} of {body + length[0]}"
        # Into the segment and its clusters, over everything else. A live stream does not know their sizes.
        position = body if name[0] in (SEGMENT, CLUSTER) else body + max(length[0], 0)
    return ""


# --- MP3: the Xing/Info header that LAME and ffmpeg write into the first frame ----------------------------------------


def _id3_end(header: bytes) -> int:
    size = header[6] << 21 | header[7] << 14 | header[8] << 7 | header[9]
    return 10 + size + (10 if header[5] & 0x10 else 0)


def _mp3_problem(path: Path) -> str:
    promise = xing_bytes(path)
    if promise is None:
        return ""
    end, size = promise, path.stat().st_size
    return f"it ends at byte {size} of {end}" if size < end else ""


def xing_bytes(path: Path) -> int | None:
    """Where the sound ends by the file's own header, None where it has none."""
    with path.open("rb") as file:
        head = file.read(10)
        start = _id3_end(head) if head.startswith(b"ID3") else 0
        file.seek(start)
        data = file.read(HEAD)
    padding = len(data) - len(data.lstrip(b"\0"))
    frame = data[padding : padding + 256]
    if len(frame) < 64 or frame[0] != 0xFF:
        return None
    is_mpeg1, is_mono = frame[1] & 0x18 == 0x18, frame[3] & 0xC0 == 0xC0
    side = (17 if is_mono else 32) if is_mpeg1 else (9 if is_mono else 17)
    tag = frame[4 + side :]
    if tag[:4] not in (b"Xing", b"Info") or tag[7] & 2 == 0:
        return None
    offset = 12 if tag[7] & 1 else 8
    return start + padding + int.from_bytes(tag[offset : offset + 4], "big")


# --- FLAC, WAV --------------------------------------------------------------------------------------------------------


def _flac_problem(path: Path) -> str:
    return "" if flac_promise(path) else "its header is damaged"


def flac_promise(path: Path) -> tuple[int, int, bytes] | None:
    """Samples per channel, bits per sample and the MD5 of the sound by STREAMINFO; zeros where not given."""
    with path.open("rb") as file:
        head = file.read(10)
        file.seek(_id3_end(head) if head.startswith(b"ID3") else 0)
        data = file.read(42)
    if len(data) < 42 or data[:4] != b"fLaC" or data[4] & 0x7F != 0:
        return None
    bits = int.from_bytes(data[18:26], "big")
    return bits & (1 << 36) - 1, (bits >> 36 & 31) + 1, data[26:42]


UNKNOWN_SIZE = 0xFFFFFFFF


def _wav_problem(path: Path) -> str:
    size = path.stat().st_size
    with path.open("rb") as file:
        end = int.from_bytes(file.read(8)[4:], "little") + 8
        if end - 8 == UNKNOWN_SIZE:  # a stream, whose length was not known
            return ""
        if size < end:
            return f"it ends at byte {size} of {end}"
        position, has_sound = 12, False
        while position + 8 <= end:
            file.seek(position)
            header = file.read(8)
            if not all(0x20 <= byte < 0x7F for byte in header[:4]):
                return f"the part that begins at byte {position} is damaged"
            has_sound |= header[:4] == b"data"
            length = int.from_bytes(header[4:], "little")
            position += 8 + length + length % 2
    return "" if has_sound else "it holds no sound"


WALKS: dict[str, Callable[[Path], str]] = {
    "ogg": _ogg_problem,
    "m4a": _mp4_problem,
    "webm": _webm_problem,
    "mp3": _mp3_problem,
    "flac": _flac_problem,
    "wav": _wav_problem,
}
