"""What the tags of files are and what they would become, field by field. Reads the files, touches nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from django.conf import settings

from catalog.models import Album
from catalog.services.covers import cover_bytes
from catalog.services.lyrics import find_lyrics
from core.errors import SpotizerError, UserError
from library.models import AudioFile
from library.services.journal.paths import file_errors, plain_file
from library.services.retag.wanted import infos_of, wanted_tags
from library.tags import LyricsLike, Tags, differing, read_cover, read_lyrics, read_tags
from ops.settings import in_force
from providers.base import TrackInfo

CHUNK = 100  # files whose rows are read together


@dataclass(frozen=True, slots=True)
class TagOptions:
    """What is written besides the fields. ``cover``: the catalogue's, where the file shows another or none.

    ``lyrics``: where the file has none. ``names`` limits the fields to these.
    """

    cover: bool = False
    lyrics: bool = False
    names: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {"cover": self.cover, "lyrics": self.lyrics, "names": list(self.names)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> TagOptions:
        return cls(bool(values.get("cover")), bool(values.get("lyrics")), tuple(values.get("names", ())))


@dataclass(frozen=True, slots=True)
class Look:
    """One file: what its tags say, what they would, and in which fields that differs.

    ``problem`` says why it cannot be written; then nothing differs.
    """

    file: AudioFile
    before: Tags = field(default_factory=Tags)
    after: Tags = field(default_factory=Tags)
    names: tuple[str, ...] = ()
    by_hand: frozenset[str] = frozenset()
    cover: bytes | None = None  # what would be embedded
    cover_before: int = 0  # bytes
    lyrics: LyricsLike | None = None
    problem: str = ""

    @property
    def differs(self) -> bool:
        return bool(self.names or self.cover or self.lyrics)


def look(files: Sequence[AudioFile], options: TagOptions | None = None) -> list[Look]:
    """The files in their order, each with what would become of its tags. The queries do not grow with the files.

    Without lyrics asked for nothing but a cover that is not here yet is fetched from outside.
    """
    options = options or TagOptions()
    read: dict[int, Tags] = {}
    problems: dict[int, str] = {}
    for file in files:
        try:
            read[file.pk] = _read(file)
        except (SpotizerError, OSError) as exc:
            problems[file.pk] = str(exc)
    infos = infos_of(files, read)
    wanted = wanted_tags(files, read, infos)
    covers = _Covers(infos, files) if options.cover else None
    found: list[Look] = []
    for file in files:
        if problem := problems.get(file.pk, ""):
            found.append(Look(file, problem=problem))
            continue
        before, (after, by_hand) = read[file.pk], wanted[file.pk]
        names = tuple(name for name in differing(before, after) if not options.names or name in options.names)
        try:
            cover, cover_before = covers.of(file) if covers else (None, 0)
            lyrics = _lyrics(file, infos.get(file.pk)) if options.lyrics else None
        except (SpotizerError, OSError, ValueError) as exc:
            found.append(Look(file, problem=str(exc)))
            continue
        found.append(Look(file, before, after, names, by_hand, cover, cover_before, lyrics))
    return found


def looks(
    ids: Sequence[int], options: TagOptions | None = None, *, on_chunk: Callable[[int], None] = lambda count: None
) -> Iterator[Look]:
    """The same for many files by their ids, chunk by chunk; those that are gone are left out."""
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        files = AudioFile.objects.filter(pk__in=part, gone_at=None).select_related("recording").order_by("path")
        yield from look(list(files), options)
        on_chunk(start + len(part))


def digest_of(found: Iterable[Look]) -> str:
    """What would be written, as one short text: the same for the same changes to the same files."""
    words = [
        [one.file.pk, [[name, getattr(one.after, name)] for name in one.names], len(one.cover or b""), bool(one.lyrics)]
        for one in found
        if one.differs
    ]
    return sha256(json.dumps(words, ensure_ascii=True).encode()).hexdigest()[:24]


def _read(file: AudioFile) -> Tags:
    """The tags in the file. Raises what keeps them from being read."""
    path = settings.LIBRARY / file.path
    with file_errors(path):
        plain_file(settings.LIBRARY, file.path)
        try:
            return read_tags(path)
        except ValueError as exc:
            raise UserError(f"Spotizer knows no tags for {path.suffix or 'such'} files.") from exc


class _Covers:
    """The catalogue's covers, each looked for once."""

    def __init__(self, infos: dict[int, TrackInfo], files: Sequence[AudioFile]) -> None:
        ids = {file.track_id for file in files if file.pk in infos}
        albums = Album.objects.filter(tracks__in=ids - {None}).select_related("artwork").distinct()
        self._by_track: dict[int, bytes] = {}
        for album in albums.prefetch_related("tracks"):
            if found := cover_bytes(album, in_force.COVER_PX):
                self._by_track |= dict.fromkeys((track.pk for track in album.tracks.all()), found)

    def of(self, file: AudioFile) -> tuple[bytes | None, int]:
        """What would be embedded, None where nothing or the same; and how large the one in the file is."""
        wanted = self._by_track.get(file.track_id or 0)
        if wanted is None:
            return None, 0
        there = read_cover(settings.LIBRARY / file.path) or b""
        return (None if there == wanted else wanted), len(there)


def _lyrics(file: AudioFile, info: TrackInfo | None) -> LyricsLike | None:
    if info is None or read_lyrics(settings.LIBRARY / file.path):
        return None
    try:
        found = find_lyrics(info)
    except SpotizerError:
        return None  # a service that does not answer keeps no tag from being written
    return found if found and (found.plain.strip() or found.synced.strip()) else None
