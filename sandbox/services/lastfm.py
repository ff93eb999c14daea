"""ws.audioscrobbler.com: what listeners call the music, nonsense included. Errors lie in the body.

A list of one is the thing itself, an empty one an empty text; numbers are texts.
"""

from __future__ import annotations

from typing import TypeVar
from urllib.parse import quote_plus

from sandbox.catalogue.model import Album, Artist, Track
from sandbox.catalogue.search import fold
from sandbox.http import Answer, Request, Response, Service, as_json
from sandbox.world import World

Item = TypeVar("Item", Album, Track)
KEY, SUSPENDED_KEY = "5a0dlastfm0000000000000000000001", "5a0dlastfm0000000000000000000026"
KNOWN = {"method", "api_key", "format", "autocorrect", "artist", "mbid", "album", "track"}
NONSENSE = (("seen live", 88), ("favourites", 60), ("albums I own", 21))

service = Service("ws.audioscrobbler.com")


def _error(code: int, message: str, status: int = 200) -> Response:
    return as_json({"error": code, "message": message, "links": []}, status)


service.bad_parameter = lambda bad: _error(6, f"Invalid parameters - {bad.name}", 400)


@service.route(r"/2\.0/?", parameters=KNOWN, methods="GET POST")
def methods(world: World, request: Request) -> Response:
    """One address for everything: the method is a parameter, and its case does not matter."""
    query = request.query
    if query.get("format") != "json":
        return Response(400, b'<?xml version="1.0"?><lfm status="failed"/>', "text/xml; charset=UTF-8")
    if query.get("api_key") == SUSPENDED_KEY:
        return _error(26, "Suspended API key - Access for your account has been suspended", 403)
    if query.get("api_key") != KEY:
        return _error(10, "Invalid API key - You must be granted a valid key by last.fm", 403)
    if world.moods.lastfm_limit:
        return _error(29, "Rate Limit Exceeded - Your IP has made too many requests in a short period")
    handler = METHODS.get(query.get("method", "").lower())
    return handler(world, request) if handler else _error(3, "Invalid Method - No method with that name", 400)


def _artist_tags(world: World, request: Request) -> Response:
    artist = _artist(world, request)
    return _tags(_tags_of(artist.genre, artist.name), {"artist": artist.name})


def _album_tags(world: World, request: Request) -> Response:
    artist = _artist(world, request)
    album = _named(request, "album", [(album.title, album) for album in artist.albums])
    return _tags(_tags_of(album.genre, album.name), {"artist": artist.name, "album": album.title})


def _track_tags(world: World, request: Request) -> Response:
    artist = _artist(world, request)
    tracks = [*(track for album in artist.albums for track in album.tracks), *artist.appears_on]
    track = _named(request, "track", [(track.recording.title, track) for track in tracks])
    genre = track.recording.artists[0].genre
    return _tags(_tags_of(genre, track.recording.name), {"artist": artist.name, "track": track.recording.title})


METHODS = {"artist.gettoptags": _artist_tags, "album.gettoptags": _album_tags, "track.gettoptags": _track_tags}


def _artist(world: World, request: Request) -> Artist:
    if mbid := request.query.get("mbid"):
        found = world.catalogue.artist_by_mbid.get(mbid)
    else:
        wanted = _asked(request, "artist")
        found = next((artist for artist in world.catalogue.artists if fold(artist.name) == wanted), None)
    if found is None:
        raise Answer(_error(6, "The artist you supplied could not be found"))
    return found


def _named(request: Request, what: str, items: list[tuple[str, Item]]) -> Item:
    wanted = _asked(request, what)
    for title, item in items:
        if fold(title) == wanted:
            return item
    raise Answer(_error(6, f"{what.title()} not found", 404))


def _asked(request: Request, what: str) -> str:
    text = request.query.get(what, "")
    if not text:
        raise Answer(_error(6, f"Invalid parameters - Your request is missing a required parameter: {what}", 400))
    return fold(text)


def _tags_of(genre: str, name: str) -> list[tuple[str, int]]:
    """Rarely one tag alone, or none, as an artist nobody tagged."""
    odd = sum(name.encode()) % 11
    if odd == 0:
        return []
    if odd == 1:
        return [(genre.lower(), 100)]
    return [(genre.lower(), 100), NONSENSE[0], ("female vocalists", 40), *NONSENSE[1:], ("instrumental", 9)]


def _tags(tags: list[tuple[str, int]], about: dict[str, str]) -> Response:
    rows: list[dict[str, object]] = [
        {"count": str(count), "name": name, "url": f"https://www.last.fm/tag/{quote_plus(name)}"}
        for name, count in tags
    ]
    shape: object = rows if len(rows) > 1 else rows[0] if rows else ""
    return as_json({"toptags": {"tag": shape, "@attr": about}})
