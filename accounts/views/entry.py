"""Signing in and out, and the set-up page."""

from __future__ import annotations

import logging
from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import LoginForm, SetupForm
from accounts.requests import address_of, is_from_this_machine
from accounts.services import setup, throttle

log = logging.getLogger(__name__)


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def login_page(request: HttpRequest) -> HttpResponse:
    """Name and password; what was wished for before is opened afterwards."""
    wanted = _wanted_page(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(wanted)
    form = LoginForm(request.POST or None)
    status = HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        status = _sign_in(request, form)
        if status == HTTPStatus.OK:
            return HttpResponseRedirect(wanted)
    return render(request, "accounts/login.html", {"form": form, "next": wanted}, status=status)


@require_POST
def logout_action(request: HttpRequest) -> HttpResponse:
    logout(request)
    messages.info(request, "You are signed out.")
    return redirect(settings.LOGOUT_REDIRECT_URL)


@login_not_required
@never_cache
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "POST"])
def setup_page(request: HttpRequest) -> HttpResponse:
    """Makes the owner; once there is anybody, this page is gone for ever."""
    if setup.is_set_up():
        raise Http404
    needs_code = not is_from_this_machine(request)
    if needs_code and request.method == "GET":
        log.warning("The code for setting Spotizer up is %s", setup.setup_code())
    form = SetupForm(request.POST or None, needs_code=needs_code)
    if request.method == "POST" and form.is_valid():
        try:
            owner = setup.make_owner(username=form.cleaned_data["username"], password=form.cleaned_data["password"])
        except setup.AlreadySetUp:
            raise Http404 from None
        login(request, owner)
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "accounts/setup.html", {"form": form})


def _sign_in(request: HttpRequest, form: LoginForm) -> HTTPStatus:
    """Sign in, or leave on the form why not, in words that do not tell a right name from a wrong one."""
    username, address = form.cleaned_data["username"], address_of(request)
    if seconds := throttle.seconds_to_wait(username=username, address=address):
        minutes = -(-seconds // 60)
        form.add_error(None, f"Too many tries. Wait {minutes} {'minute' if minutes == 1 else 'minutes'} and try again.")
        return HTTPStatus.TOO_MANY_REQUESTS
    person = authenticate(request, username=username, password=form.cleaned_data["password"])
    if person is None:
        throttle.note_failure(username=username, address=address)
        log.warning("A sign-in from %s failed", address)
        form.add_error(None, "Name and password do not go together.")
        return HTTPStatus.UNPROCESSABLE_ENTITY
    throttle.forget_failures(username=username, address=address)
    login(request, person)
    return HTTPStatus.OK


def _wanted_page(request: HttpRequest) -> str:
    """Where to go after signing in: ``next`` if it is a page of ours, else home."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else resolve_url(settings.LOGIN_REDIRECT_URL)
