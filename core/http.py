"""The one way out: every request to an outside service goes through a session made here.

A session names itself, has timeouts and a whole-answer deadline, refuses inner addresses on every hop, counts each
call at a gate that all workers share, and never retries or sleeps by itself. With a sandbox every request goes there as
``/<host>/<path>``, so that clients and libraries are used exactly as in real life.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Protocol
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import PoolManager
from urllib3.exceptions import HTTPError, ProtocolError, ReadTimeoutError

from core.addresses import OuterHTTPPool, OuterHTTPSPool, check_host
from core.errors import TransientError, UserError

TIMEOUT = (3.05, 15.0)
ANSWER_SECONDS = 45.0  # for one whole answer, however slowly it drips
LARGEST_ANSWER = 25_000_000
PAGE_SECONDS = 5.0
MOST_REDIRECTS = 6

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)
_is_fresh: ContextVar[bool] = ContextVar("is_fresh", default=False)


@contextmanager
def interactive(seconds: float = PAGE_SECONDS, *, is_anew: bool = False) -> Iterator[None]:
    """Within it a person waits: calls go before background work and end, all together, within ``seconds``.

    ``is_anew``: what was said around it does not count, as this person knows that it takes longer than a page.
    """
    wanted = time.monotonic() + seconds
    outer = None if is_anew else _deadline.get()
    token = _deadline.set(wanted if outer is None else min(wanted, outer))
    try:
        yield
    finally:
        _deadline.reset(token)


@contextmanager
def unhurried() -> Iterator[None]:
    """Within it calls have their usual time, whoever waits: for what is spent once it is sent (a code, a token)."""
    token = _deadline.set(None)
    try:
        yield
    finally:
        _deadline.reset(token)


def is_interactive() -> bool:
    return _deadline.get() is not None


def seconds_left() -> float | None:
    """Seconds until the person has waited long enough; None where no person waits."""
    deadline = _deadline.get()
    return None if deadline is None else deadline - time.monotonic()


@contextmanager
def fresh_answers() -> Iterator[None]:
    """Within it kept answers are not used (but answers are kept)."""
    token = _is_fresh.set(True)
    try:
        yield
    finally:
        _is_fresh.reset(token)


def wants_fresh() -> bool:
    return _is_fresh.get()


class Outcome(StrEnum):
    """How one call ended, as the gate sees it."""

    OK = "ok"  # the service answered, be it with "none" or "not you"
    FAILED = "failed"  # no answer, or 5xx
    RATE_LIMITED = "rate_limited"
    QUOTA = "quota_exceeded"


class Gate(Protocol):
    """Stands before every call of every worker."""

    def enter(self, service: str) -> None:
        """Count a call; wait briefly for a place. Raises RateLimited or TransientError while the service is closed."""
        ...

    def report(self, service: str, outcome: Outcome, retry_after: float | None = None) -> None:
        """Say how the call ended; may close the service for a while."""
        ...


class OpenGate:
    """Lets everything through and remembers nothing: for tools and tests."""

    def enter(self, service: str) -> None:
        """Always."""

    def report(self, service: str, outcome: Outcome, retry_after: float | None = None) -> None:
        """Forgotten."""


class AnswerCache(Protocol):
    """Keeps answers that all workers share. ``status`` 404 is a remembered "none"."""

    def get(self, service: str, key: str) -> tuple[int, Any] | None: ...
    def put(self, service: str, key: str, *, status: int, body: Any, seconds: float) -> None: ...


def user_agent(version: str, contact: str) -> str:
    """``Spotizer/1.0 (+https://contact.example)``: MusicBrainz blocks and LRCLIB refuses who does not say this."""
    return f"Spotizer/{version} (+{contact})"


class ServiceSession(requests.Session):
    """A requests session that knows which service it speaks to."""

    def __init__(self, service: str, gate: Gate, cache: AnswerCache | None = None) -> None:
        super().__init__()
        self.service = service
        self.gate = gate
        self.cache = cache
        self.trust_env = False  # no .netrc secrets, no proxy behind which inner addresses cannot be seen
        self.max_redirects = MOST_REDIRECTS
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # nobody follows the household around


def make_session(
    service: str,
    *,
    gate: Gate,
    cache: AnswerCache | None = None,
    sandbox_url: str = "",
    agent: str = "Spotizer",
    timeout: tuple[float, float] = TIMEOUT,
    inner: str = "",
) -> ServiceSession:
    """A session for ``service``, guarded as the top of this file says.

    ``inner`` is the address of a service of the household itself, which the settings name: the one inner origin that
    this session may ask.
    """
    session = ServiceSession(service, gate, cache)
    session.headers.update({"User-Agent": agent, "Accept-Language": "en"})
    adapter = GuardedAdapter(service, gate, sandbox_url=sandbox_url.rstrip("/"), timeout=timeout, inner=inner)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


class _OuterAdapter(HTTPAdapter):
    """Connects to public addresses only."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = {"http": OuterHTTPPool, "https": OuterHTTPSPool}


class GuardedAdapter(HTTPAdapter):
    """Sends one hop: gate, guard or sandbox, timeouts, and the whole body within its deadline."""

    def __init__(
        self, service: str, gate: Gate, *, sandbox_url: str, timeout: tuple[float, float], inner: str = ""
    ) -> None:
        super().__init__()
        self.service = service
        self.gate = gate
        self.sandbox_url = sandbox_url
        self.timeout = timeout
        self._inner = _origin(inner) if inner else None
        self._way = HTTPAdapter() if sandbox_url else _OuterAdapter()
        self._inner_way = HTTPAdapter()

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        hop = self._hop(request)
        self.gate.enter(self.service)
        deadline = self._deadline()
        try:
            response = self._send(hop, deadline, verify, cert)
            if not stream:
                _read_body(response, deadline)
        except requests.RequestException:
            self.gate.report(self.service, Outcome.FAILED)
            raise
        # Redirects are relative to what was asked, not to the sandbox.
        response.request, response.url = request, str(request.url)
        self.gate.report(self.service, *_outcome(response))
        return response

    def _send(self, hop: requests.PreparedRequest, deadline: float, verify: bool | str, cert: Any) -> requests.Response:
        """Send once; once more where a kept connection turned out to be closed by the other side."""

        is_inner = not self.sandbox_url and self._is_inner(str(hop.url))

        def send() -> requests.Response:
            # Not None: yt-dlp, once imported, replaces how requests chooses a proxy, and its way needs a mapping.
            return (self._inner_way if is_inner else self._way).send(
                hop, stream=True, timeout=self._timeout(deadline), verify=verify, cert=cert, proxies={}
            )

        try:
            return send()
        except requests.ConnectionError as exc:
            if hop.method != "GET" or not (exc.args and isinstance(exc.args[0], ProtocolError)):
                raise
            return send()

    def close(self) -> None:
        self._way.close()
        self._inner_way.close()
        super().close()

    def _is_inner(self, url: str) -> bool:
        return self._inner is not None and _origin(url) == self._inner

    def _hop(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """What is really sent: the request, or its copy for the sandbox. Raises InnerAddress, UserError."""
        url = str(request.url)
        parts = urlsplit(url)
        if self.sandbox_url and url.startswith(f"{self.sandbox_url}/"):
            return request
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise UserError(f"{url[:100]} is not a web address.")
        if not self._is_inner(url):
            check_host(parts.hostname)
        if not self.sandbox_url:
            return request
        copy = request.copy()
        copy.url = f"{self.sandbox_url}/{parts.netloc.rpartition('@')[2]}{parts.path or '/'}"
        if parts.query:
            copy.url += f"?{parts.query}"
        return copy

    def _deadline(self) -> float:
        left = seconds_left()
        if left is not None and left <= 0.05:
            raise TransientError(f"{self.service} took too long to answer.", remedy="Try again in a moment.")
        return time.monotonic() + (ANSWER_SECONDS if left is None else min(left, ANSWER_SECONDS))

    def _timeout(self, deadline: float) -> tuple[float, float]:
        left = max(0.05, deadline - time.monotonic())
        return min(self.timeout[0], left), min(self.timeout[1], left)


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, (parts.hostname or "").lower(), port


def _read_body(response: requests.Response, deadline: float) -> None:
    """Read the body within ``deadline`` and the size limit; raise what requests raises for a broken one."""
    chunks: list[bytes] = []
    size = 0
    try:
        while chunk := response.raw.read1(65536, decode_content=True):
            chunks.append(chunk)
            size += len(chunk)
            if size > LARGEST_ANSWER:
                response.close()
                raise requests.exceptions.ContentDecodingError("The answer is too large.")
            if time.monotonic() > deadline:
                response.close()
                raise requests.exceptions.ReadTimeout("The answer came too slowly.", response=response)
    except ReadTimeoutError as exc:
        raise requests.exceptions.ReadTimeout(exc, response=response) from exc
    except (HTTPError, OSError, ValueError) as exc:
        if isinstance(exc, requests.RequestException):
            raise
        raise requests.exceptions.ChunkedEncodingError(exc, response=response) from exc
    response._content = b"".join(chunks)
    response._content_consumed = True  # type: ignore[attr-defined]
    response.raw.release_conn()


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that ``Retry-After`` asks for, None where it says nothing.

    A number or a date. Source: RFC 9110, section 10.2.3.
    """
    text = (headers.get("Retry-After") or "").strip()
    if not text:
        return None
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _outcome(response: requests.Response) -> tuple[Outcome, float | None]:
    asked = retry_after(response.headers)
    if response.status_code == 429:
        is_quota = b"QUOTA_EXCEEDED" in response.content[:2000]
        return (Outcome.QUOTA if is_quota else Outcome.RATE_LIMITED), asked
    if response.status_code == 503 and asked is not None:
        return Outcome.RATE_LIMITED, asked
    return (Outcome.FAILED if response.status_code >= 500 else Outcome.OK), None
