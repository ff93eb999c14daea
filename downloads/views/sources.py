"""The page of the sources: their order and state, trials of them, and the cookies that an admin lends them."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Person
from core.errors import UserError
from core.htmx import HtmxRequest, render_page
from core.text import whole_number
from downloads.forms import CookiesForm
from downloads.selectors.sources import source_rows
from downloads.selectors.trials import trial_rows
from downloads.services import cookies
from downloads.services.arranging import arrange
from downloads.services.sources import LINKS
from downloads.services.terms import agree
from downloads.services.trying import SERVICES
from downloads.services.trying.trials import ENGINE, TRIED, ask_for_trial
from downloads.services.updating.status import engine_status
from downloads.services.updating.update import roll_back
from downloads.views.answers import answer
from ops.forms import SettingsForm
from ops.selectors.settings import standing
from ops.selectors.tabs import frame
from ops.settings import Settings, in_force, stored
from providers.youtube.cookies import LARGEST


@never_cache
@require_GET
def source_list(request: HtmxRequest) -> HttpResponse:
    admin_of(request)
    return source_page(request, source_form())


@require_GET
def source_list_moved(request: HtmxRequest) -> HttpResponse:
    """The page was here before it became a tab of the settings."""
    return redirect("downloads:source_list")


def source_form(data: QueryDict | None = None) -> SettingsForm:
    """The settings of the sources but their order, which has buttons."""
    return SettingsForm("sources", data, leave_out=frozenset({"SOURCES"}))


def source_page(request: HtmxRequest, form: SettingsForm, *, status: int = 200) -> HttpResponse:
    """The page with the form as it stands."""
    rows, others = source_rows(), trial_rows([*SERVICES, ENGINE])
    trials = [*(row.trial for row in rows), *others.values()]
    context = frame("sources") | {
        "view": "sources",
        "form": form,
        "groups": form.groups,
        "order": standing(Settings.SOURCES),
        "version": stored.current().version,
        "takes_links": LINKS in in_force.SOURCES,
        "rows": rows,
        "services": [others[name] for name in SERVICES],
        "warning": cookies.WARNING,
        "engine": engine_status(),
        "engine_trial": others[ENGINE],
        "is_testing": any(trial.is_under_way for trial in trials),
    }
    return render_page(request, "downloads/source_list.html", context, status=status)


@require_POST
def source_order(request: HtmxRequest) -> HttpResponse:
    """One source is asked earlier or later, or is on or off; ``agree`` switches it on with its terms read."""
    person = admin_of(request)
    act, _, name = request.POST.get("act", "").partition(":")
    try:
        if act == "agree":
            agree(name, by=person)
            act = "on"
        words = arrange(act, name, by=person, seen=whole_number(request.POST.get("version", "")))
        messages.success(request, words)
    except UserError as exc:
        messages.error(request, f"{exc.message} {exc.remedy}".strip())
    return redirect(f"{reverse('downloads:source_list')}#{'links' if name == LINKS else f'source-{name}'}")


@require_POST
def trial_begin(request: HtmxRequest) -> HttpResponse:
    """The real check of one source or service, or the renewal of the engine, is begun in the background."""
    person = admin_of(request)
    name = request.POST.get("name", "")
    status, fragment = 200, ""
    try:
        ask_for_trial(name, by=person)
        messages.info(request, "It is under way; each step is shown as it is taken.")
    except UserError as exc:
        status = 400
        messages.error(request, f"{exc.message} {exc.remedy}".strip())
    if name in TRIED:
        [trial] = trial_rows([name]).values()
        fragment = render_to_string("downloads/_trial.html", {"trial": trial}, request=request)
    return answer(request, fragment, status=status)


@require_POST
def cookies_save(request: HtmxRequest) -> HttpResponse:
    person = admin_of(request)
    form = CookiesForm(request.POST, request.FILES)
    if not form.is_valid():
        words = " ".join(str(error) for errors in form.errors.values() for error in errors)
        messages.error(request, f"The cookies were not taken: {words} Choose the file and tick the box.")
        return redirect("downloads:source_list")
    try:
        data = form.cleaned_data
        kept = cookies.save_cookies(
            data["lane"], data["file"].read(LARGEST + 1), by=person, knows_risk=data["knows_risk"]
        )
        messages.success(request, f"{kept.count} cookies are kept, encrypted. The next fetch uses them.")
    except UserError as exc:
        messages.error(request, f"{exc.message} {exc.remedy}".strip())
    return redirect("downloads:source_list")


@require_POST
def cookies_forget(request: HtmxRequest) -> HttpResponse:
    admin_of(request)
    had_some = cookies.forget_cookies(request.POST.get("lane", ""))
    messages.info(request, "The cookies are gone." if had_some else "There were no cookies.")
    return redirect("downloads:source_list")


@require_POST
def engine_act(request: HtmxRequest) -> HttpResponse:
    """The way back is done at once; renewing is a trial, see ``trial_begin``."""
    admin_of(request)
    try:
        if request.POST.get("act") == "rollback":
            messages.success(request, roll_back().message)
        else:
            messages.error(request, "There is no such act. Reload the page.")
    except UserError as exc:
        messages.error(request, f"{exc.message} {exc.remedy}".strip())
    return redirect("downloads:source_list")


@require_POST
def terms_agree(request: HtmxRequest) -> HttpResponse:
    """The person has read the terms of a source."""
    person = admin_of(request)
    try:
        agree(request.POST.get("name", ""), by=person)
        messages.success(request, "Noted.")
    except UserError as exc:
        messages.error(request, f"{exc.message} {exc.remedy}".strip())
    return redirect("downloads:source_list")


def admin_of(request: HtmxRequest) -> Person:
    """Who asks, if an admin. Raises PermissionDenied."""
    person = request.user
    if not isinstance(person, Person) or not person.may_manage:
        raise PermissionDenied("Sources are looked after by admins.")
    return person
