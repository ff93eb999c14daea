"""archive.org as a library of sound: search, metadata of items, files behind a redirect to a storage node."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import md5
from urllib.parse import quote

from sandbox.catalogue.model import Track
from sandbox.http import BadParameter, Request, Response, as_html, as_json, redirect
from sandbox.services import lucene
from sandbox.services.cover_art_archive import STORAGE, service
from sandbox.world import World

SOUND = "mediatype:(audio OR etree)"
MIMES = {"flac": "audio/flac", "mp3": "audio/mpeg"}
FORMATS = {"flac": "Flac", "mp3": "VBR MP3"}
UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


@dataclass(frozen=True, slots=True)
class Item:
    """An album that somebody gave to the Archive. ``kinds``: the form it was given in, then what was made of it."""

    identifier: str
    album: str
    kinds: tuple[str, ...]
    licence: str = "https://creativecommons.org/licenses/by-nc-sa/4.0/"
    collection: str = "netlabels"
    is_dark: bool = False  # withdrawn
    is_private: bool = False  # only lent out


ITEMS = {
    item.identifier: item
    for item in (
        Item("vera-holm-tidal-rooms", "tidal-rooms", ("flac", "mp3")),
        Item("quick-sketches", "quick-sketches", ("flac", "mp3"), "https://creativecommons.org/licenses/by/4.0/"),
        Item("sixty-sparks", "sixty-sparks", ("mp3",), "http://creativecommons.org/publicdomain/zero/1.0/"),
        Item("vh2026-06-05.sbd", "live-at-the-boathouse", ("flac", "mp3"), "", "etree"),
        Item("northern-sky-lp", "northern-sky", ("flac",), "", "album_recordings", is_private=True),
        Item("long-road-out", "long-road", ("flac",), is_dark=True),
    )
}


@service.route(r"/advancedsearch\.php", parameters=("q", "fl[]", "sort[]", "rows", "page", "output"))
def search(world: World, request: Request) -> Response:
    query = request.query.get("q", "")
    if request.query.get("output") != "json":
        raise BadParameter("output", request.query.get("output", ""))
    if not query.startswith(SOUND):
        raise BadParameter("q", query)
    try:
        clauses = lucene.parse(query.removeprefix(SOUND).removeprefix(" AND "))
    except ValueError:
        return as_html("<title>Search Error</title>", 400)
    scored = []
    for item in ITEMS.values():
        album = world.catalogue.album_by_name[item.album]
        names = [artist.name for artist in album.artists]
        points = lucene.score(clauses, {"creator": names, "title": album.title, "identifier": item.identifier})
        if points and not item.is_dark:
            scored.append((-points, item.identifier))
    rows, page = request.integer("rows", 50, least=1, most=10_000), request.integer("page", 1, least=1, most=200)
    docs = [_doc(world, ITEMS[name]) for _, name in sorted(scored)[(page - 1) * rows : page * rows]]
    return as_json(
        {
            "responseHeader": {"status": 0, "QTime": 21},
            "response": {"numFound": len(scored), "start": (page - 1) * rows, "docs": docs},
        }
    )


@service.route(r"/metadata/([0-9A-Za-z._-]+)")
def metadata(world: World, request: Request, identifier: str) -> Response:
    """The item with its files; an unknown one is an empty object, with 200."""
    item = ITEMS.get(identifier)
    if item is None:
        return as_json({})
    if item.is_dark:
        return as_json({"is_dark": True, "metadata": {"identifier": identifier}})
    album = world.catalogue.album_by_name[item.album]
    files = [_file(world, item, track, kind) for track in album.tracks for kind in item.kinds]
    files.append({"name": f"{identifier}_meta.xml", "source": "metadata", "format": "Metadata", "size": "1200"})
    return as_json(
        {
            "created": 1_795_240_000,
            "d1": STORAGE,
            "dir": f"/12/items/{identifier}",
            "server": STORAGE,
            "files_count": len(files),
            "metadata": {**_doc(world, item), "collection": [item.collection], "mediatype": _mediatype(item)}
            | ({"access-restricted-item": "true"} if item.is_private else {}),
            "files": files,
        }
    )


@service.route(r"/download/([0-9A-Za-z._-]+)/(.+\.(?:flac|mp3))")
def download(world: World, request: Request, identifier: str, name: str) -> Response:
    item = ITEMS.get(identifier)
    if item is None or _find(world, item, name) is None:
        return as_html("<title>404 Not Found</title>", 404)
    if item.is_private:
        return as_html("<title>Item not available</title>", 403)
    return redirect(f"https://{STORAGE}/12/items/{identifier}/{quote(name)}")


@service.route(r"/12/items/([0-9A-Za-z._-]+)/(.+\.(flac|mp3))")
def storage(world: World, request: Request, identifier: str, name: str, kind: str) -> Response:
    item = ITEMS.get(identifier)
    track = _find(world, item, name) if item else None
    if track is None:
        return as_html("<title>404 Not Found</title>", 404)
    data = world.audio.shared(_melody(track), kind, max(1, round(track.recording.duration_ms * request.scale)))
    return Response(200, data, MIMES[kind], accepts_ranges=True)


@service.route(r"/details/.*", parameters=None)
def page(world: World, request: Request) -> Response:
    return as_html("<title>Internet Archive</title>")


def _doc(world: World, item: Item) -> dict[str, object]:
    album = world.catalogue.album_by_name[item.album]
    names = [artist.name for artist in album.artists]
    doc: dict[str, object] = {
        "identifier": item.identifier,
        "title": album.title,
        "creator": names[0] if len(names) == 1 else names,
        "date": f"{album.released_on}T00:00:00Z",
    }
    return doc | ({"licenseurl": item.licence} if item.licence else {})


def _file(world: World, item: Item, track: Track, kind: str) -> dict[str, object]:
    """All numbers are texts, as the Archive writes them. Only what was given carries the album and the track."""
    data = world.audio.shared(_melody(track), kind, track.recording.duration_ms)
    is_original = kind == item.kinds[0]
    seconds = track.recording.duration_ms / 1000
    file: dict[str, object] = {
        "name": _name(track, kind),
        "source": "original" if is_original else "derivative",
        "format": FORMATS[kind],
        "size": str(len(data)),
        "md5": md5(data).hexdigest(),
        "length": f"{seconds:.2f}" if kind == "flac" else f"{int(seconds) // 60}:{int(seconds) % 60:02}",
        "mtime": "1779000000",
    }
    if item.is_private:
        file["private"] = "true"
    if not is_original:
        return file | {"original": _name(track, item.kinds[0])}
    return file | {
        "title": track.recording.full_title,
        "track": f"{track.track_number:02}",
        "album": track.album.title,
        "creator": ", ".join(artist.name for artist in track.recording.artists),
    }


def _name(track: Track, kind: str) -> str:
    title = UNSAFE.sub("_", track.recording.full_title)
    return f"{track.disc_number}-{track.track_number:02} {title}.{kind}"


def _find(world: World, item: Item, name: str) -> Track | None:
    tracks = world.catalogue.album_by_name[item.album].tracks
    return next((track for track in tracks for kind in item.kinds if _name(track, kind) == name), None)


def _melody(track: Track) -> str:
    return f"{track.recording.name}|archive"


def _mediatype(item: Item) -> str:
    return "etree" if item.collection == "etree" else "audio"
