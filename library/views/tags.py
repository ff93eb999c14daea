"""The tags of owned files: what would be written, field by field, then written; and set by hand."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from accounts.models import Person
from core.errors import SpotizerError, UserError
from core.htmx import HtmxRequest, render_page
from core.problems import problem_page, status_of
from core.text import plural
from library.forms import ChosenForm, TagForm
from library.models import ManualTag
from library.selectors.chosen import Chosen, chosen
from library.selectors.tag_page import MOST_LOOKED_AT, TagPage, address, tag_page
from library.selectors.tags import LABELS
from library.services import retag
from library.tags import Tags
from library.views.managing import manager

WHAT = "Writing tags is"
AT_ONCE = 20  # files that a person waits for


@require_http_methods(["GET", "POST"])
def tag_list(request: HtmxRequest) -> HttpResponse:
    """What would be written into the chosen files; with POST it is."""
    form = ChosenForm(request.POST if request.method == "POST" else request.GET)
    try:
        person = manager(request, WHAT)
        which = chosen(*form.which())
        values = form.cleaned_data if form.is_valid() else {}
        options = retag.TagOptions(cover=bool(values.get("cover")), lyrics=bool(values.get("lyrics")))
        page = tag_page(which, options, after=str(values.get("after", "")))
    except SpotizerError as exc:
        return problem_page(request, exc, nav="")
    status = 200
    if request.method == "POST":
        try:
            _write(request, person, page, digest=str(values.get("digest", "")), much=bool(values.get("much")))
            return redirect(address(which, options))
        except SpotizerError as exc:
            status = status_of(exc)[0]
            messages.error(request, f"{exc.message} {exc.remedy}".strip())
    context = {"nav": "", "view": "tags", "page": page, "edit_url": _edit_url(which, page.total)}
    return render_page(request, "library/tag_list.html", context, status=status)


def _write(request: HtmxRequest, person: Person, page: TagPage, *, digest: str, much: bool) -> None:
    """What the page shows is written. Raises UserError where it shows something else by now, or too much."""
    if page.is_whole and digest != page.digest:
        raise UserError(
            "What would be written is no longer what you saw, so nothing was.",
            remedy="Look at the differences again.",
            reason="changed",
        )
    if page.stop_words and not much:
        raise UserError(page.stop_words, remedy="Tick that it is meant.", reason="too_much")
    why = page.chosen.label
    found = page.differing
    if page.is_whole and len(found) <= AT_ONCE:
        outcome = retag.write(found, by=person, why=why, even_if_much=much)
        journal_url = f"{reverse('library:act_list')}?batch={outcome.batch.pk}"
        if outcome.done:
            words = format_html(
                'Tags of {} written. <a class="text-link" href="{}">Undo</a>', _files(len(outcome.done)), journal_url
            )
            messages.success(request, words)
        for act in outcome.failed[:3]:
            messages.error(request, f"{act.path}: {act.message}")
        return
    ids = [one.file.pk for one in found] if page.is_whole else list(page.chosen.files.values_list("pk", flat=True))
    retag.leave(ids, by=person, why=why, options=page.options, even_if_much=much)
    messages.success(request, f"The tags of {_files(len(ids))} are written in the background.")


def _files(count: int) -> str:
    return plural(count, "file")


def _edit_url(which: Chosen, total: int) -> str:
    """The editor's address; none for more files than one means at once."""
    return f"{reverse('library:tag_edit')}?{which.query}" if 0 < total <= MOST_LOOKED_AT else ""


@require_http_methods(["GET", "POST"])
def tag_edit(request: HtmxRequest) -> HttpResponse:
    """The fields of one file or of several at once; what is set is looked at before it is written."""
    try:
        person = manager(request, WHAT)
        which = chosen(*ChosenForm(request.GET).which())
        if which.files.count() > MOST_LOOKED_AT:
            raise UserError("These are too many files to be edited at once.", remedy="Choose an album or a track.")
        found = [one for one in retag.look(list(which.files)) if not one.problem]
        if not found:
            raise UserError("There is no file whose tags could be read.", remedy="Look at the file on the disk.")
    except SpotizerError as exc:
        return problem_page(request, exc, nav="")
    initial, mixed = _common(found)
    form = TagForm(request.POST or None, initial, mixed)
    status = 200
    files = [one.file for one in found]
    if request.method == "POST":
        if request.POST.get("act") == "forget":
            count = retag.without_manual(files)
            messages.success(request, f"{plural(count, 'value')} set by hand given up.")
            return redirect(address(which, retag.TagOptions()))
        try:
            if form.is_valid():
                retag.set_manual(files, form.changes(), by=person)
                return redirect(address(which, retag.TagOptions()))
        except UserError as exc:
            messages.error(request, f"{exc.message} {exc.remedy}".strip())
        status = 400
    manual = ManualTag.objects.filter(file__in=files).values_list("field", flat=True).distinct()
    context = {
        "nav": "",
        "view": "tags",
        "chosen": which,
        "form": form,
        "count": len(files),
        "by_hand": [LABELS[name] for name in manual if name in LABELS],
        "tags_url": address(which, retag.TagOptions()),
        "here": request.get_full_path(),
    }
    return render_page(request, "library/tag_edit.html", context, status=status)


def _common(found: list[retag.Look]) -> tuple[dict[str, Any], set[str]]:
    """What all files would say, and the fields in which they differ."""
    values: dict[str, Any] = {}
    mixed: set[str] = set()
    for name in retag.EDITABLE:
        different = {getattr(one.after, name) for one in found}
        if len(different) == 1:
            values[name] = different.pop()
        else:
            values[name] = () if isinstance(getattr(Tags(), name), tuple) else ""
            mixed.add(name)
    return values, mixed
