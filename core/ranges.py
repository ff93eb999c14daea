"""A file as an answer, whole or the part that was asked for: what players need to begin at once and to jump.

Source: RFC 9110, section 14. One range at a time; several are answered with the whole file, which the RFC allows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase

BLOCK = 65_536
RANGE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*")
KEPT_FOR_A_WHILE = "private, max-age=300"


def ranged(request: HttpRequest, path: Path, content_type: str) -> HttpResponseBase:
    """``path`` with 200, the wanted part with 206, 304 where it is known already, 416 for a part that there is not."""
    file = path.open("rb")
    stat = path.stat()
    size, tag = stat.st_size, f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'
    response: HttpResponseBase
    if tag in [one.strip() for one in request.headers.get("If-None-Match", "").split(",")]:
        file.close()
        response = HttpResponseNotModified()
    elif (wanted := _wanted(request, tag)) is None:
        response = FileResponse(file, content_type=content_type)
    elif (part := _part(wanted, size)) is None:
        file.close()
        response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    else:
        first, last = part
        response = StreamingHttpResponse(_read(file, first, last), status=206, content_type=content_type)
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
        response["Content-Length"] = str(last - first + 1)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = tag
    response["Cache-Control"] = KEPT_FOR_A_WHILE
    response["Content-Disposition"] = "inline"
    return response


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


def _read(file: BinaryIO, first: int, last: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        left = last - first + 1
        while left > 0 and (data := file.read(min(BLOCK, left))):
            left -= len(data)
            yield data
