"""The settings as a file, by the browser."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from core.errors import Forbidden, UserError
from core.htmx import HtmxRequest
from core.problems import problem_page
from core.text import plural
from ops.services.transfer import LARGEST, REMEDY, export_text, take_in
from ops.settings import KINDS
from ops.views.managing import manager


class ImportForm(forms.Form):
    """A file of settings; ``exact``: what it does not name is put back to its default."""

    file = forms.FileField(max_length=200)
    exact = forms.BooleanField(required=False)


@never_cache
@require_GET
def settings_export(request: HtmxRequest) -> HttpResponse:
    try:
        manager(request)
    except Forbidden as exc:
        return problem_page(request, exc, nav="settings")
    response = HttpResponse(export_text(), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="spotizer-settings-{timezone.localdate():%Y-%m-%d}.json"'
    return response


@require_POST
def settings_import(request: HtmxRequest) -> HttpResponse:
    try:
        person = manager(request)
    except Forbidden as exc:
        return problem_page(request, exc, nav="settings")
    form = ImportForm(request.POST, request.FILES)
    try:
        content = _text(form)
        done, kept = take_in(content, is_exact=form.cleaned_data["exact"], by_id=person.pk)
        messages.success(request, f"{plural(len(done), 'setting')} changed. In force within seconds.")
        for name in kept:
            kind = KINDS[name]
            messages.info(request, f"“{kind.words.label}” stays as {kind.variable} says.")
    except UserError as exc:
        messages.error(request, f"{exc.message} {exc.remedy}".strip())
    return redirect("ops:settings_tab", "backup")


def _text(form: ImportForm) -> str:
    """What the file holds. Raises UserError where there is none, or no text, or too much."""
    if not form.is_valid():
        raise UserError("There is no file.", remedy="Choose one first.")
    data = form.cleaned_data["file"].read(LARGEST + 1)
    if len(data) > LARGEST:
        raise UserError("This file is too large to be one of settings.", remedy=REMEDY)
    try:
        return str(data, "utf-8")
    except UnicodeDecodeError:
        raise UserError("This file is no text.", remedy=REMEDY) from None
