"""Asks slskd 0.26, or an older one. https://github.com/slskd/slskd/blob/master/docs/api.md

The key goes out with each request by hand and redirects are not followed, so that it never reaches another host.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

import requests

from core.answers import decode_json, error_for_request, error_for_status
from core.errors import AuthRequired, BadResponse, NotFound, PermanentError, RateLimited, UserError
from core.http import ServiceSession, retry_after

LABEL = "slskd"
OFFLINE_SECONDS = 120.0  # between two looks whether slskd is on the network again
BUSY_SECONDS = 5.0  # it starts one search and two transfers at a time
SILENCE_MS = 6_000  # a search ends so long after the last answer
RESPONSES = 100
KEY_REMEDY = (
    "Under Settings, Sources (SPOTIZER_SLSKD_KEY) enter a key of slskd.yml (web, authentication, api_keys) with the "
    "role readwrite."
)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Transfer:
    """A download of slskd, as it stands."""

    id: str
    filename: str
    states: frozenset[str]  # Queued, Remotely; Completed, Succeeded
    done_bytes: int
    size_bytes: int
    speed: float
    place: int | None
    exception: str
    requested_at: datetime | None
    will_retry: bool

    @property
    def is_over(self) -> bool:
        return "Completed" in self.states and not self.will_retry

    @property
    def has_succeeded(self) -> bool:
        return "Succeeded" in self.states


@dataclass(frozen=True, slots=True)
class Standing:
    """What slskd says of itself."""

    version: str
    is_logged_in: bool


class SlskdClient:
    """``search_session`` goes through a gate of its own: the network bans who searches too often."""

    def __init__(self, session: ServiceSession, search_session: ServiceSession, *, url: str, key: str) -> None:
        self._session = session
        self.search_session = search_session
        self._base = f"{url.rstrip('/')}/api/v0"
        self._key = key
        self._knows_batches: bool | None = None

    def standing(self) -> Standing:
        answer = _mapping(self._json("GET", "application"))
        version, server = _mapping(answer.get("version")), _mapping(answer.get("server"))
        return Standing(str(version.get("current") or version.get("full") or ""), bool(server.get("isLoggedIn")))

    def start_search(self, text: str) -> str:
        """The search's id. Raises RateLimited where slskd is busy or not on the network."""
        order = {
            "id": str(uuid.uuid4()),
            "searchText": text,
            "searchTimeout": SILENCE_MS,
            "responseLimit": RESPONSES,
            "filterResponses": True,
        }
        response = self._ask("POST", "searches", json=order, session=self.search_session)
        if response.status_code == 409:
            raise not_logged_in()
        return str(_mapping(self._decoded(response)).get("id") or order["id"])

    def is_complete(self, search: str) -> bool:
        return bool(
            _mapping(self._json("GET", f"searches/{search}", params={"includeResponses": "false"})).get("isComplete")
        )

    def responses(self, search: str) -> list[Mapping[str, Any]]:
        answer = self._json("GET", f"searches/{search}/responses")
        if not isinstance(answer, list):
            raise BadResponse("slskd answered a search without a list.", remedy="It is tried again by itself.")
        return [one for one in answer if isinstance(one, Mapping)]

    def forget_search(self, search: str) -> None:
        """slskd's list of searches does not grow by ours."""
        self._ask("DELETE", f"searches/{search}")

    def enqueue(self, username: str, filename: str, size_bytes: int, *, destination: str) -> None:
        """The file is asked of the peer. ``destination`` is a folder below slskd's own, which old versions ignore.

        Raises PermanentError where the peer is away or does not share it, RateLimited where slskd is busy.
        """
        file = {"filename": filename, "size": size_bytes}
        if self._knows_batches is not False:
            order = {"username": username, "files": [file], "options": {"destination": destination}}
            response = self._ask("POST", "transfers/downloads/batches", json=order)
            if response.status_code == 404 and response.text.strip():
                raise _peer_is_away(username)
            if response.status_code not in {404, 405}:
                self._knows_batches = True
                failures = _mapping(self._decoded(response)).get("failures") or ()
                _raise_failure(username, failures)
                return
            self._knows_batches = False  # before 0.26
        response = self._ask("POST", f"transfers/downloads/{quote(username, safe='')}", json=[file])
        if response.status_code in {404, 500} and response.text.strip():
            raise _peer_is_away(username)
        if not response.ok:
            raise error_for_status(LABEL, response.status_code)
        answer = decode_json(LABEL, response) if response.content.strip() else {}
        _raise_failure(username, _mapping(answer).get("failed") or ())

    def find_transfer(self, username: str, filename: str) -> Transfer | None:
        """The newest transfer of the file from the peer, None where there is none."""
        try:
            answer = _mapping(self._json("GET", f"transfers/downloads/{quote(username, safe='')}"))
        except NotFound:
            return None
        found = [
            _transfer(file)
            for directory in answer.get("directories") or ()
            if isinstance(directory, Mapping)
            for file in directory.get("files") or ()
            if isinstance(file, Mapping) and file.get("filename") == filename and not file.get("removed")
        ]
        return max(found, key=lambda one: str(one.requested_at or ""), default=None)

    def transfer(self, username: str, transfer_id: str) -> Transfer:
        """Raises NotFound where somebody took it off slskd's list."""
        return _transfer(_mapping(self._json("GET", _path(username, transfer_id))))

    def place(self, username: str, transfer_id: str) -> int | None:
        """The place in the peer's queue, None where the peer does not say."""
        response = self._ask("GET", f"{_path(username, transfer_id)}/position")
        text = response.text.strip()
        return int(text) if response.ok and text.isdigit() else None

    def forget_transfer(self, username: str, transfer_id: str) -> None:
        """The transfer is cancelled where it runs, and off the list."""
        self._ask("DELETE", _path(username, transfer_id), params={"remove": "true"})

    def downloads_folder(self) -> str:
        """slskd's own name for the folder that its downloads go to."""
        return str(_mapping(_mapping(self._json("GET", "options")).get("directories")).get("downloads") or "")

    def events(self, *, limit: int = 200) -> list[Mapping[str, Any]]:
        answer = self._json("GET", "events", params={"offset": "0", "limit": str(limit)})
        return [one for one in answer if isinstance(one, Mapping)] if isinstance(answer, list) else []

    def _json(self, method: str, path: str, **more: Any) -> Any:
        return self._decoded(self._ask(method, path, **more))

    def _decoded(self, response: requests.Response) -> Any:
        if not response.ok:
            raise error_for_status(LABEL, response.status_code, asked=retry_after(response.headers))
        return decode_json(LABEL, response)

    def _ask(self, method: str, path: str, *, session: ServiceSession | None = None, **more: Any) -> requests.Response:
        try:
            response = (session or self._session).request(
                method, f"{self._base}/{path}", headers={"X-API-Key": self._key}, allow_redirects=False, **more
            )
        except requests.RequestException as exc:
            raise error_for_request(LABEL, exc) from exc
        if response.status_code in {401, 403}:
            raise AuthRequired(f"slskd does not accept our key ({response.status_code}).", remedy=KEY_REMEDY)
        if response.status_code == 429:
            asked = retry_after(response.headers)
            raise RateLimited("slskd is busy with another search or transfer.", retry_after=asked or BUSY_SECONDS)
        if response.is_redirect:
            raise UserError(
                "slskd's address leads on to another one.",
                remedy="Enter the address that it leads to under Settings, Sources (SPOTIZER_SLSKD_URL).",
                reason="broken_install",
            )
        return response


