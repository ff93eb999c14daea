"""People and invitations, for those who manage; and the page that an invitation opens."""

from __future__ import annotations

from http import HTTPStatus
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms import JoinForm
from accounts.models import Person
from accounts.services import invites, people
from core.errors import Forbidden, NotFound, SpotizerError
from core.htmx import HtmxRequest, render_page
from core.problems import problem_page, status_of
from core.text import whole_number

MOST_PEOPLE = 500


@require_GET
@never_cache
def person_list(request: HtmxRequest) -> HttpResponse:
    """Everybody with role and last visit, and the open invitations."""
    return _page(request)


@require_POST
@never_cache
def invite_make(request: HtmxRequest) -> HttpResponse:
    """A new invitation; the answer shows its link, and nothing ever again."""
    try:
        token = invites.make(role=request.POST.get("role", ""), by=cast(Person, request.user))
    except SpotizerError as exc:
        return _refused(request, exc)
    link = request.build_absolute_uri(f"{reverse('accounts:invite')}?{urlencode({'token': token})}")
    return _page(request, link=link)


@require_POST
def invite_withdraw(request: HtmxRequest) -> HttpResponse:
    try:
        invites.withdraw(_number(request, "invite"), by=cast(Person, request.user))
    except SpotizerError as exc:
        return _refused(request, exc)
    messages.success(request, "The invitation is withdrawn.")
    return redirect("accounts:people")


@require_POST
def person_change(request: HtmxRequest) -> HttpResponse:
    """Another role, or whether the person may come."""
    by, number = cast(Person, request.user), _number(request, "person")
    try:
        match request.POST.get("act"):
            case "deactivate":
                person = people.set_active(number, is_active=False, by=by)
                said = f"{person} is signed out everywhere and may not come any more."
            case "activate":
                person = people.set_active(number, is_active=True, by=by)
                said = f"{person} may come again."
            case _:
                person = people.set_role(number, request.POST.get("role", ""), by=by)
                said = f"{person} is {person.get_role_display().lower()} now."
    except SpotizerError as exc:
        return _refused(request, exc)
    messages.success(request, said)
    return redirect("accounts:people")


@login_not_required
@never_cache
@sensitive_post_parameters("password", "token")
@require_http_methods(["GET", "POST"])
def invite_page(request: HttpRequest) -> HttpResponse:
    """Whoever holds the link takes a name and a password here, and is in."""
    if request.user.is_authenticated:
        messages.info(request, "You are signed in already: an invitation is for somebody else.")
        return redirect(settings.LOGIN_REDIRECT_URL)
    token = request.POST.get("token") or request.GET.get("token", "")
    try:
        invite = invites.find(token)
        form = JoinForm(request.POST if request.method == "POST" else None, needs_code=False)
        if request.method == "POST" and form.is_valid():
            values = form.cleaned_data
            try:
                person = invites.accept(token, username=values["username"], password=values["password"])
            except invites.NameTaken as exc:
                form.add_error("username", f"{exc.message} {exc.remedy}")
            else:
                login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
                return redirect(settings.LOGIN_REDIRECT_URL)
    except NotFound as exc:
        return render(request, "accounts/invite_gone.html", {"error": exc}, status=HTTPStatus.NOT_FOUND)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "accounts/invite.html", {"form": form, "invite": invite, "token": token}, status=status)


def _page(request: HtmxRequest, *, link: str = "") -> HttpResponse:
    try:
        people.check_manager(cast(Person, request.user))
    except Forbidden as exc:
        return problem_page(request, exc, nav="")
    context = {
        "nav": "",
        "view": "people",
        "people": people.people()[:MOST_PEOPLE],
        "invites": invites.open_invites().select_related("made_by"),
        "roles": [(role, words) for role, words in people.MEANING.items()],
        "link": link,
        "days": invites.GOOD_FOR.days,
    }
    return render_page(request, "accounts/people.html", context)


def _refused(request: HtmxRequest, exc: SpotizerError) -> HttpResponse:
    if status_of(exc)[0] == HTTPStatus.FORBIDDEN:
        return problem_page(request, exc, nav="", may_retry=False)
    messages.error(request, f"{exc.message} {exc.remedy}".strip())
    return redirect("accounts:people")


def _number(request: HtmxRequest, name: str) -> int:
    return whole_number(request.POST.get(name, "")) or 0
