"""Trials that a person asks for on a page: kept in a row each, run one after the other beside the workers.

The page asks, a thread of the sweeper runs them, and each step is on the row as soon as it is taken. A trial whose
process died is not begun again by itself: it may be what killed it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Person
from core.errors import Cancelled, SpotizerError, UserError
from downloads.models import Trial
from downloads.services.sources import MAKERS
from downloads.services.trying.services import SERVICES, try_service
from downloads.services.trying.sources import find_source, try_source, usual_track
from downloads.services.trying.steps import Step, take
from downloads.services.updating.update import update
from library.audio.watch import IsCancelled, never
from ops.services import live
from ops.settings import in_force

ENGINE = "engine"
TRIED = {*MAKERS, *SERVICES, ENGINE}
AGAIN_SECONDS = 15.0  # so long after its end the same is not tried again
LEASE_SECONDS = 330.0  # longer than any single step
INTERRUPTED = Step("Trial", False, "It broke off: the process that ran it is gone.", "Test it again.")
BROKEN = "Spotizer itself failed."


def ask_for_trial(name: str, *, by: Person | None = None, now: datetime | None = None) -> Trial:
    """The trial of ``name`` is asked for and begins within a second or so.

    Raises UserError for a name that there is not, one that is under way, or one that ended a moment ago.
    """
    if name not in TRIED:
        raise UserError("There is nothing of this name to test.", remedy="Reload the page.")
    if name == ENGINE and not in_force.ENGINE_UPDATE:
        raise UserError(
            "The engine of this installation is not changed from within (SPOTIZER_ENGINE_UPDATE=off).",
            remedy="Update the image or the packages instead.",
        )
    now = now or timezone.now()
    Trial.objects.bulk_create([Trial(name=name)], ignore_conflicts=True)
    with transaction.atomic():
        trial = Trial.objects.select_for_update().get(pk=name)
        if trial.is_under_way:
            raise UserError("This is under way already.", remedy="Its steps are shown as they come.")
        if trial.ended_at and (left := AGAIN_SECONDS - (now - trial.ended_at).total_seconds()) > 0:
            raise UserError("This ended a moment ago.", remedy=f"Ask again in {max(1, round(left))} s.")
        trial.asked_at, trial.asked_by, trial.begun_at, trial.ended_at, trial.steps = now, by, None, None, []
        trial.save()
        _tell(trial)
    return trial


def is_waiting(now: datetime | None = None) -> bool:
    """Whether there is a trial to be run."""
    return _waiting(now or timezone.now()).exists()


def run_next(*, machine: str = "", is_stopping: IsCancelled = never) -> bool:
    """The trial that was asked for first is run to its end; False where none waits. ``machine`` is where it runs."""
    trial = _claim(timezone.now(), machine)
    if trial is None:
        return False
    try:
        for step in _steps_of(trial.name, is_stopping):
            _add(trial, step)
    except Cancelled:
        _mine(trial).update(begun_at=None, lease_expires_at=None, steps=[])  # whoever starts next begins it anew
        return False
    except SpotizerError as exc:
        _add(trial, Step("Trial", False, exc.message, exc.remedy))
    except Exception as exc:
        _add(trial, Step("Trial", False, f"{BROKEN} {type(exc).__name__}.", "The log has the details."))
        _end(trial)
        raise
    _end(trial)
    return True


def end_left_over(machine: str) -> None:
    """What a process of ``machine`` began and did not end, before it was gone, is ended."""
    for trial in Trial.objects.filter(machine=machine, begun_at__isnull=False, ended_at=None):
        _add(trial, INTERRUPTED)
        _end(trial)


def _steps_of(name: str, is_stopping: IsCancelled) -> Iterator[Step]:
    if name == ENGINE:
        yield take("Renewal", lambda: update().message)
    elif name in SERVICES:
        yield from try_service(name)
    else:
        yield from try_source(find_source(name), usual_track(), is_stopping=is_stopping)


def _waiting(now: datetime) -> QuerySet[Trial]:
    free = Q(begun_at=None) | Q(lease_expires_at__lte=now)
    return Trial.objects.filter(free, asked_at__isnull=False, ended_at=None)


def _claim(now: datetime, machine: str) -> Trial | None:
    """The next to be run, now ours. One that was left by a process that died is ended."""
    for name in _waiting(now).order_by("asked_at").values_list("pk", flat=True):
        until = now + timedelta(seconds=LEASE_SECONDS)
        before = Trial.objects.get(pk=name)
        if not _waiting(now).filter(pk=name).update(begun_at=now, lease_expires_at=until, machine=machine):
            continue
        trial = Trial.objects.get(pk=name)
        _tell(trial)
        if before.begun_at is None:
            return trial
        _add(trial, INTERRUPTED)
        _end(trial)
    return None


def _mine(trial: Trial) -> QuerySet[Trial]:
    return Trial.objects.filter(pk=trial.pk, begun_at=trial.begun_at, ended_at=None)


@transaction.atomic
def _add(trial: Trial, step: Step) -> None:
    trial.steps.append(asdict(step))
    until = timezone.now() + timedelta(seconds=LEASE_SECONDS)
    if _mine(trial).update(steps=trial.steps, lease_expires_at=until):
        _tell(trial)


@transaction.atomic
def _end(trial: Trial) -> None:
    now = timezone.now()
    bad = [step for step in trial.steps if not step["is_ok"]]
    said = {"failed_at": now, "failure": bad[-1]["message"]} if bad else {"worked_at": now}
    if _mine(trial).update(ended_at=now, lease_expires_at=None, **said):
        _tell(trial)


def _tell(trial: Trial) -> None:
    """Pages show it as it is now."""
    Trial.objects.filter(pk=trial.pk).update(live=live.bump())
