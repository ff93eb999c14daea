"""Fetching one file over HTTP: resumed where it broke off, within a size, from hosts that are named.

For sources that hand out files. The request and its redirects go out by hand, so that each hop is looked at first.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import md5
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError

from core.answers import error_for_request, error_for_status
from core.errors import BadResponse, Cancelled, Forbidden, PermanentError, RateLimited, SpotizerError, TransientError
from core.http import Gate, Outcome, retry_after
from core.storage import storage_errors
from providers.base import IsCancelled, Progress, ReportProgress
from providers.youtube.pacing import Pace, wait
from providers.youtube.watching import Watch, watched

MOST_BYTES = 4_000_000_000  # a long concert in 24 bit
MOST_HOPS = 5
BLOCK = 65_536
STALL_SECONDS = 30.0
START_SECONDS = 60.0
BUSY_SECONDS = 60.0  # after "not now" without a time


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file to fetch. ``size_bytes`` and ``md5`` are checked where they are known."""

    url: str
    label: str  # the service as people know it
    may_reach: Callable[[str], bool]  # whether a host is one of the service's
    size_bytes: int | None = None
    md5: str = ""
    most_bytes: int = MOST_BYTES
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fetcher:
    """How files are fetched. ``session`` has no gate of its own: ``gate`` is passed once for each file, in the
    caller's thread, as the fetch itself runs in another one."""

    session: requests.Session
    gate: Gate
    service: str
    share: Callable[[], float] | None = None  # bytes a second, asked again and again; 0 is no limit
    is_real_time: bool = False
    stall_seconds: float = STALL_SECONDS
    start_seconds: float = START_SECONDS

    def fetch(
        self,
        file: RemoteFile,
        path: Path,
        *,
        duration_ms: int | None = None,
        progress: ReportProgress,
        cancelled: IsCancelled,
    ) -> None:
        """The file lies at ``path``, whole and checked; what broke off lies beside it and is continued.

        Raises PermanentError for what is gone, refused, too large or redirected to a strange host; TransientError,
        RateLimited; Cancelled within a second.
        """
        if cancelled():
            raise Cancelled
        part = path.with_name(f"{path.name}.part")
        watch = Watch()
        pace = Pace(seconds=(duration_ms or 0) / 1000 if self.is_real_time else 0)

        def is_over() -> bool:
            pace.share = self.share() if self.share else 0
            return cancelled()

        is_over()
        self._watched(lambda: self._transfer(file, part, watch, pace), watch, progress, is_over)
        with storage_errors(path):
            part.replace(path)

    def fetch_start(self, file: RemoteFile, path: Path, *, most_bytes: int, cancelled: IsCancelled) -> None:
        """The first ``most_bytes`` of the file at ``path``, or all of it where it is smaller. Raises as ``fetch``."""
        if cancelled():
            raise Cancelled
        watch = Watch()
        self._watched(lambda: self._get_start(file, path, most_bytes, watch), watch, lambda _: None, cancelled)

    def _watched(
        self, work: Callable[[], None], watch: Watch, progress: ReportProgress, cancelled: IsCancelled
    ) -> None:
        """``work`` done through the gate, which is told how it ended."""
        self.gate.enter(self.service)
        outcome: tuple[Outcome, float | None] = (Outcome.OK, None)
        try:
            watched(
                work,
                watch,
                progress=progress,
                cancelled=cancelled,
                stall_seconds=self.stall_seconds,
                start_seconds=self.start_seconds,
            )
        except RateLimited as exc:
            outcome = (Outcome.RATE_LIMITED, exc.retry_after)
            raise
        except TransientError:
            outcome = (Outcome.FAILED, None)
            raise
        finally:
            self.gate.report(self.service, *outcome)

    def _get_start(self, file: RemoteFile, path: Path, most_bytes: int, watch: Watch) -> None:
        try:
            part = f"bytes=0-{most_bytes - 1}"
            with self._open(file, part) as response, storage_errors(path), path.open("wb") as out:
                _refuse_pages(response, file)
                left = most_bytes
                for data in _blocks(response, file):
                    watch.check()
                    out.write(data[:left])
                    left -= len(data)
                    watch.tell(Progress(most_bytes - max(0, left), None))
                    if left <= 0:  # a server that knows no ranges would go on
                        break
        except requests.RequestException as exc:
            raise error_for_request(file.label, exc) from exc

    def _transfer(self, file: RemoteFile, part: Path, watch: Watch, pace: Pace) -> None:
        with storage_errors(part):
            have = part.stat().st_size if part.exists() else 0
        if file.size_bytes is None or have != file.size_bytes:
            self._get(file, part, have, watch, pace)
        _check(file, part)

    def _get(self, file: RemoteFile, part: Path, have: int, watch: Watch, pace: Pace) -> None:
        try:
            with self._open(file, f"bytes={have}-" if have else "") as response:
                watch.check()
                start = _start(response, have)
                total = _total(response, start, file)
                _write(response, part, start, total, file, watch, pace)
        except requests.RequestException as exc:
            raise error_for_request(file.label, exc) from exc

    def _open(self, file: RemoteFile, part: str) -> requests.Response:
        """The answer that carries the file; every hop's host is one of the service's."""
        url = file.url
        headers = {**file.headers, "Accept-Encoding": "identity"} | ({"Range": part} if part else {})
        for _ in range(MOST_HOPS + 1):
            host = urlsplit(url).hostname or ""
            if urlsplit(url).scheme not in {"http", "https"} or not file.may_reach(host):
                raise PermanentError(
                    f"{file.label} sent us to {host or 'nowhere'}, which is none of its own servers.",
                    remedy="Choose another candidate.",
                    reason="forbidden",
                )
            response = self.session.get(url, headers=headers, stream=True, allow_redirects=False)
            if response.is_redirect:
                response.close()
                url = urljoin(url, response.headers["Location"])
                continue
            if response.status_code == 416:
                response.close()
                return self._open(file, "")
            if not response.ok:
                response.close()
                raise _refused(file.label, response)
            return response
        raise PermanentError(f"{file.label} sends us in circles.", remedy="Choose another candidate.")


