"""Where a person is signed in: one row per session, so that each can be seen and ended."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import Person, SignIn
from accounts.requests import address_of
from core.errors import NotFound
from ops.settings import in_force

IDLE_AT = "idle_at"  # when the session has idled for too long
SEEN_AT = "seen_at"
NOTE_EVERY = 300  # seconds; being seen is written no oftener

# The first that is found; Chrome says it is Safari, and Edge that it is Chrome.
BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
            ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrom", "Chrome"), ("Safari", "Safari"))  # fmt: skip
SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"),
           ("Windows", "Windows"), ("Mac OS X", "Mac"), ("Linux", "Linux"))  # fmt: skip


def device_of(agent: str) -> str:
    """``Firefox on Linux``; the program's own first word where it is no browser that is known."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    if browser or system:
        return " on ".join(filter(None, [browser, system]))
    first = re.match(r"[\w.-]{1,40}", agent)
    return first[0] if first else "Unknown device"


def has_idled(session: SessionBase) -> bool:
    """Whether nobody opened a page with this session for longer than the settings allow."""
    idle_at = session.get(IDLE_AT)
    return isinstance(idle_at, (int, float)) and idle_at < timezone.now().timestamp()


def note_seen(request: HttpRequest, person: Person) -> None:
    """The session counts as used now, and is in the person's list; written every few minutes only."""
    now = timezone.now()
    session = request.session
    seen_at = session.get(SEEN_AT)
    if not session.session_key:
        return  # the next page finds it
    if isinstance(seen_at, (int, float)) and 0 <= now.timestamp() - seen_at < NOTE_EVERY:
        return
    session[SEEN_AT] = now.timestamp()
    session[IDLE_AT] = (now + timedelta(hours=in_force.IDLE_HOURS)).timestamp()
    said = {"person": person, "address": address_of(request), "agent": request.headers.get("User-Agent", "")[:300]}
    SignIn.objects.update_or_create(session_key=session.session_key, defaults={**said, "seen_at": now})


def sign_ins_of(person: Person, now: datetime | None = None) -> QuerySet[SignIn]:
    """Where the person is signed in, the last seen first; those whose session is over are forgotten."""
    over = (now or timezone.now()) - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    rows = SignIn.objects.filter(person=person)
    rows.filter(seen_at__lt=over).delete()
    return rows.filter(session_key__in=Session.objects.values("session_key")).order_by("-seen_at", "-id")


def end(person: Person, number: int) -> SignIn:
    """This sign-in of the person is over. Raises NotFound where it is nobody's, or somebody else's."""
    row = SignIn.objects.filter(person=person, pk=number).first()
    if row is None:
        raise NotFound("It is signed out already.", remedy="Reload the page.")
    _end(SignIn.objects.filter(pk=row.pk))
    return row


def end_all(person: Person, *, but: str = "") -> int:
    """The person is signed in nowhere, or only with the session ``but``; how many sessions ended."""
    return _end(SignIn.objects.filter(person=person).exclude(session_key=but))


def change_password(request: HttpRequest, person: Person, password: str) -> None:
    """The password is another; this session goes on, every other one of the person is over."""
    before = request.session.session_key or ""
    person.set_password(password)
    with transaction.atomic():
        person.save(update_fields=["password"])
        update_session_auth_hash(request, person)  # sessions that no row knows end too: they carry the old hash
        SignIn.objects.filter(session_key=before).update(session_key=request.session.session_key)
        end_all(person, but=request.session.session_key or "")


def _end(rows: QuerySet[SignIn]) -> int:
    with transaction.atomic():
        keys = list(rows.values_list("session_key", flat=True))
        Session.objects.filter(session_key__in=keys).delete()
        SignIn.objects.filter(session_key__in=keys).delete()
    return len(keys)


def _signed_in(sender: Any, request: HttpRequest, user: Person, **more: Any) -> None:
    request.session.pop(SEEN_AT, None)
    note_seen(request, user)


def _signed_out(sender: Any, request: HttpRequest, **more: Any) -> None:
    if key := request.session.session_key:
        SignIn.objects.filter(session_key=key).delete()


def connect() -> None:
    """Signing in and out keeps the list."""
    user_logged_in.connect(_signed_in, dispatch_uid="accounts.sign_ins")
    user_logged_out.connect(_signed_out, dispatch_uid="accounts.sign_ins")
