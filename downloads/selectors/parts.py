"""The tracks of a request, to be read in its row: paged by their place, whatever their number."""

from __future__ import annotations

from dataclasses import dataclass, replace

from downloads.models import DownloadRequest, RequestItem
from downloads.reasons import reason_for
from downloads.selectors.queue import PAGE
from downloads.selectors.rows import JobRow, Viewer, job_row, may_open
from downloads.services.pausing import Standstill


@dataclass(frozen=True, slots=True)
class Opened:
    """One request's tracks, a page of them."""

    number: int
    rows: list[JobRow]
    after: int = 0
    next: int = 0  # the place after which the next page starts, 0 on the last one


def open_request(
    number: int, after: int = 0, *, still: Standstill | None = None, viewer: Viewer = None, size: int = PAGE
) -> Opened | None:
    """The tracks after place ``after``: three queries. None where they are not for ``viewer``."""
    request = DownloadRequest.objects.only("is_private", "asked_by").filter(pk=number).first()
    if request is not None and not may_open(request, viewer):
        return None
    items = RequestItem.objects.filter(request_id=number, position__gt=after).order_by("position")
    wanted = items.select_related("track__recording", "download__recording", "download__track__album")
    found = list(wanted.defer("download__options")[: size + 1])
    return Opened(
        number=number,
        rows=[_row(item, still) for item in found[:size]],
        after=after,
        next=found[size - 1].position if len(found) > size else 0,
    )


def _row(item: RequestItem, still: Standstill | None) -> JobRow:
    if item.download is not None:
        return replace(job_row(item.download, still), prefix="part")
    track = item.track
    return JobRow(
        number=item.pk,
        title=str(track) if track else "A track that is gone",
        note=track.recording.artist_text if track else "",
        url=track.get_absolute_url() if track else "",
        art="",
        status="skipped",
        percent=0,
        facts=[reason_for(item.skip_reason).sentence] if item.skip_reason else [],
        acts=(),
        prefix="item",
    )
