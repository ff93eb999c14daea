"""A handle on a running sandbox for tests: faults, moods, log and counts, over the same HTTP as everybody."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlencode


class Sandbox:
    """``url`` is what ``SPOTIZER_SANDBOX_URL`` and ``settings.SANDBOX_URL`` hold."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    def fault(self, match: str, kind: str, **order: object) -> int:
        """Spoil answers whose ``host/path?query`` fits ``match``. Keywords as in ``sandbox.faults.Fault``.

        >>> sandbox.fault("api.deezer.com/album/302001", "status", status=503, headers={"Retry-After": "7"}, times=2)
        """
        number = self._ask("POST", "faults", {"match": match, "kind": kind, **order})["number"]
        return int(number)

    def youtube(self, trouble: str, *, video: str = "", times: int | None = None, **order: object) -> int:
        """Let extraction fail as YouTube does: bot, later, age, private, geo, members, premiere, removed ...

        >>> sandbox.youtube("bot", times=2)
        """
        body, path = json.dumps({"trouble": trouble}), f"www.youtube.com/sandbox/video/{video}"
        content = "application/json"
        return self.fault(path, "status", status=403, body=body, content_type=content, times=times, **order)

    def spotify_limit(self, seconds: int, *, is_quota: bool = False, times: int | None = None, **order: object) -> int:
        """Let Spotify's API answer 429: the short window, or the quota of about a day."""
        message = "Too many requests" if is_quota else "API rate limit exceeded"
        error = {"status": 429, "message": message, **({"reason": "QUOTA_EXCEEDED"} if is_quota else {})}
        body, headers = json.dumps({"error": error}), {"Retry-After": str(seconds)}
        answer = {"status": 429, "body": body, "headers": headers, "content_type": "application/json"}
        return self.fault("api.spotify.com/v1/", "status", times=times, **answer, **order)

    def mend(self, number: int | None = None) -> None:
        """Take back one fault, or all."""
        self._ask("DELETE", "faults" if number is None else f"faults/{number}")

    def log(self, match: str = "", **rest: object) -> list[dict[str, Any]]:
        """What was asked, oldest first; ``match`` is a regular expression; ``status``, ``method``, ``after`` narrow."""
        lines: list[dict[str, Any]] = self._ask("GET", f"log?{urlencode({'match': match, **rest})}")
        return lines

    def count(self, match: str = "") -> int:
        """How many requests had a path that fits."""
        return sum(self.counts(match).values())

    def counts(self, match: str = "") -> dict[str, int]:
        counts: dict[str, int] = self._ask("GET", f"counts?{urlencode({'match': match})}")
        return counts

    def mood(self, **moods: object) -> None:
        """Set switches of ``sandbox.moods.Moods`` until the next reset."""
        self._ask("POST", "moods", moods)

    def reset(self) -> None:
        """As at the first moment: no faults, no log, no tokens, the catalogue as generated."""
        self._ask("POST", "reset")

    def catalogue(self) -> dict[str, Any]:
        summary: dict[str, Any] = self._ask("GET", "catalogue")
        return summary

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of ``host/path``, whatever the status."""
        request = urllib.request.Request(f"{self.url}/{path.lstrip('/')}", headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, dict(answer.headers), answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, dict(error.headers), error.read()

    def get_json(self, path: str) -> Any:
        return json.loads(self.get(path)[2])

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_control/{path}", data=data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                raise ValueError(f"the sandbox refused: {error.read().decode(errors='replace')}") from None
