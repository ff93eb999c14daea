import pytest

from downloads.services import sources
from tests.downloads.shelf import Shelf
from tests.library.audio_files import make_audio


@pytest.fixture
def folders(settings, tmp_path):
    """A library, work and art folder of the test's own."""
    settings.LIBRARY, settings.WORK, settings.ART = (tmp_path / name for name in ("library", "work", "art"))
    settings.RETRY_SECONDS = 0.05
    return tmp_path


@pytest.fixture(scope="session")
def sound(tmp_path_factory):
    """Two seconds of Opus as YouTube gives it out."""
    return make_audio(tmp_path_factory.mktemp("sound") / "two.webm", seconds=2)


@pytest.fixture
def shelf(settings, monkeypatch, sound, folders):
    """A source that has what the test puts on it; the only one there is."""
    shelf = Shelf(sound)
    monkeypatch.setitem(sources.MAKERS, "shelf", lambda: shelf)
    settings.SOURCES = ["shelf"]
    sources._kept.__dict__.clear()
    yield shelf
    sources._kept.__dict__.clear()
