"""What downloads learn of the sources on their way: that one worked, or how it failed. Shown on the sources' page."""

from __future__ import annotations

import time

from django.utils import timezone

from core.errors import SpotizerError
from downloads.models import Trial

NOTED_SECONDS = 60.0
_noted: dict[str, tuple[str, float]] = {}


def note_worked(name: str) -> None:
    """The source ``name`` gave what was asked of it. Written once a minute at most."""
    if _is_news(name, ""):
        _note(name, worked_at=timezone.now())


def note_failed(name: str, error: SpotizerError) -> None:
    """The source ``name`` failed with ``error``."""
    if _is_news(name, error.message):
        _note(name, failed_at=timezone.now(), failure=error.message)


def _is_news(name: str, words: str) -> bool:
    """False where this process noted the same within the last minute: most downloads cost no write."""
    said, at = _noted.get(name, ("", -NOTED_SECONDS))
    now = time.monotonic()
    if said == words and now - at < NOTED_SECONDS:
        return False
    _noted[name] = (words, now)
    return True


def _note(name: str, **changes: object) -> None:
    if not Trial.objects.filter(pk=name).update(**changes):
        Trial.objects.bulk_create([Trial(name=name, **changes)], ignore_conflicts=True)
