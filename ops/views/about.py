"""What this installation is made of: what only the environment says, and the versions."""

from __future__ import annotations

import platform

import django
from django.conf import settings

from core.errors import UserError
from downloads.services.updating.status import engine_status
from library.audio import ffmpeg_path


def about() -> list[tuple[str, str, str]]:
    """Label, value, and the variable that says it, if one does. No secrets."""
    database = settings.DATABASES["default"]
    is_sqlite = database["ENGINE"].endswith("sqlite3")
    place = str(database["NAME"]) if is_sqlite else f"PostgreSQL, {database['NAME']} at {database['HOST'] or 'here'}"
    return [
        ("Spotizer", settings.VERSION, ""),
        ("Library", str(settings.LIBRARY), "SPOTIZER_LIBRARY"),
        ("Data", str(settings.DATA), "SPOTIZER_DATA"),
        ("Database", place, "DATABASE_URL"),
        ("Logs", str(settings.LOGS), "SPOTIZER_LOG_LEVEL"),
        ("Time zone", settings.TIME_ZONE, "TZ"),
        ("ffmpeg", _ffmpeg(), "SPOTIZER_FFMPEG"),
        *((name, version, "") for name, version in engine_status().versions.items()),
        ("Python, Django", f"{platform.python_version()}, {django.get_version()}", ""),
    ]


def _ffmpeg() -> str:
    try:
        return str(ffmpeg_path())
    except UserError as exc:
        return f"{exc.message} {exc.remedy}"
