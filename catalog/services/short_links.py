"""Follows short links to what they stand for."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import requests

from catalog.services.sessions import session_for
from core.answers import DAY, error_for_request, error_for_status, kept_answer
from core.errors import NotFound, TransientError
from core.http import ServiceSession, retry_after
from providers.base import Link
from providers.links import SHORT, explain_unknown, recognise

LABEL = "The short link"
MOST_HOPS = 6


def follow(link: Link) -> str:
    """The first address on the way that is one of a known service. Raises NotFound for a dead link.

    Each hop goes through the guarded session, so none leads to an inner address. The page at the end is not fetched.
    """
    session = session_for(f"links:{urlsplit(link.url).hostname}")
    return str(kept_answer(session, link.url, lambda: _follow(session, link.url), label=LABEL, keep=30 * DAY))


def _follow(session: ServiceSession, url: str) -> str:
    for _ in range(MOST_HOPS):
        try:
            response = session.get(url, allow_redirects=False)
        except requests.RequestException as exc:
            raise error_for_request(LABEL, exc) from exc
        if response.status_code >= 400:
            raise error_for_status(LABEL, response.status_code, asked=retry_after(response.headers))
        target = response.headers.get("Location")
        if not target:
            raise NotFound("The short link leads nowhere: it was removed or never existed.")
        url = urljoin(url, target)
        known = recognise(url)
        if known is not None and known.provider != SHORT:
            return url
    raise explain_unknown(url) if recognise(url) is None else TransientError("The short link leads in circles.")
