"""What changed since a number of the live sequence: never more than one answer holds."""

from __future__ import annotations

from dataclasses import dataclass

from downloads.models import Download, DownloadRequest
from downloads.selectors.queue import rows_to_show

MOST_ROWS = 60


@dataclass(frozen=True, slots=True)
class Changes:
    """Rows that changed. ``is_too_much``: more than an answer holds; lists fetch themselves once instead."""

    downloads: list[Download]
    requests: list[DownloadRequest]
    is_too_much: bool = False


def changes_since(number: int) -> Changes:
    """Downloads and requests with a live number above ``number``."""
    downloads = list(rows_to_show().filter(live__gt=number).order_by("live")[: MOST_ROWS + 1])
    requests = list(DownloadRequest.objects.filter(live__gt=number).defer("options").order_by("live")[: MOST_ROWS + 1])
    if len(downloads) > MOST_ROWS or len(requests) > MOST_ROWS:
        return Changes([], [], is_too_much=True)
    return Changes(downloads, requests)
