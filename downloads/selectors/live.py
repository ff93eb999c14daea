"""What changed since a number of the live sequence: never more than one answer holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from downloads.models import Download, DownloadRequest

MOST_ROWS = 60


class Changed(NamedTuple):
    """A download that changed: what the views ask of it to find what of theirs it concerns, and what moved of it."""

    pk: int
    status: str
    recording_id: int
    percent: int
    done_bytes: int
    total_bytes: int | None
    bytes_per_second: int | None
    doing: str
    title: str


@dataclass(frozen=True, slots=True)
class Changes:
    """Rows that changed. ``is_too_much``: more than an answer holds; lists fetch themselves once instead."""

    downloads: list[Changed]
    requests: list[DownloadRequest]
    is_too_much: bool = False


def changes_since(number: int, *, until: int | None = None) -> Changes:
    """Downloads and requests with a live number above ``number``.

    ``until``: up to this number only bars moved on, which touches no request; what is newer is left for the next time.
    """
    rows = Download.objects.filter(live__gt=number).order_by("live")
    if until is not None:
        rows = rows.filter(live__lte=until)
    found = rows.values_list(*Changed._fields[:-1], "recording__title")[: MOST_ROWS + 1]
    downloads = [Changed(*row) for row in found]
    requests: list[DownloadRequest] = []
    if until is None:
        touched = DownloadRequest.objects.filter(live__gt=number).defer("options").order_by("live")
        requests = list(touched[: MOST_ROWS + 1])
    if len(downloads) > MOST_ROWS or len(requests) > MOST_ROWS:
        return Changes([], [], is_too_much=True)
    return Changes(downloads, requests)
