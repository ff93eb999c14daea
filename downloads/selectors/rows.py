"""Rows of the queue as people read them, and the queue's page put together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from catalog.models import Album
from core.text import licence_in_words, plural
from core.units import clock, file_size
from downloads.models import WORKING, Download, DownloadCandidate, DownloadRequest, Status
from downloads.reasons import reason_for
from downloads.selectors import queue
from downloads.selectors.acts import ACTS, Act, request_acts
from downloads.selectors.lines import SERVICE_LABELS
from downloads.selectors.queue import KeyPage, Progress, QueueCounts, Today
from downloads.selectors.states import Standing, request_standing

BARS = (("title", "Title"), ("artist", "Artist"), ("duration", "Length"), ("album", "Album"), ("version", "Version"))
FIRST_ROWS = 10


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    value: int

    @property
    def tone(self) -> str:
        return "ok" if self.value >= 85 else "warn" if self.value >= 60 else "bad"


@dataclass(frozen=True, slots=True)
class CandidateRow:
    title: str
    facts: str
    score: int
    bars: list[Bar]
    act: str
    message: str = ""
    is_best: bool = False
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class JobRow:
    """One download of the queue."""

    number: int
    title: str
    note: str
    url: str
    art: str
    status: str
    percent: int
    facts: list[str]
    acts: tuple[Act, ...]
    badge: str = ""
    tone: str = ""
    message: str = ""
    duration_ms: int | None = None
    candidates: list[CandidateRow] = field(default_factory=list)
    prefix: str = "download"
    above: int = 0  # its neighbours in the order of the queue, where it can be moved
    below: int = 0

    @property
    def ident(self) -> str:
        return f"{self.prefix}-{self.number}"

    @property
    def is_working(self) -> bool:
        return self.status in WORKING

    @property
    def up(self) -> str:
        return f"{self.number}:{self.above}"

    @property
    def down(self) -> str:
        return f"{self.number}:{self.below}"


@dataclass(frozen=True, slots=True)
class RequestRow:
    """One album, playlist or artist that was asked for."""

    number: int
    title: str
    url: str
    art: str
    facts: list[str]
    standing: Standing
    acts: tuple[Act, ...]
    badge: str = ""
    message: str = ""

    @property
    def ident(self) -> str:
        return f"request-{self.number}"

    @property
    def settled(self) -> int:
        return self.standing.have + self.standing.failed


def job_row(download: Download) -> JobRow:
    status = Status(download.status)
    trouble = status in {Status.FAILED, Status.NEEDS_YOU, Status.WAITING}
    reason = reason_for(download.reason) if download.reason else None
    album = download.track.album
    return JobRow(
        number=download.pk,
        title=download.recording.title,
        note=" · ".join(filter(None, [download.recording.artist_text, str(album) if album else ""])),
        url=reverse("downloads:download_detail", args=[download.pk]),
        art=(album.artwork_id or "") if album else "",
        status=status,
        percent=download.percent,
        facts=_facts(download, status),
        acts=ACTS.get(status, ()),
        badge=_badge(status),
        tone="bad" if status in {Status.FAILED, Status.NEEDS_YOU} else "work",
        message=(download.message or (reason.sentence if reason else "")) if trouble else "",
        duration_ms=download.recording.duration_ms,
    )


def moved_on(row: JobRow, now: Progress) -> JobRow:
    """``row``, which is at work and still in the same status, with the bar and the facts of ``now``."""
    return replace(row, percent=now.percent, facts=_progress_facts(now))


def _badge(status: Status) -> str:
    return {Status.PAUSED: "Paused", Status.FAILED: "Failed"}.get(status, "")


def _facts(download: Download, status: Status) -> list[str]:
    if status in WORKING:
        return _progress_facts(download)
    if status == Status.WAITING and (wait := queue.due_in(download)):
        at = timezone.localtime(timezone.now() + wait)
        day = "" if wait.total_seconds() < 72_000 else f"{at.day} {at:%b} "
        return [f"next try in {_span(wait.total_seconds())}, at {day}{at:%H:%M}"]
    if status == Status.QUEUED and download.priority != 3:
        return [f"priority {download.priority}"]
    if status == Status.DONE:
        return [SERVICE_LABELS.get(download.source, download.source)] if download.source else []
    return []


def _progress_facts(now: Progress) -> list[str]:
    moved = ""
    if now.total_bytes and now.done_bytes:
        moved = f"{file_size(now.done_bytes)} of {file_size(now.total_bytes)}"
    speed = f"{file_size(now.bytes_per_second)}/s" if now.bytes_per_second else ""
    left = queue.time_left(queue.seconds_left(now))
    return [part for part in (now.doing or str(now.status), moved, speed, left) if part]


def _span(seconds: float) -> str:
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{round(seconds / 3600)} h"


def needs_row(download: Download) -> JobRow:
    """A row that needs a person, with its candidates open."""
    return replace(job_row(download), candidates=candidate_rows(download))


def candidate_rows(download: Download, *, may_choose: bool = True) -> list[CandidateRow]:
    """Candidates as rows, best first."""
    wanted_ms = download.recording.duration_ms
    rows = []
    for index, candidate in enumerate(download.candidates.all()):
        rows.append(
            CandidateRow(
                title=candidate.title,
                facts=_candidate_facts(candidate, wanted_ms),
                score=candidate.score,
                bars=[Bar(label, _score(candidate.breakdown.get(name))) for name, label in BARS],
                act=f"choose:{download.pk}:{candidate.pk}" if may_choose else "",
                message=candidate.message or _words(candidate.breakdown.get("why")),
                is_best=index == 0,
                is_chosen=candidate.state == DownloadCandidate.State.CHOSEN,
            )
        )
    return rows


def _score(evidence: object) -> int:
    """0 to 100 of one field's evidence, which is a number or holds one."""
    if isinstance(evidence, dict):
        evidence = evidence.get("score", evidence.get("points"))
    if isinstance(evidence, bool):
        return 100 if evidence else 0
    return max(0, min(100, round(evidence))) if isinstance(evidence, int | float) else 0


