"""The background: line after line is looked up, each result kept at once, so that whoever goes on goes on there."""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import timedelta

from django.conf import settings
from django.db import close_old_connections, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from core.errors import SpotizerError, TransientError
from downloads.services.worker import Worker
from ops.services import live
from playlists.models import ImportLine, ListImport
from playlists.readers import Line
from playlists.services.finding import Found, find

MOST_ATTEMPTS = 5  # a line that no answer comes for costs itself and not the list
REST_SECONDS = 30.0
LONGEST_REST = 900.0
State = ImportLine.State
log = logging.getLogger(__name__)


def wish_of(line: Line) -> dict[str, object]:
    """``line`` as its row keeps it."""
    return {name: value for name, value in asdict(line).items() if value and name not in {"raw", "number"}}


def line_of(row: ImportLine) -> Line:
    """The row's wish as it was read."""
    wish = dict(row.wish)
    others = tuple((str(artist), str(title)) for artist, title in wish.pop("others", []))
    return Line(row.number, wish.pop("title", ""), **wish, others=others)


def work(worker: Worker) -> int:
    """Looks up lines of the lists that are due, the oldest first; how many lines got an answer."""
    done = 0
    while worker.has_time() and (found := _claim(worker)) is not None:
        done += _look_up(found, worker)
        close_old_connections()
    return done


def _due() -> QuerySet[ListImport]:
    now = timezone.now()
    free = Q(lease_expires_at=None) | Q(lease_expires_at__lte=now)
    due = Q(not_before_at=None) | Q(not_before_at__lte=now)
    return ListImport.objects.filter(free, due, begun_at__isnull=False, ended_at=None)


def _claim(worker: Worker) -> ListImport | None:
    for number in _due().order_by("pk").values_list("pk", flat=True)[:5]:
        if _due().filter(pk=number).update(lease_owner=worker.name, lease_expires_at=_lease()):
            return ListImport.objects.get(pk=number)
    return None


def _lease() -> object:
    return timezone.now() + timedelta(seconds=settings.LEASE_SECONDS)


def _look_up(owner: ListImport, worker: Worker) -> int:
    mine = ListImport.objects.filter(pk=owner.pk, lease_owner=worker.name)
    done = 0
    while worker.has_time():
        row = ImportLine.objects.filter(owner=owner, state=State.WAITING).order_by("position").first()
        if row is None:
            _change(mine, ended_at=timezone.now(), message="", lease_owner="", lease_expires_at=None)
            return done
        try:
            found = find(line_of(row))
        except SpotizerError as exc:
            if not isinstance(exc, TransientError) or owner.attempts + 1 < MOST_ATTEMPTS:
                _rest(mine, owner, exc)
                return done
            found = Found(why=f"No answer came: {exc.message}")
        if not _keep(mine, row, found):
            return done  # somebody else goes on with it, or it was thrown away
        owner.attempts = 0
        done += 1
    mine.update(lease_owner="", lease_expires_at=None)
    return done


def _keep(mine: QuerySet[ListImport], row: ImportLine, found: Found) -> bool:
    """The line has its result; False where the list is no longer ours. What a person answered meanwhile stays."""
    state = State.MATCHED if found.track else State.DOUBTFUL if found.candidates else State.MISSING
    with transaction.atomic():
        if not mine.update(attempts=0, message="", not_before_at=None, lease_expires_at=_lease()):
            return False
        ImportLine.objects.filter(pk=row.pk, state=State.WAITING).update(
            state=state, track=found.track, candidates=[track.pk for track in found.candidates], why=found.why
        )
        mine.update(live=live.bump(is_progress=True))
    return True


def _rest(mine: QuerySet[ListImport], owner: ListImport, error: SpotizerError) -> None:
    """The list waits, and says why. Only a missing answer counts as an attempt: keys may be given later."""
    asked = error.retry_after if isinstance(error, TransientError) else None
    seconds = min(asked or REST_SECONDS * 2**owner.attempts, LONGEST_REST)
    log.warning("List %s waits: %s", owner.pk, error)
    _change(
        mine,
        attempts=owner.attempts + isinstance(error, TransientError),
        not_before_at=timezone.now() + timedelta(seconds=seconds),
        message=" ".join(part for part in (error.message, error.remedy) if part),
        lease_owner="",
        lease_expires_at=None,
    )


def _change(mine: QuerySet[ListImport], **values: object) -> None:
    with transaction.atomic():
        numbers = list(mine.values_list("pk", flat=True))
        mine.update(**values)
        ListImport.objects.filter(pk__in=numbers).update(live=live.bump(is_progress=True))
