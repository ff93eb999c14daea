"""Slowing down those who guess passwords."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import FailedSignIn

WINDOW = timedelta(minutes=15)
# A name from one address, an address, a name: the last is high, so that a stranger cannot lock a person out easily.
TRIES_PER_NAME_AND_ADDRESS = 5
TRIES_PER_ADDRESS = 20
TRIES_PER_NAME = 100


def seconds_to_wait(*, username: str, address: str, now: datetime | None = None) -> int:
    """How long this name from this address must wait before the next try; 0 when it may try now."""
    now = now or timezone.now()
    name = _hash(username)
    recent = FailedSignIn.objects.filter(at__gt=now - WINDOW)
    limits = (
        (Q(name_hash=name, address=address), TRIES_PER_NAME_AND_ADDRESS),
        (Q(address=address), TRIES_PER_ADDRESS),
        (Q(name_hash=name), TRIES_PER_NAME),
    )
    return max(_wait(recent.filter(who).order_by("-at"), tries, now) for who, tries in limits)


def note_failure(*, username: str, address: str, now: datetime | None = None) -> None:
    """Remember one failed try; those that no longer count are dropped."""
    now = now or timezone.now()
    FailedSignIn.objects.filter(at__lte=now - WINDOW).delete()
    FailedSignIn.objects.create(name_hash=_hash(username), address=address, at=now)


def forget_failures(*, username: str, address: str) -> None:
    """A person got in: earlier slips from the same place no longer count."""
    FailedSignIn.objects.filter(name_hash=_hash(username), address=address).delete()


def _wait(failures: QuerySet[FailedSignIn], tries: int, now: datetime) -> int:
    """Seconds until fewer than ``tries`` of the failures are recent enough to count."""
    oldest_in_the_way = failures.values_list("at", flat=True)[tries - 1 : tries].first()
    return 0 if oldest_in_the_way is None else max(1, round((oldest_in_the_way + WINDOW - now).total_seconds()))


def _hash(username: str) -> str:
    """What is stored for a name: people type passwords into the name field by mistake."""
    return hashlib.sha256(username.strip().casefold().encode()).hexdigest()