def _words(value: object) -> str:
    return value if isinstance(value, str) else ""


def _candidate_facts(candidate: DownloadCandidate, wanted_ms: int | None) -> str:
    length = clock(candidate.duration_ms)
    if length and wanted_ms and candidate.duration_ms:
        apart = round((candidate.duration_ms - wanted_ms) / 1000)
        if abs(apart) >= 2:
            length += f", {abs(apart)} s {'longer' if apart > 0 else 'shorter'}"
    source = SERVICE_LABELS.get(candidate.source, candidate.source)
    codec = str(candidate.info.get("codec") or "").upper()
    licence = licence_in_words(str(candidate.info.get("licence") or ""))
    return " · ".join(filter(None, [source, candidate.artist_text, candidate.album, length, codec, licence]))


def request_rows(requests: Sequence[DownloadRequest]) -> list[RequestRow]:
    """Requests as rows: one query for the addresses of all their albums."""
    ids = [request.album_id for request in requests if request.album_id]
    albums = {album.pk: album for album in Album.objects.filter(pk__in=ids)}
    return [_request_row(request, albums) for request in requests]


def _request_row(request: DownloadRequest, albums: dict[int, Album]) -> RequestRow:
    standing = request_standing(request)
    album = albums.get(request.album_id or 0)
    is_failed = request.stage == DownloadRequest.Stage.FAILED
    return RequestRow(
        number=request.pk,
        title=str(request),
        url=album.get_absolute_url() if album else "",
        art=request.artwork_key,
        facts=[part for part in (request.subtitle, request.kind, _count(request)) if part],
        standing=standing,
        acts=request_acts(request),
        badge="Failed" if is_failed else "",
        message=(request.message or reason_for(request.reason).sentence) if is_failed else "",
    )


def _count(request: DownloadRequest) -> str:
    if request.stage == DownloadRequest.Stage.FAILED:
        return ""
    if not request.total:
        return "reading its tracks"
    settled = request.done + request.skipped
    reading = "" if request.is_expanded else ", still reading"
    failed = f", {request.failed} failed" if request.failed else ""
    return f"{settled:,} of {request.total:,} tracks{failed}{reading}"


# --- the page --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Chip:
    label: str
    url: str
    is_current: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Meter:
    value: str
    words: str


@dataclass(frozen=True, slots=True)
class Section:
    ident: str
    label: str
    rows: list[JobRow]
    count: int | None = None
    url: str = ""
    first_url: str = ""
    next_url: str = ""


@dataclass(frozen=True, slots=True)
class QueuePage:
    show: str
    here: str
    counts: QueueCounts
    chips: list[Chip]
    meters: list[Meter]
    is_paused: bool
    number: int | None = None  # of rows that the filter means, where it is known
    needs: list[JobRow] = field(default_factory=list)
    requests: list[RequestRow] = field(default_factory=list)
    working: list[JobRow] = field(default_factory=list)
    failed_requests: list[RequestRow] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)

    @property
    def all_url(self) -> str:
        return address()

    @property
    def is_empty(self) -> bool:
        rows = (self.needs, self.requests, self.working, self.failed_requests, self.sections)
        return not any(rows)


