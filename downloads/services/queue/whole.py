"""Steering a parent with all that it brought and will bring, and the whole queue."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import Q

from accounts.models import Person
from core.bulk import among
from downloads.models import ACTIVE, Download, DownloadRequest, RequestItem, Status
from downloads.services import parents, pausing, states, tokens
from downloads.services.queue.errands import steer
from downloads.services.queue.memory import Act, Memory
from downloads.services.queue.ordering import check_priority
from downloads.services.queue.steered import Steered
from downloads.services.queue.steering import RETRIABLE
from history.models import Event
from history.services import record
from ops.services import live

Stage = DownloadRequest.Stage
FINISHED = (Status.DONE, Status.SKIPPED, Status.CANCELLED)
UNFINISHED = (Stage.EXPANDING, Stage.RUNNING)


def set_paused_all(is_paused: bool, *, by: Person | None = None) -> None:
    """Nothing new is started until this is undone; what runs goes on. A row that was paused itself stays so."""
    with transaction.atomic():
        pausing.set_paused_all(is_paused)
        message = "Paused: nothing new is started." if is_paused else "Resumed."
        record(Event.Kind.STEERED, title="The queue", person=by, message=message)
    if not is_paused:
        tokens.top_up()


def retry_failed(*, by: Person | None = None, seconds: float | None = None) -> Steered:
    """Everything that failed, and was not cleared, starts afresh."""
    failed = Download.objects.filter(status=Status.FAILED, cleared_at=None)
    return steer("retry", failed.values_list("pk", flat=True), by=by, seconds=seconds)


def clear_finished(*, by: Person | None = None, seconds: float | None = None) -> Steered:
    """What is done, skipped or cancelled leaves the queue's page."""
    finished = Download.objects.filter(status__in=FINISHED, cleared_at=None)
    return steer("clear", finished.values_list("pk", flat=True), by=by, seconds=seconds)


def cancel_request(request: DownloadRequest, *, by: Person | None = None, seconds: float | None = None) -> Steered:
    """Nothing more of the request comes. A track that another unfinished request wants too goes on for that one."""
    memory = Memory(Act.CANCEL, by)
    _stop_reading([request.pk], memory)
    own, shared = _own_and_shared(request, ACTIVE)
    steered = steer("cancel", own, by=by, seconds=seconds, memory=memory)
    taken: list[tuple[int, int]] = []
    for part in states.turns(shared):
        taken += _take_out(request, part)
    if taken:
        memory.keep_detail(request=request.pk, taken=taken)
    _told(request, "Cancelled.", by)
    return Steered(steered.done, steered.refused, shared, undo=memory.id, left=steered.left)


def cancel_all(*, by: Person | None = None) -> Steered:
    """Nothing is left to be done: what is being read is not read on, and every unfinished row is cancelled."""
    memory = Memory(Act.CANCEL, by)
    reading = list(DownloadRequest.objects.filter(stage=Stage.EXPANDING).values_list("pk", flat=True))
    if reading:
        _stop_reading(reading, memory)
    unfinished = Download.objects.filter(status__in=ACTIVE).order_by("pk")
    return steer("cancel", unfinished.values_list("pk", flat=True), by=by, memory=memory)


def pause_request(request: DownloadRequest, *, by: Person | None = None, seconds: float | None = None) -> Steered:
    """Its waiting rows are paused, and those that are still to come too; shared ones go on for the others."""
    memory = Memory(Act.PAUSE, by)
    _set_option(request, is_paused=True, memory=memory)
    own, shared = _own_and_shared(request, [status for status in ACTIVE if status != Status.PAUSED])
    steered = steer("pause", own, by=by, seconds=seconds, memory=memory)
    _told(request, "Paused.", by)
    return Steered(steered.done, steered.refused, shared, undo=memory.id, left=steered.left)


def resume_request(request: DownloadRequest, *, by: Person | None = None, seconds: float | None = None) -> Steered:
    """Its paused rows are queued again, at their old places."""
    memory = Memory(Act.RESUME, by)
    _set_option(request, is_paused=False, memory=memory)
    steered = steer("resume", _ids(request, [Status.PAUSED]), by=by, seconds=seconds, memory=memory)
    _told(request, "Resumed.", by)
    return Steered(steered.done, steered.refused, undo=memory.id, left=steered.left)


