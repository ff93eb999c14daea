"""Every request for media is some worker's fetch, and every fetch is in the history: one to one.

A worker writes down that it fetches before it asks (``to: fetching`` with the id of the upload), and the sandbox's log
says which process asked (of YouTube; of the Internet Archive only for what). So each line belongs to one fetch, and:

- a fetch that came to its end asked once;
- a fetch that was cut off by a kill asked once or had not come to it: these alone are open, and each is known;
- no lease ran out but those of workers that were killed, and of each at most one;
- after a fetch that came to its end there is no other one, unless the row was set aside and asked for again, or what
  was fetched lay on a machine that died.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs

from downloads.models import Download, Status
from history.models import Event

MEDIA = "www.youtube.com/sandbox/media/"
ITEMS = "archive.org/12/items/"
NOBODY = 0  # where the log does not say which process asked
Who = tuple[str, int]  # the upload, and the process that asked for it


@dataclass
class Fetch:
    """One try: by which worker, as the log knows it, in which life of the download, and how it ended."""

    download: int
    life: int
    video: str
    worker: int
    end: str = ""  # whole, lost with its worker, or the reason that was given


@dataclass
class Lost:
    """A claim whose lease ran out, and how far it was."""

    download: int
    life: int
    worker: int
    status: str


def pid_of(lease_owner: str) -> int:
    return int(lease_owner.split(":")[1])


class Story:
    """What the history says of all downloads together."""

    def __init__(self) -> None:
        self.fetches: list[Fetch] = []
        self.lost: list[Lost] = []
        events = Event.objects.exclude(download_id=None).order_by("download_id", "id")
        of: dict[int, list[Event]] = defaultdict(list)
        for event in events:
            of[event.download_id].append(event)
        for download, told in of.items():
            self._read(download, told)

    def _read(self, download: int, events: Iterable[Event]) -> None:
        life, worker, status = 1, 0, ""
        fetch: Fetch | None = None
        for event in events:
            to = event.detail.get("to", "")
            if "worker" in event.detail:
                worker = pid_of(event.detail["worker"])
            if event.reason == "worker_lost" and to in {Status.QUEUED, Status.FAILED}:
                self.lost.append(Lost(download, life, worker, status))
            if fetch and to:
                fetch.end = "whole" if to == Status.PROCESSING else event.reason or to
                fetch = None
            if to == Status.FETCHING:
                asks = NOBODY if event.source == "internet_archive" else worker
                fetch = Fetch(download, life, event.detail["source_id"], asks)
                self.fetches.append(fetch)
            if to == Status.QUEUED and event.detail.get("from") == Status.FAILED:
                life += 1
            status = to or status


def disagreements(sandbox, killed: set[int], *, kept_apart: bool = False) -> list[str]:
    """Where log, history and kills do not agree. ``kept_apart``: what was fetched is kept where its worker was."""
    story = Story()
    return [*_lost(story, killed), *_asked(sandbox, story), *_again(story, kept_apart), *_never(story)]


def summary(sandbox) -> str:
    """The figures of a run, for who reads its output."""
    story = Story()
    ends = Counter(fetch.end for fetch in story.fetches)
    asked = _lines(sandbox).total()
    return f"{len(story.lost)} rows lost their worker; fetches {dict(ends)}, {asked} requests for media"


def _lines(sandbox) -> Counter[Who]:
    asked: Counter[Who] = Counter()
    for line in sandbox.log(MEDIA):
        video = line["path"].partition("/media/")[2].partition("/")[0]
        asked[video, int(parse_qs(line["query"])["worker"][0])] += 1
    for line in sandbox.log(ITEMS):
        asked[line["path"].partition("/items/")[2], NOBODY] += 1
    return asked


def _lost(story: Story, killed: set[int]) -> Iterator[str]:
    for lost in story.lost:
        if lost.worker not in killed:
            yield f"the lease of worker {lost.worker}, which lives, on download {lost.download} ran out"
    for worker, number in Counter(lost.worker for lost in story.lost).items():
        if number > 1:
            yield f"worker {worker} was killed once and lost {number} rows"


def _asked(sandbox, story: Story) -> Iterator[str]:
    asked = _lines(sandbox)
    whole: Counter[Who] = Counter()
    cut: Counter[Who] = Counter()
    for fetch in story.fetches:
        (whole if fetch.end == "whole" else cut)[fetch.video, fetch.worker] += 1
    for who in asked | whole | cut:
        if not whole[who] <= asked[who] <= whole[who] + cut[who]:
            yield (
                f"worker {who[1]} asked {asked[who]} times for {who[0]}: the history has {whole[who]} whole fetches "
                f"and {cut[who]} that were cut off"
            )


def _again(story: Story, kept_apart: bool) -> Iterator[str]:
    excused: Counter[tuple[int, int]] = Counter()
    for lost in story.lost:
        excused[lost.download, lost.life] += kept_apart and lost.status == Status.PROCESSING
    whole = Counter((fetch.download, fetch.life) for fetch in story.fetches if fetch.end == "whole")
    for key, number in whole.items():
        if number > 1 + excused[key]:
            yield f"download {key[0]} was fetched {number} times in its life {key[1]}"


def _never(story: Story) -> Iterator[str]:
    fetched = {fetch.download for fetch in story.fetches}
    for pk in Download.objects.filter(status=Status.DONE).exclude(pk__in=fetched).values_list("pk", flat=True):
        yield f"download {pk} is done and was never fetched"
