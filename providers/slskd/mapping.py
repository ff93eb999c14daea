"""What peers answer as candidates. Any attribute may be missing; paths have backslashes and a root of their own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import quote, unquote

from rapidfuzz import fuzz

from providers.base import Candidate, TrackInfo, UploadKind

NAME = "slskd"
CODECS = {
    "flac": "flac",
    "wav": "wav",
    "m4a": "aac",
    "alac": "alac",
    "mp3": "mp3",
    "ogg": "vorbis",
    "opus": "opus",
}
LOSSLESS = frozenset({"flac", "wav", "alac"})
MOST_ID = 450
ALIKE = 70  # of 100: names less alike are not worth the matcher's time
_WORDS = re.compile(r"[^\w\s]|_")


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file of a peer, and how ready the peer is."""

    username: str
    filename: str
    size_bytes: int
    codec: str
    bitrate_kbps: int | None
    duration_ms: int | None
    has_free_slot: bool
    queue_length: int
    upload_speed: int

    @property
    def name(self) -> str:
        """The bare name without folders and extension."""
        return self.filename.replace("/", "\\").rpartition("\\")[2].rpartition(".")[0]


def search_words(*texts: str) -> str:
    """Words as the network matches them: every one has to stand in the path, signs are none."""
    return " ".join(" ".join(_WORDS.sub(" ", text).split()) for text in texts).strip()


def shared_files(responses: Iterable[Mapping[str, Any]]) -> list[SharedFile]:
    """The audio files in ``responses`` that can be had; locked ones are left out."""
    found = []
    for response in responses:
        username = str(response.get("username") or "")
        for file in response.get("files") or ():
            if username and isinstance(file, Mapping) and (shared := _shared(username, response, file)):
                found.append(shared)
    return found


def nearest(files: Iterable[SharedFile], wanted: TrackInfo, limit: int) -> list[Candidate]:
    """Files whose names are like the title: the likest, then lossless, then whoever gives at once and quickly."""
    title = search_words(wanted.title).casefold()
    alike = [(fuzz.token_set_ratio(search_words(file.name).casefold(), title), file) for file in files]
    good = [(ratio, file) for ratio, file in alike if ratio >= ALIKE]
    good.sort(key=lambda one: (-round(one[0] / 10), *_readiness(one[1])))
    return [candidate_from(file) for _, file in good[:limit]]


def candidate_from(file: SharedFile) -> Candidate:
    url = f"slskd://{quote(file.username, safe='')}/{quote(file.filename, safe='')}"
    source_id = f"{file.username}|{file.filename}"
    if len(source_id) > MOST_ID:
        source_id = sha256(source_id.encode()).hexdigest()
    return Candidate(
        source=NAME,
        source_id=source_id,
        url=url,
        title=file.name,
        uploader=file.username,
        duration_ms=file.duration_ms,
        kind=UploadKind.FILE,
        codec=file.codec,
        bitrate_kbps=file.bitrate_kbps,
        path=file.filename,
        size_bytes=file.size_bytes,
    )


def peer_and_file(url: str) -> tuple[str, str]:
    """User name and file of a candidate's address."""
    username, _, filename = url.removeprefix("slskd://").partition("/")
    return unquote(username), unquote(filename)


def _shared(username: str, response: Mapping[str, Any], file: Mapping[str, Any]) -> SharedFile | None:
    filename, size = str(file.get("filename") or ""), _whole(file.get("size"))
    # The attribute is empty more often than not; the name is not.
    codec = CODECS.get(filename.rpartition(".")[2].lower())
    if codec is None or not size or file.get("isLocked"):
        return None
    seconds, bitrate = _whole(file.get("length")), _whole(file.get("bitRate"))
    if bitrate is None and seconds:
        bitrate = round(size * 8 / seconds / 1000)
    return SharedFile(
        username=username,
        filename=filename,
        size_bytes=size,
        codec=codec,
        bitrate_kbps=bitrate,
        duration_ms=seconds * 1000 if seconds else None,
        has_free_slot=bool(response.get("hasFreeUploadSlot")),
        queue_length=_whole(response.get("queueLength")) or 0,
        upload_speed=_whole(response.get("uploadSpeed")) or 0,
    )


def _readiness(file: SharedFile) -> tuple[bool, int, bool, int, int]:
    """Smaller is better."""
    is_lossless = file.codec in LOSSLESS
    return (
        not is_lossless,
        -(file.bitrate_kbps or 0) // 64 if not is_lossless else 0,
        not file.has_free_slot,
        file.queue_length,
        -file.upload_speed,
    )


def _whole(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) and value > 0 else None
