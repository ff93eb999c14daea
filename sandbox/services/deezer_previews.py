"""cdnt-preview.dzcdn.net: half a minute of each track, at an address that is signed and runs out."""

from __future__ import annotations

import re
import time

from sandbox.catalogue.model import Track
from sandbox.http import Request, Response, Service, as_text
from sandbox.world import World

HOST = "cdnt-preview.dzcdn.net"
SECONDS = 30
VALID_SECONDS = 900

service = Service(HOST)
service.not_found = lambda request: as_text("Not Found", 404)


def address(track: Track) -> str:
    """Where the preview is for a quarter of an hour from now."""
    ends = int(time.time()) + VALID_SECONDS
    return f"https://{HOST}/api/1/1/{track.album.picture[:3]}/{track.deezer_id}.mp3?hdnea=exp={ends}~acl=*"


@service.route(r"/api/1/1/\w{3}/(\d{1,19})\.mp3", parameters=("hdnea",))
def preview(world: World, request: Request, number: str) -> Response:
    found = world.catalogue.track_by_deezer.get(int(number))
    ends = re.match(r"exp=(\d{1,12})~", request.query.get("hdnea", ""))
    if ends is None or int(ends[1]) < time.time():
        return as_text("Access Denied", 403)
    if found is None:
        return as_text("Not Found", 404)
    data = world.audio.shared(f"{found.recording.name}|deezer", "mp3", SECONDS * 1000)
    return Response(200, data, "audio/mpeg", accepts_ranges=True)
