"""Bringing a list along, and the table in which its lines are answered."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.errors import Forbidden, NotFound, SpotizerError, UserError
from core.htmx import HtmxRequest, render_page, wants_partial
from core.keys import number_for
from core.problems import problem_page, status_of
from core.text import plural, whole_number
from downloads.views.answers import answer, person_who_may_download, viewer_of
from playlists import selectors
from playlists.forms import ImportForm
from playlists.models import ImportLine, ListImport
from playlists.services import imports

PAGE = 30
State = ImportLine.State
MOST_TICKED = 500


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def import_list(request: HtmxRequest) -> HttpResponse:
    """The form, and the lists that the person brought so far; what is posted becomes one or several of them."""
    try:
        person, status = person_who_may_download(request), 200
    except Forbidden as exc:
        return problem_page(request, exc, nav="")
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if request.method == "POST":
        try:
            if form.is_valid():
                brought = imports.bring(form.lists, person, title=form.cleaned_data["title"])
                alone = len(brought) == 1
                return redirect(_address(brought[0]) if alone else reverse("playlists:import_list"))
            status = 400
        except SpotizerError as exc:
            status = status_of(exc)[0]
            form.add_error(None, f"{exc.message} {exc.remedy}".strip())
    after = whole_number(request.GET.get("after", ""))
    rows = imports.own(person).select_related("playlist").order_by("-pk")
    found = list((rows.filter(pk__lt=after) if after else rows)[: PAGE + 1])
    here = reverse("playlists:import_list")
    context = {
        "nav": "",
        "view": "imports",
        "form": form,
        "rows": found[:PAGE],
        "first_url": here if after else "",
        "next_url": f"{here}?after={found[PAGE - 1].pk}" if len(found) > PAGE else "",
    }
    return render_page(request, "playlists/import_list.html", context, status=status)


@require_GET
@never_cache
def import_detail(request: HtmxRequest, key: str) -> HttpResponse:
    """The review table."""
    try:
        person_who_may_download(request)
        owner = _own(request, key)
    except (Forbidden, NotFound) as exc:
        return problem_page(request, exc, nav="")
    state = request.GET.get("state", "")
    state = state if state in State.values else ""
    after = whole_number(request.GET.get("after", "")) or 0
    page, counts = selectors.lines_page(owner, state=state, after=after), selectors.state_counts(owner)
    chips = [("All", _address(owner), not state, owner.total)]
    chips += [
        (one.label, _address(owner, state=one.value), state == one.value, counts.get(one.value, 0))
        for one in State
        if counts.get(one.value) or state == one.value
    ]
    context = {
        "nav": "",
        "view": f"import:{owner.key}",
        "owner": owner,
        "page": page,
        "state": state,
        "chips": chips,
        "counts": counts,
        "looked_up": owner.total - counts.get(State.WAITING, 0),
        "here": _address(owner, state=state, after=after or ""),
        "first_url": _address(owner, state=state) if after else "",
        "next_url": _address(owner, state=state, after=page.next) if page.next else "",
        "lists_url": reverse("playlists:import_list"),
    }
    return render_page(request, "playlists/import_detail.html", context)


@require_POST
def answer_import(request: HtmxRequest, key: str) -> HttpResponse:
    """Do what the pressed button says; the table then fetches itself."""
    status, leads_to = 200, ""
    try:
        person_who_may_download(request)
        words, leads_to = _act(request, _own(request, key))
        messages.success(request, words)
    except SpotizerError as exc:
        status = status_of(exc)[0]
        messages.error(request, f"{exc.message} {exc.remedy}".strip())
    if leads_to and not wants_partial(request):
        return redirect(leads_to)
    return answer(request, status=status, events={"live:reload": True, "ticks:clear": True})


def _act(request: HtmxRequest, owner: ListImport) -> tuple[str, str]:
    """What was done, in words, and where it leads to."""
    title = request.POST.get("title", "")
    match request.POST.get("act", "").split(":"):
        case ["take", line, track]:
            imports.take(owner, whole_number(line) or 0, whole_number(track) or 0)
            return "Taken.", ""
        case ["link", line]:
            taken = imports.take_link(owner, whole_number(line) or 0, request.POST.get("value", "")[:2000])
            return f"It is {taken.title}.", ""
        case ["leave", line]:
            return _left(imports.leave_out(owner, [whole_number(line) or 0])), ""
        case ["again", line]:
            return _again(imports.ask_again(owner, [whole_number(line) or 0])), ""
        case ["many", "take"]:
            return _taken(imports.take_best(owner, _ticked(request))), ""
        case ["many", "leave"]:
            return _left(imports.leave_out(owner, _ticked(request))), ""
        case ["many", "again"]:
            return _again(imports.ask_again(owner, _ticked(request))), ""
        case ["all", "take"]:
            return _taken(imports.take_best(owner)), ""
        case ["all", "leave"]:
            return _left(imports.leave_out(owner)), ""
        case ["begin"]:
            imports.begin(owner)
            return "It is being looked up.", _address(owner)
        case ["keep"]:
            playlist = imports.keep(owner, title=title)
            return f"Kept with {plural(playlist.track_total or 0, 'track')}.", playlist.get_absolute_url()
        case ["download"]:
            imports.download(owner, title=title)
            return "It is in the queue.", reverse("downloads:queue")
        case ["drop"]:
            imports.throw_away(owner)
            return "The list is gone.", reverse("playlists:import_list")
    raise UserError("This button does nothing.", remedy="Reload the page.")


def _ticked(request: HtmxRequest) -> list[int]:
    ids = [number for text in request.POST.getlist("ids")[:MOST_TICKED] if (number := whole_number(text))]
    if not ids:
        raise UserError("Nothing is selected.", remedy="Tick some rows first.")
    return ids


def _taken(number: int) -> str:
    return f"{plural(number, 'line')} taken with the best match."


def _left(number: int) -> str:
    return f"{plural(number, 'line')} left out."


def _again(number: int) -> str:
    return f"{plural(number, 'line')} looked up again."


def _own(request: HtmxRequest, key: str) -> ListImport:
    """The person's list. Raises NotFound for anybody else's as for none."""
    number = number_for(key)
    rows = imports.own(viewer_of(request)).select_related("playlist", "person")
    row = rows.filter(pk=number).first() if number is not None else None
    if row is None:
        raise NotFound("There is no such list.", remedy="Look at the lists that you brought.")
    return row


def _address(owner: ListImport, **query: object) -> str:
    """The table's address; what is not filtered is left out."""
    said = {name: value for name, value in query.items() if value not in ("", None)}
    return reverse("playlists:import_detail", args=[owner.key]) + (f"?{urlencode(said)}" if said else "")