SHOWS = {"all": "All", "working": "Downloading", "needs_you": "Needs you", "waiting": "Waiting"}
ENDINGS = {
    "failed": ("Failed", Status.FAILED),
    "done": ("Done", Status.DONE),
    "cancelled": ("Removed", Status.CANCELLED),
}


def address(show: str = "all", after: str = "") -> str:
    """The queue's address; what is the default is left out."""
    query = {name: value for name, value in (("show", show), ("after", after)) if value and value != "all"}
    return reverse("downloads:queue") + (f"?{urlencode(query)}" if query else "")


def queue_page(show: str, after: str, counts: QueueCounts, *, is_paused: bool, free_bytes: int | None) -> QueuePage:
    """The sections that ``show`` asks for; a bounded number of queries whatever the queue's length."""
    working = queue.working_downloads()
    speed = sum(row.bytes_per_second or 0 for row in working)

    def wants(name: str) -> bool:
        return show in {"all", name}

    return QueuePage(
        show=show,
        here=address(show, after),
        counts=counts,
        chips=chips(show, counts),
        meters=meters(counts, speed, queue.ended_today(), free_bytes),
        is_paused=is_paused,
        number=rows_of_show(show, counts),
        needs=[needs_row(row) for row in queue.downloads_needing_you()] if wants("needs_you") else [],
        requests=request_rows(queue.requests_under_way()) if wants("working") else [],
        working=job_rows(working) if wants("working") else [],
        failed_requests=request_rows(queue.failed_requests()) if wants("failed") else [],
        sections=_sections(show, after, counts),
    )


def _sections(show: str, after: str, counts: QueueCounts) -> list[Section]:
    everything = show == "all"
    found: list[Section] = []
    if everything or show == "waiting":
        page = queue.waiting_page(after, queue.PAGE)
        found.append(_section("waiting", "Waiting", page, after, counts.waiting + counts.paused))
    for name, (label, status) in ENDINGS.items():
        if show == name or (everything and name != "cancelled"):
            key = after if show == name else ""
            page = queue.ended_page(status, key, queue.PAGE if show == name else FIRST_ROWS)
            count = counts.failed if name == "failed" else None
            found.append(_section(name, label, page, key, count, is_part=everything))
    return [section for section in found if section.rows]


def _section(
    name: str, label: str, page: KeyPage[Download], after: str, count: int | None, *, is_part: bool = False
) -> Section:
    return Section(
        ident=name,
        label=label,
        rows=_neighbours(job_rows(page.rows)) if name == "waiting" else job_rows(page.rows),
        count=count,
        url=address(name) if is_part and page.next else "",
        first_url="" if is_part or not after else address(name),
        next_url="" if is_part or not page.next else address(name, page.next),
    )


def _neighbours(found: list[JobRow]) -> list[JobRow]:
    numbers = [0, *(row.number for row in found), 0]
    return [replace(row, above=numbers[at], below=numbers[at + 2]) for at, row in enumerate(found)]


def job_rows(downloads: Iterable[Download]) -> list[JobRow]:
    return [job_row(download) for download in downloads]


def rows_of_show(show: str, counts: QueueCounts) -> int | None:
    """How many rows a filter of the page shows; None where there are none, or that is not counted."""
    numbers = {
        "all": counts.all,
        "working": counts.working,
        "needs_you": counts.needs_you,
        "waiting": counts.waiting + counts.paused,
        "failed": counts.failed,
    }
    return numbers.get(show) or None


def chips(show: str, counts: QueueCounts) -> list[Chip]:
    labels = SHOWS | {name: label for name, (label, _) in ENDINGS.items() if name != "cancelled"}
    return [Chip(label, address(name), name == show, rows_of_show(name, counts)) for name, label in labels.items()]


def meters(counts: QueueCounts, bytes_per_second: int, today: Today, free_bytes: int | None) -> list[Meter]:
    """Speed, what is left, what today brought, and the free space."""
    failed = f", {today.failed} failed" if today.failed else ""
    return [
        Meter(f"{file_size(bytes_per_second)}/s", f"across {plural(counts.working, 'download')}"),
        Meter(f"{counts.on_the_way:,}", "on the way" + (f", {counts.paused:,} paused" if counts.paused else "")),
        Meter(f"{today.done:,}", f"done today{failed}"),
        Meter(file_size(free_bytes) or "?", "free for music"),
    ]
