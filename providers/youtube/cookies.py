"""Cookies of a source's account: read strictly when they are given, and lent to each fetch as a copy of its own.

yt-dlp writes its jar back to the file that it got, so two workers on one file would destroy it.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.errors import UserError
from core.storage import storage_errors
from providers.youtube.options import FetchOptions

LARGEST = 200_000  # bytes; a browser's cookies of one site are a few thousand
HEAD = "# Netscape HTTP Cookie File\n"
HTTP_ONLY = "#HttpOnly_"
EXPIRY = re.compile(r"(\d{1,15}(\.\d+)?)?")
REMEDY = (
    "Export the site's cookies with a browser add-on as cookies.txt (Netscape format), from a private window that you "
    "then close, and upload that file."
)


@dataclass(frozen=True, slots=True)
class Cookies:
    """What is kept of an uploaded file. ``expires_at`` (Unix seconds) is when the first lasting one runs out, or 0."""

    text: str
    count: int
    expires_at: int


def read_cookies(data: bytes, domains: tuple[str, ...]) -> Cookies:
    """The cookies in ``data`` that belong to ``domains``; those of all other sites are left out and not kept.

    Raises UserError for what is no cookies.txt, or has none of theirs.
    """
    if len(data) > LARGEST:
        raise UserError(f"This file has more than {LARGEST // 1000} kB: it is no cookies.txt.", remedy=REMEDY)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UserError("This file is no text.", remedy=REMEDY) from None
    kept, expiries = [], []
    is_cookies = False
    for line in text.splitlines():
        fields = line.removeprefix(HTTP_ONLY).split("\t")
        if line.startswith("#") and not line.startswith(HTTP_ONLY):
            continue
        if (
            len(fields) != 7
            or fields[1] not in {"TRUE", "FALSE"}
            or not re.fullmatch(r"\d{1,15}(\.\d+)?", fields[4] or "0")
        ):
            continue
        is_cookies = True
        domain = fields[0].lstrip(".").lower()
        if any(domain == known or domain.endswith(f".{known}") for known in domains) and "\0" not in line:
            kept.append(line)
            expiries.append(int(float(fields[4] or 0)))
    if not is_cookies:
        raise UserError("This is no cookies.txt in Netscape format.", remedy=REMEDY)
    if not kept:
        raise UserError(f"There is no cookie of {' or '.join(domains)} in this file.", remedy=REMEDY)
    lasting = [at for at in expiries if at > 0]
    return Cookies(HEAD + "\n".join(kept) + "\n", len(kept), min(lasting, default=0))


@contextmanager
def own_jar(options: FetchOptions) -> Iterator[dict[str, str]]:
    """The parameter for a file that only this use of yt-dlp and only this account can read; gone afterwards."""
    text = options.cookies() if options.cookies else ""
    if not text and options.cookie_file:
        with storage_errors(Path(options.cookie_file)):
            text = Path(options.cookie_file).read_text("utf-8")
    if not text:
        yield {}
        return
    with tempfile.TemporaryDirectory(prefix="spotizer-cookies-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "cookies.txt"
        with storage_errors(path), os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        yield {"cookiefile": str(path)}
