"""Making the owner: once, by the set-up page or from the environment."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import Person
from core.errors import UserError

# Letters and digits that nobody mistakes for one another when reading them off a console.
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


class AlreadySetUp(UserError):
    """Somebody was quicker: this Spotizer has its owner."""

    reason = "already_set_up"


def is_set_up() -> bool:
    """Whether there is anybody who could sign in."""
    return Person.objects.exists()


def make_owner(*, username: str, password: str | None) -> Person:
    """The owner, who is the first person of all. Raises AlreadySetUp when there is one.

    Two at once cannot both succeed: SQLite takes the write lock before the look, and where it does not, the
    constraint ``one_owner`` decides. Without a password nobody signs in with this name (the demo).
    """
    name = Person.normalize_username(username)
    owner = Person(username=name, role=Person.Role.OWNER, is_staff=True, is_superuser=True)
    owner.password = make_password(password)  # slow on purpose, so outside the transaction
    try:
        with transaction.atomic():
            if is_set_up():
                raise AlreadySetUp("Spotizer already has its owner.")
            owner.save()
    except IntegrityError:
        raise AlreadySetUp("Spotizer already has its owner.") from None
    forget_setup_code()
    return owner


def make_owner_from_settings() -> Person | None:
    """The owner that ``SPOTIZER_OWNER`` and its password name, made if nobody is here yet.

    Raises UserError with what to change when the two make no owner.
    """
    name, password = settings.OWNER, settings.OWNER_PASSWORD
    if not name or is_set_up():
        return None
    if not password:
        raise UserError(
            "SPOTIZER_OWNER is set, but no password.",
            remedy="Set SPOTIZER_OWNER_PASSWORD or SPOTIZER_OWNER_PASSWORD_FILE.",
        )
    try:
        Person._meta.get_field("username").run_validators(name)
        validate_password(password, Person(username=name))
    except ValidationError as exc:
        raise UserError(
            f"SPOTIZER_OWNER and SPOTIZER_OWNER_PASSWORD cannot make the owner: {' '.join(exc.messages)}",
            remedy="Change them and start again.",
        ) from None
    with contextlib.suppress(AlreadySetUp):
        return make_owner(username=name, password=password)
    return None


def make_demo_owner() -> None:
    """Somebody whom the demo signs in as, if nobody is here. Without a password nobody else gets in."""
    if not is_set_up():
        with contextlib.suppress(AlreadySetUp):
            make_owner(username="demo", password=None)


def setup_code() -> str:
    """The one-time code of the set-up page: made when first asked for, the same until the owner is made."""
    path = _code_path()
    with contextlib.suppress(FileNotFoundError):
        return path.read_text("ascii").strip()
    path.parent.mkdir(parents=True, exist_ok=True)
    code = "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".setup_code-")  # readable by its owner alone
    try:
        with os.fdopen(handle, "w") as file:
            file.write(code)
        with contextlib.suppress(FileExistsError):
            os.link(name, path)  # whoever is first wins, and nobody reads half a code
    finally:
        Path(name).unlink()
    return path.read_text("ascii").strip()


def is_setup_code(text: str) -> bool:
    """Whether ``text`` is the code, in capitals or not, with its hyphens or not."""

    def plain(value: str) -> bytes:
        return "".join(letter for letter in value.upper() if letter.isalnum()).encode()

    return secrets.compare_digest(plain(text), plain(setup_code()))


def forget_setup_code() -> None:
    _code_path().unlink(missing_ok=True)


def _code_path() -> Path:
    return Path(settings.DATA) / "setup_code"
