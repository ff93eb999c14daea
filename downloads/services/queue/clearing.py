"""Taking what ended off the queue's page, and taking back for a while what was cleared or cancelled too soon."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Person
from core.bulk import among
from core.errors import UserError
from core.text import plural
from downloads.models import ENDED, Download, DownloadRequest, Status
from downloads.services import parents, states, tokens
from downloads.services.queue.requeue import requeue
from downloads.services.queue.steered import Steered, refusals
from history.models import Event
from history.services import record
from ops.models import Setting
from ops.services import live

CLEARED = (Status.DONE, Status.SKIPPED, Status.CANCELLED)
UNDO_SECONDS = 600.0
LAST = "queue.undo"
Stage = DownloadRequest.Stage


def clear_finished(*, by: Person | None = None) -> datetime | None:
    """What is done, skipped or cancelled leaves the queue's page; the moment, by which it can be undone."""
    now = timezone.now()
    with transaction.atomic():
        cleared = Download.objects.filter(status__in=CLEARED, cleared_at=None).update(cleared_at=now)
        if cleared:
            _told(f"{plural(cleared, 'finished download')} cleared.", by)
            remember_undo(now)
        live.bump()
    return now if cleared else None


def clear(ids: Iterable[int], *, by: Person | None = None) -> Steered:
    """Rows that ended, also those that failed, leave the queue's page; history keeps them."""
    now = timezone.now()
    wanted = list(dict.fromkeys(ids))
    done: list[int] = []
    for part in states.turns(wanted):
        with transaction.atomic():
            rows = Download.objects.filter(pk__in=among(part), status__in=ENDED, cleared_at=None)
            found = list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
            Download.objects.filter(pk__in=among(found)).update(cleared_at=now)
            done += found
    with transaction.atomic():
        if done:
            _told(f"{plural(len(done), 'download')} cleared.", by)
            remember_undo(now)
            live.bump()
    words = "cannot be cleared, or was cleared before"
    return Steered(done, refusals(set(wanted) - set(done), words), at=now if done else None)


def undo_clear(at: datetime) -> int:
    """What was cleared at this moment is on the queue's page again; how many rows."""
    with transaction.atomic():
        live.bump()
        return Download.objects.filter(cleared_at=at, status__in=ENDED).update(cleared_at=None)


def undo(at: datetime | None = None, *, by: Person | None = None) -> Steered:
    """What was cleared or cancelled at this moment (the last one, where none is said) is as it was before.

    Of what was cancelled only what had never been started comes back; a paused row is paused again. Raises UserError
    where there is nothing to undo, or not any more.
    """
    at = at or _last()
    if at is None:
        raise UserError("There is nothing to undo.")
    if timezone.now() - at > timedelta(seconds=UNDO_SECONDS):
        raise UserError(
            f"This can be undone for {UNDO_SECONDS / 60:.0f} minutes, and they are over.",
            remedy="Retry what you want back: `manage.py queue retry`.",
        )
    cleared = list(Download.objects.filter(cleared_at=at, status__in=ENDED).values_list("pk", flat=True))
    undo_clear(at)
    _requests_again(at)
    never_started = Download.objects.filter(status=Status.CANCELLED, ended_at=at, started_at=None)
    ids = list(never_started.values_list("pk", flat=True))
    paused = _were_paused(ids)
    done, refused = requeue(ids, [Status.CANCELLED], by=by)
    states.move_ids([pk for pk in done if pk in paused], Status.PAUSED, by=by)
    Setting.objects.filter(pk=LAST, value={"at": at.isoformat()}).delete()
    transaction.on_commit(tokens.top_up)
    if cleared or done:
        _told(f"Undone for {plural(len(cleared) + len(done), 'download')}.", by)
    return Steered(cleared + done, refused)


def remember_undo(at: datetime) -> None:
    """``at`` is what ``undo`` takes back where no moment is said."""
    Setting.objects.update_or_create(key=LAST, defaults={"value": {"at": at.isoformat()}})


def _last() -> datetime | None:
    value = Setting.objects.filter(pk=LAST).values_list("value", flat=True).first()
    return datetime.fromisoformat(value["at"]) if isinstance(value, dict) else None


@transaction.atomic
def _requests_again(at: datetime) -> None:
    """Requests that were cancelled at this moment while their tracks were being read are read on."""
    rows = DownloadRequest.objects.filter(stage=Stage.CANCELLED, ended_at=at)
    ids = list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
    if ids:
        DownloadRequest.objects.filter(pk__in=ids).update(stage=Stage.EXPANDING, ended_at=None)
        parents.mark(ids, live.bump())


def _were_paused(ids: list[int]) -> set[int]:
    """Those of the cancelled rows that were paused before, by their history."""
    before: dict[int, object] = {}
    for part in states.chunks(ids):
        events = Event.objects.filter(kind=Event.Kind.CANCELLED, download_id__in=among(part)).order_by("pk")
        for download_id, detail in events.values_list("download_id", "detail"):
            before[int(download_id or 0)] = detail.get("from")
    return {pk for pk, status in before.items() if status == Status.PAUSED}


def _told(message: str, by: Person | None) -> None:
    record(Event.Kind.STEERED, title="The queue", person=by, message=message)
