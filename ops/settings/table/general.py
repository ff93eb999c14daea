"""Where searches go, and how the queue works."""

from __future__ import annotations

from ops.settings.kinds import Boolean, Choice, Code, Hours, Integer, Number
from ops.settings.table.section import Section

CATALOGUES = {"deezer": "Deezer", "spotify": "Spotify", "musicbrainz": "MusicBrainz"}


class Searching(Section):
    TAB = "general"
    TITLE = "Searching"

    DEFAULT_CATALOGUE = Choice(
        "SPOTIZER_CATALOGUE",
        "deezer",
        CATALOGUES,
        label="Catalogue",
        help="Where searches go. Spotify needs keys of an app.",
    )
    SPOTIFY_MARKET = Code(
        "SPOTIZER_MARKET", "US", label="Country", help="The country whose catalogue Spotify is asked for."
    )
    EXPLICIT_FILTER = Boolean(
        "EXPLICIT_FILTER",
        False,
        label="Leave explicit tracks out",
        help="Whatever asks for them skips them.",
    )


class Queue(Section):
    TAB = "general"
    TITLE = "Queue"

    WORKERS = Integer(
        "SPOTIZER_WORKERS",
        3,
        least=1,
        most=32,
        label="Downloads at once",
        help="On each machine. What is at work when this changes goes on where it was.",
    )
    QUIET_HOURS = Hours(
        "SPOTIZER_QUIET_HOURS",
        None,
        label="Quiet hours",
        help="Nothing new starts between these times of day, in the server's time zone; what runs is finished.",
    )
    MIN_FREE_MB = Integer(
        "SPOTIZER_MIN_FREE_MB",
        200,
        least=0,
        unit="MB",
        label="Space to keep free",
        help="The queue pauses itself before there is less, and goes on by itself.",
    )


class People(Section):
    TAB = "general"
    TITLE = "People"

    IDLE_HOURS = Integer(
        "SPOTIZER_IDLE_HOURS",
        720,
        least=1,
        most=720,
        unit="hours",
        label="Sign out after",
        help="Who opens no page for so long signs in again. For who is signed in it counts from their next page.",
    )
    MEMBER_REQUESTS = Integer(
        "SPOTIZER_MEMBER_REQUESTS",
        0,
        least=0,
        label="Requests a day",
        help="What each member may ask for in 24 hours; an album or a playlist is one. 0 is no limit.",
    )


class Retries(Section):
    TAB = "general"
    TITLE = "When something fails"

    MAX_FAILURES = Integer(
        "SPOTIZER_MAX_RETRIES", 3, least=1, most=10, label="Tries", help="So many before a download has failed."
    )
    RETRY_SECONDS = Number(
        "SPOTIZER_RETRY_DELAY",
        1,
        least=0,
        unit="seconds",
        label="First wait",
        help="Before the second try; each further one waits longer.",
    )
    RETRY_FACTOR = Number(
        "SPOTIZER_RETRY_FACTOR",
        2,
        least=1,
        most=10,
        unit="times",
        label="Growth",
        help="How many times longer each wait is than the one before; 1 is always the same.",
    )
    RETRY_CAP = Number(
        "SPOTIZER_RETRY_CAP",
        3600,
        least=0,
        unit="seconds",
        label="Longest wait",
        help="Never exceeded, unless the service itself asks for more.",
    )
