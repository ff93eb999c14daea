"""coverartarchive.org, and the two hosts of the Internet Archive that it redirects to before a picture comes."""

from __future__ import annotations

import re

from sandbox.catalogue.model import Album
from sandbox.http import Answer, Request, Response, Service, as_json, as_text, redirect
from sandbox.world import World

MBID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
FIRST_IMAGE = 15_900_000_001
ORIGINAL = 1400  # pixels of what was uploaded
STORAGE = "ia800100.us.archive.org"

service = Service("coverartarchive.org", "archive.org", STORAGE)
service.not_found = lambda request: as_text("Not Found", 404)


@service.route(r"/(release|release-group)/([^/]+)")
def listing(world: World, request: Request, kind: str, mbid: str) -> Response:
    """The pictures of a release; their addresses are still written with http."""
    album = _album(world, kind, mbid)
    number = _image(album)
    base = f"http://coverartarchive.org/release/{album.mbid}/{number}"
    sizes = {
        name: f"{base}-{size}.jpg"
        for name, size in (("250", 250), ("500", 500), ("1200", 1200), ("small", 250), ("large", 500))
    }
    image = {
        "id": number, "approved": True, "front": True, "back": False, "types": ["Front"], "edit": 990, "comment": "",
        "image": f"{base}.jpg", "thumbnails": sizes,
    }  # fmt: skip
    return as_json({"release": f"https://musicbrainz.org/release/{album.mbid}", "images": [image]})


@service.route(r"/(release|release-group)/([^/]+)/(?:front|\d{11})(?:-(250|500|1200))?(?:\.jpg)?")
def front(world: World, request: Request, kind: str, mbid: str, size: str | None) -> Response:
    album = _album(world, kind, mbid)
    name = f"mbid-{album.mbid}-{_image(album)}{f'_thumb{size}' if size else ''}.jpg"
    return redirect(f"https://archive.org/download/mbid-{album.mbid}/{name}", 307)


@service.route(rf"/download/(mbid-{MBID})/(mbid-{MBID}-\d+(?:_thumb\d+)?\.jpg)")
def archive(world: World, request: Request, item: str, name: str) -> Response:
    return redirect(f"https://{STORAGE}/12/items/{item}/{name}")


@service.route(rf"/12/items/mbid-({MBID})/mbid-{MBID}-\d+(?:_thumb(\d+))?\.jpg")
def storage(world: World, request: Request, mbid: str, size: str | None) -> Response:
    album = _album(world, "release", mbid)
    data = world.pictures.cover(album.picture, album.title, album.artists[0].name, int(size or ORIGINAL))
    return Response(200, data, "image/jpeg", accepts_ranges=True)


def _album(world: World, kind: str, mbid: str) -> Album:
    """The release, or the first edition of the group that has a cover; otherwise the request ends with 400 or 404."""
    if not re.fullmatch(MBID, mbid):
        raise Answer(as_text("invalid MBID specified", 400))
    catalogue = world.catalogue
    one = catalogue.album_by_mbid.get(mbid)
    albums = ([one] if one else []) if kind == "release" else catalogue.albums_by_release_group.get(mbid, [])
    found = next((album for album in albums if album.has_cover), None)
    if found is None:
        raise Answer(as_text(f"No cover art found for {kind} {mbid}", 404))
    return found


def _image(album: Album) -> int:
    return FIRST_IMAGE + album.deezer_id
