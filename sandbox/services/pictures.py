"""The picture hosts of Deezer, Spotify and YouTube: drawn covers in the size that the address asks for."""

from __future__ import annotations

import re

from sandbox.catalogue.model import Album
from sandbox.http import Request, Response, Service, as_text
from sandbox.world import World

LARGEST = 1900
NOTHING = "d41d8cd98f00b204e9800998ecf8427e"  # the MD5 of nothing: Deezer's grey placeholder
SPOTIFY_SIZES = {"ab67616d0000b273": 640, "ab67616d00001e02": 300, "ab67616d00004851": 64}
SPOTIFY_ARTIST_SIZES = {"ab6761610000e5eb": 640, "ab67616100005174": 320, "ab6761610000f178": 160}

service = Service(
    "cdn-images.dzcdn.net",
    "e-cdns-images.dzcdn.net",
    "i.scdn.co",
    "mosaic.scdn.co",
    "lh3.googleusercontent.com",
    "i.ytimg.com",
)
service.not_found = lambda request: as_text("Not Found", 404)


@service.route(r"/images/(cover|artist|playlist|misc)/([0-9a-f]{32})?/?/?(\d{1,4})x(\d{1,4})-000000-(\d{1,3})-0-0\.jpg")
def deezer_picture(
    world: World, request: Request, kind: str, picture: str | None, width: str, height: str, quality: str
) -> Response:
    size = int(width)
    if size != int(height) or not 1 <= size <= LARGEST:
        return as_text("Bad Request", 400)
    if not picture or picture == NOTHING:
        return _jpeg(world.pictures.placeholder(size))
    return _named(world, picture, size)


@service.route(r"/image/([0-9a-f]{16})([0-9a-f]{24})")
def spotify_picture(world: World, request: Request, prefix: str, rest: str) -> Response:
    size = {**SPOTIFY_SIZES, **SPOTIFY_ARTIST_SIZES}.get(prefix)
    if size is None:
        return as_text("Not Found", 404)
    catalogue = world.catalogue
    for known in (catalogue.album_by_picture, catalogue.artist_by_picture, catalogue.playlist_by_picture):
        found = next((picture for picture in known if picture.startswith(rest)), None)
        if found:
            return _named(world, found, size)
    return as_text("Not Found", 404)


@service.route(r"/(?:sandbox/|vi/)?([0-9A-Za-z_-]{11,32})(?:=w(\d+)-h\d+[^/]*|/[a-z0-9]+\.jpg)?", parameters=None)
def google_picture(world: World, request: Request, name: str, width: str | None) -> Response:
    size = min(int(width or 480), LARGEST)
    if re.fullmatch(r"[0-9a-f]{32}", name):
        return _named(world, name, size)
    upload = world.catalogue.upload_by_video.get(name)
    if upload is None:
        return as_text("Not Found", 404)
    return _jpeg(world.pictures.cover(f"{upload.video_id}", upload.title, upload.uploader, size))


def _named(world: World, picture: str, size: int) -> Response:
    catalogue = world.catalogue
    album: Album | None = catalogue.album_by_picture.get(picture)
    if album is not None:
        return _jpeg(world.pictures.cover(picture, album.title, album.artists[0].name, size))
    if picture in catalogue.artist_by_picture:
        return _jpeg(world.pictures.portrait(picture, catalogue.artist_by_picture[picture].name, size))
    if picture in catalogue.playlist_by_picture:
        return _jpeg(world.pictures.cover(picture, catalogue.playlist_by_picture[picture].title, "Playlist", size))
    return as_text("Not Found", 404)


def _jpeg(data: bytes) -> Response:
    return Response(200, data, "image/jpeg", {"Cache-Control": "public, max-age=2592000"}, accepts_ranges=True)
