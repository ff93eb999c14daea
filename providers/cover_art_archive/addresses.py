"""Where the front cover of a release is. The addresses redirect to archive.org, whose pictures may move.

Originals can be 20 MB and even PDF, so only the thumbnails are named. https://musicbrainz.org/doc/Cover_Art_Archive/API
"""

from __future__ import annotations

from providers.base import Picture

BASE_URL = "https://coverartarchive.org"
SIZES = (1200, 500, 250)


def front_pictures(what: str, mbid: str) -> tuple[Picture, ...]:
    """The sizes of the front cover of a ``release`` or ``release-group``, which may turn out to have none."""
    if not mbid:
        return ()
    return tuple(Picture(f"{BASE_URL}/{what}/{mbid}/front-{size}", size, size) for size in SIZES)
