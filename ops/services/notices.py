"""Notices: what every person, or one of them, should know until it is mended."""

from __future__ import annotations

from django.db import transaction

from ops.models import Notice
from ops.services import live


@transaction.atomic
def raise_notice(
    code: str, message: str, *, remedy: str = "", level: str = "warning", link: str = "", person_id: int | None = None
) -> Notice:
    """The notice ``code`` stands and says this, to all or to one. Raising it again, unchanged, writes nothing."""
    wanted = {"message": message, "remedy": remedy, "level": level, "link": link, "person_id": person_id}
    notice, is_new = Notice.objects.get_or_create(code=code, defaults=wanted)
    if not is_new:
        if all(getattr(notice, name) == value for name, value in wanted.items()):
            return notice
        for name, value in wanted.items():
            setattr(notice, name, value)
        notice.save(update_fields=list(wanted))
    live.bump()
    return notice


@transaction.atomic
def clear_notice(code: str) -> bool:
    """The notice ``code`` is gone; True where it stood."""
    stood = Notice.objects.filter(code=code).delete()[0] > 0
    if stood:
        live.bump()
    return stood


def current_notices() -> list[Notice]:
    """What stands now, for whomever: errors first, then the oldest."""
    rank = {Notice.Level.ERROR: 0, Notice.Level.WARNING: 1, Notice.Level.INFO: 2}
    return sorted(Notice.objects.all(), key=lambda notice: (rank.get(Notice.Level(notice.level), 3), notice.since_at))
