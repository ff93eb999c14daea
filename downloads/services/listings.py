"""Which recordings stand at the link of an album, a set or a playlist: asked once, kept for an hour for all workers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookLonger
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from django.db import connection

from core.errors import UserError
from core.http import interactive
from downloads.services.sources import link_sources
from ops.services.cache import DatabaseCache
from providers.base import Candidate, Describes, Link, Listing, Lists, UploadKind
from providers.links import NAMES

KEPT_SECONDS = 3600.0
PEEK_SECONDS = 5.0
SERVICE = "listing"  # under which name they are kept


def read_listing(link: Link) -> Listing:
    """What stands at ``link``. Raises the source's errors, UserError where links of it are switched off."""
    if kept := _kept(link):
        return kept
    source = next((one for one in _readers(link.provider) if isinstance(one, Lists)), None)
    if source is None:
        raise switched_off(link.provider)
    listing = source.listing(link.url)
    DatabaseCache().put(SERVICE, _key(link), status=200, body=asdict(listing), seconds=KEPT_SECONDS)
    return listing


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


def describer_of(provider: str) -> Describes:
    """The source that reads links of ``provider``. Raises UserError where they are switched off."""
    found = next((one for one in _readers(provider) if isinstance(one, Describes)), None)
    if found is None:
        raise switched_off(provider)
    return found


def switched_off(provider: str) -> UserError:
    return UserError(
        f"Links of {NAMES.get(provider, 'this service')} are switched off.",
        remedy="Switch pasted links on under Settings, Sources (SPOTIZER_SOURCES), then try again.",
    )


def _readers(provider: str) -> list[object]:
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