def _path(username: str, transfer_id: str) -> str:
    return f"transfers/downloads/{quote(username, safe='')}/{quote(transfer_id, safe='')}"


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _transfer(file: Mapping[str, Any]) -> Transfer:
    return Transfer(
        id=str(file.get("id") or ""),
        filename=str(file.get("filename") or ""),
        states=frozenset(part.strip() for part in str(file.get("state") or "").split(",")),
        done_bytes=_number(file.get("bytesTransferred")),
        size_bytes=_number(file.get("size")),
        speed=float(_number(file.get("averageSpeed"))),
        place=_number(file["placeInQueue"]) if file.get("placeInQueue") is not None else None,
        exception=str(file.get("exception") or ""),
        requested_at=_moment(file.get("requestedAt")),
        will_retry=bool(file.get("nextAttemptAt")),
    )


def _number(value: object) -> int:
    return int(value) if isinstance(value, int | float) and value == value else 0  # not NaN


def _moment(value: object) -> datetime | None:
    """.NET writes seven digits behind the second, which Python's reader cuts; without a zone it is UTC."""
    text = str(value or "").removesuffix("Z")
    try:
        return datetime.fromisoformat(f"{text[:26]}+00:00")
    except ValueError:
        return None


def _raise_failure(username: str, failures: Any) -> None:
    for failure in failures:
        words = str(_mapping(failure).get("message") or failure)[:200]
        raise PermanentError(f"{username} does not give this file: {words}", remedy="Choose another candidate.")


def _peer_is_away(username: str) -> PermanentError:
    return PermanentError(f"{username} is not on the network now.", remedy="Choose another candidate.")


def not_logged_in() -> RateLimited:
    """The error for an slskd that runs, but is not on the network."""
    return RateLimited(
        "slskd is not connected to the Soulseek network.",
        retry_after=OFFLINE_SECONDS,
        remedy="Look at slskd's own page: its name and password for the network may be wrong.",
    )
