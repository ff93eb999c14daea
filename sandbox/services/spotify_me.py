"""What belongs to the person who signed in: profile, saved music, followed artists."""

from __future__ import annotations

from sandbox.catalogue.playlists import ME, ME_NAME, OTHER_NAME
from sandbox.http import BadParameter, Request, Response, as_json
from sandbox.services.spotify import Caller, caller, error, forbidden, listing, service
from sandbox.services.spotify_shapes import API
from sandbox.world import World

MOST_URIS = 40
PLAYED_AT = "2026-11-20T{hour:02d}:15:00.000Z"


@service.route(r"/v1/me/?")
def profile(world: World, request: Request) -> Response:
    who = caller(world, request)
    who.needs_user()
    user = who.user
    account, name = ("aB3dE5fG7h", ME_NAME) if user == ME else ("tT8mL1nD0x", OTHER_NAME)
    shape: dict[str, object] = {
        "id": user, "account_id": account, "display_name": name, "type": "user", "uri": f"spotify:user:{user}",
        "href": f"{API}/users/{user}", "external_urls": {"spotify": f"https://open.spotify.com/user/{user}"},
        "images": [],
    }  # fmt: skip
    return as_json(shape if who.is_new else {**shape, "country": "NO", "product": "premium", "followers": {"total": 3}})


def _saved(world: World, who: Caller) -> set[str]:
    """URIs of what the person saved or follows; Tom saved one album's tracks and follows nobody."""
    with world.lock:
        catalogue = world.catalogue
        liked = "tidal-rooms" if who.user == ME else "quick-sketches"
        first = {f"spotify:track:{track.spotify_id}" for track in catalogue.album_by_name[liked].tracks}
        if who.user == ME:
            first |= {f"spotify:album:{album.spotify_id}" for album in catalogue.albums[:3]}
            first |= {f"spotify:artist:{artist.spotify_id}" for artist in catalogue.artists[:4]}
        saved = world.memory.setdefault(f"spotify-saved {who.user}", first)
        assert isinstance(saved, set)
        return saved


@service.route(r"/v1/me/(tracks|albums)", parameters=("limit", "offset", "market"))
def saved_items(world: World, request: Request, kind: str) -> Response:
    who = caller(world, request)
    who.needs_user("user-library-read")
    saved, catalogue, write = _saved(world, who), world.catalogue, who.write
    at = "2026-03-04T19:22:10Z"
    if kind == "tracks":
        tracks = [track for track in catalogue.live_tracks if f"spotify:track:{track.spotify_id}" in saved]
        return as_json(listing(request, "/me/tracks", tracks, lambda t: {"added_at": at, "track": write.track(t)}))
    albums = [album for album in catalogue.albums if f"spotify:album:{album.spotify_id}" in saved]
    return as_json(
        listing(
            request,
            "/me/albums",
            albums,
            lambda a: {"added_at": at, "album": write.album(a, f"/albums/{a.spotify_id}")},
        )
    )


@service.route(r"/v1/me/following", parameters=("type", "after", "limit"))
def following(world: World, request: Request) -> Response:
    who = caller(world, request)
    who.needs_user("user-follow-read")
    if request.query.get("type") != "artist":
        raise BadParameter("type")
    saved, limit = _saved(world, who), request.integer("limit", 20, least=1, most=50)
    artists = [a for a in world.catalogue.artists if f"spotify:artist:{a.spotify_id}" in saved]
    ids = [artist.spotify_id for artist in artists]
    start = ids.index(request.query["after"]) + 1 if request.query.get("after") in ids else 0
    part = artists[start : start + limit]
    after = part[-1].spotify_id if start + limit < len(artists) else None
    link = f"{API}/me/following?type=artist&limit={limit}"
    shape = {
        "href": link, "limit": limit, "next": f"{link}&after={after}" if after else None, "cursors": {"after": after},
        "total": len(artists), "items": [who.write.artist(artist) for artist in part],
    }  # fmt: skip
    return as_json({"artists": shape})


@service.route(r"/v1/me/library", parameters=("uris",), methods="PUT DELETE")
def change_library(world: World, request: Request) -> Response:
    """Save or forget; the URIs stand in the query, not in the body."""
    who, uris = caller(world, request), _uris(request)
    who.needs_user("user-library-modify", "user-follow-modify")
    saved = _saved(world, who)
    with world.lock:
        saved.update(uris) if request.method == "PUT" else saved.difference_update(uris)
    return Response(200, b"", "application/json")


@service.route(r"/v1/me/library/contains", parameters=("uris",))
def library_contains(world: World, request: Request) -> Response:
    who, uris = caller(world, request), _uris(request)
    who.needs_user("user-library-read", "user-follow-read")
    saved = _saved(world, who)
    return as_json([uri in saved for uri in uris])


def _uris(request: Request) -> list[str]:
    uris = [uri for uri in request.query.get("uris", "").split(",") if uri]
    if not uris or len(uris) > MOST_URIS or not all(uri.startswith("spotify:") for uri in uris):
        raise BadParameter("uris")
    return uris


@service.route(r"/v1/me/top/(artists|tracks)", parameters=("time_range", "limit", "offset"))
def top(world: World, request: Request, kind: str) -> Response:
    who = caller(world, request)
    who.needs_user("user-top-read")
    if request.query.get("time_range", "medium_term") not in ("short_term", "medium_term", "long_term"):
        raise BadParameter("time_range")
    catalogue = world.catalogue
    if kind == "artists":
        return as_json(listing(request, "/me/top/artists", catalogue.artists[:30], who.write.artist))
    best = sorted(catalogue.live_tracks, key=lambda track: -track.recording.rank)[:50]
    return as_json(listing(request, "/me/top/tracks", best, who.write.track))


@service.route(r"/v1/me/player/recently-played", parameters=("limit", "after", "before"))
def recently_played(world: World, request: Request) -> Response:
    who = caller(world, request)
    who.needs_user("user-read-recently-played")
    limit = request.integer("limit", 20, least=1, most=50)
    tracks = world.catalogue.live_tracks[: min(limit, 12)]
    items = [
        {"track": who.write.track(track), "played_at": PLAYED_AT.format(hour=23 - number), "context": None}
        for number, track in enumerate(tracks)
    ]
    return as_json(
        {"href": f"{API}/me/player/recently-played", "limit": limit, "next": None, "cursors": None, "items": items}
    )


@service.route(
    r"/v1/me/(?:(?:tracks|albums|following)/contains|tracks|albums|following)", parameters=None, methods="PUT DELETE"
)
def old_library(world: World, request: Request) -> Response:
    """Gone for new apps; the others' writes are accepted and forgotten."""
    who: Caller = caller(world, request)
    who.needs_user()
    return forbidden() if who.is_new else Response(200, b"", "application/json")


@service.route(r"/v1/playlists/([^/]+)/followers", parameters=None, methods="PUT DELETE")
def follow(world: World, request: Request, identifier: str) -> Response:
    who = caller(world, request)
    who.needs_user()
    return error(403, "Forbidden") if who.is_new else as_json({})
