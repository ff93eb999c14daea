"""MusicBrainz's entities: keys with hyphens, lengths in milliseconds or null, what ``inc`` asks for and no more."""

from __future__ import annotations

from itertools import groupby

from sandbox.catalogue.ids import Ids
from sandbox.catalogue.model import Album, Artist, Recording, Track

Shape = dict[str, object]
PRIMARY = {"album": "Album", "single": "Single", "ep": "EP", "compile": "Album"}
MOST_LINKED = 25  # a lookup embeds no more
NO_LENGTH = frozenset({"lost-tapes/1.1"})  # nobody has measured it
# Where its editors know better than the shops, or think so: the catalogue's sources disagree in real life as well.
KNOWN_OTHERWISE: dict[str, Shape] = {
    "sixty-sparks": {"label": "Circuit Board Discs", "date": "2024-08-30"},
    "neon-harbour": {"label": "Night Ferry", "date": "2022-06-24"},
}
_IDS = Ids("musicbrainz")


def artist_stub(artist: Artist) -> Shape:
    shape: Shape = {
        "id": artist.mbid,
        "name": artist.name,
        "sort-name": artist.sort_name,
        "type": artist.kind,
        "country": artist.country,
        "disambiguation": "",
    }
    return shape


def credits(artists: tuple[Artist, ...], featured: tuple[Artist, ...] = ()) -> list[Shape]:
    people = (*artists, *featured)
    shapes: list[Shape] = []
    for place, person in enumerate(people):
        is_last = place == len(people) - 1
        join = "" if is_last else " feat. " if place == len(artists) - 1 else " & "
        shapes.append({"name": person.name, "joinphrase": join, "artist": artist_stub(person)})
    return shapes


def genres(name: str) -> list[Shape]:
    lower = name.lower()
    return [{"id": _IDS.mbid("genre", lower), "name": lower, "count": 4, "disambiguation": ""}]


def _extras(asked: frozenset[str], genre: str) -> Shape:
    extra: Shape = {}
    if "genres" in asked:
        extra["genres"] = genres(genre)
    if "tags" in asked:
        extra["tags"] = [{"name": genre.lower(), "count": 4}]
    return extra


def recording(item: Recording, asked: frozenset[str]) -> Shape:
    shape: Shape = {
        "id": item.mbid,
        "title": item.plain_title if "Remaster" not in item.version else item.title,
        "length": None if item.name in NO_LENGTH else item.duration_ms,
        "video": False,
        "disambiguation": "clean" if item.is_clean_twin else "explicit" if item.explicit else "",
        "first-release-date": item.released_on,
        **_extras(asked, item.artists[0].genre),
    }
    if "artist-credits" in asked:
        shape["artist-credit"] = credits(item.artists, item.featured)
    if "isrcs" in asked:
        shape["isrcs"] = [item.isrc]
    if "releases" in asked:
        inner = asked & {"release-groups", "media", "artist-credits"}
        shape["releases"] = [_release_of_track(track, inner) for track in item.tracks[:MOST_LINKED]]
    if "work-rels" in asked:
        shape["relations"] = _works(item, asked)
    elif "url-rels" in asked:
        shape["relations"] = []
    return shape


def _works(item: Recording, asked: frozenset[str]) -> list[Shape]:
    """The work that it performs, with who wrote it where people of works were asked for."""
    if item.artists[0].name == "Various Artists":
        return []
    work: Shape = {"id": _IDS.mbid("work", item.title), "title": item.title, "type": "Song", "relations": []}
    if {"work-level-rels", "artist-rels"} <= asked:
        work["relations"] = [
            {
                "type": kind,
                "target-type": "artist",
                "direction": "backward",
                "artist": artist_stub(item.artists[0]),
            }
            for kind in ("composer", "lyricist")
        ]
    return [{"type": "performance", "target-type": "work", "direction": "forward", "work": work}]


