"""Rows of the queue as people read them, and the queue's page put together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from accounts.models import Person
from catalog.models import Album, Playlist
from core.text import plural
from core.units import file_size, span
from downloads.models import CLAIMABLE, WORKING, Download, DownloadRequest, Status
from downloads.reasons import Action, reason_for
from downloads.selectors import pace, queue
from downloads.selectors.acts import ACTS, Act, mends, request_acts
from downloads.selectors.asked import as_asked
from downloads.selectors.candidates import CandidateRow, candidate_rows
from downloads.selectors.choices import Lower, lower_for
from downloads.selectors.lines import SERVICE_LABELS, preview_url_of
from downloads.selectors.pace import Pace, seconds_left_of
from downloads.selectors.queue import KeyPage, Progress, QueueCounts, Today
from downloads.selectors.states import BADGES, Standing, request_standing
from downloads.services.pausing import Standstill

Viewer = Person | None
FIRST_ROWS = 10
FIRST_CANDIDATES = 5


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
    remedy: str = ""
    mends: tuple[Act, ...] = ()
    choose_url: str = ""
    until: datetime | None = None  # a waiting row's next try
    wait: str = ""  # and how long that still is, when the row was read
    duration_ms: int | None = None
    candidates: list[CandidateRow] = field(default_factory=list)
    more_candidates: int = 0
    lower: Lower | None = None  # the score that would settle it for this artist
    words: str = ""  # what is searched for
    wanted_url: str = ""  # where the wanted recording is heard
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
    is_closed: bool = False  # whose it is reads its tracks, nobody else

    @property
    def ident(self) -> str:
        return f"request-{self.number}"

    @property
    def settled(self) -> int:
        return self.standing.have + self.standing.failed


def job_row(download: Download, still: Standstill | None = None) -> JobRow:
    """``still``: why nothing new starts, told by the rows that would be next."""
    status = Status(download.status)
    trouble = status in TROUBLE
    reason = reason_for(download.reason) if download.reason else None
    wait = queue.due_in(download) if status == Status.WAITING else None
    message = (download.message or (reason.sentence if reason else "")) if trouble else ""
    album = download.track.album
    url = reverse("downloads:download_detail", args=[download.pk])
    return JobRow(
        number=download.pk,
        title=download.recording.title,
        note=" · ".join(filter(None, [download.recording.artist_text, str(album) if album else ""])),
        url=url,
        art=(album.artwork_id or "") if album else "",
        status=status,
        percent=download.percent,
        facts=_facts(download, status, still),
        acts=ACTS.get(status, ()),
        badge=BADGES.get(download.reason, "Failed") if status == Status.FAILED else BADGE_OF.get(status, ""),
        tone="bad" if status in {Status.FAILED, Status.NEEDS_YOU} else "work",
        message=message,
        remedy=reason.remedy if reason and trouble and reason.remedy not in message else "",
        mends=mends(reason, status) if reason and trouble else (),
        choose_url=f"{url}#found" if status == Status.FAILED and reason and Action.CHOOSE in reason.actions else "",
        until=download.not_before_at if wait else None,
        wait=span(wait.total_seconds()) if wait else "",
        duration_ms=download.recording.duration_ms,
        wanted_url=preview_url_of(download.track, download.recording) if status in CHOOSABLE else "",
        words=f"{download.recording.artist_text} {download.recording.title}".strip(),
    )


def moved_on(row: JobRow, now: Progress) -> JobRow:
    """``row``, which is at work and still in the same status, with the bar and the facts of ``now``."""
    return replace(row, percent=now.percent, facts=_progress_facts(now))


CHOOSABLE = {Status.FAILED, Status.NEEDS_YOU}
TROUBLE = {Status.FAILED, Status.NEEDS_YOU, Status.WAITING, Status.SKIPPED}
BADGE_OF = {Status.PAUSED: "Paused"}


def still_words(still: Standstill) -> str:
    """Why nothing new starts, as the table of reasons has it, and until when."""
    sentence = reason_for("paused_all" if still.reason == "paused" else still.reason).sentence.rstrip(".")
    return f"{sentence}, until {timezone.localtime(still.until):%H:%M}" if still.until else sentence


def _facts(download: Download, status: Status, still: Standstill | None) -> list[str]:
    if status in WORKING:
        return _progress_facts(download)
    if status in CLAIMABLE:
        priority = f"priority {download.priority}" if download.priority != 3 else ""
        return [part for part in (still_words(still) if still else "", priority, _asked(download)) if part]
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


def needs_row(download: Download) -> JobRow:
    """A row that needs a person, with the best of its candidates open."""
    found = candidate_rows(download)
    more = max(0, len(found) - FIRST_CANDIDATES)
    shown = found[:FIRST_CANDIDATES]
    return replace(job_row(download), candidates=shown, more_candidates=more, lower=lower_for(download))


def request_rows(
    requests: Sequence[DownloadRequest], measured: Pace | None = None, *, viewer: Viewer = None
) -> list[RequestRow]:
    """Requests, in the order of the queue, as rows: one query for the addresses of all their albums.

    What ``viewer`` asked for privately has its own name for them, and none for others.
    """
    ids = [request.album_id for request in requests if request.album_id]
    albums = {album.pk: album for album in Album.objects.filter(pk__in=ids)}
    own = _own_lists(requests, viewer)
    left = seconds_left_of(requests, measured)
    return [
        _request_row(
            request, albums.get(request.album_id or 0) or own.get(request.pk), queue.time_left(left[request.pk]), viewer
        )
        for request in requests
    ]


def may_open(request: DownloadRequest, viewer: Viewer) -> bool:
    """Whether ``viewer`` may read which tracks were asked for together."""
    return not request.is_private or (viewer is not None and request.asked_by_id == viewer.pk)


def _own_lists(requests: Sequence[DownloadRequest], viewer: Viewer) -> dict[int, Playlist]:
    """By request: the private playlist that the viewer asked for. No query where there is none."""
    mine = [request for request in requests if request.is_private and request.playlist_id and may_open(request, viewer)]
    found = Playlist.objects.in_bulk([request.playlist_id for request in mine]) if mine else {}
    return {request.pk: found[request.playlist_id] for request in mine if request.playlist_id in found}


def _request_row(request: DownloadRequest, row: Album | Playlist | None, left: str, viewer: Viewer) -> RequestRow:
    standing = request_standing(request)
    is_failed = request.stage == DownloadRequest.Stage.FAILED
    is_own_list = isinstance(row, Playlist)
    return RequestRow(
        number=request.pk,
        title=str(row) if is_own_list else str(request),
        url=row.get_absolute_url() if row else "",
        art=(row.artwork_id or "") if isinstance(row, Playlist) else request.artwork_key,
        is_closed=not may_open(request, viewer),
        facts=[part for part in (request.subtitle, request.kind, _count(request), left, _asked(request)) if part],
        standing=standing,
        acts=request_acts(request),
        badge="Failed" if is_failed else "",
        message=(request.message or reason_for(request.reason).sentence) if is_failed else "",
    )


def _asked(wish: DownloadRequest | Download) -> str:
    """``as asked: MP3 V0, trimmed``; empty where all is as the settings say. Of what was read of the row, as lists
    leave the options out."""
    options = {} if "options" in wish.get_deferred_fields() else wish.options
    words = as_asked(wish.output_format, wish.quality_kbps, options)
    return f"as asked: {words}" if words else ""


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
    still: Standstill | None
    number: int | None = None  # of rows that the filter means, where it is known
    needs: list[JobRow] = field(default_factory=list)
    requests: list[RequestRow] = field(default_factory=list)
    working: list[JobRow] = field(default_factory=list)
    failed_requests: list[RequestRow] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)

    @property
    def still_words(self) -> str:
        return still_words(self.still) if self.still else ""

    @property
    def can_resume(self) -> bool:
        """Whether the switch of the whole queue lets it go on, else it pauses it."""
        return self.still is not None and self.still.can_be_ended

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


def queue_page(
    show: str,
    after: str,
    counts: QueueCounts,
    *,
    still: Standstill | None,
    free_bytes: int | None,
    viewer: Viewer = None,
) -> QueuePage:
    """The sections that ``show`` asks for; a bounded number of queries whatever the queue's length."""
    working = queue.working_downloads()
    found = None if still else pace.pace()
    speed = sum(row.bytes_per_second or 0 for row in working)

    def wants(name: str) -> bool:
        return show in {"all", name}

    return QueuePage(
        show=show,
        here=address(show, after),
        counts=counts,
        chips=chips(show, counts),
        meters=meters(counts, speed, queue.ended_today(), free_bytes, found),
        still=still,
        number=rows_of_show(show, counts),
        needs=[needs_row(row) for row in queue.downloads_needing_you()] if wants("needs_you") else [],
        requests=request_rows(queue.requests_under_way(), found, viewer=viewer) if wants("working") else [],
        working=job_rows(working) if wants("working") else [],
        failed_requests=request_rows(queue.failed_requests(), viewer=viewer) if wants("failed") else [],
        sections=_sections(show, after, counts, still),
    )


