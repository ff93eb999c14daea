"""The trial of a set: does it load, does it read a video that is known to be there, does it find a known song?

Run in a process of its own (``manage.py engine probe``): a set that crashes takes nothing with it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from django.conf import settings

from core.errors import BadResponse, PermanentError, SpotizerError
from downloads.services.sources import fetch_options
from ops.services.sessions import media_session

SECONDS = 180
KNOWN_WORDS = "Erik Satie Gymnopédie No. 1"


def try_set(folder: Path, versions: dict[str, str]) -> None:
    """Raises PermanentError where the set in ``folder`` is not fit for use, with why."""
    command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "engine", "probe", str(folder)]
    try:
        done = subprocess.run(
            [*command, json.dumps(versions)],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
            env=os.environ
            | {
                "DJANGO_SETTINGS_MODULE": "spotizer.settings",
                "SPOTIZER_DATA": str(settings.DATA),
                "SPOTIZER_ENGINE_PROBE": settings.ENGINE_PROBE,
                "SPOTIZER_ENGINE_PROBE_WORDS": settings.ENGINE_PROBE_WORDS,
            },
        )
    except subprocess.TimeoutExpired:
        raise _unfit(f"it did not come to an end within {SECONDS} seconds") from None
    if done.returncode != 0:
        lines = [line for line in (done.stdout + "\n" + done.stderr).splitlines() if line.strip()]
        raise _unfit(lines[-1][:300] if lines else f"its trial ended with {done.returncode}")


def probe(folder: str, versions: dict[str, str]) -> list[str]:
    """What was seen, one line a step. Raises our errors, or whatever a broken package raises."""
    from providers.youtube import loading, reading
    from providers.youtube.formats import choose_format

    loading.use(folder)
    said = [_loads(folder, versions)]
    # As nobody, and without the database: a set is tried, not an account.
    options = replace(fetch_options("youtube", engine=folder), cookies=None)
    info = reading.describe(settings.ENGINE_PROBE, options)
    formats = list(choose_format({"formats": list(info.get("formats") or ())}, prefer=""))
    if not formats:
        raise BadResponse("The known video was read, but no audio was found in it.")
    said.append(f"reads {settings.ENGINE_PROBE}: “{info['title']}”, {formats[0].get('format_id')}")
    from providers.youtube_music.client import MusicClient

    if not MusicClient(media_session("youtube_music"), engine=folder).songs(settings.ENGINE_PROBE_WORDS or KNOWN_WORDS):
        raise BadResponse("The known song was not found.")
    said.append("finds songs at YouTube Music")
    return said


def _loads(folder: str, versions: dict[str, str]) -> str:
    import yt_dlp
    import yt_dlp.version
    import yt_dlp_ejs
    import ytmusicapi

    for module in (yt_dlp, yt_dlp_ejs, ytmusicapi):
        if not Path(str(module.__file__)).is_relative_to(folder):
            raise PermanentError(f"{module.__name__} was not loaded from the new set.")
    if yt_dlp.version.__version__ != versions["yt-dlp"]:
        raise PermanentError(f"yt-dlp calls itself {yt_dlp.version.__version__}, not {versions['yt-dlp']}.")
    return f"loads yt-dlp {versions['yt-dlp']}"


def words_of(exc: Exception) -> str:
    """One line for the parent."""
    return exc.message if isinstance(exc, SpotizerError) else f"{type(exc).__name__}: {exc}"


def _unfit(why: str) -> PermanentError:
    return PermanentError(
        f"The new engine did not pass its trial, so the one before stays: {why}",
        remedy="Try again in a day or two; a fix often follows soon.",
        reason="outdated",
    )
