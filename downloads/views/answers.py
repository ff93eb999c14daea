"""What every write answers: words for the toast, fresh numbers for the shell, and a poller that wakes at once.

The poller keeps its own number: a new one from here would skip what changed before it and is not in this answer.
"""

from __future__ import annotations

import json

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string

from accounts.models import Person
from core.errors import Forbidden
from core.htmx import HtmxRequest, wants_partial
from core.web import next_url
from spotizer.shell import Shell


def person_who_may_download(request: HtmxRequest) -> Person:
    """Who asks. Raises Forbidden for an account that may only look."""
    person = request.user
    if not isinstance(person, Person) or not person.may_download:
        raise Forbidden("Your account may look, but not download.", remedy="Ask the owner for another role.")
    return person


def viewer_of(request: HtmxRequest) -> Person | None:
    """Who looks."""
    return request.user if isinstance(request.user, Person) else None


def answer(
    request: HtmxRequest, fragment: str = "", *, status: int = 200, events: dict[str, object] | None = None
) -> HttpResponse:
    """``fragment`` with the shell's parts out of band; without htmx the way back to where the person was."""
    if not wants_partial(request):
        return redirect(next_url(request))
    shell = Shell()
    context = {"oob": True, "shell": shell}
    parts = [render_to_string("components/_inbox.html", context, request=request)]
    for ident in ("queue-count", "tab-count"):
        parts.append(render_to_string("components/_queue_count.html", {**context, "ident": ident}, request=request))
    response = HttpResponse(fragment + "".join(parts), status=status)
    response["HX-Trigger"] = json.dumps({"live:soon": True, **(events or {})})
    return response
