"""yt-dlp as it is used here: imported late, with our extractors only, its plug-ins off unless a folder is given."""

from __future__ import annotations

import logging
import os
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from providers.youtube import loading
from providers.youtube.inner import install, outer_only
from providers.youtube.options import FetchOptions

log = logging.getLogger(__name__)

_lock = threading.Lock()
_prepared: str | None = None
_changes = 0
_extractors: dict[tuple[str, tuple[str, ...]], list[Any]] = {}


class JobLog:
    """Where yt-dlp writes: warnings are kept, as an error's cause may stand there."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def debug(self, text: str) -> None:
        log.debug("yt-dlp: %s", text)

    def info(self, text: str) -> None:
        log.debug("yt-dlp: %s", text)

    def warning(self, text: str) -> None:
        self.warnings.append(text)
        log.info("yt-dlp warns: %s", text)

    def error(self, text: str) -> None:
        log.info("yt-dlp: %s", text)


def prepare(plugins: str, engine: str = "") -> None:
    """Load the plug-ins of ``plugins``, or none. yt-dlp keeps them for the process, so a change starts afresh.

    ``engine`` is the folder of a newer yt-dlp than the installed one, empty where there is none.
    """
    global _prepared, _changes
    with _lock:
        loading.use(engine)
        if _changes != loading.changes():
            _prepared, _changes = None, loading.changes()
            _extractors.clear()
        if _prepared == plugins:
            return
        if plugins:
            os.environ.pop("YTDLP_NO_PLUGINS", None)
        else:
            os.environ["YTDLP_NO_PLUGINS"] = "1"
        from yt_dlp import plugins as ytdlp_plugins
        from yt_dlp.extractor import import_extractors
        from yt_dlp.globals import plugin_dirs

        # yt-dlp looks into the folders inside each of these, so the parent of ours is the one that finds ours.
        plugin_dirs.value = [str(Path(plugins).resolve().parent)] if plugins else []
        import_extractors()
        install()
        ytdlp_plugins.load_all_plugins()
        _prepared = plugins


def new_downloader(parameters: dict[str, Any], options: FetchOptions, stop: Callable[[], None]) -> Any:
    """A fresh ``YoutubeDL`` that knows the allowed extractors only. ``stop`` is called whenever bytes came, and raises
    to end it."""
    prepare(options.plugins, options.engine)
    from yt_dlp import YoutubeDL

    class Downloader(YoutubeDL):  # type: ignore[misc]
        def __enter__(self) -> Any:
            self._in_use = loading.in_use()
            self._in_use.__enter__()
            return super().__enter__()

        def __exit__(self, *error: Any) -> None:
            try:
                super().__exit__(*error)
            finally:
                self._in_use.__exit__(None, None, None)

        def _forceprint(self, key: str, info: Any) -> dict[str, Any]:
            return dict(info or {})  # nothing is printed; making its tables took a third of a short fetch

        def urlopen(self, request: Any) -> Any:
            stop()
            with outer_only(options.inner_host):
                response = super().urlopen(request)
            read = response.read

            def read_unless_stopped(amount: int | None = None) -> bytes:
                data: bytes = read(amount)
                stop()  # before the bytes are written: whoever takes over the folder finds it at rest
                return data

            response.read = read_unless_stopped
            return response

    downloader = Downloader(parameters, auto_init=False)
    for extractor in _allowed(options):
        downloader.add_info_extractor(extractor)
    return downloader


def _allowed(options: FetchOptions) -> list[Any]:
    """The classes of the allowed extractors, plug-ins first. Kept: looking through all of them takes 40 ms."""
    key = (options.plugins, options.extractors)
    if key not in _extractors:
        from yt_dlp.extractor import gen_extractor_classes

        wanted = [re.compile(pattern) for pattern in options.extractors]
        _extractors[key] = [
            extractor
            for extractor in gen_extractor_classes()
            if any(pattern.fullmatch(extractor.IE_NAME) for pattern in wanted)
            and (options.plugins or not extractor.__module__.startswith("yt_dlp_plugins"))
        ]
    return _extractors[key]
