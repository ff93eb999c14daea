"""What an act on the queue remembers while it is done, so that it can be taken back."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from accounts.models import Person
from core.bulk import among, insert_from
from downloads.models import Download, Errand, SteeredRow, Steering

Act = Steering.Act
UNDO_SECONDS = 600.0
BEFORE = ("status", "priority", "position", "not_before_at", "lane", "reason", "message")


class Memory:
    """One act with the rows that it found, each written in the transaction that changes the row."""

    def __init__(self, act: Act, by: Person | None, *, at: datetime | None = None) -> None:
        self.id = secrets.randbits(53)  # a number that scripts and forms carry exactly
        self.at = at or timezone.now()
        self._act, self._by = act, by

    def keep(self, ids: list[int]) -> None:
        """These rows, which are about to be changed, as they are now."""
        if not ids:
            return
        self._begin()
        values: dict[str, Any] = {name: F(name) for name in BEFORE}
        rows = Download.objects.filter(pk__in=among(ids)).order_by("pk")
        insert_from(SteeredRow, rows, {"steering": self.id, "download_id": F("pk")} | values)

    def keep_places(self, ids: list[int]) -> None:
        """The positions that these rows have got by now."""
        place = Download.objects.filter(pk=OuterRef("download_id")).values("position")
        self._rows(ids).update(place=Subquery(place))

    def made_room(self, room: int, **behind: object) -> None:
        """Rows that stood behind a place would by now stand so much further back."""
        SteeredRow.objects.filter(steering_id=self.id, **behind).update(position=F("position") + room)

    def keep_detail(self, **detail: object) -> None:
        """What the act did besides its rows."""
        self._begin()
        kept = Steering.objects.get(pk=self.id)
        kept.detail |= detail
        kept.save(update_fields=["detail"])

    def _rows(self, ids: list[int]) -> Any:
        return SteeredRow.objects.filter(steering_id=self.id, download_id__in=among(ids))

    def _begin(self) -> None:
        """The act stands, also where an earlier chunk that wrote it was rolled back."""
        row = Steering(pk=self.id, act=self._act, person=self._by, at=self.at)
        Steering.objects.bulk_create([row], ignore_conflicts=True)


def before(steering: Steering, name: str) -> Subquery:
    """For an update of downloads: what a column held before the act."""
    rows = SteeredRow.objects.filter(steering=steering, download_id=OuterRef("pk"))
    return Subquery(rows.values(name)[:1])


def forget_old(now: datetime | None = None) -> None:
    """Acts that cannot be taken back any more are not remembered."""
    limit = (now or timezone.now()) - timedelta(seconds=2 * UNDO_SECONDS)
    Steering.objects.filter(at__lt=limit).exclude(pk__in=Errand.objects.values("pk")).delete()
