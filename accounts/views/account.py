"""A person's own page."""

from __future__ import annotations

from typing import cast

from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.models import Person
from accounts.services import spotify_people
from core.htmx import HtmxRequest, render_page


@require_GET
@never_cache
def account_page(request: HtmxRequest) -> HttpResponse:
    """Who one is here, and which outside accounts one lends."""
    person = cast(Person, request.user)
    context = {"nav": "account", "view": "account", "person": person, "spotify": spotify_people.state_of(person)}
    return render_page(request, "accounts/account.html", context)
