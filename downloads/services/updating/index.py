"""Asks a package index what there is, and fetches wheels whose SHA-256 it names.

Source: the simple repository API in JSON, https://packaging.python.org/en/latest/specifications/simple-repository-api/
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urljoin

import requests

from core.answers import decode_json, error_for_request, error_for_status
from core.errors import BadResponse, NotFound, PermanentError
from core.http import ServiceSession

LABEL = "The package index"
JSON = "application/vnd.pypi.simple.v1+json"
LARGEST_WHEEL = 20_000_000
_VERSION = re.compile(r"\d{1,9}(\.\d{1,9}){0,5}")
_WHEEL = re.compile(r"(?P<name>[A-Za-z0-9_.]+)-(?P<version>[^-]+)-py3-none-any\.whl")
_BOUND = re.compile(r"\s*(>=|>)\s*(\d+(?:\.\d+)*)\s*")


@dataclass(frozen=True, slots=True)
class Wheel:
    """A pure wheel of the index."""

    project: str
    version: str
    filename: str
    url: str
    sha256: str


def version_key(version: str) -> tuple[int, ...]:
    """Versions in order: ``2026.10.26`` before ``2026.11.3``."""
    return tuple(int(part) for part in re.findall(r"\d+", version))


class PackageIndex:
    def __init__(self, session: ServiceSession, url: str) -> None:
        self._session = session
        self._url = url.rstrip("/")

    def wheels(self, project: str) -> list[Wheel]:
        """The released pure wheels that run on this Python and have a hash, newest first."""
        response = self._get(f"{self._url}/{project}/", {"Accept": JSON})
        answer = decode_json(LABEL, response)
        files = answer.get("files") if isinstance(answer, dict) else None
        if not isinstance(files, list):
            raise BadResponse(f"{LABEL} answered without a list.", remedy="Try again later.")
        found = [wheel for file in files if isinstance(file, dict) and (wheel := self._wheel(project, file))]
        return sorted(found, key=lambda wheel: version_key(wheel.version), reverse=True)

    def newest(self, project: str, *, major: int | None = None, exactly: str = "") -> Wheel:
        """The newest wheel, of one major version or one version where that is said. Raises NotFound for none."""
        for wheel in self.wheels(project):
            if exactly and version_key(wheel.version) != version_key(exactly):
                continue
            if major is not None and version_key(wheel.version)[0] != major:
                continue
            return wheel
        raise NotFound(f"{LABEL} has no fitting release of {project}.")

    def fetch(self, wheel: Wheel) -> bytes:
        """The wheel's bytes. Raises PermanentError where they are not what the index promised."""
        data = self._get(wheel.url, {}).content
        if len(data) > LARGEST_WHEEL or sha256(data).hexdigest() != wheel.sha256:
            raise PermanentError(
                f"{wheel.filename} is not the file that the index promised: its checksum differs.",
                remedy="Nothing was changed. Try again later.",
                reason="broken_file",
            )
        return data

    def _wheel(self, project: str, file: dict[str, Any]) -> Wheel | None:
        match = _WHEEL.fullmatch(str(file.get("filename") or ""))
        hashes = file.get("hashes")
        digest = str(hashes.get("sha256") or "").lower() if isinstance(hashes, dict) else ""
        if match is None or not _VERSION.fullmatch(match["version"]) or not re.fullmatch(r"[0-9a-f]{64}", digest):
            return None
        if match["name"].lower().replace("_", "-").replace(".", "-") != project or file.get("yanked"):
            return None
        if not _runs_here(str(file.get("requires-python") or "")):
            return None
        url = urljoin(f"{self._url}/{project}/", str(file.get("url") or ""))
        return Wheel(project, match["version"], match[0], url.partition("#")[0], digest)

    def _get(self, url: str, headers: dict[str, str]) -> requests.Response:
        try:
            response = self._session.get(url, headers=headers)
        except requests.RequestException as exc:
            raise error_for_request(LABEL, exc) from exc
        if not response.ok:
            raise error_for_status(LABEL, response.status_code)
        return response


def _runs_here(requires: str) -> bool:
    """Whether this Python is new enough; upper bounds are for installers to guess."""
    bounds = [match for part in requires.split(",") if (match := _BOUND.fullmatch(part))]
    return all(sys.version_info[:2] >= version_key(bound[2])[:2] for bound in bounds)
