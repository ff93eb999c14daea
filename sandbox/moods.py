"""Switches that change how a service behaves for good, until the next reset. Tests set them through ``/_control/``."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields


@dataclass
class Moods:
    """The defaults are the services as they are, without the limits that would slow a test down."""

    deezer_quota: bool = False  # error code 4 after 50 requests in 5 s
    deezer_404: bool = False  # errors come with HTTP 404 instead of 200
    musicbrainz_limit: bool = False  # 503 for more than one request a second
    lrclib_limit: bool = False  # 429 for parallel calls
    acoustid_hears: str = ""  # a title of the catalogue, "title by artist", or nothing that it knows
    acoustid_limit: bool = False  # error 14
    lastfm_limit: bool = False  # error 29 inside a 200
    spotify_dialect: str = ""  # new, old or extended for every client; empty: by client id
    spotify_premium: bool = True  # False: the owner of the app has no Premium
    spotify_registered: bool = True  # False: the person is not on the app's list
    spotify_token_seconds: int = 3600
    spotify_refresh: str = "absent"  # what a refresh carries: absent, empty, rotated; or revoked, expired
    spotify_consent: str = "granted"  # or denied
    spotify_person: str = "ida.berg"  # who sits at the browser that signs in; or tom.lind
    spotify_redirects: str = ""  # addresses registered for every app; empty: any that the rules allow
    engine_release: str = ""  # a newer yt-dlp in the package index: good, broken, needy
    slskd_version: str = "0.26.1"  # 0.25.0 knows no batches
    slskd_logged_in: bool = True
    slskd_queue: int = 2  # how many looks a transfer from Queue Quentin stays in his queue; -1: for ever
    slskd_stalls: bool = False  # a transfer never gets beyond its half
    slskd_garbage: bool = False  # what arrives is no audio
    slskd_bad_peers: bool = False  # offline olga and rejecting/rita offer the sketches first of all

    def clear(self) -> None:
        for field in fields(self):
            setattr(self, field.name, field.default)

    def set(self, values: dict[str, object]) -> None:
        """Raises ValueError for an unknown switch or a value of another type."""
        for name, value in values.items():
            known = next((field for field in fields(self) if field.name == name), None)
            if known is None or type(value) is not type(known.default):
                raise ValueError(f"no such mood: {name}={value!r}")
            setattr(self, name, value)

    def as_dict(self) -> dict[str, object]:
        return asdict(self)
