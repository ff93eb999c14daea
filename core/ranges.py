"""A file as an answer, whole or the part that was asked for: what players need to begin at once and to jump.

Source: RFC 9110, sections 13 and 14. One range at a time; several are answered with the whole file, which the RFC
allows. A part may be shorter than what was asked for: players ask for the next one.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from typing import BinaryIO

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import http_date

from core.errors import TransientError

BLOCK = 65_536
RANGE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*", re.ASCII)
KEPT_FOR_A_WHILE = "private, max-age=300"
# Each whole file of any length holds one of the server's eight threads for as long as its asker takes to read it.
WHOLE_AT_ONCE = 2
_whole = threading.BoundedSemaphore(WHOLE_AT_ONCE)


def ranged(
    request: HttpRequest, file: BinaryIO, content_type: str, *, most_bytes: int | None = None
) -> HttpResponseBase:
    """The open ``file`` with 200, the wanted part with 206, 304 where it is known already, 416 for no such part.

    ``most_bytes`` of it in one part. With that a whole file is answered to few at once: raises TransientError for
    more. The file is closed with the answer.
    """
    stat = os.fstat(file.fileno())
    size, tag = stat.st_size, f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'
    body: _Body | None = None
    response: HttpResponseBase
    if _is_known(request, tag):
        response = HttpResponseNotModified()
    elif request.method == "HEAD":
        response = HttpResponse(content_type=content_type, headers={"Content-Length": str(size)})
    elif (wanted := _wanted(request, tag)) is None:
        body = _whole_file(file, size, is_scarce=most_bytes is not None)
        response = StreamingHttpResponse(body, content_type=content_type)
        response["Content-Length"] = str(size)
    elif (part := _part(wanted, size)) is None:
        response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    else:
        first, last = part
        if most_bytes is not None:
            last = min(last, first + most_bytes - 1)
        body = _Body(file, first, last)
        response = StreamingHttpResponse(body, status=206, content_type=content_type)
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
        response["Content-Length"] = str(last - first + 1)
    if body is None:
        file.close()
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = tag
    response["Last-Modified"] = http_date(stat.st_mtime)
    response["Cache-Control"] = KEPT_FOR_A_WHILE
    response["Content-Disposition"] = "inline"
    return response


def _is_known(request: HttpRequest, tag: str) -> bool:
    """Whether the asker has it already; weak comparison, as the RFC has it for this header."""
    known = [one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")]
    return tag in known or known == ["*"]


def _wanted(request: HttpRequest, tag: str) -> str | None:
    """The range that is asked for; None where the whole file is, or what the asker has of it is another one."""
    wanted = request.headers.get("Range", "")
    condition = request.headers.get("If-Range", tag)
    if not wanted.startswith("bytes=") or "," in wanted or condition != tag:
        return None
    return wanted


def _part(wanted: str, size: int) -> tuple[int, int] | None:
    """First and last byte, None where there is no such part."""
    match = RANGE.fullmatch(wanted)
    if match is None or wanted.strip() == "bytes=-":
        return None
    begin, end = match.groups()
    if not begin:
        first, last = max(0, size - int(end)), size - 1
    else:
        first, last = int(begin), min(int(end), size - 1) if end else size - 1
    return (first, last) if first <= last else None


def _whole_file(file: BinaryIO, size: int, *, is_scarce: bool) -> _Body:
    if not is_scarce:
        return _Body(file, 0, size - 1)
    if not _whole.acquire(blocking=False):
        file.close()
        raise TransientError(
            f"{WHOLE_AT_ONCE} whole files are being sent already.",
            remedy="Try again in a moment. Players, which ask for parts, are not kept waiting.",
            retry_after=5,
        )
    return _Body(file, 0, size - 1, has_permit=True)


class _Body:
    """The bytes from ``first`` to ``last``. An object, because a generator that was never begun is never ended."""

    def __init__(self, file: BinaryIO, first: int, last: int, *, has_permit: bool = False) -> None:
        self.file, self.left, self.has_permit = file, last - first + 1, has_permit
        file.seek(first)

    def __iter__(self) -> Iterator[bytes]:
        while self.left > 0 and (data := self.file.read(min(BLOCK, self.left))):
            self.left -= len(data)
            yield data

    def close(self) -> None:
        self.file.close()
        if self.has_permit:
            self.has_permit = False
            _whole.release()
