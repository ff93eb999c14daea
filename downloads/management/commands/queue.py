"""``manage.py queue``: look at the queue and steer it, row by row, by parent, by status, or as a whole."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Person
from core.errors import UserError
from core.text import plural
from downloads.models import DownloadRequest, Status
from downloads.selectors import listing
from downloads.selectors.queue import queue_counts
from downloads.services import pausing, queue
from downloads.services.queue import Steered
from spotizer.supervisor.prepare import make_ready

REFUSED, BAD_USAGE = 1, 2
MOST_ID = 2**63 - 1
SAID = {
    "pause": "paused",
    "resume": "resumed",
    "cancel": "cancelled",
    "retry": "tried again",
    "clear": "cleared",
    "priority": "with a new priority",
    "move": "moved",
    "undo": "brought back",
}
Options = dict[str, Any]


def number(text: str) -> int:
    """The number of a row: 1 or more."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:20]) <= MOST_ID:
        raise ArgumentTypeError(f"“{text}” is no number of the list; `manage.py queue list` shows them")
    return int(text)


class Command(BaseCommand):
    help = (
        "Look at the queue and steer it. Exit code 0: done (also where there was nothing to do); 1: some or all could "
        "not do as asked, and why is said; 2: bad usage."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        add_list(actions.add_parser("list", help="what is in the queue, in its order"))
        for name, words in {
            "pause": "keep rows from being started; --all: nothing new starts at all",
            "resume": "let them go on",
            "cancel": "end them and drop what was fetched",
            "retry": "start them afresh, with a full budget",
            "clear": "take what ended off the list (done, skipped, cancelled; others when named)",
        }.items():
            add_which(actions.add_parser(name, help=words))
        priority = actions.add_parser("priority", help="1 is first, 5 last")
        priority.add_argument("level", type=int, metavar="PRIORITY", help="1 (first) to 5 (last)")
        add_which(priority)
        move = actions.add_parser("move", help="change the order inside a priority")
        add_which(move)
        where = move.add_mutually_exclusive_group(required=True)
        where.add_argument("--top", action="store_true", help="before all others")
        where.add_argument("--bottom", action="store_true", help="after all others")
        where.add_argument("--before", type=number, metavar="ID", help="right before this row")
        where.add_argument("--after", type=number, metavar="ID", help="right after this row")
        undo = actions.add_parser(
            "undo", help="take back the last pause, resume, cancel, priority, move or clear, for ten minutes"
        )
        undo.add_argument("--person", metavar="NAME", help="the last that this person did on a page")
        undo.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        make_ready()
        try:
            if options["action"] == "list":
                self._list(options)
            else:
                self._steer(options)
        except UserError as exc:
            raise CommandError(f"{exc.message} {exc.remedy}".strip(), returncode=BAD_USAGE) from None

    def _list(self, options: Options) -> None:
        rows = listing.matching(
            ids=options["ids"],
            request_id=wanted_request_id(options),
            statuses=[options["status"]] * bool(options["status"]),
        )
        still = pausing.standstill()
        found = listing.listed(rows, most=options["limit"], all_wait_until=still.until if still else None)
        missing = sorted(set(options["ids"]) - listing.known_ids(options["ids"]))
        if options["json"]:
            for row in found:
                self.stdout.write(json.dumps(asdict(row), ensure_ascii=False))
        else:
            self._show(found, rows.count() if len(found) == options["limit"] else len(found))
        if missing:
            raise CommandError(f"There is no {', '.join(map(str, missing))} in the queue.", returncode=REFUSED)

    def _show(self, found: list[listing.ListedRow], total: int) -> None:
        if still := pausing.standstill():
            self.stdout.write(still.message)
        for row in found:
            name = " · ".join(part for part in (row.title, row.artist) if part)
            until = f" (until {row.waits_until})" if row.waits_until else ""
            doing = f"{row.percent} % " if row.percent and row.status != Status.DONE else ""
            why = row.doing or row.message
            self.stdout.write(f"{row.id:>7}  {row.status:<10} {row.priority}  {doing}{name}{until}")
            if why:
                self.stdout.write(f"{'':>9}{why}")
        if total > len(found):
            self.stdout.write(f"{total - len(found):,} more; --limit shows them.")
        counts = queue_counts()
        self.stdout.write(
            f"{counts.working:,} at work, {counts.waiting:,} waiting, {counts.paused:,} paused, "
            f"{counts.needs_you:,} to be chosen, {counts.failed:,} failed."
        )

    def _steer(self, options: Options) -> None:
        action = options["action"]
        if action == "undo":
            self._tell(action, queue.undo(by=person_named(options["person"])), options)
            return
        if one_wish(options) == "all" and action in {"pause", "resume"}:
            self._whole(is_paused=action == "pause", options=options)
            return
        self._tell(action, act(action, options), options)

    def _whole(self, *, is_paused: bool, options: Options) -> None:
        queue.set_paused_all(is_paused)
        message = "Nothing new is started until `manage.py queue resume --all`." if is_paused else "The queue goes on."
        left = queue_counts().paused
        if left and not is_paused:
            message += f" {plural(left, 'download')} paused by themselves stay so: `queue resume --status paused`."
        if still := None if is_paused else pausing.standstill():
            message = still.message
        self.stdout.write(json.dumps({"paused": is_paused, "message": message}) if options["json"] else message)

    def _tell(self, action: str, steered: Steered, options: Options) -> None:
        if options["json"]:
            answer = {"action": action, **{name: getattr(steered, name) for name in ("done", "refused", "shared")}}
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        else:
            self.stdout.write(
                f"{plural(len(steered.done), 'download')} {SAID[action]}." if steered.done else "Nothing done."
            )
            if steered.shared:
                self.stdout.write(f"{plural(len(steered.shared), 'download')} left alone: another request wants them.")
            if steered.undo is not None:
                self.stdout.write("`manage.py queue undo` takes it back, for ten minutes.")
        if steered.refused:
            words = [f"{pk}: {why}" for pk, why in sorted(steered.refused.items())]
            more = f" … and {len(words) - 10} more" if len(words) > 10 else ""
            raise CommandError("\n".join(words[:10]) + more, returncode=REFUSED)


def add_list(parser: Any) -> None:
    add_which(parser, has_all=False)
    parser.add_argument("--limit", type=number, default=50, metavar="N", help="at most so many rows; 50")


def add_which(parser: Any, *, has_all: bool = True) -> None:
    """Which rows are meant: exactly one of these."""
    parser.add_argument("ids", nargs="*", type=number, metavar="ID", help="numbers of the list")
    parser.add_argument("--request", type=number, metavar="ID", help="all tracks of one album, playlist or artist")
    parser.add_argument("--status", choices=Status.values, help="all rows in this status")
    if has_all:
        parser.add_argument("--all", action="store_true", help="the whole queue")
    parser.add_argument("--json", action="store_true", help="JSON instead of words")


def one_wish(options: Options) -> str:
    """Which of the ways to name rows was used. Raises UserError unless it was one."""
    wishes = [name for name in ("ids", "request", "status", "all") if options.get(name)]
    if len(wishes) != 1:
        raise UserError(
            "Say which downloads are meant." if not wishes else "Say in one way only which downloads are meant.",
            remedy="Give their numbers, or --request ID, --status STATUS or --all.",
        )
    return wishes[0]


def person_named(name: str | None) -> Person | None:
    """Who is meant, None for the command line itself. Raises UserError where there is nobody of this name."""
    if name is None:
        return None
    person = Person.objects.filter(username=name).first()
    if person is None:
        raise UserError(f"There is nobody called “{name}”.", remedy="Give the name with which they sign in.")
    return person


def wanted_request(options: Options) -> DownloadRequest:
    """The request that was named. Raises UserError where there is none."""
    request = DownloadRequest.objects.filter(pk=options["request"]).first()
    if request is None:
        raise CommandError(f"There is no request {options['request']}.", returncode=REFUSED)
    return request


def wanted_request_id(options: Options) -> int | None:
    return wanted_request(options).pk if options["request"] else None


def act(action: str, options: Options) -> Steered:
    """What was asked is done to the rows that were named."""
    wish = one_wish(options)
    if wish == "request" and action in OF_REQUEST:
        return OF_REQUEST[action](wanted_request(options), options)
    if wish == "all" and action == "cancel":
        return queue.cancel_all()
    return OF_ROWS[action](chosen(action, wish, options), options)


def chosen(action: str, wish: str, options: Options) -> list[int]:
    """The rows that were named; of a parent or of the whole queue those for which the action makes sense."""
    if wish == "ids":
        return list(options["ids"])
    statuses = [options["status"]] if wish == "status" else FITTING[action]
    request_id = wanted_request_id(options)
    return listing.ids_of(listing.matching(request_id=request_id, statuses=statuses))


def move(ids: list[int], options: Options) -> Steered:
    if options["before"]:
        return queue.move_before(ids, options["before"])
    if options["after"]:
        return queue.move_after(ids, options["after"])
    return queue.move_to_top(ids) if options["top"] else queue.move_to_bottom(ids)


WAITING = [Status.QUEUED, Status.WAITING, Status.PAUSED, Status.NEEDS_YOU]
FITTING: dict[str, list[Status]] = {
    "retry": [Status.FAILED],
    "clear": [Status.DONE, Status.SKIPPED, Status.CANCELLED],
    "priority": WAITING,
    "move": WAITING,
}
OF_ROWS: dict[str, Callable[[list[int], Options], Steered]] = {
    "pause": lambda ids, options: queue.pause(ids),
    "resume": lambda ids, options: queue.resume(ids),
    "cancel": lambda ids, options: queue.cancel(ids),
    "retry": lambda ids, options: queue.retry(ids),
    "clear": lambda ids, options: queue.steer("clear", ids),
    "priority": lambda ids, options: queue.set_priority(ids, options["level"]),
    "move": move,
}
OF_REQUEST: dict[str, Callable[[DownloadRequest, Options], Steered]] = {
    "pause": lambda request, options: queue.pause_request(request),
    "resume": lambda request, options: queue.resume_request(request),
    "cancel": lambda request, options: queue.cancel_request(request),
    "retry": lambda request, options: queue.retry_request(request),
    "priority": lambda request, options: queue.set_request_priority(request, options["level"]),
}
