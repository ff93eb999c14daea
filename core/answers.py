"""From an HTTP answer to a value or to one of our errors.

Status 200 is not success, and a body is not JSON until proven.
"""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

import requests

from core.errors import (
    AuthRequired,
    BadResponse,
    Forbidden,
    NotFound,
    PermanentError,
    QuotaExceeded,
    RateLimited,
    SpotizerError,
    TransientError,
)
from core.http import Outcome, ServiceSession, retry_after, wants_fresh

log = logging.getLogger(__name__)

HOUR = 3600.0
DAY = 24 * HOUR
NONE_SECONDS = 2 * DAY  # how long "none" is remembered, times 0.5 to 1.5

Check = Callable[[Any], None]


def wait_in_words(seconds: float) -> str:
    """``40 seconds``, ``5 minutes``, ``14 hours``."""
    if seconds < 90:
        return f"{max(1, round(seconds))} seconds"
    if seconds < 5400:
        return f"{round(seconds / 60)} minutes"
    return f"{round(seconds / 3600)} hours"


def error_for_status(label: str, status: int, *, asked: float | None = None, quota: bool = False) -> SpotizerError:
    """Our error for an HTTP status that means failure. ``label`` is the service as people know it."""
    if status == 429 or (status == 503 and asked is not None):
        kind = QuotaExceeded if quota else RateLimited
        words = f" It asks us to wait {wait_in_words(asked)}." if asked is not None else ""
        what = "says our quota for today is used up" if quota else "is asked too often"
        return kind(f"{label} {what}.{words}", retry_after=asked, remedy="Spotizer goes on by itself after that.")
    if status == 401:
        return AuthRequired(f"{label} does not accept our credentials.", remedy="Check them in the settings.")
    if status == 403:
        return Forbidden(f"{label} refuses this to us (403).")
    if status in {404, 410}:
        return NotFound(f"{label} has nothing there: it was removed or never existed.")
    if status >= 500:
        return TransientError(f"{label} has a problem of its own (error {status}).", remedy="Try again later.")
    return PermanentError(f"{label} refused the question (error {status}).", reason="bad_request")


def error_for_request(label: str, exc: requests.RequestException) -> TransientError:
    """Our error for a request that got no answer."""
    if isinstance(exc, requests.Timeout):
        return TransientError(f"{label} took too long to answer.", remedy="Try again in a moment.", reason="timeout")
    return TransientError(f"{label} could not be reached.", remedy="Check the internet connection and try again.")


def decode_json(label: str, response: requests.Response) -> Any:
    """The JSON body. Raises BadResponse for HTML, text and broken JSON."""
    kind = response.headers.get("Content-Type", "")
    try:
        return json.loads(response.content)
    except ValueError:
        log.warning("%s sent no JSON (%s): %r", label, kind, response.content[:200])
        what = "a web page" if "html" in kind else "something unreadable"
        raise BadResponse(f"{label} answered with {what} instead of data.", remedy="Try again later.") from None


def get_json(
    session: ServiceSession,
    url: str,
    params: Mapping[str, Any] | None = None,
    *,
    label: str,
    keep: float = 0.0,
    check: Check | None = None,
    keep_none: float = NONE_SECONDS,
    busy: float | None = None,
) -> Any:
    """The JSON at ``url``, kept for ``keep`` seconds; "none" is kept too, with jitter.

    ``check`` looks at the body of every answer, whatever its status, and raises our error where the body holds one
    (Deezer puts errors into a 200). ``busy`` is how long to wait after a 503 that does not say (MusicBrainz means "too
    often" by it). Raises NotFound, Forbidden, AuthRequired, RateLimited, BadResponse, TransientError.
    """
    return kept_answer(
        session,
        f"{url}?{json.dumps(sorted((params or {}).items()))}",
        lambda: _ask(session, url, params, label, check, busy),
        label=label,
        keep=keep,
        keep_none=keep_none,
    )


def kept_answer(
    session: ServiceSession,
    key: str,
    ask: Callable[[], Any],
    *,
    label: str,
    keep: float,
    keep_none: float = NONE_SECONDS,
) -> Any:
    """What ``ask`` returns (JSON), from the shared cache where it is there and fresh."""
    cache = session.cache if keep > 0 else None
    if cache is None:
        return ask()
    digest = sha256(f"{session.service} {key}".encode()).hexdigest()
    if not wants_fresh() and (kept := cache.get(session.service, digest)) is not None:
        status, body = kept
        if status == 404:
            raise NotFound(str(body) or f"{label} has nothing there.")
        return body
    try:
        body = ask()
    except NotFound as exc:
        cache.put(session.service, digest, status=404, body=exc.message, seconds=keep_none * random.uniform(0.5, 1.5))
        raise
    cache.put(session.service, digest, status=200, body=body, seconds=keep)
    return body


def _ask(
    session: ServiceSession,
    url: str,
    params: Mapping[str, Any] | None,
    label: str,
    check: Check | None,
    busy: float | None,
) -> Any:
    try:
        response = session.get(url, params=params)
    except requests.RequestException as exc:
        raise error_for_request(label, exc) from exc
    if check is not None:
        _check_body(session, response, label, check)
    if not response.ok:
        quota = b"QUOTA_EXCEEDED" in response.content[:2000]
        asked = retry_after(response.headers)
        if response.status_code == 503 and asked is None and busy is not None:
            asked = busy
            session.gate.report(session.service, Outcome.RATE_LIMITED, busy)
        raise error_for_status(label, response.status_code, asked=asked, quota=quota)
    return decode_json(label, response)


def _check_body(session: ServiceSession, response: requests.Response, label: str, check: Check) -> None:
    try:
        body = json.loads(response.content)
    except ValueError:
        return
    try:
        check(body)
    except RateLimited as exc:
        if response.status_code != 429:  # the gate saw a 200, or a 4xx that is no fault of the service
            session.gate.report(session.service, Outcome.RATE_LIMITED, exc.retry_after)
        raise
