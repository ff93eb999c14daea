"""Signing a person in to Spotify: the page before it, the way back, the pasted way back, what has to be decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseRedirect
from django.http.request import split_domain_port
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Person, SpotifySignIn
from accounts.services import spotify_people
from accounts.services import spotify_sign_in as sign_ins
from catalog.services.mine import forget_lists
from core.errors import SpotizerError, UserError
from core.htmx import HtmxRequest, render_page
from providers.spotify.consent import SCOPES


@dataclass(frozen=True, slots=True)
class WayBack:
    """Where Spotify sends the browser. ``is_direct``: Spotizer is found there, with this person's session."""

    uri: str
    is_direct: bool
    better: str = ""  # the address under which it would be direct


def way_back(request: HtmxRequest, *, wants_paste: bool = False) -> WayBack:
    """Spotify takes https and the loopback's own addresses, no other name and not ``localhost``."""
    path = reverse("accounts:spotify_callback")
    host, port = split_domain_port(request.get_host())
    if not wants_paste:
        if request.is_secure():
            return WayBack(f"https://{request.get_host()}{path}", is_direct=True)
        if host in {"127.0.0.1", "[::1]"}:
            return WayBack(f"http://{request.get_host()}{path}", is_direct=True)
    is_here = host in {"localhost", "127.0.0.1", "[::1]"} and not request.is_secure()
    loopback = f"http://127.0.0.1:{port if is_here and port else settings.PORT}"
    better = f"{loopback}{reverse('accounts:spotify_sign_in')}" if host == "localhost" else ""
    return WayBack(f"{loopback}{path}", is_direct=False, better=better)


@require_GET
@never_cache
def spotify_sign_in(request: HtmxRequest) -> HttpResponse:
    """What will happen, and the link to Spotify; the field for the pasted address where the way back is a dead end."""
    person = cast(Person, request.user)
    wanted = tuple(name for name in SCOPES if name in request.GET.getlist("for")) or ("playlists",)
    back = way_back(request, wants_paste=request.GET.get("way") == "paste")
    address, error = "", None
    try:
        address = sign_ins.begin(
            person=person,
            session_key=request.session.session_key or "",
            redirect_uri=back.uri,
            wanted=wanted,
            next_url=_ours(request, request.GET.get("next", "")),
        )
    except UserError as exc:
        error = exc
    context = {
        "nav": "account",
        "view": "spotify_sign_in",
        "spotify": spotify_people.state_of(person),
        "address": address,
        "error": error,
        "back": back,
        "wanted": [spotify_people.WHAT[name] for name in wanted],
        "rest": [name for name in SCOPES if name not in wanted],
        "paste_url": f"{request.path}?{_query(request, way='paste')}",
        "everything_url": f"{request.path}?{_query(request, everything=True)}",
    }
    return render_page(request, "accounts/spotify_sign_in.html", context)


@require_GET
@never_cache
@login_not_required  # an ended session, or another name of this machine: nothing is done but to show the answer
def spotify_callback(request: HtmxRequest) -> HttpResponse:
    """Spotify's answer, brought by the browser."""
    if not isinstance(request.user, Person):
        return render(request, "accounts/spotify_carry.html", {"address": request.build_absolute_uri()})
    query = {name: request.GET[name] for name in ("code", "state", "error") if request.GET.get(name)}
    return _answered(request, query)


@require_POST
def spotify_paste(request: HtmxRequest) -> HttpResponse:
    """The same answer, carried over by hand."""
    try:
        query = sign_ins.read_pasted(request.POST.get("address", ""))
    except UserError as exc:
        messages.error(request, f"{exc.message} {exc.remedy}")
        return HttpResponseRedirect(f"{reverse('accounts:spotify_sign_in')}?way=paste")
    return _answered(request, query)


def _answered(request: HtmxRequest, query: dict[str, str]) -> HttpResponse:
    person = cast(Person, request.user)
    try:
        row = sign_ins.answer(person=person, session_key=request.session.session_key or "", query=query)
    except SpotizerError as exc:
        messages.error(request, f"{exc.message} {exc.remedy}".strip())
        return redirect("accounts:account")
    return _led_on(request, row)


def _led_on(request: HtmxRequest, row: SpotifySignIn) -> HttpResponse:
    if not row.finished_at:
        return redirect("accounts:account")  # it says what has to be decided
    messages.success(request, f"You are signed in to Spotify as {row.profile['name']}.")
    return HttpResponseRedirect(_ours(request, row.next_url) or reverse("accounts:account"))


@require_POST
def spotify_decide(request: HtmxRequest) -> HttpResponse:
    """Another account than before: take it or not. No answer to "who is it?": ask again."""
    person = cast(Person, request.user)
    number = request.POST.get("sign_in", "")
    try:
        row = sign_ins.waiting(person, int(number) if number.isdigit() and len(number) < 16 else 0)
        match request.POST.get("act"):
            case "use" if sign_ins.is_other_account(row):
                forget_lists(person)
                row = sign_ins.use_other_account(row)
            case "again" if not sign_ins.is_other_account(row):
                row = sign_ins.try_again(row)
            case "drop":
                sign_ins.drop(row)
                messages.info(request, "Everything stays as it was.")
                return redirect("accounts:account")
            case _:
                raise UserError("There is no such choice.", remedy="Reload the page, and press a button of it.")
    except SpotizerError as exc:
        messages.error(request, f"{exc.message} {exc.remedy}".strip())
        return redirect("accounts:account")
    return _led_on(request, row)


@require_POST
def spotify_sign_out(request: HtmxRequest) -> HttpResponse:
    """Spotizer forgets the sign-in and what it read with it."""
    person = cast(Person, request.user)
    forget_lists(person)
    if spotify_people.sign_out(person):
        messages.success(request, "You are signed out of Spotify, and Spotizer has forgotten its keys to your account.")
    return redirect("accounts:account")


def _ours(request: HtmxRequest, wanted: str) -> str:
    """``wanted`` where it is a page of ours, else nothing."""
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours and wanted.isprintable() else ""


def _query(request: HtmxRequest, *, way: str = "", everything: bool = False) -> str:
    """This page's query, with another way or with everything asked for."""
    query = request.GET.copy()
    if way:
        query["way"] = way
    if everything:
        query.setlist("for", list(SCOPES))
    return query.urlencode()
