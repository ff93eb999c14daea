"""Spotify playlists: heads for all, contents by dialect and owner, and writing to one's own."""

from __future__ import annotations

import re
from dataclasses import replace as replace_fields

from sandbox.catalogue.ids import Ids
from sandbox.catalogue.model import Entry, Playlist
from sandbox.catalogue.playlists import EPOCH, FIRST_PLAYLIST, ME, ME_NAME, OTHER_NAME, SPOTIFY_OWNED
from sandbox.http import Answer, BadParameter, Request, Response, as_json
from sandbox.services.spotify import Caller, caller, error, forbidden, known, listing, not_found, service
from sandbox.services.spotify_shapes import snapshot
from sandbox.world import World

READING = ("fields", "additional_types", "market")
MODIFY = ("playlist-modify-public", "playlist-modify-private")
MOST_AT_ONCE = 100


def playlist_of(world: World, who: Caller, identifier: str) -> Playlist:
    """The playlist; Spotify's own lists and other people's private ones do not exist for us."""
    if identifier.startswith("37i9dQZ") or identifier == SPOTIFY_OWNED:
        raise not_found()
    found = known(world.catalogue.playlist_by_spotify, identifier)
    if found.is_private and not _is_mine(found, who):
        raise not_found()
    return found


def _is_mine(playlist: Playlist, who: Caller) -> bool:
    return bool(who.user) and (playlist.owner == who.user or playlist.is_collaborative)


@service.route(r"/v1/playlists/([^/]+)", parameters=READING)
def head(world: World, request: Request, identifier: str) -> Response:
    who = caller(world, request)
    found, write = playlist_of(world, who, identifier), who.write
    shape = write.playlist_stub(found)
    key = "items" if who.is_new else "tracks"
    if who.is_new and not _is_mine(found, who):
        del shape[key]
    else:
        paged, size = replace_fields(request, query={}), 50 if who.is_new else 100
        path = f"/playlists/{identifier}/{key}"
        shape[key] = listing(paged, path, found.entries, write.entry, default=size, most=size)
    if not who.is_new:
        shape["followers"] = {"href": None, "total": found.deezer_id % 700}
    return as_json(_only(shape, request.query.get("fields", "")))


@service.route(r"/v1/playlists/([^/]+)/(items|tracks)", parameters=(*READING, "limit", "offset"))
def contents(world: World, request: Request, identifier: str, word: str) -> Response:
    """New apps read ``items`` of their person's lists, old ones ``tracks`` of any public one, extended ones both."""
    who = caller(world, request)
    if who.is_new and word == "tracks":
        return forbidden()
    if who.dialect == "old" and word == "items":
        return error(404, "Service not found")
    found = playlist_of(world, who, identifier)
    if who.is_new and not _is_mine(found, who):
        return forbidden()
    default, most = (100, 100) if word == "tracks" else (20, 50)
    path, write = f"/playlists/{identifier}/{word}", who.write.entry
    shape = listing(request, path, found.entries, write, default=default, most=most)
    return as_json(_only(shape, request.query.get("fields", "")))


@service.route(r"/v1/me/playlists", parameters=("limit", "offset"))
def my_playlists(world: World, request: Request) -> Response:
    """One's own, and those one follows: the contents of the latter may be closed."""
    who = caller(world, request)
    who.needs_user("playlist-read-private", "playlist-read-collaborative")
    mine = [p for p in world.catalogue.playlists if p.owner == who.user or p.is_collaborative or p.name == "essentials"]
    if "playlist-read-private" not in who.scopes:
        mine = [p for p in mine if not p.is_private]
    if "playlist-read-collaborative" not in who.scopes:
        mine = [p for p in mine if not p.is_collaborative]
    return as_json(listing(request, "/me/playlists", mine, who.write.playlist_stub))


# --- writing ---------------------------------------------------------------------------------------------------------


@service.route(r"/v1/(?:me|users/[^/]+)/playlists", methods="POST")
def create(world: World, request: Request) -> Response:
    who, body = caller(world, request), request.json()
    who.needs_user(*MODIFY)
    if request.path.startswith("/v1/users/") and who.is_new:
        return forbidden()
    if not body.get("name"):
        return error(400, "Missing required field: name")
    with world.lock:
        world.is_edited = True
        number = len(world.catalogue.playlists)
        made = Playlist(
            name=f"made-{number}",
            title=str(body["name"]),
            description=str(body.get("description") or ""),
            owner=who.user,
            owner_name=ME_NAME if who.user == ME else OTHER_NAME,
            deezer_id=FIRST_PLAYLIST + number,
            spotify_id=Ids(world.seed).spotify("playlist", f"made-{number}"),
            picture=Ids(world.seed).md5("playlist", f"made-{number}"),
            created_at="2026-11-21 08:00:00",
            fill=list,
            is_private=body.get("public") is False,
        )
        world.catalogue.add_playlist(made)
    return as_json(who.write.playlist_stub(made), 201)


