"""api.deezer.com: no key, errors inside a 200, lists that end when ``next`` is missing."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import TypeVar
from urllib.parse import urlencode

from sandbox.catalogue.model import Album, Artist, Playlist, Recording, Track
from sandbox.http import Answer, BadParameter, Request, Response, Service, as_json, redirect
from sandbox.services import deezer_query
from sandbox.services.deezer_shapes import (
    album_full,
    album_in_list,
    artist_full,
    artist_in_list,
    checksum,
    genre_id,
    playlist_entry,
    playlist_full,
    playlist_in_list,
    track_full,
    track_in_album,
    track_in_list,
    track_in_top,
    track_of_album,
)  # fmt: skip
from sandbox.world import World

Item = TypeVar("Item")
WINDOW_SECONDS, WINDOW_CALLS = 5.0, 50
SEARCH_TOTAL = 300  # the service counts no further
PAGING = ("limit", "index")
SEARCHING = ("q", "limit", "index", "strict", "order", "output")
ORDERS = frozenset(
    ["RANKING"]
    + [f"{what}_{way}" for what in ("TRACK", "ARTIST", "ALBUM", "RATING", "DURATION") for way in ("ASC", "DESC")]
)
SIZES = {"small": 56, "medium": 250, "big": 500, "xl": 1000}

service = Service("api.deezer.com")


def error(code: int, kind: str, message: str) -> Response:
    return as_json({"error": {"type": kind, "message": message, "code": code}})


def no_data() -> Response:
    return error(800, "DataException", "no data")


def _bad_parameter(bad: BadParameter) -> Response:
    return error(500, "ParameterException", f"Wrong parameter: {bad.name}")


def _guard(world: World, request: Request) -> Response | None:
    if not world.moods.deezer_quota:
        return None
    with world.lock:
        calls = world.memory.setdefault("deezer-calls", deque())
        assert isinstance(calls, deque)
        now = time.monotonic()
        while calls and calls[0] <= now - WINDOW_SECONDS:
            calls.popleft()
        if len(calls) >= WINDOW_CALLS:
            return error(4, "Exception", "Quota limit exceeded")
        calls.append(now)
    return None


service.guard = _guard
service.bad_parameter = _bad_parameter
service.not_found = lambda request: as_json(
    {"error": {"type": "InvalidQueryException", "message": "Unknown path components : " + request.path, "code": 600}},
    404,
)


def known(world: World, items: dict[int, Item], number: str) -> Item:
    """The item; otherwise the request ends with error 800, as HTTP 404 where the mood says so."""
    item = items.get(int(number))
    if (
        item is None
        or (isinstance(item, Album) and item.is_removed)
        or (isinstance(item, Track) and item.album.is_removed)
    ):
        answer = no_data()
        if world.moods.deezer_404:
            answer.status = 404
        raise Answer(answer)
    return item


def listing(
    request: Request,
    items: Sequence[Item],
    shape: Callable[[Item], object],
    *,
    default: int = 25,
    total: int | None = None,
    extra: dict[str, object] | None = None,
) -> Response:
    """One page; ``next`` only where more follow, ``prev`` only where some came before."""
    limit = min(request.integer("limit", default), 100)
    index = request.integer("index", 0)
    count = len(items) if total is None else total
    answer: dict[str, object] = {
        "data": [shape(item) for item in items[index : index + limit]],
        **(extra or {}),
        "total": count,
    }
    others = {name: value for name, value in request.query.items() if name != "index"}
    link = f"https://{request.host}{request.path}?"
    if index > 0:
        answer["prev"] = link + urlencode({**others, "index": max(0, index - limit)})
    if limit and index + limit < count:
        answer["next"] = link + urlencode({**others, "index": index + limit})
    return as_json(answer)


# --- search ----------------------------------------------------------------------------------------------------------


@service.route(r"/search(?:/track)?", parameters=SEARCHING)
def search_tracks(world: World, request: Request) -> Response:
    found = deezer_query.tracks(world.catalogue, _query(request))
    return _found(request, found, track_in_list)


@service.route(r"/search/album", parameters=SEARCHING)
def search_albums(world: World, request: Request) -> Response:
    return _found(request, deezer_query.albums(world.catalogue, _query(request)), album_in_list)


@service.route(r"/search/artist", parameters=SEARCHING)
def search_artists(world: World, request: Request) -> Response:
    return _found(request, deezer_query.artists(world.catalogue, _query(request)), artist_in_list)


@service.route(r"/search/playlist", parameters=SEARCHING)
def search_playlists(world: World, request: Request) -> Response:
    return _found(request, world.catalogue.playlist_index.find(_query(request)), playlist_in_list)


def _query(request: Request) -> str:
    if "q" not in request.query:
        raise Answer(error(501, "MissingParameterException", "Missing parameters: q"))
    if request.query.get("order", "RANKING") not in ORDERS:
        raise BadParameter("order")
    query = request.query["q"].strip()
    if not query:
        raise Answer(as_json({"data": [], "total": 0}))
    return query


def _found(request: Request, items: Sequence[Item], shape: Callable[[Item], object]) -> Response:
    return listing(request, items[:SEARCH_TOTAL], shape)


# --- tracks and albums -----------------------------------------------------------------------------------------------


@service.route(r"/track/(\d{1,15})")
def track(world: World, request: Request, number: str) -> Response:
    return as_json(track_full(known(world, world.catalogue.track_by_deezer, number)))


@service.route(r"/track/isrc:([^/]*)")
def track_by_isrc(world: World, request: Request, isrc: str) -> Response:
    recording: Recording | None = world.catalogue.recording_by_isrc.get(isrc.upper())
    places = [place for place in recording.tracks if not place.album.is_removed] if recording else []
    return as_json(track_full(places[0])) if places else no_data()


@service.route(r"/album/(\d{1,15})")
def album(world: World, request: Request, number: str) -> Response:
    return as_json(album_full(known(world, world.catalogue.album_by_deezer, number), track_in_album))


@service.route(r"/album/upc:([^/]*)")
def album_by_upc(world: World, request: Request, upc: str) -> Response:
    found = world.catalogue.album_by_upc.get(upc.zfill(13)[-13:] if upc.isdigit() else upc)
    return as_json(album_full(found, track_in_album)) if found and not found.is_removed else no_data()


@service.route(r"/album/(\d{1,15})/tracks", parameters=PAGING)
def album_tracks(world: World, request: Request, number: str) -> Response:
    return listing(request, known(world, world.catalogue.album_by_deezer, number).tracks, track_of_album)


@service.route(r"/album/(\d{1,15})/image", parameters=("size",))
def album_image(world: World, request: Request, number: str) -> Response:
    size = SIZES.get(request.query.get("size", "medium"))
    if size is None:
        raise BadParameter("size")
    picture = known(world, world.catalogue.album_by_deezer, number).picture
    return redirect(f"https://cdn-images.dzcdn.net/images/cover/{picture}/{size}x{size}-000000-80-0-0.jpg")


# --- artists ---------------------------------------------------------------------------------------------------------


@service.route(r"/artist/(\d{1,15})")
def artist(world: World, request: Request, number: str) -> Response:
    return as_json(artist_full(known(world, world.catalogue.artist_by_deezer, number)))


@service.route(r"/artist/(\d{1,15})/albums", parameters=PAGING)
def artist_albums(world: World, request: Request, number: str) -> Response:
    found: Artist = known(world, world.catalogue.artist_by_deezer, number)
    live = [album for album in found.albums if not album.is_removed]
    return listing(request, live, lambda album: album_in_list(album, with_artist=False))


@service.route(r"/artist/(\d{1,15})/top", parameters=PAGING)
def artist_top(world: World, request: Request, number: str) -> Response:
    tracks = _tracks_of(known(world, world.catalogue.artist_by_deezer, number))
    return listing(request, sorted(tracks, key=lambda t: -t.recording.rank)[:100], track_in_top, default=5)


@service.route(r"/artist/(\d{1,15})/related", parameters=PAGING)
def artist_related(world: World, request: Request, number: str) -> Response:
    found = known(world, world.catalogue.artist_by_deezer, number)
    others = [other for other in world.catalogue.artists if other is not found and other.kind != "Other"]
    word = found.genre.split()[-1]
    others.sort(key=lambda other: (other.genre.split()[-1] != word, -other.fans))
    return listing(request, others[:20], artist_in_list)


@service.route(r"/artist/(\d{1,15})/radio")
def artist_radio(world: World, request: Request, number: str) -> Response:
    tracks = _tracks_of(known(world, world.catalogue.artist_by_deezer, number))[:25]
    return as_json({"data": [track_in_list(track) for track in tracks]})


@service.route(r"/artist/(\d{1,15})/playlists", parameters=PAGING)
def artist_playlists(world: World, request: Request, number: str) -> Response:
    found = known(world, world.catalogue.artist_by_deezer, number)
    named = [p for p in world.catalogue.playlists if not p.is_private and found.name in p.title]
    return listing(request, named, playlist_in_list)


def _tracks_of(artist: Artist) -> list[Track]:
    own = [track for album in artist.albums if not album.is_removed for track in album.tracks]
    seen = {track.recording.name: track for track in reversed([*own, *artist.appears_on])}
    return list(reversed(seen.values()))


# --- playlists and the rest ------------------------------------------------------------------------------------------


@service.route(r"/playlist/(\d{1,15})")
def playlist(world: World, request: Request, number: str) -> Response:
    return as_json(playlist_full(_readable(world, number)))


@service.route(r"/playlist/(\d{1,15})/tracks", parameters=PAGING)
def playlist_tracks(world: World, request: Request, number: str) -> Response:
    found = _readable(world, number)
    entries = [entry for entry in found.entries if entry.track is not None]
    return listing(request, entries, playlist_entry, extra={"checksum": checksum(found)})


def _readable(world: World, number: str) -> Playlist:
    found = known(world, world.catalogue.playlist_by_deezer, number)
    if found.is_private:
        raise Answer(
            error(
                200, "OAuthException", "An active access token must be used to query information about the current user"
            )
        )
    return found


@service.route(r"/chart/(\d+)/(tracks|albums|artists|playlists)", parameters=PAGING)
def chart(world: World, request: Request, genre: str, kind: str) -> Response:
    catalogue = world.catalogue
    match kind:
        case "tracks":
            return listing(request, sorted(catalogue.live_tracks, key=lambda t: -t.recording.rank)[:100], track_in_list)
        case "albums":
            newest = sorted(
                (a for a in catalogue.albums if not a.is_removed), key=lambda a: a.released_on, reverse=True
            )
            return listing(request, newest[:100], album_in_list)
        case "artists":
            return listing(request, sorted(catalogue.artists, key=lambda a: -a.fans)[:50], artist_in_list)
        case _:
            return listing(request, [p for p in catalogue.playlists if not p.is_private], playlist_in_list)


@service.route(r"/chart(?:/0)?")
def charts(world: World, request: Request) -> Response:
    """All four charts at once, ten of each."""
    best = sorted(world.catalogue.live_tracks, key=lambda t: -t.recording.rank)[:10]
    newest = sorted((a for a in world.catalogue.albums if not a.is_removed), key=lambda a: a.released_on, reverse=True)
    artists = sorted(world.catalogue.artists, key=lambda a: -a.fans)[:10]
    lists = [p for p in world.catalogue.playlists if not p.is_private][:10]
    parts: dict[str, list[dict[str, object]]] = {
        "tracks": [{**track_in_list(track), "position": place} for place, track in enumerate(best, start=1)],
        "albums": [album_in_list(album) for album in newest[:10]],
        "artists": [artist_in_list(artist) for artist in artists],
        "playlists": [playlist_in_list(playlist) for playlist in lists],
    }
    return as_json({name: {"data": data, "total": len(data)} for name, data in parts.items()})


@service.route(r"/genre")
def genres(world: World, request: Request) -> Response:
    names = sorted({album.genre for album in world.catalogue.albums})
    everything: list[dict[str, object]] = [{"id": 0, "name": "All", "type": "genre"}]
    return as_json({"data": everything + [{"id": genre_id(name), "name": name, "type": "genre"} for name in names]})


@service.route(r"/editorial/\d+/releases", parameters=PAGING)
def new_releases(world: World, request: Request) -> Response:
    live = (album for album in world.catalogue.albums if not album.is_removed)
    return listing(request, sorted(live, key=lambda album: album.released_on, reverse=True)[:100], album_in_list)


@service.route(r"/(?:options|infos)")
def options(world: World, request: Request) -> Response:
    return as_json({"country_iso": "NO", "country": "Norway", "open": True, "ads_display": False})
