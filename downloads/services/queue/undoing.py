"""Taking an act back: the rows that still are as it left them stand as they stood before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Person
from core.bulk import among, update_each
from core.errors import UserError
from core.text import plural
from downloads.models import (
    ACTIVE,
    ENDED,
    WORKING,
    Download,
    DownloadRequest,
    RequestItem,
    Status,
    SteeredRow,
    Steering,
)
from downloads.services import parents, states, tokens
from downloads.services.queue import errands
from downloads.services.queue.memory import UNDO_SECONDS, Act, before
from downloads.services.queue.ordering import MOVABLE
from downloads.services.queue.requeue import requeue
from downloads.services.queue.steered import Steered, record_steps
from history.models import Event
from history.services import record
from ops.services import live

Stage = DownloadRequest.Stage
Result = tuple[list[int], dict[int, str]]


def undo(number: int | None = None, *, by: Person | None = None) -> Steered:
    """What this act of ``by`` did (the last one, where none is said) is taken back.

    What was changed again since stays as it is; what was stopped in its midst is fetched anew. Raises UserError where
    there is nothing to undo, or not any more, or somebody else did it. Without ``by``: the command line.
    """
    steering = _meant(number, by)
    errands.drop(steering.pk)  # what the background is still at stays as it is
    done, refused = BACK[Act(steering.act)](steering, by)
    _requests_back(steering)
    Steering.objects.filter(pk=steering.pk).update(undone_at=timezone.now())
    transaction.on_commit(tokens.top_up)
    if done:
        words = f"Undone for {plural(len(done), 'download')}."
        record(Event.Kind.STEERED, title="The queue", person=by, message=words)
    return Steered(sorted(done), refused)


def _meant(number: int | None, by: Person | None) -> Steering:
    acts = Steering.objects.filter(undone_at=None)
    if number is None:
        steering = acts.filter(person=by).order_by("-at", "-id").first()
    else:
        steering = acts.filter(pk=number).first()
    if steering is None:
        raise UserError("There is nothing to undo: it is undone already, or too long ago.")
    if steering.person_id != (by.pk if by else None):
        raise UserError("Somebody else did this.", remedy="They can undo it, or steer the rows yourself.")
    if timezone.now() - steering.at > timedelta(seconds=UNDO_SECONDS):
        raise UserError(
            f"This can be undone for {UNDO_SECONDS / 60:.0f} minutes, and they are over.",
            remedy="Steer the rows themselves: what was removed can be tried again.",
        )
    return steering


# --- rows ------------------------------------------------------------------------------------------------------------


def _ids(steering: Steering) -> list[int]:
    rows = SteeredRow.objects.filter(steering=steering).order_by("download_id")
    return list(rows.values_list("download_id", flat=True))


def _status_back(left_in: Status) -> Callable[[Steering, Person | None], Result]:
    """Rows that are still in this status are in the one before; what was at work is queued."""

    def back(steering: Steering, by: Person | None) -> Result:
        of: dict[Status, list[int]] = defaultdict(list)
        for download_id, name in SteeredRow.objects.filter(steering=steering).values_list("download_id", "status"):
            status = Status(name)
            of[Status.QUEUED if status in WORKING else status].append(download_id)
        done: list[int] = []
        refused: dict[int, str] = {}
        for to, ids in of.items():
            values: dict[str, Any] = {}
            if to in {Status.WAITING, Status.NEEDS_YOU}:
                values = {name: before(steering, name) for name in ("not_before_at", "lane", "reason", "message")}
            if left_in == Status.CANCELLED:
                # The folder of what was removed is gone.
                values |= {"cleared_at": None, "percent": 0, "done_bytes": 0}
                moved, doubled = requeue(ids, [left_in], to=to, by=by, **values)
                refused |= doubled
            else:
                moved = states.move_ids(ids, to, only=[left_in], by=by, **values)
            done += moved
        return done, refused

    return back


def _priority_back(steering: Steering, by: Person | None) -> Result:
    rows = Download.objects.filter(status__in=ACTIVE, priority=steering.detail["priority"])
    return _columns_back(steering, rows, ("priority",), "Its priority is as before.", by), {}


def _place_back(steering: Steering, by: Person | None) -> Result:
    rows = Download.objects.filter(status__in=MOVABLE, position=before(steering, "place"))
    return _columns_back(steering, rows, ("priority", "position"), "Back at its place.", by), {}


def _columns_back(steering: Steering, rows: Any, names: tuple[str, ...], message: str, by: Person | None) -> list[int]:
    done: list[int] = []
    for part in states.turns(_ids(steering)):
        with transaction.atomic():
            locked = rows.filter(pk__in=among(part)).select_for_update().order_by("pk")
            found = list(locked.values_list("pk", flat=True))
            if found:
                record_steps(found, message, by=by)
                states.write(found, [], **{name: before(steering, name) for name in names})
        done += found
    return done


def _clear_back(steering: Steering, by: Person | None) -> Result:
    cleared = Download.objects.filter(cleared_at=steering.at, status__in=ENDED)
    done: list[int] = []
    for part in states.turns(list(cleared.values_list("pk", flat=True))):
        with transaction.atomic():
            found = cleared.filter(pk__in=among(part)).select_for_update().order_by("pk")
            ids = list(found.values_list("pk", flat=True))
            states.write(ids, [], cleared_at=None)
        done += ids
    return done, {}


BACK: dict[Act, Callable[[Steering, Person | None], Result]] = {
    Act.PAUSE: _status_back(Status.PAUSED),
    Act.RESUME: _status_back(Status.QUEUED),
    Act.CANCEL: _status_back(Status.CANCELLED),
    Act.PRIORITY: _priority_back,
    Act.MOVE: _place_back,
    Act.CLEAR: _clear_back,
}


# --- requests --------------------------------------------------------------------------------------------------------


@transaction.atomic
def _requests_back(steering: Steering) -> None:
    """Requests that were cancelled while they were read are read on; a whole request's options are as before."""
    detail = steering.detail
    touched: list[int] = []
    if detail.get("taken"):  # first: downloads are locked before requests
        _items_back(detail["request"], detail["taken"])
    if reading := detail.get("reading"):
        rows = DownloadRequest.objects.filter(pk__in=among(reading), stage=Stage.CANCELLED, ended_at=steering.at)
        touched = list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
        DownloadRequest.objects.filter(pk__in=among(touched)).update(stage=Stage.EXPANDING, ended_at=None)
    if number := detail.get("request"):
        touched += _request_back(number, detail)
    if touched:
        parents.mark(touched, live.bump())


