"""``/_control/``: how a test looks into the sandbox and makes it misbehave."""

from __future__ import annotations

import re
from dataclasses import asdict, fields

from sandbox.faults import Fault
from sandbox.http import Request, Response, as_json
from sandbox.services import SERVICES
from sandbox.world import World

ORDERED = {field.name for field in fields(Fault)} - {"number", "seen", "done"}


def answer(world: World, request: Request) -> Response:
    """What one control request does. Bad orders get 400 with the reason."""
    try:
        return _answer(world, request)
    except (ValueError, TypeError, re.error) as error:
        return as_json({"error": str(error)}, 400)


def _answer(world: World, request: Request) -> Response:
    match request.method, request.path.strip("/").split("/"):
        case "GET", ["faults"]:
            return as_json([asdict(fault) for fault in world.faults.all()])
        case "POST", ["faults"]:
            return as_json({"number": world.faults.add(_fault(request.json()))}, 201)
        case "DELETE", ["faults"]:
            world.faults.clear()
            return as_json({})
        case "DELETE", ["faults", number]:
            return as_json({}, 200 if world.faults.remove(int(number)) else 404)
        case "GET", ["log"]:
            status = request.query.get("status")
            lines = world.log.lines(
                match=request.query.get("match", ""),
                status=int(status) if status else None,
                method=request.query.get("method", ""),
                after=int(request.query.get("after", "0")),
            )
            return as_json(lines)
        case "DELETE", ["log"]:
            world.log.clear()
            return as_json({})
        case "GET", ["counts"]:
            return as_json(world.log.counts(request.query.get("match", "")))
        case "POST", ["reset"]:
            world.reset()
            return as_json({})
        case "GET", ["moods"]:
            return as_json(world.moods.as_dict())
        case "POST", ["moods"]:
            world.moods.set(request.json())
            return as_json(world.moods.as_dict())
        case "GET", ["health"]:
            return as_json({"ok": True, "seed": world.seed})
        case "GET", ["catalogue"]:
            return as_json(_summary(world))
        case _:
            return as_json({"error": f"no such control: {request.method} {request.path}"}, 404)


def _fault(order: dict[str, object]) -> Fault:
    unknown = set(order) - ORDERED
    if unknown or "match" not in order or "kind" not in order:
        raise ValueError(f"a fault takes {', '.join(sorted(ORDERED))}; match and kind are needed")
    return Fault(**order)  # type: ignore[arg-type]


def _summary(world: World) -> dict[str, object]:
    catalogue = world.catalogue
    return {
        "seed": world.seed,
        "hosts": sorted(host for service in SERVICES for host in service.hosts),
        "artists": len(catalogue.artists),
        "tracks": len(catalogue.tracks),
        "recordings": len(catalogue.recordings),
        "albums": [
            {
                "name": album.name, "title": album.title, "artists": [artist.name for artist in album.artists],
                "tracks": len(album.tracks), "upc": album.upc, "deezer": album.deezer_id, "spotify": album.spotify_id,
                "mbid": album.mbid, "youtube_music": album.browse_id,
            }
            for album in catalogue.albums
        ],
        "playlists": [
            {"name": p.name, "title": p.title, "deezer": p.deezer_id, "spotify": p.spotify_id, "owner": p.owner}
            for p in catalogue.playlists
        ],
    }  # fmt: skip