def _release_of_track(track: Track, asked: frozenset[str]) -> Shape:
    shape = release(track.album, asked)
    if "media" in asked:
        medium = {
            "position": track.disc_number,
            "format": "Digital Media",
            "track-count": sum(other.disc_number == track.disc_number for other in track.album.tracks),
            "track-offset": track.track_number - 1,
            "track": [_track(track, frozenset(), with_recording=False)],
        }
        shape["media"] = [medium]
    return shape


def primary_type(album: Album) -> str:
    return PRIMARY[album.record_type]


def _date(album: Album) -> str:
    if date := KNOWN_OTHERWISE.get(album.name, {}).get("date"):
        return str(date)
    return album.released_on[: {"year": 4, "month": 7, "day": 10}[album.date_precision]]


def release_group_stub(album: Album) -> Shape:
    return {
        "id": album.release_group_mbid,
        "title": album.title.split(" (")[0] if album.name.startswith(("tidal", "northern")) else album.title,
        "primary-type": primary_type(album),
        "secondary-types": list(album.secondary_types),
        "first-release-date": _date(album),
        "disambiguation": "",
    }


def release_group(editions: list[Album], asked: frozenset[str]) -> Shape:
    first = min(editions, key=lambda album: album.released_on)
    shape = {**release_group_stub(first), **_extras(asked, first.genre)}
    if "artist-credits" in asked:
        shape["artist-credit"] = credits(first.artists)
    if "releases" in asked:
        shape["releases"] = [release(album, frozenset()) for album in editions]
    if "url-rels" in asked:
        shape["relations"] = []
    return shape


def release(album: Album, asked: frozenset[str]) -> Shape:
    shape: Shape = {
        "id": album.mbid,
        "title": album.title,
        "status": "Official",
        "status-id": _IDS.mbid("status", "Official"),
        "quality": "normal",
        "date": _date(album),
        "country": "XW",
        "barcode": album.upc,
        "packaging": None,
        "disambiguation": "explicit" if album.explicit else "",
        "text-representation": {"language": "eng", "script": "Latn"},
        "cover-art-archive": {
            "artwork": album.has_cover,
            "front": album.has_cover,
            "back": False,
            "count": int(album.has_cover),
            "darkened": False,
        },
        **_extras(asked, album.genre),
    }
    if "artist-credits" in asked:
        shape["artist-credit"] = credits(album.artists)
    if "release-groups" in asked:
        shape["release-group"] = release_group_stub(album)
    if "labels" in asked:
        label = str(KNOWN_OTHERWISE.get(album.name, {}).get("label", album.label))
        number = f"{label[:3].upper()}{album.deezer_id % 1000:03d}"
        shape["label-info"] = [{"catalog-number": number, "label": {"id": _IDS.mbid("label", label), "name": label}}]
    if "media" in asked or "recordings" in asked:
        shape["media"] = [
            _medium(disc, list(tracks), asked) for disc, tracks in groupby(album.tracks, key=lambda t: t.disc_number)
        ]
    if "url-rels" in asked:
        shape["relations"] = _relations(
            f"https://open.spotify.com/album/{album.spotify_id}", f"https://www.deezer.com/album/{album.deezer_id}"
        )
    return shape


def _medium(disc: int, tracks: list[Track], asked: frozenset[str]) -> Shape:
    shape: Shape = {
        "position": disc,
        "format": "Digital Media",
        "title": "",
        "track-count": len(tracks),
        "track-offset": 0,
    }
    if "recordings" in asked:
        shape["tracks"] = [_track(track, asked, with_recording=True) for track in tracks]
    return shape


