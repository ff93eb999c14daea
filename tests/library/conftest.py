import shutil
from pathlib import Path

import pytest

from tests.library.audio_files import KINDS, OGG, by_ffmpeg, make_audio
from tests.library.shelf import Shelf


@pytest.fixture(scope="session")
def sounds(tmp_path_factory):
    """Two seconds of sound in every kind, made once: kind to path. A test that changes a file takes ``copy_of``."""
    folder = tmp_path_factory.mktemp("sounds")
    made = {kind: make_audio(folder / f"sound.{kind}", kind=kind) for kind in [*KINDS, OGG]}
    made["vbr.mp3"] = by_ffmpeg(folder / "vbr.mp3", made["wav"], "-c:a", "libmp3lame", "-q:a", "0")
    made["fast.m4a"] = make_audio(folder / "fast.m4a", options={"movflags": "+faststart"})  # its index lies in front
    return made


@pytest.fixture
def copy_of(sounds, tmp_path):
    """A private copy of the sound of a kind."""
    return lambda kind, name=None: Path(shutil.copy(sounds[kind], tmp_path / (name or f"copy.{kind}")))


@pytest.fixture
def shelf(settings, tmp_path, sounds):
    """A library of its own, which knows its files."""
    settings.LIBRARY = tmp_path / "library"
    (settings.LIBRARY / ".spotizer").mkdir(parents=True)
    return Shelf(settings.LIBRARY, sounds)
