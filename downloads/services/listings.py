"""Which recordings stand at the link of an album, a set or a playlist: asked once and kept for half an hour."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookLonger
from dataclasses import asdict
from functools import partial
from hashlib import sha256
from typing import Any, TypeVar

from django.db import connection
from django.utils import timezone

from core.errors import RateLimited, SpotizerError, UserError
from core.http import interactive
from downloads.services.closing import close_for, closes_lane
from downloads.services.sources import limits_of, link_sources
from ops.services import lanes
from ops.services.cache import DatabaseCache
from providers.base import Candidate, Describes, Link, Listing, Lists, Source, UploadKind
from providers.links import NAMES

KEPT_SECONDS = 1800.0
SHORT_REST_SECONDS = 60.0  # who asks for no more is asked again by the same request; others need not wait
PEEK_SECONDS = 5.0
SERVICE = "listing"  # under which name they are kept
T = TypeVar("T")


def read_listing(link: Link) -> Listing:
    """What stands at ``link``. Raises the source's errors, UserError where links of it are switched off."""
    if kept := _kept(link):
        return kept
    for source in _readers(link.provider):
        if isinstance(source, Lists):
            listing = _ask(source, partial(source.listing, link.url))
            DatabaseCache().put(SERVICE, _key(link), status=200, body=asdict(listing), seconds=KEPT_SECONDS)
            return listing
    raise switched_off(link.provider)


def peek(link: Link, *, seconds: float = PEEK_SECONDS) -> Listing | None:
    """The same for a person who waits: None where it takes longer; it is then read on, and kept for who asks next."""
    if kept := _kept(link):
        return kept
    pool = ThreadPoolExecutor(1, thread_name_prefix="peek")
    try:
        return pool.submit(_read_in_thread, link).result(seconds)
    except TookLonger:
        return None
    finally:
        pool.shutdown(wait=False)


def describe(provider: str, url: str) -> Candidate:
    """The one recording at ``url``, a link of ``provider``. Raises the source's errors, UserError where links of it are
    switched off.
    """
    for source in _readers(provider):
        if isinstance(source, Describes):
            return _ask(source, partial(source.describe, url))
    raise switched_off(provider)


def pause_between(provider: str) -> float:
    """Seconds to leave between two questions about entries of one list: a part of what lies between two fetches."""
    lane = next((one.lane for one in _readers(provider)), "")
    return limits_of(lane).pace_seconds / 4


def _ask(source: Source, question: Callable[[], T]) -> T:
    """The source's answer, unless its lane is closed; where it asks for a rest that concerns all, that closes it."""
    _raise_if_closed(source)
    try:
        return question()
    except SpotizerError as exc:
        if (rested := _rested(source, exc)) is exc:
            raise
        raise rested from exc


def _raise_if_closed(source: Source) -> None:
    lane = lanes.lane_state(source.lane)
    if lane.closed_until is not None:
        left = max(0.1, (lane.closed_until - timezone.now()).total_seconds())
        raise RateLimited(lane.message, retry_after=left, reason=lane.reason)


def _rested(source: Source, error: SpotizerError) -> SpotizerError:
    """The error as the request is to meet it: what closes the lane makes it wait, not fail."""
    if not closes_lane(error):
        return error
    if isinstance(error, RateLimited) and error.retry_after is not None and error.retry_after <= SHORT_REST_SECONDS:
        return error
    parked = close_for(source, error)
    return RateLimited(error.message, retry_after=parked.seconds, remedy=error.remedy, reason=error.reason)


def switched_off(provider: str) -> UserError:
    return UserError(
        f"Links of {NAMES.get(provider, 'this service')} are switched off.",
        remedy="Switch pasted links on under Settings, Sources (SPOTIZER_SOURCES), then try again.",
    )


def _readers(provider: str) -> list[Source]:
    return [one for one in link_sources() if provider in getattr(one, "describes", ())]


def _read_in_thread(link: Link) -> Listing:
    try:
        with interactive(3 * PEEK_SECONDS):
            return read_listing(link)
    finally:
        connection.close()  # the thread's own


def _kept(link: Link) -> Listing | None:
    kept = DatabaseCache().get(SERVICE, _key(link))
    if kept is None:
        return None
    body: dict[str, Any] = kept[1]
    return Listing(**body | {"entries": tuple(entry and _candidate(entry) for entry in body["entries"])})


def _candidate(entry: dict[str, Any]) -> Candidate:
    return Candidate(**entry | {"artists": tuple(entry["artists"]), "kind": UploadKind(entry["kind"])})


def _key(link: Link) -> str:
    return sha256(f"{SERVICE} {link.url}".encode()).hexdigest()
