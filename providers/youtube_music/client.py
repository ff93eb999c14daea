"""YouTube Music through ytmusicapi: a few calls, with our session, our errors and the process's locale left alone."""

from __future__ import annotations

import locale
import threading
from typing import Any

import requests

from core.http import retry_after
from providers.youtube import loading
from providers.youtube_music.errors import LastAnswer, music_errors

_lock = threading.Lock()


class MusicClient:
    """Signed in as nobody. One object per thread; the first call also fetches a visitor's id."""

    def __init__(self, session: requests.Session, *, engine: str = "") -> None:
        self._engine = engine
        self._session = session
        self._last = LastAnswer()
        self._api: Any = None

    def songs(self, query: str, *, exactly: bool = False) -> list[dict[str, Any]]:
        """Label-delivered tracks. ``exactly``: words as they are, for codes that spelling correction would split."""
        return self._search(query, "songs", exactly=exactly)

    def videos(self, query: str) -> list[dict[str, Any]]:
        return self._search(query, "videos")

    def albums(self, query: str) -> list[dict[str, Any]]:
        return self._search(query, "albums")

    def album(self, browse_id: str) -> dict[str, Any]:
        """An album with its tracks."""
        api = self._ready()
        with self._answers():
            album: dict[str, Any] = api.get_album(browse_id)
            return album

    def _search(self, query: str, kind: str, *, exactly: bool = False) -> list[dict[str, Any]]:
        api = self._ready()
        with self._answers():
            hits: list[dict[str, Any]] = api.search(query, filter=kind, limit=20, ignore_spelling=exactly)
            return hits

    def _ready(self) -> Any:
        """ytmusicapi's object. Making one sets the locale of the whole process, so it is put back."""
        if self._api is None:
            loading.use(self._engine)
            with _lock, music_errors(self._last):
                from ytmusicapi import YTMusic

                before = locale.setlocale(locale.LC_ALL)
                try:
                    self._api = YTMusic(language="en", requests_session=self._session)
                finally:
                    locale.setlocale(locale.LC_ALL, before)
        return self._api

    def _answers(self) -> Any:
        self._last.status, self._last.retry_after = 0, None
        return _Listening(self._session, self._last)


class _Listening:
    """Hears the session's answers while a call runs, and tells its errors as ours."""

    def __init__(self, session: requests.Session, last: LastAnswer) -> None:
        self._hooks: list[Any] = session.hooks["response"]
        self._last = last
        self._errors = music_errors(last)

    def __enter__(self) -> None:
        self._hooks.append(self._hear)
        self._errors.__enter__()

    def __exit__(self, *error: Any) -> bool | None:
        self._hooks.remove(self._hear)
        return self._errors.__exit__(*error)

    def _hear(self, response: requests.Response, **_: Any) -> None:
        self._last.status = response.status_code
        self._last.retry_after = retry_after(response.headers)
