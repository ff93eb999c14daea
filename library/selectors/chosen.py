"""Which files a person means: those of a track, an album, an artist, one file, or all of them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from catalog.models import Album, Artist, Track
from core.errors import NotFound
from core.keys import number_for
from core.text import whole_number
from library.models import AudioFile

KINDS: dict[str, type[Track | Album | Artist]] = {"track": Track, "album": Album, "artist": Artist}
WORDS = {"track": "track", "album": "album", "artist": "artist", "file": "file"}


@dataclass(frozen=True, slots=True)
class Chosen:
    """Files that are meant as one thing. ``query`` says which in a page's address."""

    kind: str  # a name of KINDS, "file" or "all"
    label: str
    files: QuerySet[AudioFile]
    key: str
    url: str = ""  # of what they belong to

    @property
    def query(self) -> str:
        return f"{self.kind}={self.key}"


def chosen(kind: str, key: str = "") -> Chosen:
    """The files that ``kind`` and the public id ``key`` mean (a file's number, for a file). Raises NotFound."""
    files = AudioFile.objects.filter(gone_at=None).select_related("recording").order_by("path")
    if kind == "all":
        return Chosen("all", "Everything", files, "1")
    if kind == "file":
        file = files.filter(pk=whole_number(key) or 0).first()
        if file is None:
            raise NotFound("There is no such file in the library.", remedy="Look at the track's page again.")
        url = file.track.get_absolute_url() if file.track else ""
        return Chosen("file", file.path, files.filter(pk=file.pk), str(file.pk), url)
    number = number_for(key.partition("-")[0])
    row = KINDS[kind]._default_manager.filter(pk=number).first() if number is not None else None
    if isinstance(row, Artist) and row.merged_into is not None:
        row = row.merged_into
    if row is None:
        raise NotFound(f"There is no such {WORDS[kind]}.", remedy="Look at its page again.")
    return Chosen(kind, str(row), files.filter(_of(row)), row.key, row.get_absolute_url())


def _of(row: Track | Album | Artist) -> Q:
    if isinstance(row, Track):
        return Q(track=row) | Q(recording=row.recording_id, track=None)
    if isinstance(row, Album):
        tracks = Track.objects.filter(album=row)
        return Q(track__in=tracks.values("pk")) | Q(track=None, recording__in=tracks.values("recording"))
    by_recording = Q(recording__in=row.recordings.values("pk"))
    return by_recording | Q(track__in=Track.objects.filter(album__in=row.albums.values("pk")).values("pk"))
