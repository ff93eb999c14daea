"""The pages of the settings: a tab, a check of one field, a search, the history."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.errors import Forbidden, UserError
from core.htmx import HtmxRequest, render_page, render_partial
from core.problems import problem_page
from core.text import plural, whole_number
from downloads.views.sources import source_form, source_page
from ops.forms import Group, SettingsForm, written
from ops.models import SettingChange
from ops.selectors.settings import changes, find, standing, stored_texts
from ops.selectors.tabs import TABS, frame, hits, sections_of, tab_of
from ops.services.changes import HIDDEN, Overtaken, Refused, Way, change, problem
from ops.settings import KINDS
from ops.settings.kinds import Kind, Template
from ops.views.about import about
from ops.views.effects import effect_of
from ops.views.managing import manager
from ops.views.names import names_of, placeholders

HISTORY_PAGE = 50


@require_GET
def settings_home(request: HtmxRequest) -> HttpResponse:
    """Where a search leads; without one the first tab."""
    try:
        manager(request)
    except Forbidden as exc:
        return problem_page(request, exc, nav="settings")
    text = request.GET.get("q", "")[:100].strip()
    if not text:
        return redirect("ops:settings_tab", "general")
    return render_page(request, "ops/settings_search.html", frame("", text=text) | {"hits": hits(text)})


@never_cache
@require_GET
def settings_tab(request: HtmxRequest, tab: str) -> HttpResponse:
    try:
        manager(request)
    except Forbidden as exc:
        return problem_page(request, exc, nav="settings")
    if tab == "about":
        return render_page(request, "ops/settings_about.html", frame(tab) | {"facts": about()})
    if tab == "backup":
        return render_page(request, "ops/settings_backup.html", frame(tab) | {"stored": len(stored_texts())})
    if tab not in TABS:
        raise Http404
    return tab_page(request, tab, form_of(tab))


@require_http_methods(["GET", "HEAD", "POST"])
def settings_save(request: HtmxRequest, tab: str) -> HttpResponse:
    """All that was changed on the tab, or nothing where something is wrong; or one field's default back."""
    try:
        person = manager(request)
    except Forbidden as exc:
        return problem_page(request, exc, nav="settings")
    if not sections_of(tab):
        raise Http404
    if request.method != "POST":
        return redirect("ops:settings_tab", tab)  # the address that a refused save leaves in the browser
    form = form_of(tab, request.POST)
    kind = find(request.POST.get("restore", ""))
    wishes = form.wishes if kind is None else {kind.name: ""}
    status = 200
    try:
        done = change(wishes, way=Way.PAGE, by_id=person.pk, seen=form.seen)
        messages.success(request, _told(done))
        if kind is None or not form.wishes.keys() - {kind.name}:
            return redirect("ops:settings_tab", tab)
        form = form_of(tab, _without(request.POST, kind))
        messages.info(request, "What else you changed here is not saved yet.")
    except Refused as exc:
        form.errors, status = exc.errors, 400
        messages.error(request, f"Nothing was saved: {plural(len(exc.errors), 'value')} cannot be. See below.")
    except Overtaken as exc:
        form.is_overtaken, status = True, 409
        form.errors = {row.key.upper(): _newer(row) for row in exc.newer}
        messages.error(request, f"{exc.message} {exc.remedy}")
    except UserError as exc:
        status = 400
        messages.error(request, f"{exc.message} {exc.remedy}")
    return tab_page(request, tab, form, status=status)


@require_POST
def settings_check(request: HtmxRequest, key: str) -> HttpResponse:
    """What there is to say of one field as it is written now: what is wrong, else what a change would do."""
    try:
        manager(request)
    except Forbidden:
        return HttpResponse(status=403)
    kind = KINDS.get(key.upper())
    if kind is None:
        raise Http404
    text = written(kind, request.POST)
    error = problem(kind, text)
    context: dict[str, object] = {"key": kind.key, "error": error}
    if not error and text != standing(kind).text:
        context["effect"] = effect_of(kind, text)
    if isinstance(kind, Template):
        context["names"] = [] if error else names_of(kind, text)
    return render_partial(request, "ops/_setting_said.html", context)