@service.route(r"/v1/playlists/([^/]+)", methods="PUT")
def rename(world: World, request: Request, identifier: str) -> Response:
    found, body = _writable(world, request, identifier), request.json()
    with world.lock:
        world.is_edited = True
        found.title = str(body.get("name", found.title))
        found.description = str(body.get("description", found.description))
        found.is_private = not body["public"] if isinstance(body.get("public"), bool) else found.is_private
    return as_json({})


@service.route(r"/v1/playlists/([^/]+)/(?:items|tracks)", parameters=("uris", "position"), methods="POST")
def add(world: World, request: Request, identifier: str) -> Response:
    found, body = _writable(world, request, identifier), request.json()
    entries = _entries(world, body.get("uris") or request.query.get("uris", "").split(","))
    position = body.get("position")
    place = position if isinstance(position, int) else len(found.entries)
    return _changed(world, found, [*found.entries[:place], *entries, *found.entries[place:]], 201)


@service.route(r"/v1/playlists/([^/]+)/(?:items|tracks)", parameters=("uris",), methods="PUT")
def replace(world: World, request: Request, identifier: str) -> Response:
    """All new entries with ``uris``; otherwise a range moved to another place."""
    found, body = _writable(world, request, identifier), request.json()
    if "range_start" not in body:
        return _changed(world, found, _entries(world, body.get("uris") or []))
    start, length = int(str(body["range_start"])), int(str(body.get("range_length", 1)))
    before = int(str(body.get("insert_before", 0)))
    moved, rest = found.entries[start : start + length], found.entries[:start] + found.entries[start + length :]
    place = before - length if before > start else before
    return _changed(world, found, [*rest[:place], *moved, *rest[place:]])


@service.route(r"/v1/playlists/([^/]+)/(?:items|tracks)", methods="DELETE")
def remove(world: World, request: Request, identifier: str) -> Response:
    found, body = _writable(world, request, identifier), request.json()
    listed = body.get("items") or body.get("tracks") or []
    gone = {str(item.get("uri")) for item in listed if isinstance(item, dict)} if isinstance(listed, list) else set()
    kept = [e for e in found.entries if e.track is None or f"spotify:track:{e.track.spotify_id}" not in gone]
    return _changed(world, found, kept)


def _writable(world: World, request: Request, identifier: str) -> Playlist:
    who = caller(world, request)
    who.needs_user(*MODIFY)
    if who.is_new and request.path.endswith("/tracks"):
        raise Answer(forbidden())
    found = playlist_of(world, who, identifier)
    if not _is_mine(found, who):
        raise Answer(error(403, "You cannot edit a playlist you don't own."))
    return found


def _entries(world: World, uris: object) -> list[Entry]:
    if not isinstance(uris, list) or len(uris) > MOST_AT_ONCE:
        raise BadParameter("uris")
    entries = []
    for uri in uris:
        match = re.fullmatch(r"spotify:track:([0-9A-Za-z]{22})", str(uri))
        track = world.catalogue.track_by_spotify.get(match[1]) if match else None
        if track is None:
            raise Answer(error(400, f"Invalid track uri: {uri}"))
        entries.append(Entry(track, EPOCH + 60_000_000))
    return entries


def _changed(world: World, playlist: Playlist, entries: list[Entry], status: int = 200) -> Response:
    with world.lock:
        world.is_edited = True
        playlist.entries[:] = entries
        playlist.revision += 1
    return as_json({"snapshot_id": snapshot(playlist)}, status)


# --- fields ----------------------------------------------------------------------------------------------------------


def _only(shape: object, fields: str) -> object:
    """``shape`` cut down to ``items(added_at,item(name))``; a wrong name gives empty objects, silently."""
    if not fields:
        return shape
    if isinstance(shape, list):
        return [_only(item, fields) for item in shape]
    if not isinstance(shape, dict):
        return shape
    return {name: _only(shape[name], inner) for name, inner in _split(fields) if name in shape}


def _split(fields: str) -> list[tuple[str, str]]:
    """The names at the top, each with what stands in its brackets or behind its dot."""
    parts, depth, current = [], 0, ""
    for char in fields + ",":
        if char == "," and depth == 0:
            parts.append(current)
            current = ""
            continue
        depth += (char == "(") - (char == ")")
        current += char
    found = []
    for part in filter(None, map(str.strip, parts)):
        match = re.fullmatch(r"([\w]+)(?:\((.*)\)|\.(.*))?", part)
        if match:
            found.append((match[1], match[2] or match[3] or ""))
    return found
