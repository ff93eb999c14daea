"""The pages of albums, tracks, artists and playlists. The short id decides; a wrong slug leads to the right one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from accounts.models import Person
from catalog.metadata.fields import Entity
from catalog.models import Addressed, Album, Artist, Playlist, Track
from catalog.selectors import visible_playlists
from catalog.selectors.conflicts import values_of
from catalog.services import browse
from catalog.views.mine import sign_in_url, tabs_of
from core.errors import AuthRequired, Forbidden, SpotizerError
from core.htmx import HtmxRequest, render_page
from core.keys import number_for
from core.problems import problem_page
from downloads.selectors import pages
from downloads.selectors.lines import album_cards, albums_to_show, entry_lines, tracks_to_show
from downloads.selectors.queue import downloads_of_recording
from downloads.selectors.rows import job_rows
from downloads.views.answers import viewer_of
from providers.spotify.listed import LIKED

Row = TypeVar("Row", bound=Addressed)
MORE = 6


def row_at(address: str, rows: Callable[[int], Row | None]) -> Row:
    """The row behind ``7m1qa-tidal-memory``; raises Http404 where there is none."""
    number = number_for(address.partition("-")[0])
    row = rows(number) if number is not None else None
    if row is None:
        raise Http404("No such page.")
    return row


@require_GET
def album_detail(request: HtmxRequest, address: str) -> HttpResponse:
    album = row_at(address, lambda number: albums_to_show().filter(pk=number).first())
    if address != album.address:
        return redirect(album, permanent=True)
    error: SpotizerError | None = None
    try:
        tracks = browse.load_album_tracks(album)
    except SpotizerError as exc:
        error, tracks = exc, list(tracks_to_show().filter(album=album))
    album = albums_to_show().get(pk=album.pk)
    page = pages.album_page(album, tracks)
    context = {"nav": "", "view": f"album:{album.key}", "page": page, "error": error, "more": more_by(album)}
    context["origins"] = values_of(Entity.ALBUM, album)
    return render_page(request, "catalog/album_detail.html", context)


def more_by(album: Album) -> list[object]:
    """Other albums by the first artist, newest first."""
    credit = next(iter(album.credits.all()), None)
    if credit is None:
        return []
    others = albums_to_show().filter(credits__artist=credit.artist).exclude(release_group=album.release_group_id)
    return list(album_cards(list(others.distinct().order_by("-released_on", "-id")[:MORE]), with_artist=False))


@require_GET
def track_detail(request: HtmxRequest, address: str) -> HttpResponse:
    track = row_at(address, lambda number: tracks_to_show().filter(pk=number).first())
    if address != track.address:
        return redirect(track, permanent=True)
    context = {
        "nav": "",
        "view": f"track:{track.key}",
        "page": pages.track_page(track),
        "jobs": job_rows(downloads_of_recording(track.recording_id)),
        "origins": values_of(Entity.RECORDING, track.recording),
    }
    return render_page(request, "catalog/track_detail.html", context)


@require_GET
def artist_detail(request: HtmxRequest, address: str) -> HttpResponse:
    artist = row_at(address, lambda number: Artist.objects.select_related("merged_into").filter(pk=number).first())
    if artist.merged_into is not None:
        return redirect(artist.merged_into)  # maybe taken back one day, so not for ever
    if address != artist.address:
        return redirect(artist, permanent=True)
    error: SpotizerError | None = None
    try:
        browse.load_artist_albums(artist)
    except SpotizerError as exc:
        error = exc
    group = request.GET.get("group", "")
    page = pages.artist_page(artist, group if group in pages.GROUPS else "")
    origins = values_of(Entity.ARTIST, artist)
    context = {"nav": "", "view": f"artist:{artist.key}", "page": page, "error": error, "origins": origins}
    return render_page(request, "catalog/artist_detail.html", context)


@require_GET
def playlist_detail(request: HtmxRequest, address: str) -> HttpResponse:
    person = viewer_of(request)
    seen = visible_playlists(person).select_related("artwork")
    playlist = row_at(address, lambda number: seen.filter(pk=number).first())
    if address != playlist.address:
        return redirect(playlist, permanent=True)
    cursor = request.GET.get("after") or None
    error: SpotizerError | None = None
    stored = None
    try:
        stored = browse.playlist_page(playlist, cursor, person)
    except SpotizerError as exc:
        error = exc
    url = playlist.get_absolute_url()
    page = pages.playlist_head(playlist)
    if isinstance(error, Forbidden | AuthRequired):
        page = replace(page, get="", get_more="", ask="")  # a worker would be refused as well
    context = {
        "nav": "spotify" if playlist.is_private and playlist.provider == "spotify" else "",
        "view": f"playlist:{playlist.key}",
        "page": page,
        "lines": entry_lines(stored.entries) if stored else [],
        "skipped": stored.skipped if stored else 0,
        "error": error,
        "first_url": url if cursor else "",
        "next_url": f"{url}?after={stored.next}" if stored and stored.next else "",
        "tabs": tabs_of("liked") if playlist.provider_id.startswith(LIKED) else None,
        "is_private": playlist.is_private,
        "sign_in_url": sign_in_url(request, error) if playlist.provider == "spotify" else "",
    }
    return render_page(request, "catalog/playlist_detail.html", context)


# --- from a provider's id --------------------------------------------------------------------------------------------


def _leads_to(
    open_row: Callable[[str, str, Person | None], Addressed],
) -> Callable[[HtmxRequest, str, str], HttpResponse]:
    """A view that stores what a provider's id names, and leads to its page."""

    @require_GET
    def view(request: HtmxRequest, provider: str, value: str) -> HttpResponse:
        try:
            row = open_row(provider, value, viewer_of(request))
        except SpotizerError as exc:
            return problem_page(request, exc, sign_in_url=sign_in_url(request, exc))
        return redirect(row.get_absolute_url())

    return view


def _album(provider: str, value: str, person: Person | None) -> Album:
    return browse.open_album(provider, value)


def _track(provider: str, value: str, person: Person | None) -> Track:
    return browse.open_track(provider, value)


def _artist(provider: str, value: str, person: Person | None) -> Artist:
    return browse.open_artist(provider, value)


def _playlist(provider: str, value: str, person: Person | None) -> Playlist:
    return browse.open_playlist(provider, value, person)


album_from = _leads_to(_album)
track_from = _leads_to(_track)
artist_from = _leads_to(_artist)
playlist_from = _leads_to(_playlist)
