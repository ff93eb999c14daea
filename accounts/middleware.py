"""Who may enter: nobody before there is an owner, then those who sign in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from accounts.models import Person
from accounts.requests import is_from_this_machine
from accounts.services import sign_ins
from accounts.services.setup import is_set_up

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def send_to_setup(get_response: GetResponse) -> GetResponse:
    """While nobody can sign in, every page is the set-up page."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        setup, health = reverse("accounts:setup"), reverse("health")
        if request.path in {setup, health} or request.user.is_authenticated or is_set_up():
            return get_response(request)
        return redirect(setup)

    return middleware


def keep_sign_ins(get_response: GetResponse) -> GetResponse:
    """Who opened no page for too long is signed out; who opens one is seen. A page left open asks, and is no visit."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.path != reverse("health"):
            person = request.user
            if isinstance(person, Person):
                if sign_ins.has_idled(request.session):
                    logout(request)
                elif request.path != reverse("live"):
                    sign_ins.note_seen(request, person)
        return get_response(request)

    return middleware


def sign_in_to_demo(get_response: GetResponse) -> GetResponse:
    """In the demo, whoever sits at this machine is its owner; others meet the login page."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if settings.DEMO and not request.user.is_authenticated and is_from_this_machine(request):
            owner = Person.objects.filter(role=Person.Role.OWNER).first()
            if owner is not None:
                login(request, owner, backend=settings.AUTHENTICATION_BACKENDS[0])
        return get_response(request)

    return middleware


class SignInRequired(LoginRequiredMiddleware):
    """Django's rule, with answers that a script can use: no login page lands inside a table cell."""

    # The stub knows redirects only; Django sends on whatever comes back.
    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]) -> Any:
        login_url = resolve_url(self.get_login_url(view_func))
        if getattr(request, "htmx", False):
            page = urlsplit(request.headers.get("HX-Current-URL", ""))
            wanted = f"{page.path}?{page.query}" if page.query else page.path or "/"
            return HttpResponseClientRedirect(redirect_to_login(wanted, login_url).url)
        if request.accepts("application/json") and not request.accepts("text/html"):
            return JsonResponse({"error": "Sign in first.", "login": login_url}, status=401)
        return super().handle_no_permission(request, view_func)
