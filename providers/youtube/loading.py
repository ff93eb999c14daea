"""Which yt-dlp and ytmusicapi this process uses: the installed ones, or a newer set in a folder.

A set is changed between two uses, never within one: modules of the old set that are still running keep what they have
loaded, but what they import later would come from the new one.

yt-dlp also puts things of its own into requests and urllib3. Those of the old set are taken out before the new one puts
in its own: it would wrap them once more, and no request of this process would work any longer.
"""

from __future__ import annotations

import importlib
import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

import requests.adapters
import urllib3.util.url

log = logging.getLogger(__name__)
PACKAGES = ("yt_dlp", "yt_dlp_ejs", "yt_dlp_plugins", "ytmusicapi")

_lock = threading.Lock()
_loaded = ""
_changes = 0
_uses = 0


def _is_theirs(value: object) -> bool:
    name = getattr(value, "__module__", None) or type(value).__module__
    return str(name).partition(".")[0] in PACKAGES


_PATCHED: tuple[ModuleType, ...] = (requests.adapters, urllib3.util.url)
_originals = {
    (module.__name__, name): value
    for module in _PATCHED
    for name, value in vars(module).items()
    if not _is_theirs(value)
}


def changes() -> int:
    """How often the set was changed: whoever keeps something of it asks whether it is still of the same."""
    return _changes


def use(folder: str) -> bool:
    """Imports of these packages come from ``folder``, or from where Spotizer is installed where it is empty.

    True where that changed. While another thread is using the old set it stays, and the next use tries again.
    """
    global _loaded, _changes
    with _lock:
        if folder == _loaded or _uses or not _take_out():
            return False
        if _loaded in sys.path:
            sys.path.remove(_loaded)
        if folder:
            sys.path.insert(0, folder)
        for name in [name for name in sys.modules if name.partition(".")[0] in PACKAGES]:
            del sys.modules[name]
        importlib.invalidate_caches()
        _loaded = folder
        _changes += 1
        return True


def _take_out() -> bool:
    """What the old set put into other libraries is gone; False where it was there before this module was."""
    theirs = [(module, name) for module in _PATCHED for name, value in vars(module).items() if _is_theirs(value)]
    if any((module.__name__, name) not in _originals for module, name in theirs):
        log.warning("The engine is changed when this process starts anew.")
        return False
    for module, name in theirs:
        setattr(module, name, _originals[module.__name__, name])
    return True


@contextmanager
def in_use() -> Iterator[None]:
    """Within it the set is not changed under the feet of whoever uses it."""
    global _uses
    with _lock:
        _uses += 1
    try:
        yield
    finally:
        with _lock:
            _uses -= 1
