"""The history page."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from core.htmx import HtmxRequest, render_page
from downloads.selectors.queue import request_by_id
from downloads.selectors.rows import may_open
from downloads.views.answers import viewer_of
from history import selectors
from history.forms import EventFilterForm

CHIPS = (
    ("", "All"),
    ("done", "Done"),
    ("failed", "Failed"),
    ("requested", "Asked for"),
    ("skipped", "Left out"),
    ("cancelled", "Removed"),
    ("steered", "Steered"),
)


@require_GET
def event_list(request: HtmxRequest) -> HttpResponse:
    form = EventFilterForm(request.GET)
    filters = form.cleaned_data if form.is_valid() else {}
    if (number := filters.get("request")) and not _may_read(request, number):
        filters = filters | {"request": 0}  # nothing
    page = selectors.events_page(**filters)
    shown = filters.get("kind", "")
    context = {
        "nav": "history",
        "view": "history",
        "form": form,
        "page": page,
        "filters": filters,
        "here": address(filters, filters.get("after")),
        "all_url": reverse("history:event_list"),
        "chips": [(label, address({**filters, "kind": kind}), kind == shown) for kind, label in CHIPS],
        "first_url": address(filters) if filters.get("after") else "",
        "next_url": address(filters, page.next) if page.next else "",
    }
    return render_page(request, "history/event_list.html", context)


def _may_read(request: HtmxRequest, number: int) -> bool:
    """Whether the parts of this request are for who looks."""
    row = request_by_id(number)
    return row is None or may_open(row, viewer_of(request))


def address(filters: dict[str, object], after: object = None) -> str:
    """The list's address; what is not filtered is left out."""
    query = {name: value for name, value in {**filters, "after": after}.items() if value not in (None, "")}
    return reverse("history:event_list") + (f"?{urlencode(query)}" if query else "")