def _request_back(number: int, detail: dict[str, Any]) -> list[int]:
    request = DownloadRequest.objects.select_for_update().filter(pk=number).first()
    if request is None:
        return []
    if "was_paused" in detail:
        request.options.pop("paused", None)
        request.options |= {"paused": True} if detail["was_paused"] else {}
    if request.priority == detail.get("priority"):
        request.priority = detail["priority_before"]
    request.save(update_fields=["options", "priority"])
    return [number]


def _items_back(request_id: int, taken: list[list[int]]) -> None:
    """Tracks that were left to other requests are wished for by this one again, where they are still on their way."""
    downloads = Download.objects.filter(pk__in=among([pk for _, pk in taken]), status__in=ACTIVE)
    going = set(downloads.select_for_update().order_by("pk").values_list("pk", flat=True))
    free = RequestItem.objects.filter(pk__in=among([pk for pk, _ in taken]), download=None, skip_reason="cancelled")
    still = set(free.values_list("pk", flat=True))
    pairs = [(item, download) for item, download in taken if item in still and download in going]
    if pairs:
        update_each(RequestItem, ("download",), pairs)
        RequestItem.objects.filter(pk__in=among([item for item, _ in pairs])).update(skip_reason="")
        parents.add({request_id: {"cancelled": -len(pairs)}})
