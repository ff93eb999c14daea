"""music.youtube.com as ytmusicapi 1.12 asks it: the visitor id, and ``youtubei/v1`` for search, albums and songs."""

from __future__ import annotations

import re

from sandbox.catalogue.ids import Ids
from sandbox.catalogue.model import Album, Upload, UploadKind
from sandbox.http import Request, Response, Service, as_html, as_json
from sandbox.services import youtube_music_shapes as shapes
from sandbox.world import World

API = ("alt", "key", "prettyPrint", "ctoken", "continuation", "type")
PAGE, MOST = 20, 60
FILTERS = {"II": "songs", "IQ": "videos", "IY": "albums", "Ig": "artists", "Io": "playlists"}
ISRC = re.compile(r"([A-Z]{2})( ?)([A-Z0-9]{3}\d{7})")
LITERAL = ("QgIIAWoM", "AUICCAFq", "BQgIIAWoM")  # in ``params`` when the spelling is to be left alone

service = Service("music.youtube.com")
service.not_found = lambda request: error(404, "Requested entity was not found.", "NOT_FOUND")


def error(status: int, message: str, name: str) -> Response:
    return as_json({"error": {"code": status, "message": message, "status": name}}, status)


@service.route(r"/", parameters=None)
def home(world: World, request: Request) -> Response:
    visitor = Ids(world.seed).text("visitor", "sandbox", 40)
    return as_html(f'<script>ytcfg.set({{"VISITOR_DATA":"{visitor}","INNERTUBE_API_VERSION":"v1"}});</script>')


@service.route(r"/playlist", parameters=("list",))
def playlist_page(world: World, request: Request) -> Response:
    """The page from which ytmusicapi reads an album's browse id."""
    album = world.catalogue.album_by_audio_playlist.get(request.query.get("list", ""))
    data = f'<script>var initialData = "\\x22{album.browse_id}\\x22";</script>' if album else ""
    return as_html(f"<title>YouTube Music</title>{data}")


@service.route(r"/watch", parameters=None)
def watch_page(world: World, request: Request) -> Response:
    return as_html("<title>YouTube Music</title>")


@service.route(r"/youtubei/v1/search", parameters=API, methods="POST")
def search(world: World, request: Request) -> Response:
    body = request.json()
    refusal = _refuse(body)
    query, params = body.get("query"), str(body.get("params") or "")
    if refusal is not None or not isinstance(query, str):
        return refusal or error(400, "Request contains an invalid argument.", "INVALID_ARGUMENT")
    if params and not params.startswith("Eg"):
        return error(400, "Request contains an invalid argument.", "INVALID_ARGUMENT")
    kind = FILTERS.get(params[6:8], "") if params.startswith("EgWKAQ") else ""
    start = int(request.query.get("ctoken", "0") or 0) if request.query.get("ctoken", "0").isdigit() else 0
    is_literal = any(part in params for part in LITERAL)
    if kind:
        return as_json(_filtered(world, kind, query, start, is_literal))
    few = [(name, _items(world, name, query, is_literal)[:3]) for name in ("songs", "videos", "albums")]
    return as_json(shapes.mixed(few))


@service.route(r"/youtubei/v1/browse", parameters=API, methods="POST")
def browse(world: World, request: Request) -> Response:
    body = request.json()
    album: Album | None = world.catalogue.album_by_browse_id.get(str(body.get("browseId")))
    if (refusal := _refuse(body)) is not None:
        return refusal
    if album is None or album.is_removed:
        return error(404, "Requested entity was not found.", "NOT_FOUND")
    editions = world.catalogue.albums_by_release_group[album.release_group_mbid]
    tracks = [(track, _song_of(world, track.recording.name)) for track in album.tracks]
    return as_json(shapes.album_page(album, tracks, [other for other in editions if other is not album]))


@service.route(r"/youtubei/v1/player", parameters=API, methods="POST")
def player(world: World, request: Request) -> Response:
    upload = world.catalogue.upload_by_video.get(str(request.json().get("video_id") or request.json().get("videoId")))
    if upload is None:
        return as_json({"playabilityStatus": {"status": "ERROR", "reason": "Video unavailable"}})
    return as_json(shapes.player(upload))


def _refuse(body: dict[str, object]) -> Response | None:
    """The service answers only its own web client."""
    context = body.get("context")
    client = context.get("client") if isinstance(context, dict) else None
    if not isinstance(client, dict) or client.get("clientName") != "WEB_REMIX":
        return error(400, "Request contains an invalid argument.", "INVALID_ARGUMENT")
    return None


def _filtered(world: World, kind: str, query: str, start: int, is_literal: bool) -> dict[str, object]:
    items = _items(world, kind, query, is_literal)[:MOST]
    more = str(start + PAGE) if start + PAGE < len(items) else ""
    if start:
        return shapes.continuation(items[start : start + PAGE], more)
    return shapes.shelf_page(kind, items[:PAGE], more) if items else {"responseContext": {}}


def _items(world: World, kind: str, query: str, is_literal: bool) -> list[dict[str, object]]:
    catalogue = world.catalogue
    if kind == "albums":
        by_code = catalogue.album_by_upc.get(query.strip())
        found = [by_code] if by_code else catalogue.album_index.find(query)
        return [shapes.album_item(album) for album in found if not album.is_removed]
    if kind in ("songs", "videos"):
        return [shapes.upload_item(upload) for upload in _uploads(world, kind, query, is_literal)]
    if kind == "artists":
        return [shapes.artist_item(artist) for artist in catalogue.artist_index.find(query)]
    return []


def _uploads(world: World, kind: str, query: str, is_literal: bool) -> list[Upload]:
    if code := ISRC.fullmatch(query.strip()):
        return _by_isrc(world, kind, code, is_literal)
    songs = kind == "songs"
    return [upload for upload in world.catalogue.upload_index.find(query) if (upload.kind is UploadKind.ATV) is songs]


def _by_isrc(world: World, kind: str, code: re.Match[str], is_literal: bool) -> list[Upload]:
    """One hit as a rule; every fifth code works only with the space, every ninth not at all and gives strangers."""
    country, space, rest = code.groups()
    recording = world.catalogue.recording_by_isrc.get(country + rest)
    number = int(rest[-5:])
    is_hit = recording is not None and is_literal and number % 9 != 8 and (bool(space) or number % 5 != 4)
    if is_hit and recording is not None and kind == "songs":
        song = _song_of(world, recording.name)
        return [song] if song else []
    strangers = world.catalogue.uploads[number % 97 :: 613]
    return [upload for upload in strangers if (upload.kind is UploadKind.ATV) is (kind == "songs")][:3]


def _song_of(world: World, recording: str) -> Upload | None:
    """The label's upload of a recording, where there is one."""
    uploads = world.catalogue.uploads_of.get(recording, [])
    return next((upload for upload in uploads if upload.kind is UploadKind.ATV), None)
