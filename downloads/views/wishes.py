"""Asking for something: a track, an album, a playlist, an artist's releases, or what a link points at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Person
from catalog.models import Album, Artist, Playlist, Track
from catalog.selectors import visible_playlists
from catalog.services import browse
from core.errors import Forbidden, NotFound, SpotizerError, UserError
from core.htmx import HtmxRequest, render_page
from core.keys import number_for
from core.problems import problem_page, status_of
from core.text import plural
from core.web import next_url
from downloads.forms import DownloadAsForm
from downloads.models import DownloadRequest
from downloads.selectors import pages
from downloads.selectors.asked import as_asked, outcome_of
from downloads.selectors.lines import albums_to_show, tracks_to_show
from downloads.selectors.sources import labels_of_sources
from downloads.selectors.states import (
    State,
    album_standings,
    album_state,
    artist_standing,
    playlist_standings,
    playlist_state,
    track_standings,
    track_state,
)
from downloads.services.batches import Wishes
from downloads.services.requests import request_download as ask
from downloads.views.answers import answer, person_who_may_download

MOST_AT_ONCE = 50
Row = Track | Album | Playlist | Artist
STORED: dict[str, Callable[[int], Any]] = {
    "track": lambda number: tracks_to_show().filter(pk=number).first(),
    "album": lambda number: albums_to_show().filter(pk=number).first(),
    "artist": lambda number: Artist.objects.filter(pk=number).first(),
}
OPENED: dict[str, Callable[[str, str, Person], Row]] = {
    "track": lambda provider, value, person: browse.open_track(provider, value),
    "album": lambda provider, value, person: browse.open_album(provider, value),
    "playlist": browse.open_playlist,
    "artist": lambda provider, value, person: browse.open_artist(provider, value),
}


@require_POST
def request_download(request: HtmxRequest) -> HttpResponse:
    """Ask for what the pressed button names, as the form beside it says. Pressing twice asks once."""
    wanted = request.POST.getlist("what")[:MOST_AT_ONCE]
    wishes = Wishes()
    if "as" in request.POST:
        form = new_form(request.POST)
        if not form.is_valid():
            return _as_page(request, form, wanted, status=400)
        wishes = Wishes(**form.asked())
    if len(wanted) > 1:
        return _request_many(request, wanted, wishes)
    what = wanted[0] if wanted else ""
    row: Row | None = None
    try:
        person = person_who_may_download(request)
        whole, options = _narrowed(what)
        row, link = _wanted(whole, person)
        wish = _ask(row, link, person, wishes, options)
    except SpotizerError as exc:
        messages.error(request, f"{exc.message} {exc.remedy}".strip())
        return answer(request, _unchanged(request), status=status_of(exc)[0])
    messages.success(request, outcome_of(wish, str(row) if wish.is_private else str(wish)))
    return answer(request, _fragment(request, row))


@require_GET
def download_as(request: HtmxRequest) -> HttpResponse:
    """The form that says how a download shall be, as a page of its own."""
    what = request.GET.get("what", "")
    try:
        person = person_who_may_download(request)
        row, link = _wanted(_narrowed(what)[0], person)
    except SpotizerError as exc:
        return problem_page(request, exc)
    return _as_page(request, new_form(), [what], title=str(row) if row else link["link"])


def new_form(data: QueryDict | None = None, ident: str = "as") -> DownloadAsForm:
    """The form, filled with ``data``; ``ident`` begins the ids of its fields."""
    return DownloadAsForm(data, source_labels=labels_of_sources(), auto_id=f"{ident}-%s", label_suffix="")


def _as_page(
    request: HtmxRequest, form: DownloadAsForm, wanted: list[str], *, title: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "nav": "",
        "view": "download_as",
        "form": form,
        "wanted": wanted,
        "title": title or plural(len(wanted), "download"),
        "next": next_url(request) if request.method == "POST" else request.GET.get("next", "/"),
    }
    return render_page(request, "downloads/download_as.html", context, status=status)


def _ask(
    row: Row | None, link: dict[str, str], person: Person, wishes: Wishes, narrowing: dict[str, object] | None = None
) -> DownloadRequest:
    what: dict[str, Any] = {_kind(row): row} if row else link
    return ask(
        **what,
        by=person,
        output_format=wishes.output_format,
        quality_kbps=wishes.quality_kbps,
        priority=wishes.priority,
        options=wishes.options() | (narrowing or {}),
    )


def _request_many(request: HtmxRequest, wanted: list[str], wishes: Wishes) -> HttpResponse:
    """Ask for each; what cannot be had is told and keeps nothing else back."""
    try:
        person = person_who_may_download(request)
    except Forbidden as exc:
        messages.error(request, f"{exc.message} {exc.remedy}")
        return answer(request, status=status_of(exc)[0])
    asked, form = 0, ""
    for what in wanted:
        try:
            row, link = _wanted(what, person)
            wish = _ask(row, link, person, wishes)
            form = as_asked(wish.output_format, wish.quality_kbps, wish.options)
            asked += 1
        except SpotizerError as exc:
            messages.error(request, f"{what.partition(':')[2]}: {exc.message} {exc.remedy}".strip())
    messages.success(request, f"{asked} of {len(wanted)} are in the queue{f', as {form}' if form else ''}.")
    return answer(request)


def _narrowed(what: str) -> tuple[str, dict[str, object]]:
    """``artist/singles:key`` as all of the artist, kept to one kind of release; ``playlist/albums:key`` likewise."""
    kind, _, rest = what.partition(":")
    kind, slash, part = kind.partition("/")
    if not slash:
        return what, {}
    if kind == "artist" and part in pages.GROUPS:
        return f"artist:{rest}", {"groups": sorted(pages.GROUPS[part][1])}
    if kind == "playlist" and part == "albums":
        return f"playlist:{rest}", {"albums": True}
    raise UserError("There is no such part of it.", remedy="Reload the page, and press a button of it.")


def _wanted(what: str, person: Person) -> tuple[Row | None, dict[str, str]]:
    """The row that ``kind:key``, ``kind:provider:id`` or ``link:address`` names, opened where it is not stored."""
    kind, _, rest = what.partition(":")
    if kind == "link" and rest:
        resolved = browse.resolve(rest, person)
        if resolved.row is not None:
            return resolved.row, {}
        if resolved.audio is not None:
            return None, {"link": resolved.audio.url, "provider": resolved.audio.provider}
        raise UserError("The link stands for several things.", remedy="Open it, and choose one.")
    if kind not in OPENED or not rest:
        raise UserError("Nothing was asked for.", remedy="Press the button beside a track or an album.")
    provider, colon, value = rest.partition(":")
    if colon:
        return OPENED[kind](provider, value, person), {}
    number = number_for(rest)
    row = _stored(kind, number, person) if number is not None else None
    if row is None:
        raise NotFound("What you asked for is not here any more.", remedy="Reload the page.")
    return row, {}


def _stored(kind: str, number: int, person: Person) -> Row | None:
    """The row, where ``person`` may know of it."""
    if kind == "playlist":
        return visible_playlists(person).select_related("artwork").filter(pk=number).first()
    found: Row | None = STORED[kind](number)
    return found


def _kind(row: Row) -> str:
    return type(row).__name__.lower()


def _unchanged(request: HtmxRequest) -> str:
    """The pressed button as it was: a failed press takes nothing off the page."""
    if request.htmx.target == "acts":
        return ""
    context = {"what": request.POST.get("what", ""), "ident": request.htmx.trigger or ""}
    return render_to_string("components/_get_again.html", context, request=request)


def _fragment(request: HtmxRequest, row: Row | None) -> str:
    """What replaces the pressed button: the state button, the page's main action, or plain words."""
    trigger, target = request.htmx.trigger or "", request.htmx.target or ""
    if row is not None and target == "acts":
        context = {"page": _head(row), "oob": False}
        standing = render_to_string("components/_standing.html", {**context, "oob": True}, request=request)
        return render_to_string("components/_acts.html", context, request=request) + standing
    if row is not None and trigger.startswith("state-"):
        state = state_of(row)
        ident = trigger if trigger.startswith("state-entry-") else f"state-{_kind(row)}-{row.pk}"
        context = {"state": state, "ident": ident, "old_strip": f"strip-{trigger.removeprefix('state-')}"}
        return render_to_string("components/_state_answer.html", context, request=request)
    return render_to_string("components/_asked.html", {}, request=request)


def _head(row: Row) -> object:
    if isinstance(row, Album):
        return pages.album_page(albums_to_show().get(pk=row.pk), list(tracks_to_show().filter(album=row)))
    if isinstance(row, Playlist):
        return pages.playlist_head(row)
    return pages.artist_page(row) if isinstance(row, Artist) else pages.track_page(row)


def state_of(row: Row) -> State:
    """The state of one row, fresh."""
    if isinstance(row, Track):
        return track_state(row, track_standings([row])[row.pk])
    if isinstance(row, Album):
        return album_state(row, album_standings([row])[row.pk])
    if isinstance(row, Playlist):
        return playlist_state(row, playlist_standings([row])[row.pk])
    return State(artist_standing(row), str(row), row.get_absolute_url())
