"""Asking for something: a track, an album, a playlist, an artist's releases, or what a link points at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST

from catalog.models import Album, Artist, Playlist, Track
from catalog.services import browse
from core.errors import Forbidden, NotFound, SpotizerError, UserError
from core.htmx import HtmxRequest
from core.keys import number_for
from core.problems import status_of
from core.text import plural
from downloads.models import DownloadRequest
from downloads.selectors import pages
from downloads.selectors.lines import albums_to_show, tracks_to_show
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
from downloads.services.requests import request_download as ask
from downloads.views.answers import answer, person_who_may_download

MOST_AT_ONCE = 50
Row = Track | Album | Playlist | Artist
STORED: dict[str, Callable[[int], Any]] = {
    "track": lambda number: tracks_to_show().filter(pk=number).first(),
    "album": lambda number: albums_to_show().filter(pk=number).first(),
    "playlist": lambda number: Playlist.objects.select_related("artwork").filter(pk=number).first(),
    "artist": lambda number: Artist.objects.filter(pk=number).first(),
}
OPENED: dict[str, Callable[[str, str], Row]] = {
    "track": browse.open_track,
    "album": browse.open_album,
    "playlist": browse.open_playlist,
    "artist": browse.open_artist,
}


@require_POST
def request_download(request: HtmxRequest) -> HttpResponse:
    """Ask for what the pressed button names. Pressing twice asks once."""
    wanted = request.POST.getlist("what")[:MOST_AT_ONCE]
    if len(wanted) > 1:
        return _request_many(request, wanted)
    what = wanted[0] if wanted else ""
    row: Row | None = None
    try:
        person = person_who_may_download(request)
        whole, options = _narrowed(what)
        row, link = _wanted(whole)
        wish = ask(**({_kind(row): row} if row else link), by=person, options=options)
    except SpotizerError as exc:
        messages.error(request, f"{exc.message} {exc.remedy}".strip())
        return answer(request, _unchanged(request), status=status_of(exc)[0])
    messages.success(request, _words(wish))
    return answer(request, _fragment(request, row))


def _request_many(request: HtmxRequest, wanted: list[str]) -> HttpResponse:
    """Ask for each; what cannot be had is told and keeps nothing else back."""
    try:
        person = person_who_may_download(request)
    except Forbidden as exc:
        messages.error(request, f"{exc.message} {exc.remedy}")
        return answer(request, status=status_of(exc)[0])
    asked = 0
    for what in wanted:
        try:
            row, link = _wanted(what)
            ask(**({_kind(row): row} if row else link), by=person)
            asked += 1
        except SpotizerError as exc:
            messages.error(request, f"{what.partition(':')[2]}: {exc.message} {exc.remedy}".strip())
    messages.success(request, f"{asked} of {len(wanted)} are in the queue.")
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


def _wanted(what: str) -> tuple[Row | None, dict[str, str]]:
    """The row that ``kind:key``, ``kind:provider:id`` or ``link:address`` names, opened where it is not stored."""
    kind, _, rest = what.partition(":")
    if kind == "link" and rest:
        resolved = browse.resolve(rest)
        if resolved.row is not None:
            return resolved.row, {}
        if resolved.audio is not None:
            return None, {"link": resolved.audio.url, "provider": resolved.audio.provider}
        raise UserError("The link stands for several things.", remedy="Open it, and choose one.")
    if kind not in STORED or not rest:
        raise UserError("Nothing was asked for.", remedy="Press the button beside a track or an album.")
    provider, colon, value = rest.partition(":")
    if colon:
        return OPENED[kind](provider, value), {}
    number = number_for(rest)
    row = STORED[kind](number) if number is not None else None
    if row is None:
        raise NotFound("What you asked for is not here any more.", remedy="Reload the page.")
    return row, {}


def _kind(row: Row) -> str:
    return type(row).__name__.lower()


def _words(wish: DownloadRequest) -> str:
    if wish.total and wish.skipped == wish.total:
        return f"{wish} is in your library already."
    if wish.total > 1:
        here = f", {wish.skipped} here already" if wish.skipped else ""
        return f"{wish} is in the queue: {plural(wish.total - wish.skipped, 'track')}{here}."
    return f"{wish} is in the queue."


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
