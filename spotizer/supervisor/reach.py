"""Which outside services answer from here; asked in the background, so nothing waits for it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import requests
from django.conf import settings

from ops.services.notices import clear_notice, raise_notice
from ops.settings import in_force

SECONDS = 5.0
NOTICE = "services_unreachable"


def services() -> dict[str, str]:
    """An address for each service that a download needs with the settings in force."""
    catalogues = {"deezer": "Deezer", "spotify": "Spotify", "musicbrainz": "MusicBrainz"}
    wanted = {catalogues[in_force.DEFAULT_CATALOGUE]: settings.SERVICE_URLS[in_force.DEFAULT_CATALOGUE]}
    if set(in_force.SOURCES) & {"youtube", "youtube_music"}:
        wanted["YouTube"] = "https://www.youtube.com"
    wanted["LRCLIB"] = settings.SERVICE_URLS["lrclib"]
    return wanted


def unreachable() -> list[str]:
    """Names of the services that do not answer at all; any answer counts, also a refusal."""
    asked = services()
    with ThreadPoolExecutor(len(asked)) as pool:
        return [name for name, answers in zip(asked, pool.map(_answers, asked.values()), strict=True) if not answers]


def tell(names: list[str]) -> None:
    """The notice on every page says which services are missing, or is gone."""
    if not names:
        clear_notice(NOTICE)
        return
    verb = "does not answer" if len(names) == 1 else "do not answer"
    raise_notice(
        NOTICE,
        f"{' and '.join(filter(None, [', '.join(names[:-1]), names[-1]]))} {verb} from here.",
        remedy="Check the internet connection: what was asked for waits and goes on by itself. "
        "Without the internet, `make demo` shows all of Spotizer with invented music.",
    )


def target(url: str) -> str:
    """``url`` itself, or its stand-in."""
    return f"{settings.SANDBOX_URL}/{urlsplit(url).netloc}/" if settings.SANDBOX_URL else url


def _answers(url: str) -> bool:
    try:
        requests.head(target(url), timeout=SECONDS, allow_redirects=False)
    except requests.RequestException:
        return False
    return True
