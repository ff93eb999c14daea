import pytest

from downloads.services import sources
from tests.crash.herd import Herd


@pytest.fixture
def home(sandbox, settings, tmp_path):
    """A fresh household beside the sandbox; the lane has no limits."""
    settings.LIBRARY, settings.WORK, settings.ART = (tmp_path / name for name in ("library", "work", "art"))
    settings.RETRY_SECONDS = 0.05
    settings.YOUTUBE_AT_ONCE = settings.YOUTUBE_PACE_SECONDS = settings.YOUTUBE_PER_HOUR = 0
    sources._kept.__dict__.clear()
    return tmp_path


@pytest.fixture
def herd(home):
    herd = Herd(home)
    yield herd
    herd.close()
