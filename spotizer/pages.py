"""Pages that belong to no app: home, the live poller, the theme, the style guide, and the pages of errors."""

from __future__ import annotations

import json
from typing import cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Person
from core.htmx import HtmxRequest, render_page, wants_partial
from core.text import whole_number
from core.web import next_url
from downloads.selectors.lines import albums_added_lately
from downloads.selectors.queue import downloads_needing_you, requests_under_way
from downloads.selectors.rows import needs_row, request_rows
from ops.services import live as sequence
from spotizer import fragments, styleguide
from spotizer.shell import Shell, kept_facts


@require_GET
def home(request: HtmxRequest) -> HttpResponse:
    needs = [needs_row(row) for row in downloads_needing_you(limit=3)]
    albums = albums_added_lately()
    under_way = request_rows(requests_under_way(limit=4), viewer=cast(Person, request.user))
    context = {
        "nav": "home",
        "view": "home",
        "needs": needs,
        "albums": albums,
        "under_way": under_way,
        "examples": examples(),
    }
    return render_page(request, "home.html", context)


def examples() -> list[dict[str, str]]:
    """Three things that may be typed or pasted, for the first day."""
    search, link = reverse("catalog:search"), reverse("catalog:open")
    found = (
        ("search", "A name", "Miles Davis", "An artist, an album, a track: the best match comes first.", search, "q"),
        ("disc", "A link", "https://www.deezer.com/album/302127", "Of Deezer, Spotify or MusicBrainz.", link, "url"),
        ("note", "A video", "https://music.youtube.com/watch?v=…", "It is identified in the catalogue first.", "", ""),
    )
    return [
        {
            "icon": drawing,
            "title": title,
            "text": text,
            "words": words,
            "url": f"{address}?{urlencode({name: text})}" if address else search,
        }
        for drawing, title, text, words, address, name in found
    ]


@require_GET
@never_cache
@login_not_required  # an ended session is told so here, instead of a login page that nothing shows
def live(request: HtmxRequest) -> HttpResponse:
    """What changed since a number, as out-of-band fragments; 204 after one point read where nothing did."""
    since = request.GET.get("since", "")
    number = whole_number(since) or 0
    numbers = sequence.numbers()
    if numbers.newest == number:
        return HttpResponse(status=204)
    if not request.user.is_authenticated:
        return render(request, "components/_live_ended.html")
    shell = Shell(numbers.newest, kept_facts.at(numbers.moved), person=request.user)
    answer = fragments.changed(request, shell, number, request.GET.getlist("view"), numbers)
    response = HttpResponse(answer.html)
    if answer.events:
        response["HX-Trigger"] = json.dumps(answer.events)
    return response


@require_POST
def theme(request: HtmxRequest) -> HttpResponse:
    """The theme of the account is this one."""
    wanted = request.POST.get("theme", "")
    if wanted not in Person.Theme.values:
        return HttpResponse("No such theme.", status=400, content_type="text/plain")
    Person.objects.filter(pk=cast(Person, request.user).pk).update(theme=wanted)
    if wants_partial(request):
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps({"theme": wanted})})
    return redirect(next_url(request))


@require_GET
def style_guide(request: HtmxRequest) -> HttpResponse:
    if not settings.DEBUG:
        raise Http404
    return render_page(request, "styleguide.html", styleguide.context())


# --- errors ----------------------------------------------------------------------------------------------------------


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(request, 400, "That could not be understood", "The address or the form holds something wrong.")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(request, 403, "You may not do this", "Your account lacks the permission. Ask the owner.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    words = "The form was too old, or cookies are blocked. Go back, reload the page and send it again."
    return _error(request, 403, "The form was not accepted", words)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _error(request, 404, "Nothing is here", "The address may be misspelt, or what was here is gone.")


def server_error(request: HttpRequest) -> HttpResponse:
    """No query, no session: whatever broke may be what they need."""
    words = "Spotizer met a fault of its own. The log has the details; what was running goes on."
    html = render_to_string("errors/error.html", {"code": 500, "title": "Something broke", "words": words})
    return HttpResponse(html, status=500)


def _error(request: HttpRequest, code: int, title: str, words: str) -> HttpResponse:
    is_swap = request.headers.get("HX-Target") == "main"
    base = "base_main.html" if is_swap else "base_plain.html"
    context = {"base": base, "code": code, "title": title, "words": words, "nav": ""}
    return render(request, "errors/error.html", context, status=code)
