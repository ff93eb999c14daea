"""Where audio comes from, and how fast."""

from __future__ import annotations

from ops.settings.kinds import Address, Amounts, Boolean, Integer, Number, Secret, SomeOf, Text, WholeAmounts
from ops.settings.table.section import Section

SOURCES = {
    "youtube_music": "YouTube Music",
    "youtube": "YouTube",
    "internet_archive": "Internet Archive",
    "bandcamp": "Bandcamp",
    "soundcloud": "SoundCloud",
    "slskd": "Soulseek (slskd)",
    "link": "Pasted links",
}
SERVICES = (
    "deezer",
    "spotify",
    "musicbrainz",
    "lrclib",
    "cover_art_archive",
    "youtube_music",
    "internet_archive",
    "slskd",
    "slskd_search",
    "acoustid",
    "lastfm",
)


# Lanes beside YouTube's, which has settings of its own.
LANES = ("internet_archive", "slskd", "soundcloud", "bandcamp")


class Order(Section):
    TAB = "sources"
    TITLE = "Sources"

    SOURCES = SomeOf(
        "SPOTIZER_SOURCES",
        ["youtube_music", "youtube", "internet_archive", "slskd", "link"],
        SOURCES,
        is_ordered=True,
        label="Sources",
        help="Where audio is looked for, in this order; what is not named is off. link takes pasted links of them all.",
    )


class Slskd(Section):
    TAB = "sources"
    TITLE = "Soulseek"

    SLSKD_URL = Address(
        "SPOTIZER_SLSKD_URL",
        "",
        label="Address of slskd",
        help="The address of an slskd of yours, http://slskd:5030: the Soulseek network becomes a source.",
    )
    SLSKD_KEY = Secret("SPOTIZER_SLSKD_KEY", "", label="API key", help="A key of that slskd, with the role readwrite.")
    SLSKD_DOWNLOADS = Text(
        "SPOTIZER_SLSKD_DOWNLOADS",
        "",
        label="Its download folder",
        help="The folder that slskd downloads to, as Spotizer sees it.",
    )
    SLSKD_QUEUE_MINUTES = Integer(
        "SPOTIZER_SLSKD_QUEUE_MINUTES",
        30,
        least=1,
        most=10_000,
        unit="minutes",
        label="Patience",
        help="How long to stand in a peer's queue before the next one is asked.",
    )


class Pace(Section):
    TAB = "sources"
    TITLE = "Pace"

    YOUTUBE_AT_ONCE = Integer(
        "SPOTIZER_YOUTUBE_AT_ONCE",
        1,
        least=0,
        most=16,
        label="YouTube at once",
        help="Fetches at once from YouTube and YouTube Music together; 0 is no limit.",
        effect="More than one at once makes it likely that YouTube shuts this address out for hours.",
    )
    YOUTUBE_PACE_SECONDS = Number(
        "SPOTIZER_YOUTUBE_PACE",
        6,
        least=0,
        unit="seconds",
        label="YouTube apart",
        help="Seconds between two fetches from YouTube, give or take a third.",
        effect="Less than the default makes it likely that YouTube shuts this address out for hours.",
    )
    YOUTUBE_PER_HOUR = Integer(
        "SPOTIZER_YOUTUBE_PER_HOUR",
        250,
        least=0,
        label="YouTube an hour",
        help="Fetches an hour from YouTube and YouTube Music together; 0 is no limit.",
        effect="More than the default makes it likely that YouTube shuts this address out for hours.",
    )
    SOURCE_PACE = Amounts(
        "SPOTIZER_SOURCE_PACE",
        names=LANES,
        example="soundcloud=4 bandcamp=4",
        label="Apart, by source",
        help="Seconds between two fetches from one of the other sources, give or take a quarter; else SoundCloud's and "
        "Bandcamp's start 4 seconds apart.",
        effect="Less than the default makes it likely that a source shuts this address out.",
    )
    SOURCE_PER_HOUR = WholeAmounts(
        "SPOTIZER_SOURCE_PER_HOUR",
        names=LANES,
        example="soundcloud=200",
        label="An hour, by source",
        help="Fetches an hour from one of the other sources; else 200 each from SoundCloud and Bandcamp.",
        effect="More than the default makes it likely that a source shuts this address out.",
    )
    PERMITS = WholeAmounts(
        "SPOTIZER_PERMITS",
        example="youtube=1 music.youtube.com=2",
        label="At once, by source or host",
        help="Fetches at once per source or host; else two from the Internet Archive and slskd, one each from "
        "SoundCloud and Bandcamp.",
    )
    REQUEST_RATES = Amounts(
        "SPOTIZER_REQUEST_RATES",
        names=SERVICES,
        example="deezer=8 musicbrainz=0.5",
        label="Requests a second",
        help="By service; for those that are not named their own limits hold.",
        effect="A service that is asked more often than it allows may shut this address out.",
    )
    BANDWIDTH_KBPS = Integer(
        "SPOTIZER_BANDWIDTH_KBPS",
        0,
        least=0,
        unit="kbit/s",
        label="Bandwidth",
        help="What all fetches share; 0 is no limit.",
    )
    REAL_TIME = Boolean(
        "SPOTIZER_REAL_TIME", False, label="Real time", help="A fetch lasts about as long as the track plays."
    )


class Engine(Section):
    TAB = "sources"
    TITLE = "Renewing the engine"

    ENGINE_UPDATE = Boolean(
        "SPOTIZER_ENGINE_UPDATE",
        True,
        label="Renew yt-dlp",
        help="Off: yt-dlp and its companions are never renewed from within, for images that must not change.",
    )
