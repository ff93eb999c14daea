"""What must hold at the end of a job, whatever happened on the way: library, database and the sandbox's counts agree.

A *fetch* is a request for a video's media. A download is fetched once, and once more for each time its worker was
killed while it was being fetched; a kill before or after the fetch costs none. A download that was set aside after
three crashes and asked for again starts afresh, which may be one fetch more.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from django.db.models import Count

from downloads.models import ACTIVE, Download, DownloadCandidate, DownloadRequest, RequestItem, Status
from downloads.services.folders import sweep_folders
from history.models import Event
from library.models import AudioFile
from library.services import sweep_parts

MEDIA = "www.youtube.com/sandbox/media/"
SOUNDS = {".opus", ".m4a", ".mp3", ".flac"}


def disagreements(home: Path, sandbox, may_be_again: Counter[int]) -> list[str]:
    """Everything that is not as it should be; empty where all is well."""
    sweep_folders()
    sweep_parts(older_than=0)
    return [*_rows(), *_requests(), *_files(home), *_fetches(sandbox, may_be_again)]


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


def _fetches(sandbox, may_be_again: Counter[int]) -> list[str]:
    """Every chosen upload was fetched, and there were no more fetches than claims.

    The upper bound is one for all: which step a kill hits is read from the row a moment before or after, and a row that
    was set aside and asked for again may choose another upload the second time.
    """
    asked: Counter[str] = Counter()
    for line in sandbox.log(MEDIA):
        asked[line["path"].partition("/media/")[2].partition("/")[0]] += 1
    least: Counter[str] = Counter()
    most = may_be_again.total()
    chosen = DownloadCandidate.objects.filter(state=DownloadCandidate.State.CHOSEN)
    for video, claims in chosen.values_list("source_id", "download__attempts"):
        least[video] += 1
        most += max(1, claims)
    found = [
        f"{video} was fetched {asked[video]} times, not at least {least[video]}: {_story(video)}"
        for video in least
        if asked[video] < least[video]
    ]
    return found + ([f"{asked.total()} fetches for {most} claims"] if asked.total() > most else [])


def _story(video: str) -> list[tuple[object, ...]]:
    """What became of the downloads that knew the video."""
    known = DownloadCandidate.objects.filter(source_id=video).exclude(state=DownloadCandidate.State.REJECTED)
    names = ("download_id", "download__status", "download__output_format", "download__attempts", "source", "state")
    return list(known.values_list(*names))
