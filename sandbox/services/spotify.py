"""api.spotify.com/v1: tokens checked, limits strict, and three dialects chosen by the app that asks."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sandbox.catalogue.model import Album, Artist
from sandbox.http import Answer, BadParameter, Request, Response, Service, as_json, as_text
from sandbox.services.spotify_accounts import CLIENTS, unseal
from sandbox.services.spotify_query import Query
from sandbox.services.spotify_shapes import Dialect, page
from sandbox.world import World

Item = TypeVar("Item")
KINDS = ("track", "album", "artist", "playlist", "show", "episode", "audiobook")
GROUPS = frozenset({"album", "single", "appears_on", "compilation"})
PAGING = ("limit", "offset", "market")
NO_PREMIUM = (
    "Active premium subscription required for the owner of the app. "
    "It may take a few hours until a new subscription is seen."
)
NOT_REGISTERED = "Check settings on developer.spotify.com/dashboard, the user may not be registered."

service = Service("api.spotify.com")


def error(status: int, message: str, **headers: str) -> Response:
    return as_json({"error": {"status": status, "message": message}}, status, **headers)


def forbidden() -> Response:
    return error(403, "Forbidden")


def not_found() -> Answer:
    return Answer(error(404, "Resource not found"))


service.not_found = lambda request: error(404, "Service not found")
service.bad_parameter = lambda bad: error(400, f"Invalid {bad.name}")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: an app, and perhaps a person behind it."""

    dialect: str
    user: str
    scopes: frozenset[str]
    market: str

    @property
    def is_new(self) -> bool:
        return self.dialect == "new"

    @property
    def write(self) -> Dialect:
        return Dialect(self.dialect, has_market=bool(self.user or self.market))

    def needs_user(self, *scopes: str) -> None:
        """Ends the request where nobody signed in, or none of ``scopes`` was granted."""
        if not self.user:
            raise Answer(error(401, "Valid user authentication required"))
        if scopes and not self.scopes & set(scopes):
            raise Answer(error(403, "Insufficient client scope"))


def caller(world: World, request: Request) -> Caller:
    token = _token(request)
    client = CLIENTS[str(token["client"])]
    dialect = world.moods.spotify_dialect or client.dialect
    scopes = frozenset(str(token["scope"]).split())
    return Caller(dialect, str(token["user"]), scopes, request.query.get("market") or "")


def _token(request: Request) -> dict[str, object]:
    content = unseal("access", request.headers.get("authorization", "").removeprefix("Bearer "))
    assert content is not None  # the guard has seen to it
    return content


def _guard(world: World, request: Request) -> Response | None:
    scheme, _, sealed = request.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or not sealed:
        return error(401, "No token provided")
    content = unseal("access", sealed)
    if content is None:
        return error(401, "Invalid access token")
    if time.time() > float(str(content["until"])):
        return error(401, "The access token expired")
    trouble = CLIENTS[str(content["client"])].trouble
    if trouble == "limited":
        return as_text("Too many requests", 429, Retry_After="17")
    if trouble == "premium" or not world.moods.spotify_premium:
        return as_text(NO_PREMIUM, 403)
    if content["user"] and (trouble == "unregistered" or not world.moods.spotify_registered):
        return as_text(NOT_REGISTERED, 403)
    if (market := request.query.get("market")) and not re.fullmatch(r"[A-Z]{2}|from_token", market):
        return error(400, "Invalid market code")
    return None


service.guard = _guard


def known(items: dict[str, Item], identifier: str) -> Item:
    if not re.fullmatch(r"[0-9A-Za-z]{22}", identifier):
        raise Answer(error(400, "Invalid base62 id"))
    if identifier not in items:
        raise not_found()
    return items[identifier]


def listing(
    request: Request,
    path: str,
    items: Sequence[Item],
    shape: Callable[[Item], object],
    *,
    default: int = 20,
    most: int = 50,
) -> dict[str, object]:
    """One page. A limit beyond the app's maximum is refused, not clipped."""
    limit = request.integer("limit", default, least=1, most=most)
    offset = request.integer("offset", 0)
    others = {name: value for name, value in request.query.items() if name not in ("limit", "offset")}
    return page(path, others, items, shape, limit=limit, offset=offset)


# --- search ----------------------------------------------------------------------------------------------------------


@service.route(r"/v1/search", parameters=("q", "type", "include_external", *PAGING))
def search(world: World, request: Request) -> Response:
    who = caller(world, request)
    kinds = request.query.get("type", "").split(",")
    if not request.query.get("q"):
        return error(400, "No search query")
    if wrong := [kind for kind in kinds if kind not in KINDS]:
        return error(400, f"Bad search type field {wrong[0]}" if wrong[0] else "Missing parameter type")
    request.integer("offset", 0, most=1000)
    query = Query(request.query["q"])
    return as_json({f"{kind}s": _hits(world, request, who, query, kind) for kind in kinds})


