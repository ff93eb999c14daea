"""What stands between the socket and the views, apart from who may enter (``accounts/middleware.py``)."""

from __future__ import annotations

import ipaddress
import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost, SuspiciousOperation
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase
from django.shortcuts import render

from accounts.requests import FORWARDING_HEADERS, address_of
from spotizer import hosts

GetResponse = Callable[[HttpRequest], HttpResponseBase]

request_log = logging.getLogger("spotizer.requests")
# Asked every few seconds by every open page, or by a machine: not worth a line each.
QUIET_PATHS = ("/live/", "/healthz/", "/static/", "/art/", "/media/")


def believe_proxies(get_response: GetResponse) -> GetResponse:
    """Who asks, and whether over https, as a trusted reverse proxy says it; others' claims are taken away.

    ``SPOTIZER_PROXIES`` lists the trusted; a proxy on this machine is one without being listed.
    """

    def is_trusted(text: str) -> bool:
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return False
        return any(address in network for network in settings.PROXIES)

    def middleware(request: HttpRequest) -> HttpResponseBase:
        meta = request.META
        if any(name in request.headers for name in FORWARDING_HEADERS):
            meta["SPOTIZER_FORWARDED"] = True
        hops = [hop.strip() for hop in meta.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        if not is_trusted(address_of(request)):
            for header in ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST"):
                meta.pop(header, None)
            return get_response(request)
        # From the right: each trusted hop tells the one before it; the first that is not trusted is who asks.
        while hops and is_trusted(meta["REMOTE_ADDR"]):
            meta["REMOTE_ADDR"] = hops.pop()
        return get_response(request)

    return middleware


def check_host(get_response: GetResponse) -> GetResponse:
    """Refuse names that are not this server's, with a page that says which setting adds one."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        try:
            host, _port = split_domain_port(request.get_host())
        except DisallowedHost:
            host = ""
        # Beside "*" Django's own list holds what its test runner adds.
        if host and hosts.is_known(host, {*settings.HOST_NAMES, *settings.ALLOWED_HOSTS} - {"*"}):
            return get_response(request)
        shown = host or request.META.get("HTTP_HOST", "")[:100]
        return render(request, "errors/unknown_host.html", {"host": shown, "is_a_name": bool(host)}, status=400)

    return middleware


def secure_answers(get_response: GetResponse) -> GetResponse:
    """Cookies that came over https stay on https; pages get no camera, microphone or place."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.is_secure():
            for cookie in response.cookies.values():
                cookie["secure"] = True
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=(), browsing-topics=()"
        )
        return response

    return middleware


def log_requests(get_response: GetResponse) -> GetResponse:
    """One line a request: method, path without its query (it may hold a secret), status, milliseconds, from where."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        response = get_response(request)
        milliseconds = (time.perf_counter() - started) * 1000
        is_quiet = request.path.startswith(QUIET_PATHS) and response.status_code < 500
        request_log.log(
            logging.DEBUG if is_quiet else logging.INFO,
            "%s %s %s %.0f ms %s",
            request.method,
            request.path,
            response.status_code,
            milliseconds,
            address_of(request),
        )
        return response

    return middleware


def refuse_nul(get_response: GetResponse) -> GetResponse:
    """No view meets a NUL: nobody types one, and PostgreSQL stores none. What is uploaded may hold any byte."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        texts = (request.GET, request.POST)
        lists = (value for fields in texts for name, values in fields.lists() for value in (name, *values))
        if "\0" in request.path_info or any("\0" in value for value in lists):
            raise SuspiciousOperation("A NUL in an address or a form")
        return get_response(request)

    return middleware
