"""The journal of files and the bin, for those who may manage."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Person
from core.errors import Forbidden, NotFound, SpotizerError, UserError
from core.htmx import HtmxRequest, render_page
from core.problems import problem_page, status_of
from core.text import plural, whole_number
from downloads.views.answers import answer
from library.forms import ActFilterForm
from library.models import FileAct, JournalBatch
from library.selectors import journal as selectors
from library.services import journal
from library.views.managing import manager
from ops.settings import in_force

WHAT = "The journal of files is"
CHIPS = (("", "All"), ("bin", "In the bin"), ("done", "Done"), ("undone", "Undone"), ("failed", "Not done"))
MOST_AT_ONCE = 100  # a page that undoes more keeps a person waiting


@require_GET
def act_list(request: HtmxRequest) -> HttpResponse:
    try:
        manager(request, WHAT)
    except Forbidden as exc:
        return problem_page(request, exc, nav="")
    form = ActFilterForm(request.GET)
    filters = form.cleaned_data if form.is_valid() else {}
    page = selectors.acts_page(**filters)
    shown = filters.get("state", "")
    context = {
        "nav": "",
        "view": "journal",
        "page": page,
        "filters": filters,
        "batch": selectors.batch_head(filters["batch"]) if filters.get("batch") else None,
        "bin": selectors.bin_size(),
        "bin_days": in_force.BIN_DAYS,
        "most_at_once": MOST_AT_ONCE,
        "here": _address(filters, filters.get("after")),
        "all_url": reverse("library:act_list"),
        "chips": [(label, _address({**filters, "state": state}), state == shown) for state, label in CHIPS],
        "first_url": _address(filters) if filters.get("after") else "",
        "next_url": _address(filters, page.next) if page.next else "",
    }
    return render_page(request, "library/act_list.html", context)


@require_POST
def undo(request: HtmxRequest) -> HttpResponse:
    """Take back the act or the batch whose button was pressed; the list then fetches itself."""
    status = 200
    try:
        person = manager(request, WHAT)
        if request.POST.get("batch"):
            _undo_batch(request, person)
        else:
            _undo_act(request, person)
    except SpotizerError as exc:
        status = status_of(exc)[0]
        messages.error(request, f"{exc.message} {exc.remedy}".strip())
    return answer(request, status=status, events={"live:reload": True})


def _undo_act(request: HtmxRequest, person: Person) -> None:
    act = FileAct.objects.filter(pk=whole_number(request.POST.get("act", "")) or 0).first()
    if act is None:
        raise NotFound("There is no such act.", remedy="Reload the page.")
    journal.undo_act(act, by=person)
    name = act.path or act.target
    messages.success(request, f"“{name}” is restored." if act.kind == FileAct.Kind.BIN else f"“{name}” is as it was.")


def _undo_batch(request: HtmxRequest, person: Person) -> None:
    batch = JournalBatch.objects.filter(pk=whole_number(request.POST["batch"]) or 0).first()
    if batch is None:
        raise NotFound("There is no such batch.", remedy="Reload the page.")
    if batch.acts.filter(state=FileAct.State.DONE).count() > MOST_AT_ONCE:
        raise UserError(
            f"Batch {batch.pk} is too big to be undone from a page.",
            remedy=f"Run: manage.py library undo --batch {batch.pk}",
        )
    outcome = journal.undo_batch(batch, by=person)
    if outcome.done:
        messages.success(request, f"{plural(len(outcome.done), 'file')} as before.")
    if outcome.failed:
        more = f" So it is with {plural(len(outcome.failed) - 1, 'other')}." if len(outcome.failed) > 1 else ""
        messages.error(request, f"{outcome.failed[0].message}{more}")


def _address(filters: dict[str, object], after: object = None) -> str:
    """The list's address; what is not filtered is left out."""
    query = {name: value for name, value in {**filters, "after": after}.items() if value not in (None, "")}
    return reverse("library:act_list") + (f"?{urlencode(query)}" if query else "")
