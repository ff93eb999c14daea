"""Keeps yt-dlp off inner addresses: it opens its own connections, and follows redirects by itself.

Every connection begins with a look-up of its host, also of one that is written as a number. While a request of yt-dlp
runs in a thread, that look-up refuses what is inner, so a redirect or a name that points inside gains nothing.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

from core.addresses import InnerAddress, is_outer

_guarding = threading.local()
_look_up = socket.getaddrinfo


def install() -> None:
    """Look-ups of this process go through the guard; without ``outer_only`` it changes nothing."""
    if socket.getaddrinfo is not _guarded:
        socket.getaddrinfo = _guarded


@contextmanager
def outer_only(inner_host: str = "") -> Iterator[None]:
    """Within it this thread connects to public addresses only, to a proxy of the environment, and to ``inner_host``.

    Raises InnerAddress, whatever yt-dlp made of the refusal.
    """
    before, _guarding.refused = getattr(_guarding, "allowed", None), ""
    proxies = {urlsplit(address).hostname or "" for address in getproxies().values()}
    _guarding.allowed = frozenset({inner_host.lower(), *proxies} - {""})
    try:
        yield
    except Exception as exc:
        if refused := _guarding.refused:
            raise InnerAddress(refused) from exc
        raise
    finally:
        _guarding.allowed = before


def _guarded(host: Any, *args: Any, **more: Any) -> Any:
    found = _look_up(host, *args, **more)
    allowed = getattr(_guarding, "allowed", None)
    name = host.decode() if isinstance(host, bytes) else str(host)
    if allowed is not None and name.lower() not in allowed and not all(is_outer(str(one[4][0])) for one in found):
        _guarding.refused = name
        raise InnerAddress(name)
    return found
