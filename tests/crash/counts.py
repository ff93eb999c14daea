"""What must hold at the end of a job, whatever happened on the way: library and database agree.

That the sandbox's counts agree too is held by ``fetches``.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from django.db.models import Count

from downloads.models import ACTIVE, Download, DownloadRequest, RequestItem, Status
from downloads.services.folders import sweep_folders
from history.models import Event
from library.models import AudioFile
from library.services import sweep_parts

SOUNDS = {".opus", ".m4a", ".mp3", ".flac"}


def disagreements(home: Path) -> list[str]:
    """Everything that is not as it should be; empty where all is well."""
    sweep_folders()
    sweep_parts(older_than=0)
    return [*_rows(), *_requests(), *_files(home)]


def _rows() -> list[str]:
    found = [
        f"{count} downloads are {status}"
        for status, count in Download.objects.exclude(status=Status.DONE)
        .order_by()
        .values_list("status")
        .annotate(Count("pk"))
    ]
    ends = Counter(Event.objects.filter(kind=Event.Kind.DONE).values_list("download_id", flat=True))
    done = Download.objects.filter(status=Status.DONE).values_list("pk", flat=True)
    found += [f"download {pk} has {ends[pk]} ends in the history" for pk in done if ends[pk] != 1]
    held = Download.objects.exclude(lease_owner="").count()
    return found + ([f"{held} leases are still held"] if held else [])


def _requests() -> list[str]:
    """The kept counts are what counting gives."""
    found = []
    for request in DownloadRequest.objects.all():
        items = RequestItem.objects.filter(request=request)
        by = Counter(items.values_list("download__status", flat=True))
        kept = (request.total, request.done, request.skipped, request.failed, request.cancelled)
        skipped = items.exclude(skip_reason="").count() + by[Status.SKIPPED]
        counted = (items.count(), by[Status.DONE], skipped, by[Status.FAILED], by[Status.CANCELLED])
        if kept != counted or request.stage != DownloadRequest.Stage.ENDED:
            found.append(f"request {request.pk} is {request.stage} and keeps {kept} where there are {counted}")
        if lost := list(items.filter(file=None).values_list("skip_reason", "download__status", "download__file")):
            found.append(f"request {request.pk} has items without a file: {lost}")
    found += ["an unfinished download is left"] if Download.objects.filter(status__in=ACTIVE).exists() else []
    return found


def _files(home: Path) -> list[str]:
    library = home / "library"
    there = {
        path.relative_to(library).as_posix()
        for path in library.rglob("*")
        if path.suffix in SOUNDS and ".spotizer" not in path.parts
    }
    known = Counter(AudioFile.objects.values_list("path", flat=True))
    found = [f"no row for {name}" for name in there - set(known)] + [
        f"no file for {name}" for name in set(known) - there
    ]
    found += [f"{count} rows for {name}" for name, count in known.items() if count > 1]
    done = Counter(Download.objects.filter(status=Status.DONE).values_list("recording_id", flat=True))
    files = Counter(AudioFile.objects.values_list("recording_id", flat=True))
    found += [f"recording {pk}: {done[pk]} done, {files[pk]} files" for pk in done | files if done[pk] != files[pk]]
    found += [f"left in the library: {path}" for path in library.rglob("*.part")]
    return found + [f"left at work: {path}" for path in (home / "work").glob("[0-9]*")]