def retry_request(request: DownloadRequest, *, by: Person | None = None, seconds: float | None = None) -> Steered:
    """What failed or was cancelled of it starts afresh; where it could not be read, it is read again."""
    with transaction.atomic():
        again = DownloadRequest.objects.filter(pk=request.pk, stage__in=[Stage.FAILED, Stage.CANCELLED])
        if again.update(
            stage=Stage.EXPANDING, ended_at=None, attempts=0, not_before_at=None, reason="", message="", lease_owner=""
        ):
            parents.mark([request.pk], live.bump())
            transaction.on_commit(tokens.top_up)
    ended = _ids(request, [status for status in RETRIABLE if status != Status.SKIPPED])
    steered = steer("retry", ended, by=by, seconds=seconds)
    _told(request, "Tried again.", by)
    return steered


def set_request_priority(request: DownloadRequest, priority: int, *, by: Person | None = None) -> Steered:
    """Its unfinished rows have this priority, and those that are still to come too."""
    check_priority(priority)
    memory = Memory(Act.PRIORITY, by)
    with transaction.atomic():
        row = DownloadRequest.objects.select_for_update().get(pk=request.pk)
        memory.keep_detail(request=request.pk, priority=priority, priority_before=row.priority)
        DownloadRequest.objects.filter(pk=request.pk).update(priority=priority)
        parents.mark([request.pk], live.bump())
    steered = steer("priority", _ids(request, ACTIVE), by=by, memory=memory, priority=priority)
    return Steered(steered.done, steered.refused, undo=memory.id)


def _ids(request: DownloadRequest, statuses: Collection[Status]) -> list[int]:
    rows = Download.objects.filter(items__request=request, status__in=statuses)
    return list(rows.order_by("pk").values_list("pk", flat=True).distinct())


def _own_and_shared(request: DownloadRequest, statuses: Collection[Status]) -> tuple[list[int], list[int]]:
    """The request's rows in these statuses: those of its own, and those that another unfinished one wants too."""
    mine = _ids(request, statuses)
    others = Q(request__stage__in=UNFINISHED) & ~Q(request=request)
    here = Q(download__items__request=request, download__status__in=statuses)
    shared = set(RequestItem.objects.filter(others, here).values_list("download_id", flat=True).distinct())
    return [pk for pk in mine if pk not in shared], [pk for pk in mine if pk in shared]


@transaction.atomic
def _stop_reading(request_ids: list[int], memory: Memory) -> None:
    rows = DownloadRequest.objects.filter(pk__in=among(request_ids), stage=Stage.EXPANDING)
    found = list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
    if found:
        memory.keep_detail(reading=found)
        rows = DownloadRequest.objects.filter(pk__in=among(found))
        rows.update(stage=Stage.CANCELLED, ended_at=memory.at, lease_owner="", lease_expires_at=None)
    parents.mark(request_ids, live.bump())


@transaction.atomic
def _take_out(request: DownloadRequest, download_ids: list[int]) -> list[tuple[int, int]]:
    """The request no longer waits for these downloads, which go on for others; its items, each with its download."""
    rows = Download.objects.filter(pk__in=among(download_ids), status__in=ACTIVE)
    still = list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
    items = RequestItem.objects.filter(request=request, download_id__in=among(still))
    taken = [(item, download or 0) for item, download in items.values_list("pk", "download_id")]
    if taken:
        items.update(download=None, skip_reason="cancelled")
        parents.mark(parents.add({request.pk: {"cancelled": len(taken)}}), live.bump())
    return taken


@transaction.atomic
def _set_option(request: DownloadRequest, *, is_paused: bool, memory: Memory) -> None:
    """What is read of the request from now on is paused, or is not."""
    row = DownloadRequest.objects.select_for_update().get(pk=request.pk)
    memory.keep_detail(request=row.pk, was_paused=bool(row.options.get("paused")))
    options = {name: value for name, value in row.options.items() if name != "paused"}
    row.options = options | {"paused": True} if is_paused else options
    row.save(update_fields=["options"])
    parents.mark([row.pk], live.bump())


def _told(request: DownloadRequest, message: str, by: Person | None) -> None:
    record(
        Event.Kind.STEERED,
        title=request.title or request.link,
        artist_text=request.subtitle,
        person=by,
        request_id=request.pk,
        message=message,
    )
