"""The demo's first content, by the way that a person would take: search, open, download."""

from __future__ import annotations

from accounts.models import Person
from catalog.services.browse import open_album
from catalog.services.search import search
from core.errors import NotFound
from downloads.models import DownloadRequest
from downloads.services.requests import request_download
from providers.base import AlbumInfo, Kind

# Short pieces, so that the first files are there in seconds; and what is only looked at.
DOWNLOADED = ("Quick Sketches",)
LOOKED_AT = ("Tidal Rooms", "Neon Harbour", "Northern Sky")


def seed() -> int:
    """Asks for a short album and opens a few more; how many were asked for. Does nothing where anything was asked."""
    if DownloadRequest.objects.exists():
        return 0
    owner = Person.objects.filter(role=Person.Role.OWNER).first()
    for title in DOWNLOADED:
        info = _album(title)
        request_download(album=open_album(info.provider, info.id), by=owner)
    for title in LOOKED_AT:
        info = _album(title)
        open_album(info.provider, info.id)
    return len(DOWNLOADED)


def _album(title: str) -> AlbumInfo:
    hits = search(title, kinds=(Kind.ALBUM,), limit=10).albums
    for hit in hits:
        if hit.title == title:
            return hit
    raise NotFound(f"The sandbox has no album {title}.")
