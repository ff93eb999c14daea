"""Deezer's half minute of a track: from an address that is signed and runs out, so it is never kept."""

from __future__ import annotations

from pathlib import Path

import requests

from core.errors import NotFound
from core.http import Gate
from providers.base import IsCancelled
from providers.files import Fetcher, RemoteFile

LABEL = "Deezer"
MOST_BYTES = 1_500_000  # thirty seconds of MP3 are about 480 kB


def may_reach(host: str) -> bool:
    """Whether ``host`` is one of those that hold Deezer's previews."""
    return host.endswith(".dzcdn.net")


def fetch_preview(
    address: str, folder: Path, *, session: requests.Session, gate: Gate, service: str, cancelled: IsCancelled
) -> Path:
    """The MP3 at ``address`` in ``folder``. Raises NotFound where ``address`` is empty, and what ``Fetcher`` raises."""
    if not address:
        raise NotFound("Deezer lets nobody hear a part of this track.", remedy="Listen to it in Deezer's own player.")
    path = folder / "deezer.mp3"
    fetcher = Fetcher(session=session, gate=gate, service=service)
    fetcher.fetch_start(RemoteFile(address, LABEL, may_reach), path, most_bytes=MOST_BYTES, cancelled=cancelled)
    return path
