"""The queue's page, and the page that a failure points at."""

from __future__ import annotations

import re

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from core.htmx import HtmxRequest, render_page, render_partial, wants_partial
from downloads.models import CLAIMABLE, Status
from downloads.reasons import reason_for
from downloads.selectors import queue as selectors
from downloads.selectors import rows
from downloads.selectors.asked import as_asked
from downloads.selectors.candidates import candidate_rows
from downloads.selectors.choices import choice_of, lower_for
from downloads.selectors.pace import Pace
from downloads.selectors.parts import Opened, open_request
from downloads.selectors.rows import RequestRow
from downloads.selectors.states import quality_of
from downloads.services import pausing
from downloads.services.pausing import Standstill
from downloads.views.answers import viewer_of
from history.selectors import events_of_download
from spotizer.shell import shell_of

SHOWS = {*rows.SHOWS, *rows.ENDINGS}


@require_GET
def queue(request: HtmxRequest) -> HttpResponse:
    wanted = request.GET.get("show", "all")
    show = wanted if wanted in SHOWS else "all"
    shell = shell_of(request)
    free = shell.disk.free if shell.disk else None
    after = request.GET.get("after", "")
    page = rows.queue_page(show, after, shell.counts, still=shell.still, free_bytes=free, viewer=viewer_of(request))
    opened = _opened(request, shell.still)
    context = {
        "nav": "queue",
        "view": _view(show, opened),
        "queue": page,
        "opened": opened,
        "here": request.get_full_path() if opened else page.here,
    }
    return render_page(request, "downloads/queue.html", context)


@require_GET
def request_part(request: HtmxRequest, number: int) -> HttpResponse:
    """One request's row with its tracks open, or folded; by itself it is the queue's page with the row open."""
    if not wants_partial(request):
        return redirect(f"{reverse('downloads:queue')}?open={number}")
    if (row := _request_row(number, shell_of(request).pace, viewer_of(request))) is None:
        return HttpResponse(headers={"HX-Trigger": "live:reload"})
    wanted = request.GET.get("show", "all")
    show = wanted if wanted in SHOWS else "all"
    opened = _opened(request, pausing.standstill())
    query = request.GET.urlencode()
    context = {
        "nav": "queue",
        "view": _view(show, opened),
        "row": row,
        "opened": opened,
        "show": show,
        "here": reverse("downloads:queue") + (f"?{query}" if query else ""),
    }
    return render_partial(request, "downloads/_request_part.html", context)


def _request_row(number: int, measured: Pace | None, viewer: rows.Viewer) -> RequestRow | None:
    """The row as it stands among those under way, which are before it in the queue."""
    shown = rows.request_rows(selectors.requests_under_way(), measured, viewer=viewer)
    if row := next((one for one in shown if one.number == number), None):
        return row
    request = selectors.request_by_id(number)
    return rows.request_rows([request], viewer=viewer)[0] if request else None


def _view(show: str, opened: Opened | None) -> str:
    return f"queue:{show}:{opened.number}:{opened.after}" if opened else f"queue:{show}"


def _opened(request: HtmxRequest, still: Standstill | None) -> Opened | None:
    """The tracks of the request whose row is unfolded, None where none is."""
    number, after = request.GET.get("open", ""), request.GET.get("from", "")
    if not re.fullmatch(r"[0-9]{1,15}", number):
        return None
    place = int(after) if re.fullmatch(r"[0-9]{1,9}", after) else 0
    return open_request(int(number), place, still=still, viewer=viewer_of(request))


@require_GET
def drawer(request: HtmxRequest) -> HttpResponse:
    """The queue at a glance, as the drawer beside every page shows it; by itself it is the queue's page."""
    if not wants_partial(request):
        return redirect("downloads:queue")
    return render_partial(request, "downloads/_drawer.html", {"shell": shell_of(request)})


@require_GET
def download_detail(request: HtmxRequest, number: int) -> HttpResponse:
    """Why a download stands as it does: reason, candidates with their receipts, and its whole story."""
    download = selectors.download_with_candidates(number)
    if download is None:
        raise Http404("No such download.")
    status, still = Status(download.status), pausing.standstill()
    row = rows.job_row(download, still)
    context = {
        "nav": "queue",
        "view": f"download:{number}",
        "row": row,
        "still": rows.still_words(still) if still and status in CLAIMABLE else "",
        "can_resume": still is not None and still.can_be_ended,
        "download": download,
        "quality": quality_of(download.file) if download.file else "",
        "is_done": status == Status.DONE,
        "asked": as_asked(download.output_format, download.quality_kbps, download.options),
        "reason": reason_for(download.reason) if download.reason else None,
        "can_choose": status in {Status.NEEDS_YOU, Status.FAILED},
        "is_in_trouble": status in {Status.FAILED, Status.NEEDS_YOU, Status.WAITING} or bool(row.mends),
        "candidates": candidate_rows(download, may_choose=status in {Status.NEEDS_YOU, Status.FAILED}),
        "choice": choice_of(download),
        "lower": lower_for(download),
        "events": events_of_download(number),
        "here": request.path,
    }
    return render_page(request, "downloads/download_detail.html", context)