@never_cache
@require_GET
def settings_history(request: HtmxRequest) -> HttpResponse:
    try:
        manager(request)
    except Forbidden as exc:
        return problem_page(request, exc, nav="settings")
    kind = find(request.GET.get("key", ""))
    older_than = whole_number(request.GET.get("before", ""))
    rows = changes(key=kind.key if kind else "", before=older_than, count=HISTORY_PAGE + 1)
    here, filters = reverse("ops:settings_history"), {"key": kind.key} if kind else {}
    context = frame("history") | {
        "rows": [_row(row) for row in rows[:HISTORY_PAGE]],
        "kind": kind,
        "first_url": _page(here, filters) if older_than else "",
        "next_url": _page(here, filters, rows[HISTORY_PAGE - 1].pk) if len(rows) > HISTORY_PAGE else "",
    }
    return render_page(request, "ops/settings_history.html", context)


@require_POST
def settings_revert(request: HtmxRequest) -> HttpResponse:
    """The setting has again the value that it had before that change."""
    try:
        person = manager(request)
    except Forbidden as exc:
        return problem_page(request, exc, nav="settings")
    row = SettingChange.objects.filter(pk=whole_number(request.POST.get("change", "")) or 0).first()
    if row is None or not _can_revert(row):
        messages.error(request, "This change cannot be taken back. Reload the page.")
        return redirect("ops:settings_history")
    try:
        done = change({row.key.upper(): row.old}, way=Way.PAGE, by_id=person.pk)
        messages.success(request, _told(done) if done else "It has that value already.")
    except UserError as exc:
        messages.error(request, f"{exc.message} {exc.remedy}")
    return redirect("ops:settings_history")


def tab_page(request: HtmxRequest, tab: str, form: SettingsForm, *, status: int = 200) -> HttpResponse:
    """The tab with the form as it stands."""
    if tab == "sources":
        return source_page(request, form, status=status)
    context = frame(tab) | {"form": form, "groups": groups_of(form), "title": TABS[tab], "placeholders": placeholders}
    return render_page(request, "ops/settings_tab.html", context, status=status)


def form_of(tab: str, data: QueryDict | None = None) -> SettingsForm:
    """The form of the tab."""
    return source_form(data) if tab == "sources" else SettingsForm(tab, data)


def groups_of(form: SettingsForm) -> list[Group]:
    """The sections of the form, templates with the names that they give."""
    groups = []
    for group in form.groups:
        fields = [
            replace(field, names=names_of(field.kind, field.value)) if field.control == "template" else field
            for field in group.fields
        ]
        groups.append(Group(group.title, fields))
    return groups


def _told(done: list[SettingChange]) -> str:
    if not done:
        return "Nothing was changed."
    labels = ", ".join(f"“{KINDS[row.key.upper()].words.label}”" for row in done)
    return f"Saved: {labels}. In force within seconds."


def _newer(row: SettingChange) -> str:
    now = standing(KINDS[row.key.upper()])
    by = str(row.by) if row.by else "the command line"
    value = "" if now.kind.is_secret else f" It is {now.text or 'nothing'} now."
    return f"{by} changed it meanwhile.{value} Save again to put yours in its place."


def _without(data: QueryDict, kind: Kind[object]) -> QueryDict:
    """The form without what was just put back: it shows what is in force now."""
    left = data.copy()
    left.pop(f"was-{kind.key}", None)
    return left


def _page(here: str, filters: dict[str, str], before: int | None = None) -> str:
    query = {**filters, "before": str(before)} if before else filters
    return f"{here}?{urlencode(query)}" if query else here


def _can_revert(row: SettingChange) -> bool:
    return row.key.upper() in KINDS and HIDDEN not in {row.old, row.new}


def _row(row: SettingChange) -> dict[str, object]:
    kind = KINDS.get(row.key.upper())
    return {
        "change": row,
        "label": kind.words.label if kind else row.key,
        "address": f"{reverse('ops:settings_tab', args=[tab_of(kind)])}#setting-{kind.key}" if kind else "",
        "can_revert": _can_revert(row),
        "default": kind.write(kind.default) if kind else "",
    }
