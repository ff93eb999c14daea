"""What one answer of the poller holds: fragments of rows that changed and can be on screen, and the shell's numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from django.http import HttpRequest
from django.template import Context, Template
from django.template.loader import get_template

from accounts.models import Person
from catalog.models import PlaylistEntry
from catalog.selectors import visible_playlists
from core.keys import number_for
from downloads.models import WORKING, DownloadRequest, Status
from downloads.selectors import lines as lists
from downloads.selectors import queue, rows
from downloads.selectors.lines import Line, album_cards, albums_to_show, hit_lines, tracks_to_show
from downloads.selectors.live import MOST_ROWS, Changed, Changes, changes_since
from downloads.selectors.pages import album_page, playlist_head
from downloads.selectors.parts import Opened, open_request
from downloads.selectors.states import playlist_standings
from downloads.selectors.trials import trials_since
from ops.services import live
from playlists.selectors import changed_since
from spotizer.moving import moving_row
from spotizer.shell import Shell

SHELL_PARTS: tuple[tuple[str, dict[str, object]], ...] = (
    ("components/_queue_count.html", {"ident": "queue-count"}),
    ("components/_queue_count.html", {"ident": "tab-count"}),
    ("components/_meter.html", {}),
    ("components/_notices.html", {}),
)
MILESTONES = {Status.DONE: "finished", Status.FAILED: "failed", Status.NEEDS_YOU: "needs you"}
DRAWER = "drawer"
RELOAD = {"live:reload": True}
OPENED = r"([0-9]{1,15}):([0-9]{1,9})"  # a request, and the place after which its tracks are on screen


@dataclass(slots=True)
class Answer:
    """Fragments and the events that the page hears."""

    request: HttpRequest
    shell: Shell
    parts: list[str] = field(default_factory=list)
    events: dict[str, object] = field(default_factory=dict)

    def add(self, template: str, context: dict[str, object]) -> None:
        """The fragment; it is given the request and the shell, and needs nothing of the context processors."""
        drawn: Template = get_template(template).template  # type: ignore[attr-defined]
        values = {"request": self.request, "shell": self.shell, "oob": True, **context}
        self.parts.append(drawn.render(Context(values)))

    @property
    def viewer(self) -> Person | None:
        user = getattr(self.request, "user", None)
        return user if isinstance(user, Person) else None

    @property
    def html(self) -> str:
        return "".join(self.parts)


def changed(
    request: HttpRequest, shell: Shell, since: int, views: Sequence[str], numbers: live.Numbers | None = None
) -> Answer:
    """Everything that is newer than ``since`` and can be seen in ``views``, with a new ``#live``.

    ``views``: the page's, and ``drawer`` where that is open. ``numbers`` were read before anything else: what changes
    in between is sent again, never missed.
    """
    answer = Answer(request, shell)
    numbers = numbers or live.numbers()
    view = next((name for name in views if name != DRAWER), "")
    if view == "sources" and getattr(request.user, "may_manage", False):
        for trial in trials_since(since):
            answer.add("downloads/_trial.html", {"trial": trial})
    if view.startswith("import:") and changed_since(view.partition(":")[2], answer.viewer, since):
        answer.events |= RELOAD
    if numbers.moved <= since <= numbers.newest:
        _progress(answer, changes_since(since, until=numbers.newest), view)
    else:
        _moves(answer, changes_since(since), view, is_known=since <= numbers.newest)
    if DRAWER in views:
        answer.add("downloads/_drawer.html", {})
    answer.add("components/_live.html", {"delay_ms": shell.delay_for(view), "token": numbers.newest})
    return answer


def _moves(answer: Answer, changes: Changes, view: str, *, is_known: bool) -> None:
    """Rows came, went or changed their status: the shell, and what of them is on screen."""
    for template, context in SHELL_PARTS:
        answer.add(template, context)
    if changes.is_too_much or not is_known:
        answer.events |= RELOAD
    else:
        _rows(answer, changes, view)
        _speak(answer, changes)


def _progress(answer: Answer, changes: Changes, view: str) -> None:
    """Bars moved on and nothing else did: what is counted and listed stands on the page already."""
    kind, _, key = view.partition(":")
    if len(changes.downloads) == answer.shell.working:  # all that is at work
        answer.shell.bytes_per_second = sum(row.bytes_per_second or 0 for row in changes.downloads)
    answer.add("components/_meter.html", {})
    if changes.is_too_much:
        answer.events |= RELOAD
    elif kind == "queue":
        _queue_progress(answer, changes.downloads, key)
    elif kind == "download":
        _bars(answer, [row for row in changes.downloads if str(row.pk) == key], is_list=False)
    elif changes.downloads:
        _rows(answer, changes, view)


def _queue_progress(answer: Answer, changed: list[Changed], key: str) -> None:
    show, _, opened = key.partition(":")
    free = answer.shell.disk.free if answer.shell.disk else None
    meters = rows.meters(
        answer.shell.counts, answer.shell.bytes_per_second, answer.shell.today, free, answer.shell.pace
    )
    answer.add("downloads/_queue_meters.html", {"queue": {"meters": meters}})
    if (show or "all") in {"all", "working"}:
        _bars(answer, changed, is_list=True)
        request = re.fullmatch(OPENED, opened)
        if request and _may_open(answer, int(request[1])):
            tracks = queue.downloads_of_request(int(request[1]), [row.pk for row in changed])
            _bars(answer, [row for row in changed if row.pk in tracks], is_list=False, prefix="part")


def _bars(answer: Answer, changed: list[Changed], *, is_list: bool, prefix: str = "download") -> None:
    """These rows, out of band: what stays of them from when they were first read, what moves as it is now."""
    known = answer.shell.at_work
    unknown = [row.pk for row in changed if row.pk not in known]
    if unknown:
        known |= {row.pk: rows.job_row(row) for row in queue.downloads_by_id(unknown)}
    may_download = getattr(answer.request.user, "may_download", False)
    for change in changed:
        if change.pk not in known:  # deleted since
            continue
        row = rows.moved_on(known[change.pk], change)
        shown = row if prefix == row.prefix else replace(row, prefix=prefix)
        answer.parts.append(moving_row(shown, is_list=is_list, may_download=may_download))


def _rows(answer: Answer, changes: Changes, view: str) -> None:
    kind, _, key = view.partition(":")
    number = number_for(key) if key else None
    if kind == "queue":
        _queue(answer, changes, key)
    elif kind == "download":
        if any(str(row.pk) == key for row in changes.downloads):
            answer.events |= RELOAD
    elif kind == "album" and number is not None:
        _album(answer, changes, number)
    elif kind == "playlist" and number is not None:
        _playlist(answer, changes, number)
    elif kind == "history":
        if any(row.status in {*MILESTONES, Status.CANCELLED} for row in changes.downloads):
            answer.events |= RELOAD
    else:
        _buttons(answer, changes)


def _queue(answer: Answer, changes: Changes, key: str) -> None:
    """Moving rows are sent; where rows came or went the page fetches its lists once."""
    show, _, opened = key.partition(":")
    if any(row.status not in WORKING for row in changes.downloads) or any(
        row.stage != DownloadRequest.Stage.RUNNING for row in changes.requests
    ):
        answer.events |= RELOAD
        return
    working = queue.working_downloads()
    counts = answer.shell.counts
    free = answer.shell.disk.free if answer.shell.disk else None
    part = {
        "show": show,
        "chips": rows.chips(show or "all", counts),
        "meters": rows.meters(counts, answer.shell.bytes_per_second, answer.shell.today, free, answer.shell.pace),
        "working": rows.job_rows(working),
        "requests": rows.request_rows(queue.requests_under_way(), answer.shell.pace, viewer=answer.viewer),
    }
    answer.add("downloads/_queue_chips.html", {"queue": part})
    answer.add("downloads/_queue_meters.html", {"queue": part})
    if (show or "all") in {"all", "working"}:
        answer.add("downloads/_queue_working.html", {"queue": part})
        answer.add("downloads/_queue_requests.html", {"queue": part, "opened": _opened(answer, opened)})


def _may_open(answer: Answer, number: int) -> bool:
    row = queue.request_by_id(number)
    return row is not None and rows.may_open(row, answer.viewer)


def _opened(answer: Answer, key: str) -> Opened | None:
    """The tracks of the row that is unfolded, from the place that is on screen."""
    if (found := re.fullmatch(OPENED, key)) is None:
        return None
    return open_request(int(found[1]), int(found[2]), still=answer.shell.still, viewer=answer.viewer)


def _album(answer: Answer, changes: Changes, number: int) -> None:
    album = albums_to_show().filter(pk=number).first()
    if album is None:
        return
    tracks = list(tracks_to_show().filter(album=album))
    recordings = {row.recording_id for row in changes.downloads}
    touched = {track.pk for track in tracks if track.recording_id in recordings}
    if not touched and not any(row.album_id == number for row in changes.requests):
        return
    page = album_page(album, tracks)
    wanted = {f"track-{pk}" for pk in touched}
    _lines(answer, [line for disc in page.discs for line in disc.lines if line.ident in wanted])
    for template in ("components/_standing.html", "components/_acts.html", "components/_files.html"):
        answer.add(template, {"page": page})


def _playlist(answer: Answer, changes: Changes, number: int) -> None:
    playlist = visible_playlists(answer.viewer).select_related("artwork").filter(pk=number).first()
    if playlist is None:
        return
    recordings = [row.recording_id for row in changes.downloads]
    entries = PlaylistEntry.objects.filter(playlist=playlist, track__recording_id__in=recordings)
    touched = list(entries.select_related("track__recording", "track__album")[:MOST_ROWS])
    _lines(answer, lists.entry_lines(touched), layout="hit")
    if touched or any(row.playlist_id == number for row in changes.requests):
        page = playlist_head(playlist)
        answer.add("components/_standing.html", {"page": page})
        answer.add("components/_acts.html", {"page": page})


def _lines(answer: Answer, lines: Iterable[Line], layout: str = "") -> None:
    for line in lines:
        answer.add("components/_track_row.html", {"line": line, "layout": layout})


def _buttons(answer: Answer, changes: Changes) -> None:
    """Lists of hits and cards: the state buttons of what changed, and of the albums it is on."""
    recordings = {row.recording_id for row in changes.downloads}
    tracks = list(tracks_to_show().filter(recording_id__in=recordings)[: 2 * MOST_ROWS])
    asked = {row.album_id for row in changes.requests if row.album_id}
    albums = list(albums_to_show().filter(pk__in=asked | {track.album_id for track in tracks if track.album_id}))
    for card in album_cards(albums[: MOST_ROWS // 2]):
        answer.add("components/_card_state.html", {"card": card})
    for line in hit_lines(tracks[:MOST_ROWS]):
        answer.add("components/_line_state.html", {"line": line})
    _lists(answer, changes)


def _lists(answer: Answer, changes: Changes) -> None:
    """The cards of playlists that somebody asked for, those of them that who looks may know of."""
    asked = {row.playlist_id for row in changes.requests if row.playlist_id}
    if not asked:
        return
    rows = list(visible_playlists(answer.viewer).filter(pk__in=asked)[: MOST_ROWS // 2])
    standings = playlist_standings(rows)
    for row in rows:
        answer.add("components/_card_state.html", {"card": lists.playlist_card(row, standings[row.pk])})


def _speak(answer: Answer, changes: Changes) -> None:
    """Milestones only: progress bars are not read out."""
    told = [f"{row.title} {MILESTONES[Status(row.status)]}" for row in changes.downloads if row.status in MILESTONES]
    if told:
        answer.events["spoken"] = ", ".join(told[:3]) if len(told) <= 3 else f"{len(told)} downloads ended"
