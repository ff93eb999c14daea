import io
import json

import pytest
from django.core.management import CommandError, call_command

from downloads.services import sources


@pytest.fixture
def home(sandbox, settings, tmp_path):
    """A fresh household beside the sandbox: empty library, YouTube alone, no pace, quick retries."""
    settings.SOURCES = ["youtube_music", "youtube"]
    settings.LIBRARY, settings.WORK, settings.ART = (tmp_path / name for name in ("library", "work", "art"))
    settings.RETRY_SECONDS = 0.05
    settings.YOUTUBE_AT_ONCE = settings.YOUTUBE_PACE_SECONDS = settings.YOUTUBE_PER_HOUR = 0
    sources._kept.__dict__.clear()
    return tmp_path


@pytest.fixture
def download(home):
    """``manage.py download``: exit code and the JSON lines."""

    def run(*arguments: str):
        out, code = io.StringIO(), 0
        try:
            call_command("download", *arguments, "--json", stdout=out, stderr=io.StringIO())
        except CommandError as exc:
            code = exc.returncode
        return code, [json.loads(line) for line in out.getvalue().splitlines()]

    return run


@pytest.fixture
def library_files(home):
    """What lies in the library, relative, without Spotizer's own folder."""
    root = home / "library"

    def names(suffix: str = "") -> list[str]:
        files = [path.relative_to(root) for path in root.rglob("*") if path.is_file()]
        return sorted(str(path) for path in files if path.parts[0] != ".spotizer" and str(path).endswith(suffix))

    return names
