"""What every question to MusicBrainz has in common."""

from __future__ import annotations

import re
from typing import Any

from core.answers import get_json
from core.errors import BadResponse, UserError
from core.http import ServiceSession

BASE_URL = "https://musicbrainz.org/ws/2"
LABEL = "MusicBrainz"
BUSY_SECONDS = 7.0  # after a 503, which seldom says how long
MBID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LUCENE = re.compile(r'([+\-&|!(){}\[\]^"~*?:\\/])')


def ask(session: ServiceSession, base_url: str, path: str, *, keep: float, **params: Any) -> dict[str, Any]:
    """The answer to one question. Raises NotFound, RateLimited, BadResponse, TransientError."""
    url = f"{base_url}/{path}"
    body = get_json(session, url, {"fmt": "json", **params}, label=LABEL, keep=keep, busy=BUSY_SECONDS)
    if not isinstance(body, dict):
        raise BadResponse(f"{LABEL} answered with something unreadable.", remedy="Try again later.")
    return body


def rows_of(body: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects of the list ``name``. Raises BadResponse where there is no such list."""
    rows = body.get(name)
    if not isinstance(rows, list):
        raise BadResponse(f"{LABEL} answered without a list.", remedy="Try again later.")
    return [row for row in rows if isinstance(row, dict)]


def mbid_of(value: str) -> str:
    """``value`` as MusicBrainz writes its ids. Raises UserError for what is none."""
    if not MBID.fullmatch(value.lower()):
        raise UserError(f"{value[:40]!r} is not an id of {LABEL}.", remedy="Copy the whole link once more.")
    return value.lower()


def escape(query: str) -> str:
    """``query`` as plain words for Lucene: ``AC/DC (live)`` becomes ``AC\\/DC \\(live\\)``."""
    words = LUCENE.sub(r"\\\1", query)
    return re.sub(r"\b(AND|OR|NOT)\b", lambda match: match[1].lower(), words)