def _start(response: requests.Response, have: int) -> int:
    """Where in the file the answer begins: at ``have``, or at 0 where the server does not resume."""
    if response.status_code == 206 and response.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
        return have
    if response.status_code == 206:
        raise BadResponse("The server resumed at another place than asked.", remedy="It is tried again by itself.")
    return 0


def _total(response: requests.Response, start: int, file: RemoteFile) -> int | None:
    """How long the whole file is by what the answer says. Raises PermanentError where that is too much."""
    length = response.headers.get("Content-Length", "")
    total = start + int(length) if length.isdigit() else file.size_bytes
    if total is not None and total > file.most_bytes:
        raise _too_large(file)
    _refuse_pages(response, file)
    return total


def _refuse_pages(response: requests.Response, file: RemoteFile) -> None:
    if "html" in response.headers.get("Content-Type", ""):
        raise PermanentError(
            f"{file.label} sent a web page instead of the file.", remedy="Choose another candidate.", reason="not_audio"
        )


def _write(
    response: requests.Response,
    part: Path,
    start: int,
    total: int | None,
    file: RemoteFile,
    watch: Watch,
    pace: Pace,
) -> None:
    done, began = start, time.monotonic()
    with storage_errors(part), part.open("r+b" if start else "wb") as out:
        out.truncate(start)
        out.seek(start)
        for data in _blocks(response, file):
            watch.check()  # before the bytes are written: whoever takes over the folder finds it at rest
            done += len(data)
            if done > file.most_bytes:
                raise _too_large(file)
            out.write(data)
            seconds = time.monotonic() - began
            watch.tell(Progress(done, total, (done - start) / seconds if seconds > 0 else None))
            pace.came(done, total, time.monotonic())
            wait(pace, watch.rest)
    if total is not None and done < total:
        raise TransientError(
            f"The transfer from {file.label} broke off.", remedy="It is tried again by itself.", reason="network"
        )


def _blocks(response: requests.Response, file: RemoteFile) -> Iterator[bytes]:
    try:
        while data := response.raw.read1(BLOCK):
            yield data
    except (HTTPError, ConnectionError, TimeoutError) as exc:
        raise TransientError(
            f"The transfer from {file.label} broke off.", remedy="It is tried again by itself.", reason="network"
        ) from exc


def _check(file: RemoteFile, part: Path) -> None:
    """The file is what was promised. Raises TransientError where not; then the part is gone, so that it starts anew."""
    with storage_errors(part):
        size = part.stat().st_size
        is_right = file.size_bytes is None or size == file.size_bytes
        if is_right and file.md5:
            with part.open("rb") as content:
                digest = md5(usedforsecurity=False)
                while block := content.read(1_000_000):
                    digest.update(block)
            is_right = digest.hexdigest() == file.md5.lower()
        if is_right:
            with part.open("rb") as content:
                os.fsync(content.fileno())
            return
        part.unlink()
    raise BadResponse(
        f"What came from {file.label} is not the file that it promised (its checksum differs).",
        remedy="It is fetched again by itself.",
    )


def _refused(label: str, response: requests.Response) -> SpotizerError:
    status, asked = response.status_code, retry_after(response.headers)
    if status in {429, 503}:
        return RateLimited(
            f"{label} asks us to slow down.",
            retry_after=BUSY_SECONDS if asked is None else asked,
            remedy="Spotizer goes on by itself after that.",
        )
    if status in {401, 403}:
        return Forbidden(f"{label} lends this out only, or keeps it closed.", remedy="Choose another candidate.")
    return error_for_status(label, status, asked=asked)


def _too_large(file: RemoteFile) -> PermanentError:
    return PermanentError(
        f"{file.label} offers more than {file.most_bytes / 1e6:,.0f} MB under this name, which is no recording.",
        remedy="Choose another candidate.",
    )
