"""Asks AcoustID. https://acoustid.org/webservice: three requests a second, with an application's key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.answers import DAY, get_json
from core.errors import AuthRequired, BadResponse, PermanentError, RateLimited
from core.http import ServiceSession

BASE_URL = "https://api.acoustid.org/v2"
LABEL = "AcoustID"
KEPT_SECONDS = 30 * DAY
INVALID_KEY, TOO_MANY = 4, 14
SHORTEST, LONGEST = 1, 32767  # what it takes as a duration


@dataclass(frozen=True, slots=True)
class Heard:
    """A recording that sounds like what was asked about; ``score`` from 0 to 1."""

    score: float
    mbid: str
    title: str
    artists: tuple[str, ...]


class AcoustidClient:
    def __init__(self, session: ServiceSession, *, key: str, base_url: str = BASE_URL) -> None:
        self._session = session
        self._key = key
        self._base_url = base_url.rstrip("/")

    def lookup(self, fingerprint: str, *, duration_ms: int) -> list[Heard]:
        """The recordings that sound so, nearest first; none where nobody told it of the sound.

        Raises AuthRequired for a key that it does not know, RateLimited, TransientError, PermanentError.
        """
        params = {
            "client": self._key,
            "duration": str(max(SHORTEST, min(LONGEST, round(duration_ms / 1000)))),
            "fingerprint": fingerprint,
            "meta": "recordings compress",
            "format": "json",
        }
        body = get_json(
            self._session, f"{self._base_url}/lookup", params, label=LABEL, keep=KEPT_SECONDS, check=_raise_said
        )
        if not isinstance(body, dict) or body.get("status") != "ok" or not isinstance(body.get("results"), list):
            raise BadResponse(f"{LABEL} answered with something unreadable.", remedy="Try again later.")
        heard = [one for result in body["results"] if isinstance(result, dict) for one in _recordings(result)]
        return sorted(heard, key=lambda one: -one.score)


def _raise_said(body: Any) -> None:
    """Its errors lie in the body, under several statuses."""
    error = body.get("error") if isinstance(body, dict) and body.get("status") == "error" else None
    if not isinstance(error, dict):
        return
    if error.get("code") == TOO_MANY:
        raise RateLimited(f"{LABEL} is asked too often.", remedy="Spotizer goes on by itself after that.")
    if error.get("code") == INVALID_KEY:
        raise AuthRequired(
            f"{LABEL} does not know the key.", remedy="Correct it under Settings, Matching (SPOTIZER_ACOUSTID_KEY)."
        )
    raise PermanentError(f"{LABEL} refused the question: {str(error.get('message'))[:200]}.", reason="bad_request")


def _recordings(result: dict[str, Any]) -> list[Heard]:
    """What one result names; a recording may be without its names, or missing altogether."""
    score = result.get("score")
    rows = result.get("recordings")
    if not isinstance(score, int | float) or not isinstance(rows, list):
        return []
    return [
        Heard(float(score), str(row.get("id") or ""), str(row.get("title") or ""), _names(row))
        for row in rows
        if isinstance(row, dict)
    ]


def _names(row: dict[str, Any]) -> tuple[str, ...]:
    artists = row.get("artists")
    rows = artists if isinstance(artists, list) else []
    return tuple(str(artist["name"]) for artist in rows if isinstance(artist, dict) and artist.get("name"))