def _track(track: Track, asked: frozenset[str], *, with_recording: bool) -> Shape:
    item = track.recording
    vinyl = track.album.name == "northern-sky"
    number = f"{'AB'[track.track_number > 3]}{track.track_number}" if vinyl else str(track.track_number)
    shape: Shape = {
        "id": track.mbid,
        "number": number,
        "position": track.track_number,
        "title": item.plain_title,
        "length": None if item.name in NO_LENGTH else item.duration_ms,
    }
    if with_recording:
        inner = {"artist-credits", "isrcs", "genres", "tags"}
        if "recording-level-rels" in asked:
            inner |= {"work-rels", "work-level-rels", "artist-rels"}
        shape["recording"] = recording(item, asked & inner)
        if "artist-credits" in asked:
            shape["artist-credit"] = credits(item.artists, item.featured)
    return shape


def artist(item: Artist, asked: frozenset[str]) -> Shape:
    shape = {
        **artist_stub(item),
        "life-span": {"begin": None, "end": None, "ended": False},
        **_extras(asked, item.genre),
    }
    if "aliases" in asked:
        is_other = item.sort_name != item.name
        shape["aliases"] = (
            [{"name": item.sort_name, "sort-name": item.sort_name, "locale": None, "primary": None}] if is_other else []
        )
    if "release-groups" in asked:
        groups = {album.release_group_mbid: album for album in reversed(item.albums)}
        shape["release-groups"] = [release_group_stub(album) for album in reversed(groups.values())][:MOST_LINKED]
    if "url-rels" in asked:
        shape["relations"] = _relations(
            f"https://open.spotify.com/artist/{item.spotify_id}", f"https://www.deezer.com/artist/{item.deezer_id}"
        )
    return shape


def _relations(*addresses: str) -> list[Shape]:
    return [
        {
            "type": "free streaming",
            "target-type": "url",
            "direction": "forward",
            "ended": False,
            "url": {"id": _IDS.mbid("url", address), "resource": address},
        }
        for address in addresses
    ]


def url(resource: str, found: Artist | Album, asked: frozenset[str]) -> Shape:
    relation: Shape = {"type": "free streaming", "direction": "backward", "ended": False}
    shape: Shape = {"id": _IDS.mbid("url", resource), "resource": resource, "relations": []}
    if isinstance(found, Artist) and "artist-rels" in asked:
        shape["relations"] = [{**relation, "target-type": "artist", "artist": artist_stub(found)}]
    elif isinstance(found, Album) and "release-rels" in asked:
        shape["relations"] = [{**relation, "target-type": "release", "release": release(found, frozenset())}]
    return shape


def search_fields(item: Artist | Album | Recording | list[Album]) -> dict[str, object]:
    """The fields that a Lucene query may name, with what this item has there."""
    if isinstance(item, Artist):
        return {
            "artist": [item.name, item.sort_name],
            "alias": item.sort_name,
            "country": item.country,
            "type": item.kind,
            "arid": item.mbid,
        }
    if isinstance(item, Recording):
        albums = [track.album for track in item.tracks]
        return {
            "recording": [item.plain_title, item.title],
            "artist": [a.name for a in item.all_artists],
            "arid": [a.mbid for a in item.all_artists],
            "isrc": item.isrc,
            "rid": item.mbid,
            "dur": item.duration_ms,
            "qdur": item.duration_ms // 2000,
            "release": [album.title for album in albums],
            "date": [_date(album) for album in albums],
            "tnum": [track.track_number for track in item.tracks],
        }
    albums = item if isinstance(item, list) else [item]
    first = albums[0]
    return {
        "release": [album.title for album in albums],
        "releasegroup": [album.title for album in albums],
        "rgid": first.release_group_mbid,
        "reid": [album.mbid for album in albums],
        "artist": [a.name for a in first.artists],
        "arid": [a.mbid for a in first.artists],
        "barcode": [code for album in albums for code in (album.upc, album.upc.lstrip("0"))],
        "date": [_date(album) for album in albums],
        "status": "official",
        "primarytype": primary_type(first),
        "secondarytype": list(first.secondary_types),
        "tracks": [len(album.tracks) for album in albums],
        "country": "XW",
    }
