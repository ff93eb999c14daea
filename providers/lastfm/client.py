"""Asks Last.fm for tags. https://www.last.fm/api: a key of an application, below five requests a second on average."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.answers import DAY, get_json
from core.errors import AuthRequired, BadResponse, Forbidden, NotFound, PermanentError, RateLimited, TransientError
from core.http import ServiceSession

BASE_URL = "https://ws.audioscrobbler.com/2.0/"
LABEL = "Last.fm"
KEPT_SECONDS = 30 * DAY
UNSAID_WAIT = 30.0  # its limit is an average over minutes, and it never says how long to wait
NOT_FOUND, PRIVATE, TOO_MANY = 6, 17, 29
KEY_TROUBLE = {4, 9, 10, 13, 14, 26}  # of the key or the session; 26: the key is suspended
ITS_OWN_TROUBLE = {8, 11, 16}


@dataclass(frozen=True, slots=True)
class Tag:
    """A word that listeners put on something. ``count`` from 0 to 100: how many do, against the most used one."""

    name: str
    count: int


class LastfmClient:
    """Each method gives the tags, the most used first; none where listeners said nothing.

    Raises NotFound for what it does not know, AuthRequired for a key that it refuses, RateLimited, TransientError,
    PermanentError.
    """

    def __init__(self, session: ServiceSession, *, key: str, base_url: str = BASE_URL) -> None:
        self._session = session
        self._key = key
        self._base_url = base_url

    def artist_tags(self, artist: str) -> list[Tag]:
        return self._tags("artist", artist=artist)

    def album_tags(self, artist: str, album: str) -> list[Tag]:
        return self._tags("album", artist=artist, album=album)

    def track_tags(self, artist: str, track: str) -> list[Tag]:
        return self._tags("track", artist=artist, track=track)

    def _tags(self, what: str, **names: str) -> list[Tag]:
        params = {"method": f"{what}.gettoptags", "api_key": self._key, "format": "json", "autocorrect": "1", **names}
        body = get_json(self._session, self._base_url, params, label=LABEL, keep=KEPT_SECONDS, check=_raise_said)
        found = body.get("toptags") if isinstance(body, dict) else None
        if not isinstance(found, dict):
            raise BadResponse(f"{LABEL} answered with something unreadable.", remedy="Try again later.")
        tags = [_tag(row) for row in as_list(found.get("tag")) if isinstance(row, dict)]
        return sorted((tag for tag in tags if tag.name), key=lambda tag: -tag.count)


def as_list(value: object) -> list[Any]:
    """A list of one comes as the thing itself, an empty one as an empty text or not at all."""
    if isinstance(value, list):
        return value
    return [value] if value else []


def _tag(row: dict[str, Any]) -> Tag:
    name, count = row.get("name"), str(row.get("count") or 0)
    return Tag(name.strip() if isinstance(name, str) else "", int(count) if count.isascii() and count.isdigit() else 0)


def _raise_said(body: Any) -> None:
    """Its errors lie in the body, under several statuses, 200 among them."""
    code = body.get("error") if isinstance(body, dict) else None
    if not isinstance(code, int):
        return
    said = str(body.get("message") or "")[:200]
    if code == TOO_MANY:
        raise RateLimited(
            f"{LABEL} is asked too often.", retry_after=UNSAID_WAIT, remedy="Spotizer goes on by itself after that."
        )
    if code == NOT_FOUND:
        raise NotFound(f"{LABEL} does not know it.")
    if code in KEY_TROUBLE:
        raise AuthRequired(f"{LABEL} refuses the key: {said}", remedy="Correct SPOTIZER_LASTFM_KEY.")
    if code in ITS_OWN_TROUBLE:
        raise TransientError(f"{LABEL} has a problem of its own: {said}", remedy="Try again later.")
    if code == PRIVATE:
        raise Forbidden(f"{LABEL} shows this to its owner alone.")
    raise PermanentError(f"{LABEL} refused the question: {said}", reason="bad_request")
