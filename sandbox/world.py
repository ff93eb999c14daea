"""Everything that one running sandbox holds: the catalogue, the caches, moods, faults and the log."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import threading
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox import catalogue
from sandbox.audio import AudioShop
from sandbox.faults import Faults
from sandbox.log import Log
from sandbox.moods import Moods

if TYPE_CHECKING:
    from sandbox.covers import Pictures


class World:
    """Shared by all threads of the server. ``reset`` brings back the state of the first moment."""

    def __init__(self, *, seed: str = catalogue.DEFAULT_SEED, cache: Path | None = None) -> None:
        self.seed = seed
        self.catalogue = catalogue.build(seed)
        self.cache = cache or default_cache(seed)
        self.audio = AudioShop(self.cache)
        self.faults = Faults()
        self.log = Log()
        self.moods = Moods()
        self.lock = threading.RLock()
        self.is_edited = False  # somebody wrote to a playlist or changed the catalogue
        self.memory: dict[str, object] = {}  # what services remember between requests: tokens, windows, edits

    @cached_property
    def pictures(self) -> Pictures:
        from sandbox.covers import Pictures  # Pillow takes a while to load: not before the first picture

        return Pictures(self.cache)

    @cached_property
    def shared_folder(self) -> Path:
        """Where slskd puts what it fetched: a folder of this world alone, gone with the process."""
        folder = tempfile.mkdtemp(prefix="spotizer-sandbox-slskd-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        return Path(folder)

    def reset(self) -> None:
        with self.lock:
            if "shared_folder" in self.__dict__:
                for entry in self.shared_folder.iterdir():
                    shutil.rmtree(entry, ignore_errors=True)
            self.faults.clear()
            self.log.clear()
            self.moods.clear()
            self.memory.clear()
            if self.is_edited:
                self.catalogue, self.is_edited = catalogue.build(self.seed), False


def default_cache(seed: str) -> Path:
    """A folder that all sandboxes of this machine share: the same seed gives the same files."""
    return Path(tempfile.gettempdir()) / f"spotizer-sandbox-{catalogue.VERSION}-{seed}"