def _hits(world: World, request: Request, who: Caller, query: Query, kind: str) -> dict[str, object]:
    """One page of one kind of hits, playlists with their holes."""
    default, most = (5, 10) if who.is_new else (20, 50)
    catalogue, write = world.catalogue, who.write

    def hits(found: Sequence[Item], shape: Callable[[Item], object]) -> dict[str, object]:
        return listing(request, "/search", found[:1000], shape, default=default, most=most)

    match kind:
        case "track":
            return hits(query.tracks(catalogue), write.track)
        case "album":
            return hits(query.albums(catalogue), write.album_stub)
        case "artist":
            return hits(query.artists(catalogue), write.artist)
        case "playlist":
            return hits(query.playlists(catalogue), lambda item: item and write.playlist_stub(item))
        case _:
            return hits([], str)


# --- single items ----------------------------------------------------------------------------------------------------


@service.route(r"/v1/tracks/([^/]+)", parameters=("market",))
def track(world: World, request: Request, identifier: str) -> Response:
    found = known(world.catalogue.track_by_spotify, identifier)
    if found.album.is_removed:
        raise not_found()
    return as_json(caller(world, request).write.track(found))


@service.route(r"/v1/albums/([^/]+)", parameters=("market",))
def album(world: World, request: Request, identifier: str) -> Response:
    found = known(world.catalogue.album_by_spotify, identifier)
    return as_json(caller(world, request).write.album(found, f"/albums/{identifier}"))


@service.route(r"/v1/albums/([^/]+)/tracks", parameters=PAGING)
def album_tracks(world: World, request: Request, identifier: str) -> Response:
    found = known(world.catalogue.album_by_spotify, identifier)
    tracks = [] if found.is_removed else found.tracks
    return as_json(
        listing(request, f"/albums/{identifier}/tracks", tracks, caller(world, request).write.track_of_album)
    )


@service.route(r"/v1/artists/([^/]+)")
def artist(world: World, request: Request, identifier: str) -> Response:
    return as_json(caller(world, request).write.artist(known(world.catalogue.artist_by_spotify, identifier)))


@service.route(r"/v1/artists/([^/]+)/albums", parameters=("include_groups", "album_type", "country", *PAGING))
def artist_albums(world: World, request: Request, identifier: str) -> Response:
    who, found = caller(world, request), known(world.catalogue.artist_by_spotify, identifier)
    wanted = frozenset(part for part in request.query.get("include_groups", "").split(",") if part)
    if wanted - GROUPS:
        raise BadParameter("include_groups")
    albums = [(album, group) for album, group in _discography(found) if not wanted or group in wanted]
    default, most = (5, 10) if who.is_new else (20, 50)
    path, write = f"/artists/{identifier}/albums", who.write
    return as_json(
        listing(
            request, path, albums, lambda pair: write.album_stub(pair[0], group=pair[1]), default=default, most=most
        )
    )


def _discography(artist: Artist) -> list[tuple[Album, str]]:
    """Newest first within each group: own releases, then compilations and guest appearances."""
    groups = {"album": "album", "single": "single", "ep": "single", "compile": "compilation"}
    own = [(album, groups[album.record_type]) for album in artist.albums if not album.is_removed]
    guest = {track.album.name: track.album for track in artist.appears_on if not track.album.is_removed}
    order = ("album", "single", "compilation", "appears_on")
    everything = own + [(album, "appears_on") for album in guest.values()]
    newest = sorted(everything, key=lambda pair: pair[0].released_on, reverse=True)
    return sorted(newest, key=lambda pair: order.index(pair[1]))


# --- what only other apps still have ---------------------------------------------------------------------------------


@service.route(r"/v1/(tracks|albums|artists)/?", parameters=("ids", "market"))
def several(world: World, request: Request, kind: str) -> Response:
    who = caller(world, request)
    if who.is_new:
        return forbidden()
    ids = request.query.get("ids", "").split(",")
    if len(ids) > (20 if kind == "albums" else 50):
        return error(400, "Too many ids requested")
    catalogue, write = world.catalogue, who.write
    if kind == "tracks":
        return as_json({kind: [t and write.track(t) for t in map(catalogue.track_by_spotify.get, ids)]})
    if kind == "albums":
        found = map(catalogue.album_by_spotify.get, ids)
        return as_json({kind: [a and write.album(a, f"/albums/{a.spotify_id}") for a in found]})
    return as_json({kind: [a and write.artist(a) for a in map(catalogue.artist_by_spotify.get, ids)]})


@service.route(r"/v1/artists/([^/]+)/top-tracks", parameters=("country", "market"))
def top_tracks(world: World, request: Request, identifier: str) -> Response:
    who = caller(world, request)
    if who.is_new:
        return forbidden()
    found = known(world.catalogue.artist_by_spotify, identifier)
    tracks = {track.recording.name: track for album in found.albums for track in album.tracks if not album.is_removed}
    best = sorted(tracks.values(), key=lambda track: -track.recording.rank)[:10]
    return as_json({"tracks": [who.write.track(track) for track in best]})


@service.route(
    r"/v1/(?:artists/[^/]+/related-artists|recommendations(?:/.*)?|audio-(?:features|analysis)(?:/.*)?|markets"
    r"|browse/.*|users/.*)",
    parameters=None,
    methods="GET POST",
)
def closed(world: World, request: Request) -> Response:
    """Closed to new apps since 2024 or 2026; the sandbox gives them to nobody."""
    caller(world, request)
    return forbidden()
