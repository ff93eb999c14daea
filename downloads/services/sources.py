"""The sources of audio, as the settings want them, and the pace of their lanes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings

from core.errors import SpotizerError, UserError
from downloads.services import bandwidth, cookies
from downloads.services.updating.pointer import engine_folder
from ops.services import lanes
from ops.services.sessions import media_session, session_for
from ops.settings import in_force
from providers.base import Source, Sweeps

if TYPE_CHECKING:
    from providers.files import Fetcher
    from providers.youtube.options import FetchOptions

LEASE_SECONDS = 60.0
_kept = threading.local()
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """How a lane is shared. Zero means no limit."""

    at_once: int = 0
    pace_seconds: float = 0
    jitter_seconds: float = 0
    per_hour: int = 0


# Of the lanes that the settings say nothing about. The Archive asks for one or two connections at a time.
OF_LANES = {
    "internet_archive": Limits(at_once=2),
    "slskd": Limits(at_once=2),
    "soundcloud": Limits(1, 4, 1, 200),
    "bandcamp": Limits(1, 4, 1, 200),
}


# What reads pasted links of its service also where it is not searched, unless links are off.
OF_LINKS = ("youtube", "soundcloud", "bandcamp", "internet_archive")
LINKS = "link"
YOUTUBE = "youtube"  # a source, and the lane that it shares


def asked_names() -> list[str]:
    """The sources that are searched, in the order in which they are asked. slskd is one where it has an address."""
    return [name for name in in_force.SOURCES if name != LINKS and (name != "slskd" or in_force.SLSKD_URL)]


def enabled_sources() -> list[Source]:
    """The sources in the order in which they are asked."""
    return _sources()[0]


def known_sources() -> list[Source]:
    """All that there are, built afresh: those that are asked in their order, then the others."""
    off = [name for name in MAKERS if name not in asked_names()]
    return [*enabled_sources(), *(_build(name) for name in off if name != "slskd" or in_force.SLSKD_URL)]


def link_sources() -> list[Source]:
    """The sources that a pasted link may be fetched from: the enabled ones first."""
    return [*_sources()[0], *_sources()[1]]


def source_named(name: str) -> Source | None:
    """The source that a candidate is from; None where it is switched off."""
    return next((source for source in link_sources() if source.name == name), None)


def _sources() -> tuple[list[Source], list[Source]]:
    """Those that are asked, and those for links alone. Each thread keeps its own: their sessions are not shared."""
    key = (
        *(tuple(in_force.SOURCES), settings.SANDBOX_URL, in_force.BANDWIDTH_KBPS, in_force.REAL_TIME),
        engine_folder(),  # a new engine is taken up with the next question or fetch
        *(in_force.SLSKD_URL, in_force.SLSKD_KEY, in_force.SLSKD_DOWNLOADS, in_force.SLSKD_QUEUE_MINUTES),
    )
    if getattr(_kept, "key", None) != key:
        asked = asked_names()
        extra = [name for name in OF_LINKS if LINKS in in_force.SOURCES and name not in asked]
        _kept.sources, _kept.key = ([_build(name) for name in asked], [_build(name) for name in extra]), key
    sources: tuple[list[Source], list[Source]] = _kept.sources
    return sources


def sweep_sources() -> int:
    """What sources hold outside for downloads that are gone is let go; how much. A source that is away waits."""
    swept = 0
    for source in enabled_sources():
        if isinstance(source, Sweeps):
            try:
                swept += source.sweep()
            except SpotizerError as exc:
                log.warning("%s could not be tidied: %s", source.name, exc)
    return swept


def limits_of(lane: str) -> Limits:
    """YouTube and YouTube Music are one service behind two names, so they share one lane, with settings of its own.

    All others have a lane each, where the settings' word goes before ours. The sandbox has none but the settings'.
    """
    if lane == YOUTUBE:
        pace = in_force.YOUTUBE_PACE_SECONDS
        return Limits(in_force.YOUTUBE_AT_ONCE, pace, pace / 3, in_force.YOUTUBE_PER_HOUR)
    usual = Limits() if settings.SANDBOX_URL else OF_LANES.get(lane, Limits())
    pace = in_force.SOURCE_PACE.get(lane, usual.pace_seconds)
    at_once, per_hour = in_force.PERMITS.get(lane, usual.at_once), in_force.SOURCE_PER_HOUR.get(lane, usual.per_hour)
    return Limits(at_once, pace, pace / 4, per_hour)


def check_permits(permits: dict[str, int]) -> None:
    """Raise UserError where a name is neither a source's nor a host's: such a permit would hold nothing back."""
    for name in permits:
        if name not in MAKERS and "." not in name:
            raise UserError(
                f"“{name}” is neither a source nor a host.", remedy=f"Name a host or one of {', '.join(MAKERS)}."
            )


def try_enter(
    source: Source, host: str, owner: str, *, is_person: bool = False
) -> tuple[lanes.Permit, ...] | lanes.Wait:
    """Permits for all that this fetch goes through, or how long to wait: the source's lane, and what
    SPOTIZER_PERMITS says of the source or of the host. ``is_person``: somebody waits, whose turn is the next.

    The lane is entered last: only who has everything else counts as a start in its pace.
    """
    permits = {name: most for name, most in in_force.PERMITS.items() if name == YOUTUBE or name != source.lane}
    extra = {f"source:{source.name}": source.name, f"host:{host[:50]}": host}
    held: list[lanes.Permit] = []
    for lane, limits in [
        *((lane, Limits(permits[name])) for lane, name in extra.items() if permits.get(name)),
        (source.lane, limits_of(source.lane)),
    ]:
        answer = _enter(lane, owner, limits, is_person=is_person)
        if isinstance(answer, lanes.Wait):
            leave(held)
            return answer
        held.append(answer)
    return tuple(held)


def leave(permits: Iterable[lanes.Permit]) -> None:
    """The permits are free for the next."""
    for permit in permits:
        lanes.leave(permit)


def _enter(lane: str, owner: str, limits: Limits, *, is_person: bool) -> lanes.Permit | lanes.Wait:
    return lanes.try_enter(
        lane,
        owner,
        at_once=limits.at_once,
        pace_seconds=limits.pace_seconds,
        jitter_seconds=limits.jitter_seconds,
        per_hour=limits.per_hour,
        lease_seconds=max(LEASE_SECONDS, settings.LEASE_SECONDS),
        is_person=is_person,
    )


def _build(name: str) -> Source:
    make = MAKERS.get(name)
    if make is None:
        raise UserError(
            f"There is no source “{name}”.", remedy=f"Set SPOTIZER_SOURCES to some of {', '.join(sorted(MAKERS))}."
        )
    return make()


# Imported by whoever fetches: the web server does only where somebody listens to a candidate, as yt-dlp is large.
def _youtube() -> Source:
    from providers.youtube.source import YouTubeSource

    return YouTubeSource(_options("youtube"))


def _youtube_music() -> Source:
    from providers.youtube_music.source import YouTubeMusicSource

    return YouTubeMusicSource(session_for("youtube_music"), _options("youtube"))


def _soundcloud() -> Source:
    from providers.soundcloud.source import SoundCloudSource

    return SoundCloudSource(_options("soundcloud"))


def _bandcamp() -> Source:
    from providers.bandcamp.source import BandcampSource

    return BandcampSource(_options("bandcamp"))


def _internet_archive() -> Source:
    from providers.internet_archive.client import ArchiveClient
    from providers.internet_archive.source import ArchiveSource

    return ArchiveSource(ArchiveClient(session_for("internet_archive")), _fetcher("internet_archive"))


def _slskd() -> Source:
    from providers.slskd.client import SlskdClient
    from providers.slskd.source import SlskdSource, Terms
    from providers.slskd.tickets import Tickets

    url = in_force.SLSKD_URL
    client = SlskdClient(
        session_for("slskd", inner=url), session_for("slskd_search", inner=url), url=url, key=in_force.SLSKD_KEY
    )
    downloads = Path(in_force.SLSKD_DOWNLOADS) if in_force.SLSKD_DOWNLOADS else None
    terms = Terms(downloads, queue_seconds=in_force.SLSKD_QUEUE_MINUTES * 60)
    return SlskdSource(client, terms, Tickets(Path(settings.DATA) / "slskd"))


def _fetcher(service: str) -> Fetcher:
    from providers.files import Fetcher

    return Fetcher(
        session=media_session(service),
        gate=session_for(service).gate,
        service=service,
        share=bandwidth.share if in_force.BANDWIDTH_KBPS else None,
        is_real_time=in_force.REAL_TIME,
    )


def fetch_options(lane: str, *, engine: str) -> FetchOptions:
    """How yt-dlp is run for ``lane``, out of ``engine`` or as installed."""
    from providers.youtube.options import FetchOptions

    return FetchOptions(
        plugins=settings.YTDLP_PLUGINS,
        engine=engine,
        ffmpeg=settings.FFMPEG,
        cache_dir=str(settings.DATA / "cache" / "yt-dlp"),
        share=bandwidth.share if in_force.BANDWIDTH_KBPS else None,
        is_real_time=in_force.REAL_TIME,
        cookies=cookies.lender(lane),
        inner_host=urlsplit(settings.SANDBOX_URL).hostname or "",
    )


def _options(lane: str) -> FetchOptions:
    return fetch_options(lane, engine=engine_folder())


MAKERS: dict[str, Callable[[], Source]] = {
    "youtube_music": _youtube_music,
    "youtube": _youtube,
    "soundcloud": _soundcloud,
    "bandcamp": _bandcamp,
    "internet_archive": _internet_archive,
    "slskd": _slskd,
}
