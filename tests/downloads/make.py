"""Rows for the tests of the queue."""

from __future__ import annotations

from itertools import count

from django.utils import timezone

from catalog.models import Album, Artist, Recording, RecordingCredit, ReleaseGroup, Track
from catalog.names import recording_key
from downloads.models import ENDED, Download, DownloadRequest, RequestItem, Status
from library.models import AudioFile

_numbers = count(1)
Stage = DownloadRequest.Stage


def make_track(title: str = "", *, album: Album | None = None, duration_ms: int = 180_000, **recording) -> Track:
    number = next(_numbers)
    title = title or f"Track {number}"
    row = Recording.objects.create(title=title, artist_text="Nadir", duration_ms=duration_ms, **recording)
    artist, _ = Artist.objects.get_or_create(name="Nadir")
    RecordingCredit.objects.create(recording=row, artist=artist, position=0)
    return Track.objects.create(recording=row, title=title, album=album, disc_number=1, track_number=number)


def make_album(tracks: int = 3, title: str = "Tidal Memory") -> Album:
    group = ReleaseGroup.objects.create(title=title, match_key=f"{title} {next(_numbers)}")
    album = Album.objects.create(release_group=group, title=title, track_total=tracks)
    for _ in range(tracks):
        make_track(album=album)
    return album


def make_request(**fields) -> DownloadRequest:
    values = {"kind": "track", "title": "Wish", "quality_kbps": 0, "stage": Stage.EXPANDING} | fields
    return DownloadRequest.objects.create(**values)


def make_download(track: Track | None = None, *, status: Status = Status.QUEUED, **fields) -> Download:
    track = track or make_track()
    if status in ENDED:
        fields.setdefault("ended_at", timezone.now())
    return Download.objects.create(track=track, recording=track.recording, status=status, **fields)


def make_wish(download: Download, *, position: int = 1, request: DownloadRequest | None = None) -> DownloadRequest:
    """A running request of which ``download`` is a track."""
    request = request or make_request(stage=Stage.RUNNING, is_expanded=True, total=0)
    RequestItem.objects.create(request=request, position=position, track=download.track, download=download)
    request.total += 1
    request.save(update_fields=["total"])
    return request


def make_file(track: Track, path: str = "", **fields) -> AudioFile:
    values = {"codec": "opus", "container": "ogg", "size_bytes": 1, "modified_ns": 1, "duration_ms": 180_000}
    values["match_key"] = recording_key(track.recording.artist_text, track.recording.title)
    return AudioFile.objects.create(
        path=path or f"{track.title}.opus", recording=track.recording, track=track, **values | fields
    )
