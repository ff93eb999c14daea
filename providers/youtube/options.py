"""What a fetch through yt-dlp may be told, and the parameters that follow from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from core.errors import PermanentError

# Which extractors a link may reach: never the generic one, which would ask any address for anything.
EXTRACTORS = ("youtube", "youtube:.*")
HOSTS = frozenset({"youtube.com", "www.youtube.com", "m.youtube.com", "music.youtube.com", "youtu.be"})

SOCKET_SECONDS = 15.0
STALL_SECONDS = 30.0  # without a byte, once there was one
START_SECONDS = 120.0  # until the first byte: extraction, and a challenge to solve
LONGEST_PAUSE = 5.0


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """How yt-dlp is run. Empty texts mean yt-dlp's own default; without ``plugins`` no plug-in is loaded."""

    plugins: str = ""  # a folder that holds yt_dlp_plugins
    engine: str = ""  # the folder of a newer yt-dlp than the installed one
    ffmpeg: str = ""
    cache_dir: str = ""  # kept between fetches: solved challenges and players
    proxy: str = ""
    cookie_file: str = ""  # copied for each fetch, as yt-dlp writes it back
    cookies: Callable[[], str] | None = None  # the text of such a file, asked for each fetch
    share: Callable[[], float] | None = None  # bytes a second for this fetch, asked again and again; 0 is no limit
    is_real_time: bool = False  # a fetch lasts about as long as the track plays
    socket_seconds: float = SOCKET_SECONDS
    stall_seconds: float = STALL_SECONDS
    start_seconds: float = START_SECONDS
    extractors: tuple[str, ...] = EXTRACTORS
    hosts: frozenset[str] = HOSTS
    below: frozenset[str] = frozenset()  # any host below one of these as well
    label: str = "YouTube"
    inner_host: str = ""  # the one inner host that may be asked: the sandbox's


def check_address(url: str, options: FetchOptions) -> None:
    """Refuse with PermanentError whatever is not a web address of the source's own hosts."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    is_ours = host in options.hosts or any(host.endswith(f".{base}") for base in options.below)
    if parts.scheme != "https" or not is_ours or parts.username is not None:
        raise PermanentError(
            f"{url[:200]} is not an address that this source is fetched from.",
            remedy="Paste the link of a single recording.",
            reason="bad_request",
        )


def pause(n: int) -> float:
    """Seconds before attempt ``n`` + 1 inside one fetch; short, as the queue knows longer waits."""
    return float(min(LONGEST_PAUSE, 0.25 * 2**n))


def common_parameters(options: FetchOptions, logger: object) -> dict[str, Any]:
    """What every use of yt-dlp has: nothing from configuration files, nothing printed, everything bounded."""
    parameters: dict[str, Any] = {
        "ignoreconfig": True,
        "quiet": True,
        "noprogress": True,
        "no_warnings": False,
        "no_color": True,
        "logger": logger,
        "noplaylist": True,
        "allowed_extractors": list(options.extractors),
        "enable_file_urls": False,
        "socket_timeout": options.socket_seconds,
        "retries": 3,
        "fragment_retries": 5,
        "file_access_retries": 3,
        "extractor_retries": 2,
        "retry_sleep_functions": {"http": pause, "fragment": pause, "file_access": pause, "extractor": pause},
        "cachedir": options.cache_dir or False,
        "writethumbnail": False,
        "postprocessors": [],
        "fixup": "never",  # we remux by ourselves, once
        "allow_unplayable_formats": False,
        "warn_when_outdated": False,
    }
    if options.proxy:
        parameters["proxy"] = options.proxy
    if options.ffmpeg:
        parameters["ffmpeg_location"] = options.ffmpeg
    return parameters


def fetch_parameters(folder: Path) -> dict[str, Any]:
    """What a fetch into ``folder`` has besides. The name is ours: a remote title never becomes a file name."""
    return {
        "paths": {"home": str(folder)},
        "outtmpl": {"default": "source-%(format_id)s.%(ext)s"},  # another format never continues this one's part
        "restrictfilenames": True,
        "continuedl": True,
        "nopart": False,
        "overwrites": True,
        "updatetime": False,
        "concurrent_fragment_downloads": 1,
    }
