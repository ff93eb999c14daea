"""The title that Spotify shows to everybody: needs no key."""

from __future__ import annotations

from django.conf import settings

from catalog.services.sessions import session_for
from core.answers import DAY, get_json
from core.errors import BadResponse
from providers.base import Link


def title_of(link: Link) -> str:
    """What Spotify calls the item behind ``link``. Raises NotFound, TransientError."""
    url = settings.SERVICE_URLS["spotify_oembed"]
    body = get_json(session_for("spotify_oembed"), url, {"url": link.url}, label="Spotify", keep=7 * DAY)
    title = body.get("title") if isinstance(body, dict) else None
    if not isinstance(title, str):
        raise BadResponse("Spotify answered without a title.", remedy="Try again later.")
    return title.strip()
