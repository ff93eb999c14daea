"""musicbrainz.org/ws/2: lookups, browsing and Lucene search, for clients that name a contact and take their time."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from sandbox.catalogue.model import Album, Artist, Recording
from sandbox.http import Answer, BadParameter, Request, Response, Service, as_json, as_text, redirect
from sandbox.services import lucene
from sandbox.services import musicbrainz_shapes as shapes
from sandbox.world import World

Item = TypeVar("Item")
MBID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
CONTACT = re.compile(r"https?://|@")
HELP = "For usage, please see: https://musicbrainz.org/development/mmd"
BUSY = "Your requests are exceeding the allowable rate limit. Please see http://wiki.musicbrainz.org/XMLWebService"
INCLUDES = frozenset(
    "aliases annotation artist-credits artist-rels artists discids genres isrcs labels media ratings recordings "
    "recording-level-rels recording-rels release-groups release-group-rels releases release-rels tags url-rels "
    "user-genres user-tags work-level-rels work-rels works".split()
)
LOOKUP = ("fmt", "inc")
LISTING = ("fmt", "inc", "query", "limit", "offset", "artist", "release-group", "release", "type", "status", "dismax")
TWO_FOR_ONE = {"tidal-rooms/1.3": "tidal-rooms-deluxe/2.5"}  # one ISRC that two recordings carry
MERGED_RECORDING = "00000000-0000-4000-8000-00000000000a"  # now Vera Holm's Harbour Lights
MERGED_RELEASE = "00000000-0000-4000-8000-00000000000b"  # now Tidal Rooms, by a redirect

service = Service("musicbrainz.org")
service.not_found = lambda request: error(404, "Not Found")
service.bad_parameter = lambda bad: error(400, f"{bad.value or bad.name} is not a valid parameter for this resource.")


def error(status: int, message: str, **headers: str) -> Response:
    return as_json({"error": message, "help": HELP}, status, **headers)


def _guard(world: World, request: Request) -> Response | None:
    if not request.path.startswith("/ws/2/"):
        return None
    if not CONTACT.search(request.headers.get("user-agent", "")):
        return error(503, BUSY)
    if world.moods.musicbrainz_limit and not _has_waited(world):
        return error(503, BUSY, Retry_After="1")
    if request.query.get("fmt") != "json" and "application/json" not in request.headers.get("accept", ""):
        return as_text(
            '<?xml version="1.0" encoding="UTF-8"?><metadata/>', content_type="application/xml; charset=utf-8"
        )
    return None


service.guard = _guard


def _has_waited(world: World) -> bool:
    """Whether a second has passed; a refused request counts too, so hammering keeps the door shut."""
    with world.lock:
        now, last = time.monotonic(), world.memory.get("musicbrainz-last", 0.0)
        world.memory["musicbrainz-last"] = now
        return not isinstance(last, float) or now - last >= 1.0


def includes(request: Request) -> frozenset[str]:
    asked = frozenset(part for part in re.split(r"[ +]", request.query.get("inc", "")) if part)
    if wrong := asked - INCLUDES:
        raise Answer(
            error(400, f"{min(wrong)} is not a valid inc parameter for the {request.path.split('/')[3]} resource.")
        )
    return asked


def known(items: dict[str, Item], mbid: str) -> Item:
    if not MBID.fullmatch(mbid):
        raise Answer(error(400, "Invalid mbid."))
    if mbid not in items:
        raise Answer(error(404, "Not Found"))
    return items[mbid]


# --- lookups ---------------------------------------------------------------------------------------------------------


@service.route(r"/ws/2/isrc/([^/]+)", parameters=LOOKUP)
def by_isrc(world: World, request: Request, isrc: str) -> Response:
    if not re.fullmatch(r"[A-Za-z]{2}[A-Za-z0-9]{3}\d{7}", isrc):
        return error(400, "Invalid isrc.")
    asked = includes(request) | {"isrcs"}
    recording = world.catalogue.recording_by_isrc.get(isrc.upper())
    if recording is None:
        return error(404, "Not Found")
    found = [recording]
    if recording.name in TWO_FOR_ONE:
        found.append(world.catalogue.recording_by_name[TWO_FOR_ONE[recording.name]])
    return as_json({"isrc": isrc.upper(), "recordings": [shapes.recording(item, asked - {"isrcs"}) for item in found]})


@service.route(r"/ws/2/recording/([^/]+)", parameters=LOOKUP)
def recording(world: World, request: Request, mbid: str) -> Response:
    asked = includes(request)
    if mbid == MERGED_RECORDING:
        return as_json(shapes.recording(world.catalogue.album_by_name["tidal-rooms"].tracks[0].recording, asked))
    return as_json(shapes.recording(known(world.catalogue.recording_by_mbid, mbid), asked))


@service.route(r"/ws/2/release/([^/]+)", parameters=LOOKUP)
def release(world: World, request: Request, mbid: str) -> Response:
    asked = includes(request)
    if mbid == MERGED_RELEASE:
        now = world.catalogue.album_by_name["tidal-rooms"].mbid
        query = f"fmt=json&inc={'+'.join(sorted(asked))}"
        return redirect(f"https://musicbrainz.org/ws/2/release/{now}?{query}", 301)
    return as_json(shapes.release(known(world.catalogue.album_by_mbid, mbid), asked))


@service.route(r"/ws/2/release-group/([^/]+)", parameters=LOOKUP)
def release_group(world: World, request: Request, mbid: str) -> Response:
    return as_json(shapes.release_group(known(world.catalogue.albums_by_release_group, mbid), includes(request)))


@service.route(r"/ws/2/artist/([^/]+)", parameters=LOOKUP)
def artist(world: World, request: Request, mbid: str) -> Response:
    return as_json(shapes.artist(known(world.catalogue.artist_by_mbid, mbid), includes(request)))


@service.route(r"/ws/2/url", parameters=("fmt", "inc", "resource"))
def url(world: World, request: Request) -> Response:
    """What an address of another service belongs to."""
    asked, resource = includes(request), request.query.get("resource", "")
    last = resource.split("?")[0].rstrip("/").rpartition("/")[2]
    catalogue = world.catalogue
    found: Artist | Album | None = catalogue.artist_by_spotify.get(last) or catalogue.album_by_spotify.get(last)
    if found is None and last.isdigit():
        is_album = "/album/" in resource
        found = catalogue.album_by_deezer.get(int(last)) if is_album else catalogue.artist_by_deezer.get(int(last))
    if found is None:
        return error(404, "Not Found")
    return as_json(shapes.url(resource, found, asked))


# --- lists -----------------------------------------------------------------------------------------------------------


@service.route(r"/ws/2/(recording|release|release-group|artist)", parameters=LISTING)
def listing(world: World, request: Request, kind: str) -> Response:
    asked = includes(request)
    if "query" in request.query:
        return _search(world, request, kind)
    limit, offset = request.integer("limit", 25, least=1, most=100), request.integer("offset", 0)
    items, shape = _browsed(world, request, kind, asked)
    page = [shape(item) for item in items[offset : offset + limit]]
    return as_json({f"{kind}-count": len(items), f"{kind}-offset": offset, f"{kind}s": page})


def _browsed(
    world: World, request: Request, kind: str, asked: frozenset[str]
) -> tuple[Sequence[object], Callable[..., dict[str, object]]]:
    catalogue, query = world.catalogue, request.query
    if "artist" in query:
        albums = known(catalogue.artist_by_mbid, query["artist"]).albums
    elif "release-group" in query:
        albums = known(catalogue.albums_by_release_group, query["release-group"])
    else:
        raise BadParameter("query")
    if kind == "release":
        return albums, lambda album: shapes.release(album, asked)
    if kind == "release-group":
        wanted = {part.lower() for part in query.get("type", "").split("|") if part}
        groups = [
            catalogue.albums_by_release_group[mbid] for mbid in dict.fromkeys(a.release_group_mbid for a in albums)
        ]
        fitting = [group for group in groups if not wanted or shapes.primary_type(group[0]).lower() in wanted]
        return fitting, lambda group: shapes.release_group(group, asked)
    recordings = {track.recording.name: track.recording for album in albums for track in album.tracks}
    return list(recordings.values()), lambda item: shapes.recording(item, asked)


def _search(world: World, request: Request, kind: str) -> Response:
    limit, offset = request.integer("limit", 25, least=1, most=100), request.integer("offset", 0)
    try:
        clauses = lucene.parse(request.query["query"])
    except ValueError as problem:
        return error(400, f"Unable to parse search: {problem}")
    items, shape = _searched(world, kind)
    scored = [(lucene.score(clauses, shapes.search_fields(item)), place) for place, item in enumerate(items)]
    hits = sorted(((score, place) for score, place in scored if score > 0), key=lambda hit: (-hit[0], hit[1]))
    best = hits[0][0] if hits else 1
    page = [
        {**shape(items[place]), "score": round(100 * score / best)} for score, place in hits[offset : offset + limit]
    ]
    plural = f"{kind}s"
    return as_json({"created": "2026-11-21T08:00:00.000Z", "count": len(hits), "offset": offset, plural: page})


def _searched(
    world: World, kind: str
) -> tuple[Sequence[Artist | Album | Recording | list[Album]], Callable[..., dict[str, object]]]:
    """Everything of a kind; hits carry more than a bare lookup, but never genres."""
    catalogue = world.catalogue
    full = frozenset({"artist-credits", "releases", "release-groups", "isrcs", "media"})
    if kind == "artist":
        return catalogue.artists, lambda item: shapes.artist(item, frozenset({"aliases"}))
    if kind == "recording":
        return catalogue.recordings, lambda item: shapes.recording(item, full)
    if kind == "release":
        return catalogue.albums, lambda item: shapes.release(item, full)
    return list(catalogue.albums_by_release_group.values()), lambda item: shapes.release_group(item, full)
