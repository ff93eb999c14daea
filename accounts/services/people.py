"""Who may do what, and who may not come any more. The owner stays the owner, whoever asks."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max, QuerySet
from django.db.models.functions import Coalesce

from accounts.models import Person
from accounts.services import sign_ins
from core.errors import Forbidden, NotFound, UserError

GIVEN = (Person.Role.ADMIN, Person.Role.MEMBER, Person.Role.VIEWER)  # the owner is made once, by the set-up
MEANING = {
    Person.Role.ADMIN: "Admin: everything but the owner",
    Person.Role.MEMBER: "Member: looks and downloads",
    Person.Role.VIEWER: "Viewer: looks",
}


def people() -> QuerySet[Person]:
    """All, those who may come first, each with ``seen_at``."""
    seen = Coalesce(Max("sign_ins__seen_at"), "last_login")
    return Person.objects.annotate(seen_at=seen).order_by("-is_active", "username", "pk")


def set_role(number: int, role: str, *, by: Person) -> Person:
    """The person has the role from their next page on. Raises NotFound, Forbidden or UserError."""
    check_manager(by)
    check_role(role)
    with transaction.atomic():
        person = _changeable(number, by)
        person.role = role
        person.is_staff = person.is_superuser = role == Person.Role.ADMIN
        person.save(update_fields=["role", "is_staff", "is_superuser"])
    return person


def set_active(number: int, *, is_active: bool, by: Person) -> Person:
    """The person may come, or is signed out everywhere and may not. What is theirs stays. Raises as ``set_role``."""
    with transaction.atomic():
        person = _changeable(number, by)
        person.is_active = is_active
        person.save(update_fields=["is_active"])
        if not is_active:
            sign_ins.end_all(person)
    return person


def check_manager(by: Person) -> None:
    """Raises Forbidden for who may not manage."""
    if not by.may_manage:
        raise Forbidden("People are for those who manage Spotizer.", remedy="Ask the owner.")


def check_role(role: str) -> None:
    """Raises UserError for what is no role that can be given."""
    if role not in GIVEN:
        raise UserError("There is no such role to give.", remedy="Choose admin, member or viewer.")


def _changeable(number: int, by: Person) -> Person:
    check_manager(by)
    person = Person.objects.select_for_update().filter(pk=number).first()
    if person is None:
        raise NotFound("There is no such person.", remedy="Reload the page.")
    if person.role == Person.Role.OWNER:
        raise Forbidden("The owner stays the owner.", remedy="")
    if person.pk == by.pk:
        raise Forbidden("Nobody changes their own role.", remedy="Ask the owner.")
    return person
