"""A person's password, and the places where they are signed in."""

from __future__ import annotations

from http import HTTPStatus
from typing import cast

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import PasswordForm
from accounts.models import Person
from accounts.requests import address_of
from accounts.services import sign_ins, throttle
from core.errors import NotFound
from core.htmx import HtmxRequest, render_page
from core.text import plural, whole_number


@never_cache
@sensitive_post_parameters("current", "password", "again")
@require_http_methods(["GET", "POST"])
def password_page(request: HtmxRequest) -> HttpResponse:
    """Another password: the old one is asked for, and every other session ends."""
    person = cast(Person, request.user)
    form = PasswordForm(request.POST if request.method == "POST" else None, person=person)
    status = HTTPStatus.OK
    if request.method == "POST":
        address = address_of(request)
        if seconds := throttle.seconds_to_wait(username=person.username, address=address):
            form.add_error(None, f"Too many tries. Wait {plural(-(-seconds // 60), 'minute')} and try again.")
            status = HTTPStatus.TOO_MANY_REQUESTS
        elif form.is_valid():
            throttle.forget_failures(username=person.username, address=address)
            sign_ins.change_password(request, person, form.cleaned_data["password"])
            messages.success(request, "Your password is changed, and you are signed out everywhere else.")
            return redirect("accounts:account")
        else:
            if form.has_error("current", "wrong"):
                throttle.note_failure(username=person.username, address=address)
            status = HTTPStatus.UNPROCESSABLE_ENTITY
    context = {"nav": "account", "view": "password", "form": form}
    return render_page(request, "accounts/password.html", context, status=status)


@require_POST
def sign_in_end(request: HtmxRequest) -> HttpResponse:
    """One of the person's own sign-ins is over."""
    person = cast(Person, request.user)
    try:
        row = sign_ins.end(person, whole_number(request.POST.get("sign_in", "")) or 0)
    except NotFound as exc:
        messages.error(request, f"{exc.message} {exc.remedy}")
        return redirect("accounts:account")
    if row.session_key == request.session.session_key:
        logout(request)
        return redirect("accounts:login")
    messages.success(request, f"{sign_ins.device_of(row.agent)} is signed out.")
    return redirect("accounts:account")


@require_POST
def sign_in_end_all(request: HtmxRequest) -> HttpResponse:
    """The person is signed in nowhere any more, this browser included."""
    ended = sign_ins.end_all(cast(Person, request.user))
    logout(request)
    messages.info(request, f"You are signed out everywhere: {plural(ended, 'place')}.")
    return redirect("accounts:login")
