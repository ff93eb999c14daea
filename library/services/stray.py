"""Files that lie in the library without a row: a track's is taken up where it would be filed, instead of fetched again.

Looked for in the folder that the template names, by its tags, and by its name where it has none. What is taken up was
decoded in full; a file that is damaged, of another length or of another recording is left alone.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings

from catalog.models import Recording, Track
from catalog.names import recording_key
from core.errors import PermanentError
from core.storage import storage_errors
from library.audio import AudioFacts, check_sound
from library.audio.facts import probe
from library.audio.watch import IsCancelled, never
from library.models import AudioFile
from library.naming import folded, relative_path
from library.selectors.owned import LENGTH_MS, is_enough
from library.services.folder import has_library
from library.services.receipt import Finished
from library.services.record import SOUND
from library.tags import Tags, read_cover, read_lyrics, read_tags
from providers.base import TrackInfo

MOST_LOOKED_AT = 200  # of one folder; those that are called as the track comes first
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which track, and in which form."""

    wanted: TrackInfo
    track: Track
    recording: Recording
    template: str
    names: Mapping[str, str]
    output_format: str
    quality_kbps: int

    @property
    def duration_ms(self) -> int | None:
        return self.wanted.duration_ms or self.recording.duration_ms


def find_stray(sought: Sought, *, cancelled: IsCancelled = never) -> Finished | None:
    """The file as its row shall have it, where one lies there without; the row is the caller's to write.

    Raises StorageError where the folder cannot be read, Cancelled.
    """
    if not has_library():
        return None
    place = relative_path(sought.template, sought.wanted, extension="opus", extra=sought.names)
    for path in _strays(place):
        try:
            if _is_it(path, place.stem, sought):
                facts = check_sound(path, expected_ms=sought.duration_ms, promised_ms=None, cancelled=cancelled)
                return _finished(path, facts, sought)
        except (PermanentError, OSError) as exc:  # no use, or gone again by now
            log.info("%s is left alone: %s", path, exc)
    return None


def _strays(place: PurePosixPath) -> Iterator[Path]:
    """Audio files of the folder without a row, those first that are called as the track would be."""
    folder = settings.LIBRARY / place.parent
    with storage_errors(folder):
        found = [path for path in folder.iterdir() if path.suffix.lower() in SOUND] if folder.is_dir() else []
    found.sort(key=lambda path: (folded(path.stem) != folded(place.stem), path.name))
    names = {_relative(path): path for path in found[:MOST_LOOKED_AT]}
    known = set(AudioFile.objects.filter(path__in=list(names), gone_at=None).values_list("path", flat=True))
    return (path for name, path in names.items() if name not in known)


def _relative(path: Path) -> str:
    return path.relative_to(settings.LIBRARY).as_posix()


def _is_it(path: Path, stem: str, sought: Sought) -> bool:
    """Whether the file is the wanted recording in the wanted form, by its header and its tags."""
    facts, expected_ms = probe(path), sought.duration_ms
    if expected_ms is None or abs(facts.duration_ms - expected_ms) > LENGTH_MS:
        return False
    file = AudioFile(codec=facts.codec, bitrate_kbps=facts.bitrate_kbps)
    if not is_enough(file, sought.output_format, sought.quality_kbps):
        return False
    tags = read_tags(path)
    codes = [(tags.isrc, sought.recording.isrc), (tags.recording_mbid, sought.recording.mbid)]
    both = [mine == theirs for mine, theirs in codes if mine and theirs]
    if both:
        return all(both)
    if tags.title:
        mine = recording_key(sought.recording.artist_text, sought.recording.title)
        return mine != "" and recording_key(tags.artist, tags.title) == mine and _is_as_explicit(tags, sought.recording)
    return folded(path.stem) == folded(stem)


def _is_as_explicit(tags: Tags, recording: Recording) -> bool:
    return tags.advisory is None or recording.explicit is None or tags.advisory == recording.explicit


def _finished(path: Path, facts: AudioFacts, sought: Sought) -> Finished:
    state = path.stat()
    return Finished(
        path=_relative(path),
        size_bytes=state.st_size,
        modified_ns=state.st_mtime_ns,
        codec=facts.codec,
        container=facts.container,
        bitrate_kbps=facts.bitrate_kbps,
        sample_rate_hz=facts.sample_rate_hz,
        channels=facts.channels,
        duration_ms=facts.duration_ms,
        audio_hash=facts.audio_hash,
        passport=_passport(facts, sought),
        has_cover=read_cover(path) is not None,
        has_lyrics=bool(read_lyrics(path)),
        changes=["found on the disk: nothing was fetched, nothing changed"],
        is_new=False,
    )


def _passport(facts: AudioFacts, sought: Sought) -> dict[str, Any]:
    return {
        "source": {
            "codec": facts.codec,
            "container": facts.container,
            "bitrate_kbps": facts.bitrate_kbps,
            "is_lossless": facts.is_lossless,
            "link": "",
            "audio_hash": facts.audio_hash,
        },
        "is_found": True,
        "track": sought.track.pk,
        "checks": {
            "container": "whole",
            "decoded": "in full",
            "duration_ms": facts.duration_ms,
            "catalogue_ms": sought.duration_ms,
            "audio_hash": facts.audio_hash,
        },
    }
