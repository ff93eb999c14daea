"""Where the media routes get their files: loops from disk, whole files joined from them in a millisecond or two."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from sandbox.audio import synth
from sandbox.audio.loops import AAC_FRAME, AAC_RATE, OPUS_FRAME, OPUS_RATE, Loop, load, save
from sandbox.audio.mp4 import m4a
from sandbox.audio.webm import webm

LOOP_SECONDS = 4
KEPT_BYTES = 24_000_000  # of whole files in memory


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """One of YouTube's formats, by its own number."""

    id: str
    codec: str
    extension: str
    bitrate: int
    content_type: str
    loudness: float = 0.5


FORMATS = {
    form.id: form
    for form in (
        AudioFormat("249", "opus", "webm", 50_000, "audio/webm"),
        AudioFormat("140", "aac", "m4a", 129_000, "audio/mp4"),
        AudioFormat("251-drc", "opus", "webm", 128_000, "audio/webm", 0.8),
        AudioFormat("251", "opus", "webm", 128_000, "audio/webm"),
    )
}


class AudioShop:
    """Thread-safe. ``cache`` may be shared by several processes."""

    def __init__(self, cache: Path) -> None:
        self._folder = cache / "loops"
        self._lock = threading.Lock()
        self._files: OrderedDict[tuple[str, str, int], bytes] = OrderedDict()
        self._kept = 0

    def file(self, melody: str, format_id: str, duration_ms: int) -> bytes:
        """The whole file of ``melody`` in one of ``FORMATS``: the same bytes at every call."""
        key = (melody, format_id, duration_ms)
        with self._lock:
            if key in self._files:
                self._files.move_to_end(key)
                return self._files[key]
        form = FORMATS[format_id]
        loop = self._loop(melody, form)
        data = webm(loop, duration_ms) if form.codec == "opus" else m4a(loop, duration_ms, form.bitrate)
        self._keep(key, data)
        return data

    def shared(self, melody: str, kind: str, duration_ms: int) -> bytes:
        """The whole file as people share it: ``flac`` or ``mp3`` (128 kbit/s)."""
        from sandbox.audio import shared  # the encoder is slow to load and seldom needed

        key = (melody, kind, duration_ms)
        with self._lock:
            if key in self._files:
                self._files.move_to_end(key)
                return self._files[key]
        if kind == "flac":
            data = shared.flac(melody, duration_ms)
        else:
            data = shared.mp3(self._kept_loop(melody, kind, lambda: shared.mp3_loop(melody)), duration_ms)
        self._keep(key, data)
        return data

    def _keep(self, key: tuple[str, str, int], data: bytes) -> None:
        with self._lock:
            if key not in self._files:
                self._files[key] = data
                self._kept += len(data)
            while self._kept > KEPT_BYTES and len(self._files) > 1:
                self._kept -= len(self._files.popitem(last=False)[1])

    def _loop(self, melody: str, form: AudioFormat) -> Loop:
        return self._kept_loop(melody, form.id, lambda: _make_loop(melody, form))

    def _kept_loop(self, melody: str, kind: str, make: Callable[[], Loop]) -> Loop:
        name = blake2b(melody.encode(), digest_size=12).hexdigest()
        path = self._folder / name[:2] / f"{name}.{kind}"
        loop = load(path)
        if loop is None:
            loop = make()
            save(loop, path)
        return loop


def _make_loop(melody: str, form: AudioFormat) -> Loop:
    from sandbox.audio.encode import encode_aac, encode_opus  # the encoder is slow to load and seldom needed

    rate, frame = (OPUS_RATE, OPUS_FRAME) if form.codec == "opus" else (AAC_RATE, AAC_FRAME)
    samples = rate * LOOP_SECONDS // frame * frame
    pcm = synth.melody(melody, rate, samples, loudness=form.loudness)
    return encode_opus(pcm, form.bitrate) if form.codec == "opus" else encode_aac(pcm, form.bitrate)
