"""What a person sees of their own Spotify: playlists, liked songs, followed artists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.services import spotify_people
from catalog.services import mine
from core.errors import SpotizerError
from core.htmx import HtmxRequest, render_page
from core.text import whole_number
from downloads.selectors.mine import followed_cards, playlist_groups
from downloads.views.answers import viewer_of
from providers.spotify import words

MOST_PAGES = 200
# What each of these says is mended by signing in, again or for the first time.
SIGN_IN_HELPS = {
    words.SIGN_IN_REMEDY,
    words.SIGN_IN_AGAIN_REMEDY,
    words.SCOPE_MISSING_REMEDY,
    words.MAYBE_PRIVATE_REMEDY,
    words.NOT_READABLE_REMEDY,
}


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    url: str
    is_current: bool


def tabs_of(current: str) -> list[Tab]:
    names = {"playlists": "Playlists", "liked": "Liked songs", "artists": "Artists"}
    return [Tab(label, reverse(f"catalog:my_{name}"), name == current) for name, label in names.items()]


def sign_in_url(request: HtmxRequest, error: SpotizerError | None, *, wanted: str = "") -> str:
    """Where signing in to Spotify helps against ``error``; empty where it does not. It leads back here."""
    if error is None or error.remedy not in SIGN_IN_HELPS:
        return ""
    query = {"for": wanted} if wanted else {}
    return f"{reverse('accounts:spotify_sign_in')}?{urlencode(query | {'next': request.get_full_path()})}"


@require_GET
@never_cache
def my_playlists(request: HtmxRequest) -> HttpResponse:
    """A page of the person's list, as Spotify has it now, or as it was last seen where Spotify does not answer."""
    person = viewer_of(request)
    number = min(max(1, whole_number(request.GET.get("page", "")) or 1), MOST_PAGES)
    offset = (number - 1) * mine.PAGE
    following: int | None = None
    error: SpotizerError | None = None
    groups = []
    if person is not None:
        try:
            following = mine.read_list(person, offset=offset)
        except SpotizerError as exc:
            error = exc
        groups = playlist_groups(mine.listed(person, offset=offset))
    here = reverse("catalog:my_playlists")
    context = {
        "groups": groups,
        "first_url": here if number > 1 else "",
        "next_url": f"{here}?page={number + 1}" if following is not None and number < MOST_PAGES else "",
    }
    return _page(request, "playlists", error, context, is_empty=not groups)


@require_GET
@never_cache
def my_liked(request: HtmxRequest) -> HttpResponse:
    """The liked songs are a playlist: its page, as new as Spotify has it."""
    try:
        return redirect(mine.open_liked(viewer_of(request)).get_absolute_url())
    except SpotizerError as exc:
        return _page(request, "liked", exc, {}, is_empty=True)


@require_GET
@never_cache
def my_artists(request: HtmxRequest) -> HttpResponse:
    """The artists whom the person follows, paged by key."""
    person, after = viewer_of(request), request.GET.get("after", "")[:40]
    error: SpotizerError | None = None
    cards, following = [], ""
    if person is not None:
        try:
            page = mine.followed(person, after=after)
        except SpotizerError as exc:
            error = exc
        else:
            cards, following = followed_cards(page.artists), page.after
    here = reverse("catalog:my_artists")
    context = {
        "cards": cards,
        "first_url": here if after else "",
        "next_url": f"{here}?{urlencode({'after': following})}" if following else "",
    }
    return _page(request, "artists", error, context, is_empty=not cards)


def _page(
    request: HtmxRequest, tab: str, error: SpotizerError | None, context: Mapping[str, object], *, is_empty: bool
) -> HttpResponse:
    url = sign_in_url(request, error, wanted=tab)
    account = spotify_people.account_of(viewer_of(request))
    common = {
        "nav": "spotify",
        "view": "spotify",
        "tab": tab,
        "tabs": tabs_of(tab),
        "account": account,
        "error": error,
        "sign_in_url": url,
        "asks": bool(url) and is_empty,  # nothing else is on the page: signing in is the one thing to do
        "is_new": error is not None and error.remedy == words.SIGN_IN_REMEDY,
        "retry": "" if url else request.get_full_path(),
    }
    return render_page(request, "catalog/my_spotify.html", {**common, **context})
