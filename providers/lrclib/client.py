"""Asks LRCLIB. https://lrclib.net/docs; its operator asks for one request at a time and a User-Agent with a contact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.answers import DAY, get_json
from core.errors import BadResponse, NotFound
from core.http import ServiceSession
from providers.base import TrackInfo
from providers.lrclib.words import words_of

BASE_URL = "https://lrclib.net/api"
LABEL = "LRCLIB"
FOUND_SECONDS = 3650 * DAY  # lyrics do not change
NONE_SECONDS = 14 * DAY
SAME_LENGTH_SECONDS = 3.0
SHORTEST, LONGEST = 1, 3600  # what /get takes as a duration


@dataclass(frozen=True, slots=True)
class Lyrics:
    """The words of a track. ``synced`` is in LRC form; both are empty for an instrumental."""

    synced: str = ""
    plain: str = ""
    is_instrumental: bool = False


class LrclibClient:
    def __init__(self, session: ServiceSession, *, base_url: str = BASE_URL) -> None:
        self._session = session
        self._base_url = base_url.rstrip("/")

    def find(self, info: TrackInfo) -> Lyrics:
        """The lyrics: by album and length, then without the album, then the search's best. Raises NotFound for none."""
        names = {"track_name": info.title, "artist_name": info.artists[0] if info.artists else ""}
        if not names["artist_name"]:
            raise NotFound("Lyrics are looked for by title and artist.")
        seconds = round(info.duration_ms / 1000) if info.duration_ms else 0
        if SHORTEST <= seconds <= LONGEST:
            exact = names | {"duration": str(seconds)}
            album = info.album.title if info.album else ""
            for question in ([exact | {"album_name": album}] if album else []) + [exact]:
                try:
                    return _lyrics(self._get("get", question))
                except NotFound:
                    continue
        return self._search(names, seconds)

    def _search(self, names: dict[str, str], seconds: int) -> Lyrics:
        hits = self._get("search", names)
        if not isinstance(hits, list):
            raise BadResponse(f"{LABEL} answered without a list.", remedy="Try again later.")
        near = [
            hit
            for hit in hits
            if isinstance(hit, dict) and (not seconds or _distance(hit, seconds) <= SAME_LENGTH_SECONDS)
        ]
        found = [(_lyrics(hit), _distance(hit, seconds)) for hit in near]
        usable = [hit for hit in found if hit[0].synced or hit[0].plain or hit[0].is_instrumental]
        if not usable:
            raise NotFound(f"{LABEL} has no lyrics of this track.")
        return min(usable, key=lambda hit: (not hit[0].synced, hit[1]))[0]

    def _get(self, path: str, params: dict[str, str]) -> Any:
        return get_json(
            self._session,
            f"{self._base_url}/{path}",
            params,
            label=LABEL,
            keep=FOUND_SECONDS if path == "get" else NONE_SECONDS,
            keep_none=NONE_SECONDS,
        )


def _lyrics(data: Any) -> Lyrics:
    if not isinstance(data, dict):
        raise BadResponse(f"{LABEL} answered with something unreadable.", remedy="Try again later.")
    return Lyrics(
        synced=words_of(data.get("syncedLyrics")),
        plain=words_of(data.get("plainLyrics")),
        is_instrumental=bool(data.get("instrumental")),
    )


def _distance(hit: dict[str, Any], seconds: int) -> float:
    duration = hit.get("duration")
    return abs(float(duration) - seconds) if isinstance(duration, (int, float)) else 1e9
