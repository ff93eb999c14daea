"""A source on a shelf: it speaks the protocol of a source and does what the test wrote down for each candidate."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

from core.errors import Cancelled
from providers.base import Candidate, FetchedFile, Progress, TrackInfo, UploadKind


class Shelf:
    """``say`` decides what a fetch does: an error is raised, a path is delivered, "hang" waits to be cancelled."""

    name, label, lane, has_lossless = "shelf", "The shelf", "shelf", False

    def __init__(self, sound: Path) -> None:
        self.sound = sound
        self.has: list[Candidate] = []
        self.search_errors: list[Exception] = []
        self.said: dict[str, list[object]] = {}
        self.searches: list[str] = []
        self.when_searched: Callable[[], object] = lambda: None
        self.fetches: list[str] = []
        self.is_fetching = threading.Event()
        self._lock = threading.Lock()

    def put(self, track_or_title, name: str = "", *, duration_ms: int = 2_000, artist: str = "Nadir", **more) -> str:
        """A candidate that is the track, where nothing else is said; its id."""
        title = track_or_title if isinstance(track_or_title, str) else track_or_title.title
        source_id = name or f"v{len(self.has)}"
        values = {"uploader": artist, "kind": UploadKind.SONG, "duration_ms": duration_ms}
        candidate = Candidate("shelf", source_id, f"https://shelf.test/{source_id}", title, (artist,), **values | more)
        self.has.append(candidate)
        return source_id

    def say(self, source_id: str, *what: object) -> None:
        """What the next fetches of this candidate do; the last one stands for all that follow."""
        self.said[source_id] = list(what)

    def find_candidates(self, wanted: TrackInfo, *, limit: int = 10) -> list[Candidate]:
        with self._lock:
            self.searches.append(wanted.title)
            if self.search_errors:
                raise self.search_errors.pop(0)
        self.when_searched()
        first = wanted.title.split()[0]
        return [candidate for candidate in self.has if candidate.title.split()[0] == first][:limit]

    def fetch(self, candidate: Candidate, folder: Path, *, prefer: str, progress, cancelled) -> FetchedFile:
        with self._lock:
            self.fetches.append(candidate.source_id)
            plan = self.said.get(candidate.source_id, [self.sound])
            what = plan.pop(0) if len(plan) > 1 else plan[0]
        if isinstance(what, Exception):
            raise what
        if what == "hang":
            (folder / "half.part").write_bytes(b"half")
            progress(Progress(50, 100, 10.0))
            self.is_fetching.set()
            while not cancelled():
                threading.Event().wait(0.02)
            raise Cancelled
        target = folder / "sound.webm"
        shutil.copyfile(what, target)
        progress(Progress(100, 100, 1000.0))
        return FetchedFile(target, "opus", "webm", 96, candidate.duration_ms, candidate.url)
