"""soundcloud.com as the yt-dlp plug-in asks it: uploads of some albums as MP3, one encrypted, one cut to a preview."""

from __future__ import annotations

import re
from hashlib import sha256

from sandbox.catalogue.model import Track
from sandbox.catalogue.search import fold, words
from sandbox.http import Request, Response, Service, as_html, as_json, as_text
from sandbox.world import World

ALBUMS = ("tidal-rooms", "quick-sketches", "sixty-sparks")
ENCRYPTED = {"drift", "spark-02"}  # given only to apps that decrypt
CUT = {"undertow", "spark-03"}  # for who does not pay there is half a minute, or half of it
MP3 = "http_mp3_128"
LISTENER = "tom-lind"
MIXED = ("favourite-sparks", {"spark-01", "spark-02", "spark-04"})  # a set of tom-lind; the second is encrypted

service = Service("soundcloud.com", "www.soundcloud.com", "m.soundcloud.com")
service.not_found = lambda request: as_html("<title>404</title>", 404)


@service.route(r"/sandbox/track/([\w-]+)/([\w-]+)")
def track(world: World, request: Request, user: str, name: str) -> Response:
    found = find(world, user, name)
    if found is None:
        return as_json({}, 404)
    if name in ENCRYPTED:
        return as_json({"trouble": "drm"}, 403)
    is_cut = name in CUT
    form = {
        "format_id": f"{MP3}_preview" if is_cut else MP3,
        "url": f"{request.origin}/soundcloud.com/sandbox/media/{user}/{name}.mp3",
        "ext": "mp3", "acodec": "mp3", "vcodec": "none", "abr": 128, "protocol": "http",
        "preference": -10 if is_cut else None,
    }  # fmt: skip
    return as_json({**summary(found), "formats": [form]})


@service.route(r"/sandbox/set/([\w-]+)/([\w-]+)")
def listing(world: World, request: Request, user: str, name: str) -> Response:
    """A set: an album as its artist made it, or a list of anybody's tracks."""
    tracks = [one for one in _tracks(world) if slug(_artist(one)) == user and slug(one.album.title) == name]
    if user == LISTENER and name == MIXED[0]:
        tracks = [one for one in _tracks(world) if slug(one.recording.full_title) in MIXED[1]]
    if not tracks:
        return as_json({}, 404)
    is_album = user != LISTENER
    title = tracks[0].album.title if is_album else name.replace("-", " ").title()
    return as_json(
        {
            "id": str(int(sha256(f"{user}/sets/{name}".encode()).hexdigest()[:7], 16)),
            "title": title,
            "uploader": _artist(tracks[0]) if is_album else LISTENER,
            "album": title,
            "album_artist": _artist(tracks[0]) if is_album else LISTENER,
            "album_type": "album" if is_album else "playlist",
            "tracks": [{"id": str(one["id"]), "url": one["webpage_url"]} for one in map(summary, tracks)],
        }
    )


@service.route(r"/sandbox/search", parameters=("q", "n"))
def search(world: World, request: Request) -> Response:
    asked = set(words(request.query.get("q", "")))
    found = [one for one in _tracks(world) if asked <= set(words(f"{_artist(one)} {one.recording.full_title}"))]
    return as_json({"entries": [summary(one) for one in found[: request.integer("n", 10, least=1, most=50)]]})


@service.route(r"/sandbox/media/([\w-]+)/([\w-]+)\.mp3")
def media(world: World, request: Request, user: str, name: str) -> Response:
    found = find(world, user, name)
    if found is None:
        return as_text("", 404)
    share = 0.4 if name in CUT else 1.0
    duration_ms = max(1, round(found.recording.duration_ms * share * request.scale))
    data = world.audio.shared(f"{found.recording.name}|soundcloud", "mp3", duration_ms)
    return Response(200, data, "audio/mpeg", accepts_ranges=True)


def summary(track: Track) -> dict[str, object]:
    user, name = slug(_artist(track)), slug(track.recording.full_title)
    return {
        "id": str(int(sha256(f"{user}/{name}".encode()).hexdigest()[:7], 16)),
        "title": track.recording.full_title,
        "uploader": _artist(track),
        "duration": track.recording.duration_ms / 1000,
        "view_count": 1_000,
        "webpage_url": f"https://soundcloud.com/{user}/{name}",
    }


def slug(text: str) -> str:
    """``Sketch No. 1`` is ``sketch-no-1``."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")


def find(world: World, user: str, name: str) -> Track | None:
    fits = (one for one in _tracks(world) if slug(_artist(one)) == user and slug(one.recording.full_title) == name)
    return next(fits, None)


def _tracks(world: World) -> list[Track]:
    return [track for name in ALBUMS for track in world.catalogue.album_by_name[name].tracks]


def _artist(track: Track) -> str:
    return track.recording.artists[0].name
