"""The one decision about fragments: what a request can swap is what it gets."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails

VARY = ["HX-Request", "HX-Target", "HX-Boosted", "HX-History-Restore-Request"]


class HtmxRequest(HttpRequest):
    """A request that went through django-htmx's middleware."""

    htmx: HtmxDetails


def wants_partial(request: HtmxRequest) -> bool:
    """Whether the answer is swapped into a part of a page, be it ``main``; False: a whole page or a redirect."""
    htmx = request.htmx
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def render_page(
    request: HtmxRequest, template: str, context: Mapping[str, object], *, status: int = 200
) -> HttpResponse:
    """Render what this request can swap: the page, the content of ``main``, or the partial ``_name.html``."""
    if not wants_partial(request):
        base = "base.html"
    elif request.htmx.target == "main":
        base = "base_main.html"  # the block alone, with title and navigation out of band
    else:
        path = PurePosixPath(template)
        template, base = str(path.with_name(f"_{path.name}")), ""
    response = render(request, template, {**context, "base": base}, status=status)
    patch_vary_headers(response, VARY)
    return response


def render_partial(
    request: HtmxRequest, template: str, context: Mapping[str, object], *, status: int = 200
) -> HttpResponse:
    """Render a fragment that only htmx asks for."""
    response = render(request, template, {**context, "base": ""}, status=status)
    patch_vary_headers(response, VARY)
    return response
