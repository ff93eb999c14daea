"""What came of the tracks of some requests, as they end one after another; read by the command line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from downloads.models import ENDED, WORKING, Download, DownloadRequest, RequestItem, Status
from downloads.reasons import reason_for
from downloads.services.pausing import standstill

SETTLED = (*ENDED, Status.NEEDS_YOU)  # of itself nothing more happens
OVERLAP = 2_000
Stage = DownloadRequest.Stage


@dataclass(frozen=True, slots=True)
class Outcome:
    """One wished track, or a whole request that could not be read. ``path`` is absolute, empty where nothing lies."""

    status: str
    title: str
    path: str = ""
    reason: str = ""
    message: str = ""
    artist: str = ""
    link: str = ""

    @property
    def is_on_disk(self) -> bool:
        return self.path != ""


@dataclass(slots=True)
class Follower:
    """Tells of each track of the requests once, when it has ended."""

    request_ids: Sequence[int]
    live: int = -1
    newest: int = 0
    told: set[int] = field(default_factory=set)  # items
    failed: set[int] = field(default_factory=set)  # requests

    def news(self) -> list[Outcome]:
        """What ended since the last look: rows that changed since, and rows that were only added since."""
        items = RequestItem.objects.filter(request_id__in=self.request_ids)
        ended = Q(download__status__in=SETTLED) | Q(download=None)
        # Rows added by two workers need not come in the order of their numbers.
        changed = Q(download__live__gt=self.live) | Q(pk__gt=self.newest - OVERLAP)
        rows = items.filter(ended, changed).select_related(
            "download__recording", "download__file", "track__recording", "file"
        )
        found = [row for row in rows.order_by("position", "pk") if row.pk not in self.told]
        self.told |= {row.pk for row in found}
        self.newest = max([self.newest, *(row.pk for row in found)])
        # One less: rows that changed together share a number, and some may be seen a moment before the others.
        self.live = max([self.live, *(row.download.live - 1 for row in found if row.download)])
        return [_of_item(row) for row in found] + self._failed_requests()

    def _failed_requests(self) -> list[Outcome]:
        rows = DownloadRequest.objects.filter(
            pk__in=self.request_ids, stage__in=[Stage.FAILED, Stage.CANCELLED]
        ).exclude(pk__in=self.failed)
        found = list(rows)
        self.failed |= {row.pk for row in found}
        return [
            Outcome(row.stage, row.title or row.link, "", row.reason, row.message, row.subtitle, row.link)
            for row in found
        ]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far some requests are together. ``is_over``: nothing more happens of itself.

    ``stuck``: what is left waits so long, or for a person, in words; empty where it goes on.
    """

    total: int
    ended: int
    is_over: bool
    doing: str = ""
    stuck: str = ""


def standing(request_ids: Iterable[int], *, patience_seconds: float = 300) -> Standing:
    """The kept counts of the requests, and whether anything may still happen by itself soon."""
    ids = list(request_ids)
    rows = list(DownloadRequest.objects.filter(pk__in=ids))
    ended = sum(row.done + row.failed + row.skipped + row.cancelled for row in rows)
    doubtful = RequestItem.objects.filter(request_id__in=ids, download__status=Status.NEEDS_YOU).count()
    left = Download.objects.filter(items__request_id__in=ids).exclude(status__in=SETTLED)
    is_reading = any(row.stage == Stage.EXPANDING for row in rows)
    counts = _counts(left, patience_seconds)
    busy = left.exclude(doing="").values_list("doing", flat=True).first()
    return Standing(
        total=sum(row.total for row in rows),
        ended=ended + doubtful,
        is_over=not is_reading and not counts["all"],
        doing=busy or "",
        stuck=_stuck(left, counts) if counts["all"] and not is_reading else "",
    )


def _counts(left: QuerySet[Download], patience_seconds: float) -> dict[str, int]:
    """How many there are, at work, paused and waiting for long: by one statement, so of one moment."""
    late = Q(status=Status.WAITING, not_before_at__gt=timezone.now() + timedelta(seconds=patience_seconds))
    return left.aggregate(
        all=Count("pk"),
        working=Count("pk", filter=Q(status__in=WORKING)),
        paused=Count("pk", filter=Q(status=Status.PAUSED)),
        late=Count("pk", filter=late),
    )


def _stuck(left: QuerySet[Download], counts: dict[str, int]) -> str:
    """Why none of ``left`` goes on soon, or empty where one does."""
    if not counts["working"] and (still := standstill()):
        return still.message
    if counts["paused"] + counts["late"] < counts["all"]:
        return ""
    if not counts["late"]:
        return "What is left is paused."
    first = left.filter(status=Status.WAITING).order_by("not_before_at").first()
    if first is None or first.not_before_at is None:
        return ""  # it went on a moment ago
    moment = timezone.localtime(first.not_before_at)
    why = first.message or reason_for(first.reason).sentence
    return f"What is left waits until {moment:%H:%M on %-d %B}. {why}"


def _of_item(item: RequestItem) -> Outcome:
    download, track = item.download, item.track
    title = track.title if track else f"Entry {item.position}"
    artist = track.recording.artist_text if track else ""
    if download is None:
        message = reason_for(item.skip_reason).sentence
        return Outcome("skipped", title, _path(item.file), item.skip_reason, message, artist)
    reason = download.reason
    message = download.message or (reason_for(reason).sentence if reason else "")
    return Outcome(download.status, title, _path(download.file), reason, message, artist)


def _path(file: object) -> str:
    path = getattr(file, "path", "")
    return str(settings.LIBRARY / path) if path else ""
