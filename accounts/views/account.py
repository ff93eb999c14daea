"""A person's own page."""

from __future__ import annotations

from typing import cast

from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.models import Person
from accounts.services import sign_ins, spotify_people
from core.htmx import HtmxRequest, render_page
from core.text import plural
from ops.settings import in_force

MOST_SIGN_INS = 50


@require_GET
@never_cache
def account_page(request: HtmxRequest) -> HttpResponse:
    """Who one is here, and which outside accounts one lends."""
    person = cast(Person, request.user)
    key, hours = request.session.session_key, in_force.IDLE_HOURS
    context = {
        "nav": "account",
        "view": "account",
        "person": person,
        "spotify": spotify_people.state_of(person),
        "sign_ins": [
            {"row": row, "device": sign_ins.device_of(row.agent), "is_this": row.session_key == key}
            for row in sign_ins.sign_ins_of(person)[:MOST_SIGN_INS]
        ],
        "idle": plural(hours // 24, "day") if hours % 24 == 0 else plural(hours, "hour"),
    }
    return render_page(request, "accounts/account.html", context)
