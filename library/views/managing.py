"""Who may touch files that are in the library."""

from __future__ import annotations

from accounts.models import Person
from core.errors import Forbidden
from core.htmx import HtmxRequest


def manager(request: HtmxRequest, what: str = "This is") -> Person:
    """Who asks. Raises Forbidden for an account that may not manage."""
    person = request.user
    if not isinstance(person, Person) or not person.may_manage:
        raise Forbidden(f"{what} for those who manage Spotizer.", remedy="Ask the owner.")
    return person
