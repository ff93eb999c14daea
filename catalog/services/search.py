"""Searches one catalogue. Nothing is stored and nothing is merged: a hit becomes a row when it is opened."""

from __future__ import annotations

from catalog.services.catalogues import get_catalogue
from core.errors import UserError
from providers.base import Ability, Kind, SearchResults

LONGEST_QUERY = 300


def search(
    query: str,
    *,
    kinds: tuple[Kind, ...] = (Kind.TRACK, Kind.ALBUM, Kind.ARTIST, Kind.PLAYLIST),
    provider: str | None = None,
    limit: int = 20,
    offset: int = 0,
) -> SearchResults:
    """Hits of one catalogue, in its own order. Raises UserError for an empty query, TransientError for no answer."""
    words = " ".join(query.split())[:LONGEST_QUERY]
    if not words:
        raise UserError("There is nothing to search for.", remedy="Type a name, a title, or paste a link.")
    catalogue = get_catalogue(provider)
    if Ability.PLAYLIST_SEARCH not in catalogue.abilities:
        kinds = tuple(kind for kind in kinds if kind is not Kind.PLAYLIST)
    if not kinds:
        raise UserError(
            f"{catalogue.label} has no playlists to search.", remedy="Choose another catalogue or another kind."
        )
    return catalogue.search(words, kinds=kinds, limit=limit, offset=offset)
