"""A token cache for spotipy that keeps its token wherever the caller says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from spotipy.cache_handler import CacheHandler


class TokenCache(CacheHandler):  # type: ignore[misc]
    """spotipy's default writes a file into the working folder."""

    def __init__(self, load: Callable[[], dict[str, Any] | None], save: Callable[[dict[str, Any]], None]) -> None:
        self._load = load
        self._save = save

    def get_cached_token(self) -> dict[str, Any] | None:
        return self._load()

    def save_token_to_cache(self, token_info: dict[str, Any]) -> None:
        self._save(token_info)