def _sections(show: str, after: str, counts: QueueCounts, still: Standstill | None) -> list[Section]:
    everything = show == "all"
    found: list[Section] = []
    if everything or show == "waiting":
        page = queue.waiting_page(after, queue.PAGE)
        rows = _neighbours(job_rows(page.rows, still))
        found.append(_section("waiting", "Waiting", page, rows, after, counts.waiting + counts.paused))
    for name, (label, status) in ENDINGS.items():
        if show == name or (everything and name != "cancelled"):
            key = after if show == name else ""
            page = queue.ended_page(status, key, queue.PAGE if show == name else FIRST_ROWS)
            count = counts.failed if name == "failed" else None
            found.append(_section(name, label, page, job_rows(page.rows), key, count, is_part=everything))
    return [section for section in found if section.rows]


def _section(
    name: str,
    label: str,
    page: KeyPage[Download],
    rows: list[JobRow],
    after: str,
    count: int | None,
    *,
    is_part: bool = False,
) -> Section:
    return Section(
        ident=name,
        label=label,
        rows=rows,
        count=count,
        url=address(name) if is_part and page.next else "",
        first_url="" if is_part or not after else address(name),
        next_url="" if is_part or not page.next else address(name, page.next),
    )


def _neighbours(found: list[JobRow]) -> list[JobRow]:
    numbers = [0, *(row.number for row in found), 0]
    return [replace(row, above=numbers[at], below=numbers[at + 2]) for at, row in enumerate(found)]


def job_rows(downloads: Iterable[Download], still: Standstill | None = None) -> list[JobRow]:
    return [job_row(download, still) for download in downloads]


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


def meters(
    counts: QueueCounts, bytes_per_second: int, today: Today, free_bytes: int | None, measured: Pace | None = None
) -> list[Meter]:
    """Speed, what is left and for how long, what today brought, and the free space."""
    left = queue.time_left(measured.seconds_left(counts.working + counts.waiting)) if measured else ""
    failed = f", {today.failed} failed" if today.failed else ""
    paused = f", {counts.paused:,} paused" if counts.paused else ""
    return [
        Meter(f"{file_size(bytes_per_second)}/s", f"across {plural(counts.working, 'download')}"),
        Meter(f"{counts.on_the_way:,}", f"on the way{paused}{', ' + left if left else ''}"),
        Meter(f"{today.done:,}", f"done today{failed}"),
        Meter(file_size(free_bytes) or "?", "free for music"),
    ]
