"""Where a request comes from."""

from __future__ import annotations

import ipaddress

from django.http import HttpRequest
from django.http.request import split_domain_port

# What a reverse proxy adds. With one of these the peer may be this machine, and the person anywhere.
FORWARDING_HEADERS = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Real-Ip", "Via")


def address_of(request: HttpRequest) -> str:
    """The address of who asks: the peer's, or what a trusted proxy says (``ProxyMiddleware``)."""
    return str(request.META.get("REMOTE_ADDR", ""))[:45]


def is_loopback(host: str) -> bool:
    """Whether ``host``, a name or an address, is this machine itself and nothing else can reach it."""
    name = host.strip("[]").lower()
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def is_from_this_machine(request: HttpRequest) -> bool:
    """Whether the person sits at this machine: loopback at both ends, and no proxy between."""
    if any(name in request.headers for name in FORWARDING_HEADERS) or request.META.get("SPOTIZER_FORWARDED"):
        return False
    host, _port = split_domain_port(request.get_host())
    return is_loopback(address_of(request)) and is_loopback(host)
