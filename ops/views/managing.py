"""Who may look at and change the settings."""

from __future__ import annotations

from accounts.models import Person
from core.errors import Forbidden
from core.htmx import HtmxRequest


def manager(request: HtmxRequest) -> Person:
    """Who asks. Raises Forbidden for an account that may not manage."""
    person = request.user
    if not isinstance(person, Person) or not person.may_manage:
        raise Forbidden("Settings are for those who manage Spotizer.", remedy="Ask the owner.")
    return person
