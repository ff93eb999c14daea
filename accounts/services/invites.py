"""Links that let somebody in: for one person, for a week, with a role. Only the hash of a link is stored."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Invite, Person
from accounts.services.people import check_manager, check_role
from core.errors import NotFound, UserError

GOOD_FOR = timedelta(days=7)
MOST_OPEN = 50


class NameTaken(UserError):
    """Somebody was quicker with this name."""


def make(*, role: str, by: Person) -> str:
    """The secret of a new invitation, which is told this once. Raises UserError, or Forbidden for who may not."""
    check_manager(by)
    check_role(role)
    if open_invites().count() >= MOST_OPEN:
        raise UserError(f"{MOST_OPEN} invitations are open.", remedy="Withdraw those that nobody needs.")
    token = secrets.token_urlsafe(32)
    Invite.objects.create(token_hash=_hash(token), role=role, made_by=by, expires_at=timezone.now() + GOOD_FOR)
    return token


def open_invites() -> QuerySet[Invite]:
    """Those that still let somebody in, the newest first: who made one must still be one who may."""
    managing = (Person.Role.OWNER, Person.Role.ADMIN)
    rows = Invite.objects.filter(used_at=None, expires_at__gt=timezone.now())
    return rows.filter(made_by__is_active=True, made_by__role__in=managing).order_by("-id")


def find(token: str) -> Invite:
    """The open invitation with this secret. Raises NotFound."""
    invite = open_invites().filter(token_hash=_hash(token)).select_related("made_by").first()
    if invite is None:
        raise NotFound("This invitation is used, withdrawn or out of date.", remedy="Ask for a new one.")
    return invite


def accept(token: str, *, username: str, password: str) -> Person:
    """The person that the invitation lets in; it is used then. Raises NotFound, or NameTaken and is as it was."""
    hashed = make_password(password)  # slow on purpose, so outside the transaction
    name = Person.normalize_username(username)
    try:
        with transaction.atomic():
            invite = find(token)
            # Whoever writes first has it: of two at once the other finds it used.
            if not Invite.objects.filter(pk=invite.pk, used_at=None).update(used_at=timezone.now()):
                raise NotFound("This invitation was used just now.", remedy="Ask for a new one.")
            is_admin = invite.role == Person.Role.ADMIN
            person = Person(username=name, role=invite.role, is_staff=is_admin, is_superuser=is_admin)
            person.password = hashed
            person.save()
            Invite.objects.filter(pk=invite.pk).update(used_by=person)
    except IntegrityError:
        raise NameTaken("Somebody has this name already.", remedy="Choose another.") from None
    return person


def withdraw(number: int, *, by: Person) -> None:
    """The invitation lets nobody in any more. Raises NotFound where it did not anyway, or Forbidden."""
    check_manager(by)
    if not open_invites().filter(pk=number).exists() or not Invite.objects.filter(pk=number, used_at=None).delete()[0]:
        raise NotFound("This invitation is used, withdrawn or out of date.", remedy="Reload the page.")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
