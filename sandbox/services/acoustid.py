"""api.acoustid.org: what a sound is. It hears what the mood says, as nobody knows the sandbox's sounds."""

from __future__ import annotations

from sandbox.http import Request, Response, Service, as_json
from sandbox.world import World

KEY = "sandbox-acoustid"

service = Service("api.acoustid.org")


def _error(code: int, message: str) -> Response:
    return as_json({"status": "error", "error": {"code": code, "message": message}}, 400)


@service.route(r"/v2/lookup", parameters=("client", "duration", "fingerprint", "meta", "format"))
def lookup(world: World, request: Request) -> Response:
    """The recording of the mood ``acoustid_hears``, by its name or as ``title by artist``; none where it is empty."""
    if request.query.get("client") != KEY:
        return _error(4, "invalid API key")
    if not request.query.get("fingerprint", "").startswith("AQ"):
        return _error(3, "invalid fingerprint")
    if not request.query.get("duration", "").isdigit():
        return _error(8, "invalid duration")
    if world.moods.acoustid_limit:
        return _error(14, "rate limit exceeded")
    hears = world.moods.acoustid_hears
    if not hears:
        return as_json({"status": "ok", "results": []})
    return as_json({"status": "ok", "results": [_result(world, hears)]})


def _result(world: World, hears: str) -> dict[str, object]:
    result: dict[str, object] = {"id": "9ff43b6a-4f16-427c-93c2-92307ca505e0", "score": 0.97}
    for track in world.catalogue.tracks:
        recording = track.recording
        if recording.full_title == hears:
            artists = [{"id": artist.mbid, "name": artist.name} for artist in recording.artists]
            row = {"id": recording.mbid, "title": recording.plain_title, "duration": recording.duration_ms // 1000}
            return result | {"recordings": [row | {"artists": artists}]}
    title, _, artist = hears.partition(" by ")
    if not artist:
        return result  # known, but nobody told it what it is
    row = {"id": "00000000-0000-4000-8000-000000000000", "title": title, "duration": 200}
    return result | {"recordings": [row | {"artists": [{"id": "", "name": artist}]}]}
