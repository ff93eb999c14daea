"""Asks archive.org. https://archive.org/developers; unpublished limits, so a few calls a second at most."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from core.answers import DAY, HOUR, get_json
from core.errors import BadResponse, NotFound
from core.http import ServiceSession
from providers.internet_archive.mapping import text_of

BASE_URL = "https://archive.org"
LABEL = "The Internet Archive"
SEARCH_SECONDS = 6 * HOUR
ITEM_SECONDS = 7 * DAY
ROWS = 10
BUSY_SECONDS = 30.0  # what 503 means here: slow down
_SPECIAL = re.compile(r'(["\\])')


class ArchiveClient:
    """Signed in as nobody."""

    def __init__(self, session: ServiceSession, *, base_url: str = BASE_URL) -> None:
        self.session = session
        self._base_url = base_url.rstrip("/")

    def search(self, **words: str) -> list[str]:
        """Identifiers of sound items whose ``creator`` or ``title`` have the words, the most fetched first."""
        asked = [f"{name}:{_phrase(text)}" for name, text in words.items() if text.strip()]
        if not asked:
            return []
        answer = self._get(
            "advancedsearch.php",
            {
                "q": " AND ".join(["mediatype:(audio OR etree)", *asked]),
                "fl[]": "identifier",
                "sort[]": "downloads desc",
                "rows": str(ROWS),
                "page": "1",
                "output": "json",
            },
            keep=SEARCH_SECONDS,
        )
        found = answer.get("response")
        docs = found.get("docs") if isinstance(found, Mapping) else None
        if not isinstance(docs, list):
            raise BadResponse(f"{LABEL} answered without a list.", remedy="Try again later.")
        return [text_of(doc.get("identifier")) for doc in docs if isinstance(doc, Mapping) and doc.get("identifier")]

    def item(self, identifier: str) -> Mapping[str, Any]:
        """The item with its files. Raises NotFound for one that never was or was withdrawn."""
        answer = self._get(f"metadata/{quote(identifier, safe='')}", {}, keep=ITEM_SECONDS)
        if not answer or answer.get("is_dark"):
            raise NotFound(f"{LABEL} has no item {identifier}: it was withdrawn or never existed.")
        return answer

    def _get(self, path: str, params: dict[str, str], *, keep: float) -> Mapping[str, Any]:
        answer = get_json(self.session, f"{self._base_url}/{path}", params, label=LABEL, keep=keep, busy=BUSY_SECONDS)
        if not isinstance(answer, Mapping):
            raise BadResponse(f"{LABEL} answered with something else than an object.", remedy="Try again later.")
        return answer


def _phrase(text: str) -> str:
    """``text`` as one phrase of the query language."""
    return f'"{_SPECIAL.sub(r" ", text).strip()[:200]}"'
