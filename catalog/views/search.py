"""The search page: one catalogue is asked, the own library stands beside it.

A catalogue that does not answer degrades its own part only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from catalog.forms import KINDS, SearchForm, SearchWish
from catalog.services.catalogues import CatalogueState, available_catalogues
from catalog.services.search import search as ask_catalogue
from catalog.services.store.shared import store_artworks
from core.errors import SpotizerError
from core.htmx import HtmxRequest, render_page
from core.problems import status_of
from downloads.selectors.hits import Hits, all_pictures, hits
from downloads.selectors.lines import Card, Line, own_lines
from downloads.selectors.pages import Group
from downloads.selectors.rows import Chip
from providers.base import Kind, SearchResults
from providers.links import is_address

TOP_TRACKS = 5
LABELS = {Kind.TRACK: "Tracks", Kind.ALBUM: "Albums", Kind.ARTIST: "Artists", Kind.PLAYLIST: "Playlists"}


@dataclass(frozen=True, slots=True)
class SearchPage:
    wish: SearchWish
    here: str
    tabs: list[Chip] = field(default_factory=list)
    catalogues: list[Chip] = field(default_factory=list)
    catalogue_label: str = ""
    hits: Hits = field(default_factory=Hits)
    own: list[Line] = field(default_factory=list)
    best: Card | None = None
    groups: list[Group] = field(default_factory=list)
    error: SpotizerError | None = None
    tracks_url: str = ""
    first_url: str = ""
    next_url: str = ""

    @property
    def top_tracks(self) -> list[Line]:
        return self.hits.tracks[:TOP_TRACKS]

    @property
    def cards(self) -> list[Card]:
        kind = self.wish.kind
        if kind is Kind.ALBUM:
            return self.hits.albums
        return self.hits.artists if kind is Kind.ARTIST else self.hits.playlists

    @property
    def is_empty(self) -> bool:
        return not self.hits and self.error is None


@require_GET
def search(request: HtmxRequest) -> HttpResponse:
    wish = SearchForm(request.GET).wish()
    if is_address(wish.query) and not wish.is_plain:
        return redirect(f"{reverse('catalog:open')}?{urlencode({'url': wish.query})}")
    page = search_page(wish)
    status = 200 if page.error is None else status_of(page.error)[0]
    context = {"nav": "search", "view": "search", "page": page, "query": wish.query}
    return render_page(request, "catalog/search.html", context, status=200 if status == 503 else status)


def search_page(wish: SearchWish) -> SearchPage:
    """The page for ``wish``. A catalogue that does not answer leaves its error, and the library's hits."""
    states = available_catalogues()
    current = next((state for state in states if state.name == wish.provider), states[0])
    offered = [state for state in states if state.is_available]
    chips = [Chip(state.label, address(wish, provider=state), state is current) for state in offered]
    base = SearchPage(wish, address(wish), catalogues=chips if len(chips) > 1 else [])
    if not wish.query.strip():
        return base
    results, error = _ask(wish)
    found = hits(results)
    return SearchPage(
        wish=wish,
        here=address(wish, page=wish.page),
        tabs=_tabs(wish, results),
        catalogues=base.catalogues,
        catalogue_label=current.label if found else "",
        hits=found,
        own=_own(wish, found),
        best=_best(wish, found),
        groups=_groups(wish, found),
        error=error,
        tracks_url=address(wish, kind=Kind.TRACK) if len(found.tracks) > TOP_TRACKS else "",
        first_url=address(wish) if wish.page > 1 else "",
        next_url=address(wish, page=wish.page + 1) if wish.kind and results.has_more else "",
    )


def _ask(wish: SearchWish) -> tuple[SearchResults, SpotizerError | None]:
    try:
        results = ask_catalogue(
            wish.query, kinds=wish.kinds, provider=wish.provider, limit=wish.limit, offset=wish.offset
        )
    except SpotizerError as exc:
        return SearchResults(), exc
    store_artworks(all_pictures(results))
    return results, None


def _own(wish: SearchWish, found: Hits) -> list[Line]:
    """The library's own hits, without those that the catalogue gave already."""
    if wish.page > 1 or wish.kind not in {None, Kind.TRACK}:
        return []
    shown = {line.ident for line in found.tracks}
    return [line for line in own_lines(wish.query) if line.ident not in shown]


def _best(wish: SearchWish, found: Hits) -> Card | None:
    """The artist or album that bears the very name, else the first of either."""
    name = wish.query.strip().casefold()
    offered = [*found.artists[:3], *found.albums[:5]]
    exact = (card for card in offered if card.title.casefold() == name)
    return next(exact, next(iter(offered), None)) if wish.kind is None else None


def _groups(wish: SearchWish, found: Hits) -> list[Group]:
    parts = ((Kind.ALBUM, found.albums), (Kind.ARTIST, found.artists), (Kind.PLAYLIST, found.playlists))
    return [
        Group(kind.value, LABELS[kind], cards[:12], address(wish, kind=kind))
        for kind, cards in parts
        if cards and wish.kind is None
    ]


def _tabs(wish: SearchWish, results: SearchResults) -> list[Chip]:
    everything = Chip("All", address(wish, kind=None), wish.kind is None)
    return [everything] + [
        Chip(LABELS[kind], address(wish, kind=kind), wish.kind is kind, results.totals.get(kind)) for kind in LABELS
    ]


SAME = object()


def address(
    wish: SearchWish, *, kind: Kind | object | None = SAME, page: int = 1, provider: CatalogueState | None = None
) -> str:
    """The search page for ``wish`` with these changes; what is the default is left out."""
    wanted = wish.kind if kind is SAME else kind
    name = next((name for name, one in KINDS.items() if one is wanted), "")
    catalogue = (provider.name if not provider.is_default else "") if provider else wish.provider or ""
    query = {"q": wish.query, "type": name, "provider": catalogue, "page": page if page > 1 else ""}
    if wish.is_plain:
        query["plain"] = "1"
    return f"{reverse('catalog:search')}?{urlencode({key: value for key, value in query.items() if value})}"
