"""What a person will not have, whatever the match: too few kbit/s, other formats, words in the name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from catalog.matching.paths import read_path
from catalog.matching.text import cut, fold
from catalog.matching.wanted import Wanted
from core.formats import codec_label
from providers.base import Candidate

# The name of a codec for each way of saying it; a shared file says its ending.
CODECS = {
    "mp3": "mp3",
    "aac": "aac",
    "m4a": "aac",
    "mp4": "aac",
    "opus": "opus",
    "vorbis": "vorbis",
    "ogg": "vorbis",
    "oga": "vorbis",
    "flac": "flac",
    "alac": "alac",
    "wav": "wav",
    "pcm": "wav",
    "aiff": "wav",
    "aif": "wav",
}
LOSSLESS = frozenset({"flac", "alac", "wav"})


@dataclass(frozen=True, slots=True)
class Limits:
    """Formats are codecs as ``CODECS`` names them, empty for all; words are looked for as whole words."""

    least_kbps: int = 0
    formats: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()

    def objection(self, wanted: Wanted, candidate: Candidate) -> str:
        """Why the candidate is left out, as a part of a sentence; empty where nothing speaks against it.

        A word that what is wanted holds itself excludes nothing.
        """
        if word := _excluded(self.words, wanted, candidate):
            return f"your settings leave out what is called “{word}”"
        ending = read_path(candidate.path).extension if candidate.path else ""
        return self.objection_to_sound(candidate.codec or ending, candidate.bitrate_kbps)

    def objection_to_sound(self, codec: str, bitrate_kbps: int | None) -> str:
        """The same for what is known of the sound; what is not known speaks against nothing."""
        codec = CODECS.get(codec.lower(), codec.lower())
        if self.formats and codec and codec not in self.formats:
            return f"your settings leave out {codec_label(codec)}"
        if self.least_kbps and codec not in LOSSLESS and bitrate_kbps and bitrate_kbps < self.least_kbps:
            return f"it has {bitrate_kbps} kbit/s, and your settings want {self.least_kbps}"
        return ""


NO_LIMITS = Limits()


def _excluded(words: Sequence[str], wanted: Wanted, candidate: Candidate) -> str:
    if not words:
        return ""
    text = " ".join(fold(cut(part)) for part in (candidate.title, candidate.album, candidate.path[-300:]))
    asked = f" {wanted.everything} {wanted.written} "
    for word in words:
        folded = fold(word)
        if folded and re.search(rf"(?<!\S){re.escape(folded)}(?!\S)", text) and f" {folded} " not in asked:
            return word
    return ""
