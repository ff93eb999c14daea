"""What stands around every page: counts, speed, free space, notices, and the live token. Read only when shown."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from downloads.models import WORKING, Download
from downloads.selectors.drawer import Drawer, drawer
from downloads.selectors.pace import Pace, pace
from downloads.selectors.queue import QueueCounts, Today, ended_today, queue_counts, time_left
from downloads.selectors.rows import JobRow
from downloads.selectors.trials import is_any_under_way
from downloads.services import pausing
from downloads.services.pausing import Standstill
from ops.models import Notice
from ops.services import live, notices
from playlists.selectors import is_under_way

GetResponse = Callable[[HttpRequest], HttpResponseBase]
FAST_MS, CALM_MS, WAITING_MS, IDLE_MS = 1_000, 2_000, 5_000, 20_000
FACTS_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Disk:
    free: int
    used_percent: int


class Facts:
    """What changes only where a row comes, goes or changes its status, or something is paused or noticed."""

    def __init__(self) -> None:
        self.at_work: dict[int, JobRow] = {}  # rows as they were when first sent: their bars are old

    @cached_property
    def counts(self) -> QueueCounts:
        return queue_counts()

    @cached_property
    def today(self) -> Today:
        return ended_today()

    @cached_property
    def still(self) -> Standstill | None:
        return pausing.standstill()

    @cached_property
    def pace(self) -> Pace | None:
        return None if self.still else pace()

    @cached_property
    def notices(self) -> list[Notice]:
        return notices.current_notices()


class Shell:
    """Lazily read, once per request: a fragment that shows none of it costs nothing.

    ``token`` is the number from before the page's rows were read, where it is known.
    """

    def __init__(self, token: int | None = None, facts: Facts | None = None, *, person: object = None) -> None:
        self._token = token
        self._facts = facts or Facts()
        self._person = person

    @cached_property
    def token(self) -> int:
        return live.newest() if self._token is None else self._token

    @property
    def counts(self) -> QueueCounts:
        return self._facts.counts

    @property
    def at_work(self) -> dict[int, JobRow]:
        return self._facts.at_work

    @property
    def today(self) -> Today:
        return self._facts.today

    @property
    def pace(self) -> Pace | None:
        """How fast tracks end, None where that is not known."""
        return self._facts.pace

    @property
    def time_left(self) -> str:
        left = self.pace.seconds_left(self.counts.working + self.counts.waiting) if self.pace else None
        return time_left(left)

    @property
    def working(self) -> int:
        return self.counts.working

    @property
    def on_the_way(self) -> int:
        return self.counts.on_the_way

    @property
    def needs_you(self) -> int:
        return self.counts.needs_you

    @property
    def queue_count(self) -> int:
        return self.on_the_way + self.needs_you

    @cached_property
    def bytes_per_second(self) -> int:
        if not self.working:
            return 0
        speeds = Download.objects.filter(status__in=WORKING).values_list("bytes_per_second", flat=True)
        return sum(speed or 0 for speed in speeds)

    @property
    def still(self) -> Standstill | None:
        """Why nothing new starts, None where it does."""
        return self._facts.still

    @property
    def is_paused(self) -> bool:
        return self.still is not None

    @cached_property
    def words(self) -> str:
        """What the queue does, in a word or two."""
        if self.still:
            return "Paused" if self.still.can_be_ended else "Quiet hours"
        if self.working:
            return f"{self.working} active"
        if self.on_the_way:
            return f"{self.on_the_way:,} waiting"
        return f"{self.needs_you:,} need{'s' if self.needs_you == 1 else ''} you" if self.needs_you else "Queue"

    @cached_property
    def drawer(self) -> Drawer:
        return drawer(self.counts, self.still)

    @property
    def notices(self) -> list[Notice]:
        """What concerns all, and what concerns who looks."""
        found = self._facts.notices
        if all(notice.person_id is None for notice in found):
            return found
        mine = getattr(self._person, "pk", None)
        return [notice for notice in found if notice.person_id is None or notice.person_id == mine]

    @cached_property
    def disk(self) -> Disk | None:
        return disk_of(settings.LIBRARY)

    @property
    def delay_ms(self) -> int:
        return self.delay_for("")

    def delay_for(self, view: str) -> int:
        """How long the poller waits before it asks again, by what is going on and what is on screen."""
        if view == "sources" and is_any_under_way():
            return FAST_MS
        if view.startswith("import:") and is_under_way(view.partition(":")[2]):
            return CALM_MS
        if self.working:
            return FAST_MS if view.startswith("queue") else CALM_MS
        return WAITING_MS if self.counts.waiting else IDLE_MS


class KeptFacts:
    """The facts of this process's last poll. They hold for as long as nothing moved, so that bars which grow cost no
    counting; after some seconds they are read again nevertheless, for what was mended behind our back.
    """

    def __init__(self) -> None:
        self._kept: tuple[tuple[int, date], float, Facts] | None = None

    def at(self, moved: int) -> Facts:
        """The facts as of the number ``moved`` of the live sequence, or later."""
        kept, key, now = self._kept, (moved, timezone.localdate()), time.monotonic()
        if kept is not None and kept[0] == key and now < kept[1]:
            return kept[2]
        facts = Facts()
        self._kept = (key, now + FACTS_SECONDS, facts)
        return facts

    def forget(self) -> None:
        """The next poll reads them anew."""
        self._kept = None


kept_facts = KeptFacts()


def disk_of(folder: Path) -> Disk | None:
    """The disk that holds ``folder``, or its nearest parent that is there already."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return None
    return Disk(usage.free, round(100 * (usage.total - usage.free) / usage.total) if usage.total else 0)


def shell_of(request: HttpRequest) -> Shell:
    """The shell of this request: a view and the page around it read the same."""
    found: Shell | None = getattr(request, "shell", None)
    if found is None:
        found = Shell(getattr(request, "live_token", None), person=getattr(request, "user", None))
        request.shell = found  # type: ignore[attr-defined]
    return found


def shell(request: HttpRequest) -> dict[str, object]:
    """The context processor."""
    return {"shell": shell_of(request)}


def read_token_first(get_response: GetResponse) -> GetResponse:
    """Whole pages carry the live number from before their rows were read: what changes meanwhile is sent again."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        is_page = "text/html" in request.headers.get("Accept", "") and "HX-Request" not in request.headers
        if request.method == "GET" and is_page:
            request.live_token = live.newest()  # type: ignore[attr-defined]
        return get_response(request)

    return middleware
