"""The shops below bandcamp.com as the yt-dlp plug-in asks them: a stream for everybody, FLAC where it is given away."""

from __future__ import annotations

from sandbox.catalogue.model import Album, Track
from sandbox.http import Request, Response, Service, as_html, as_json, as_text
from sandbox.services.soundcloud import slug
from sandbox.world import World

SHOPS = {"shortcircuittrio": ("quick-sketches", "sixty-sparks"), "veraholm": ("tidal-rooms",)}
FREE = {"sixty-sparks"}  # given away, in FLAC too
MIMES = {"mp3": "audio/mpeg", "flac": "audio/flac"}

service = Service("*.bandcamp.com")
service.not_found = lambda request: as_html("<title>Bandcamp</title>", 404)


@service.route(r"/sandbox/track/([\w-]+)")
def track(world: World, request: Request, name: str) -> Response:
    found = _find(world, request.host, name)
    if found is None:
        return as_html("<title>404</title>", 404)
    base = f"{request.origin}/{request.host}/sandbox/media/{name}"
    forms = [
        {"format_id": "mp3-128", "url": f"{base}.mp3", "ext": "mp3", "acodec": "mp3", "vcodec": "none", "abr": 128}
    ]
    if found.album.name in FREE:
        forms.append({"format_id": "flac", "url": f"{base}.flac", "ext": "flac", "acodec": "flac", "vcodec": "none"})
    artist = found.recording.artists[0].name
    return as_json(
        {
            "id": str(4_000_000_000 + found.deezer_id), "title": f"{artist} - {found.recording.full_title}",
            "track": found.recording.full_title, "artist": artist, "uploader": artist, "album": found.album.title,
            "track_number": found.track_number, "duration": found.recording.duration_ms / 1000, "formats": forms,
        }
    )  # fmt: skip


@service.route(r"/sandbox/album/([\w-]+)")
def album(world: World, request: Request, name: str) -> Response:
    """Like the page of an album: the titles of its tracks and where they are."""
    found = next((one for one in _albums(world, request.host) if slug(one.title) == name), None)
    if found is None:
        return as_html("<title>404</title>", 404)
    return as_json(
        {
            "title": found.title,
            "tracks": [
                {
                    "id": str(4_000_000_000 + track.deezer_id),
                    "slug": slug(track.recording.full_title),
                    "title": track.recording.full_title,
                }
                for track in found.tracks
            ],
        }
    )


@service.route(r"/sandbox/media/([\w-]+)\.(mp3|flac)")
def media(world: World, request: Request, name: str, kind: str) -> Response:
    found = _find(world, request.host, name)
    if found is None:
        return as_text("", 404)
    duration_ms = max(1, round(found.recording.duration_ms * request.scale))
    data = world.audio.shared(f"{found.recording.name}|bandcamp", kind, duration_ms)
    return Response(200, data, MIMES[kind], accepts_ranges=True)


@service.route(r"/(?:track|album)/[\w-]+", parameters=None)
def page(world: World, request: Request, *_: str) -> Response:
    return as_html("<title>Bandcamp</title>")


def _find(world: World, host: str, name: str) -> Track | None:
    tracks = (track for album in _albums(world, host) for track in album.tracks)
    return next((track for track in tracks if slug(track.recording.full_title) == name), None)


def _albums(world: World, host: str) -> list[Album]:
    return [world.catalogue.album_by_name[name] for name in SHOPS.get(host.partition(".")[0], ())]
