"""How often each outside service may be asked, and what it is called. Each number has its source beside it."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from ops.settings import in_force


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``calls`` in any ``seconds`` (a sliding window), by all workers together."""

    calls: int
    seconds: float


LIMITS: dict[str, Limit] = {
    # 50 in 5 s for one address, https://developers.deezer.com/api; some room for a player in the household.
    "deezer": Limit(40, 5.0),
    # Unpublished: its files, which a person asks for one by one.
    "deezer_preview": Limit(10, 5.0),
    # Unpublished, counted over 30 s: https://developer.spotify.com/documentation/web-api/concepts/rate-limits
    "spotify": Limit(60, 30.0),
    # One a second on average: https://musicbrainz.org/doc/MusicBrainz_API/Rate_Limiting
    "musicbrainz": Limit(1, 1.05),
    # Unpublished; its operator asks for one at a time, 200 to 500 ms apart.
    "lrclib": Limit(1, 0.3),
    # Three a second: https://acoustid.org/webservice
    "acoustid": Limit(3, 1.05),
    # Below five a second on average: https://www.last.fm/api/tos
    "lastfm": Limit(4, 1.05),
    # Unpublished; it hands out addresses of archive.org, two hops a picture.
    "cover_art_archive": Limit(10, 2.0),
    "youtube_music": Limit(20, 5.0),
    # Unpublished; it asks to be asked by one or two at a time.
    "internet_archive": Limit(6, 3.0),
    # Searches alone; the network bans who searches too fast, by report at more than about 30 in four minutes.
    "slskd_search": Limit(28, 240.0),
}

WINDOW_SECONDS = 5.0


def limit_of(rate: float) -> Limit:
    """At most so many calls a second, counted over a window that lets an album's calls come together."""
    return Limit(1, 1 / rate) if rate * WINDOW_SECONDS < 2 else Limit(int(rate * WINDOW_SECONDS), WINDOW_SECONDS)


def limits_in_force() -> dict[str, Limit]:
    """The limits of all services: the settings' word, else ours. The sandbox has none but the settings'."""
    said = {service: limit_of(rate) for service, rate in in_force.REQUEST_RATES.items()}
    return said if settings.SANDBOX_URL else LIMITS | said


LABELS = {
    "deezer": "Deezer",
    "deezer_preview": "Deezer",
    "spotify": "Spotify",
    "musicbrainz": "MusicBrainz",
    "lrclib": "LRCLIB",
    "acoustid": "AcoustID",
    "lastfm": "Last.fm",
    "cover_art_archive": "the Cover Art Archive",
    "youtube_music": "YouTube Music",
    "internet_archive": "the Internet Archive",
    "slskd": "slskd",
    "slskd_search": "slskd",
    "spotify_oembed": "Spotify",
}


def label_of(service: str) -> str:
    """The label that begins a sentence: ``MusicBrainz``, ``The Cover Art Archive``."""
    label = _label(service)
    return label[:1].upper() + label[1:]


def _label(service: str) -> str:
    """The service as people know it; for pictures and short links their server."""
    kind, _, host = service.partition(":")
    if host:
        return f"{'the picture server' if kind == 'artwork' else 'the link server'} {host}"
    return LABELS.get(service, service.replace("_", " "))
