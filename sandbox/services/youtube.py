"""www.youtube.com as the yt-dlp plug-in asks it: a small JSON per video, a search, and the media with ranges."""

from __future__ import annotations

import random

from sandbox.audio import FORMATS
from sandbox.catalogue.model import Mood, Upload
from sandbox.http import Request, Response, Service, as_html, as_json, as_text
from sandbox.world import World

EXACT = frozenset({"140", "251"})  # formats whose size is told; the others give an estimate, as making them costs
# What goes wrong with the media and not with the extraction.
IN_THE_MEDIA = frozenset({Mood.GARBAGE, Mood.TRUNCATED, Mood.WRONG_LENGTH, Mood.DRM})
WITH_A_LOCKED_FORMAT = "trouble/1.1"
IN_AN_ENTRY = {"id", "title", "uploader", "channel", "channel_id", "duration"}
LIST_ID = "PLsandbox0sketches0and0sparks00001"
IN_THE_LIST = ("quick-sketches/1.1", "sixty-sparks/1.1", "quick-sketches/1.2")

service = Service("www.youtube.com", "youtu.be", "youtube.com", "m.youtube.com")
service.not_found = lambda request: as_html("<title>404 Not Found</title>", 404)


@service.route(r"/sandbox/video/([0-9A-Za-z_-]{1,64})")
def video(world: World, request: Request, video_id: str) -> Response:
    """What the plug-in needs to know about a video; 404 where there is none."""
    upload = world.catalogue.upload_by_video.get(video_id)
    if upload is None:
        return as_json({"trouble": "unavailable"}, 404)
    if upload.trouble and upload.trouble not in IN_THE_MEDIA:
        return as_json({"trouble": upload.trouble}, 403)
    formats = [_format(world, request, upload, name) for name in FORMATS]
    if upload.trouble == Mood.DRM:
        formats = [{**form, "has_drm": True} for form in formats]
    elif upload.recording is not None and upload.recording.name == WITH_A_LOCKED_FORMAT:
        formats.append({**formats[-1], "format_id": "774", "abr": 256, "has_drm": True})
    return as_json({**_summary(upload), "formats": formats})


@service.route(r"/sandbox/search", parameters=("q", "n"))
def search(world: World, request: Request) -> Response:
    found = world.catalogue.upload_index.find(request.query.get("q", ""))
    return as_json({"entries": [_summary(upload) for upload in found[: request.integer("n", 10, least=1, most=50)]]})


@service.route(r"/sandbox/playlist/([0-9A-Za-z_-]{2,80})")
def playlist(world: World, request: Request, list_id: str) -> Response:
    """A list with the places of what is gone, or an album of YouTube Music by either of its ids."""
    albums = world.catalogue.album_by_name.values()
    album = next((one for one in albums if list_id in (one.audio_playlist_id, one.browse_id)), None)
    if album is not None:
        uploads = [world.catalogue.uploads_of[track.recording.name][0] for track in album.tracks]
        names = {"id": album.audio_playlist_id, "title": f"Album - {album.title}"}
        return as_json({**names, "entries": [_entry(upload) for upload in uploads]})
    if list_id != LIST_ID:
        return as_json({"trouble": "unavailable"}, 404)
    entries = [_entry(world.catalogue.uploads_of[name][0]) for name in IN_THE_LIST]
    entries.insert(1, {"id": "goneGoneGon", "title": "[Deleted video]"})
    return as_json({"id": LIST_ID, "title": "Sketches and sparks", "channel": "Tom Lind", "entries": entries})


@service.route(r"/sandbox/media/([0-9A-Za-z_-]{11})/([0-9a-z-]+)\.(webm|m4a)", parameters=("expire", "worker"))
def media(world: World, request: Request, video_id: str, format_id: str, extension: str) -> Response:
    upload = world.catalogue.upload_by_video.get(video_id)
    form = FORMATS.get(format_id)
    if upload is None or form is None or form.extension != extension:
        return as_text("", 404)
    data = world.audio.file(upload.melody, format_id, max(1, round(upload.audio_ms * request.scale)))
    if upload.trouble == Mood.GARBAGE:
        data = random.Random(video_id).randbytes(len(data))
    elif upload.trouble == Mood.TRUNCATED:
        data = data[: len(data) * 3 // 5]  # a file that broke off where it was made
    return Response(200, data, form.content_type, accepts_ranges=True)


@service.route(r"/(?:watch|playlist|results|shorts/[^/]+|[0-9A-Za-z_-]{11})?", parameters=None)
def page(world: World, request: Request) -> Response:
    return as_html("<title>YouTube</title>")


@service.route(r"/oembed", parameters=("url", "format"))
def oembed(world: World, request: Request) -> Response:
    """Title and author of a video by its address, without a key."""
    video_id = request.query.get("url", "").partition("v=")[2][:11] or request.query.get("url", "")[-11:]
    upload = world.catalogue.upload_by_video.get(video_id)
    if upload is None:
        return as_text("Not Found", 404)
    return as_json(
        {
            "title": upload.title,
            "author_name": upload.uploader,
            "type": "video",
            "provider_name": "YouTube",
            "thumbnail_url": f"https://i.ytimg.com/vi/{video_id}/hqdefault.jpg",
        }
    )


def _summary(upload: Upload) -> dict[str, object]:
    is_song = upload.album is not None
    return {
        "id": upload.video_id,
        "title": upload.title,
        "uploader": upload.uploader,
        "channel": upload.uploader,
        "channel_id": upload.artists[0][1],
        "duration": round(upload.duration_ms / 1000),
        "view_count": upload.views,
        "artists": [name for name, _ in upload.artists] if is_song else None,
        "album": upload.album.title if upload.album else None,
        "track": upload.title if is_song else None,
    }


def _entry(upload: Upload) -> dict[str, object]:
    """What a list tells of a video: no artists, no album."""
    return {name: value for name, value in _summary(upload).items() if name in IN_AN_ENTRY}


def _format(world: World, request: Request, upload: Upload, format_id: str) -> dict[str, object]:
    form = FORMATS[format_id]
    size = len(world.audio.file(upload.melody, format_id, upload.audio_ms)) if format_id in EXACT else None
    is_opus = form.codec == "opus"
    return {
        "format_id": form.id,
        "format_note": "low" if form.id == "249" else "medium, DRC" if form.id.endswith("-drc") else "medium",
        "url": f"{request.origin}/www.youtube.com/sandbox/media/{upload.video_id}/{form.id}.{form.extension}",
        "ext": form.extension,
        "acodec": "opus" if is_opus else "mp4a.40.2",
        "vcodec": "none",
        "abr": round(form.bitrate / 1000),
        "asr": 48_000 if is_opus else 44_100,
        "audio_channels": 2,
        "container": "webm_dash" if is_opus else "m4a_dash",
        "filesize": size,
        "filesize_approx": None if size else form.bitrate * upload.audio_ms // 8000,
        "source_preference": -5 if form.id.endswith("-drc") else -1,
        "language": None,
    }
