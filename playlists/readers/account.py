"""JSON: what Spotify gives with an export of one's account, and lists of tracks as other programs write them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from core.errors import UserError
from playlists.readers.columns import find_columns, is_in_ms, line_of
from playlists.readers.values import Gathered, Line, ReadList, Unread, unread

EXPORT = "Spotify account export"
_WRAPS = ("tracks", "items", "songs", "data")
_OTHERWISE = "Give Playlist1.json or YourLibrary.json of the export, or CSV."


def read_json(text: str) -> list[ReadList]:
    """The lists in it, empty ones left out. Raises UserError for JSON that is broken or holds no tracks."""
    try:
        found = json.loads(text)
    except RecursionError as exc:
        raise UserError("This JSON is nested too deep to be a list.", remedy=_OTHERWISE) from exc
    except ValueError as exc:
        line = getattr(exc, "lineno", 0)
        raise UserError(
            f"This JSON is broken at line {line}.", remedy="Export it once more: the end may be missing."
        ) from exc
    lists = _lists(found)
    if not lists:
        raise UserError("There are no tracks in this JSON.", remedy=_OTHERWISE)
    return lists


def _lists(found: Any) -> list[ReadList]:
    if isinstance(found, list):
        return _some(_rows(found, ""))
    if not isinstance(found, dict):
        return []
    playlists = found.get("playlists")
    if isinstance(playlists, list):
        return [one for entry in playlists if isinstance(entry, dict) for one in _some(_playlist(entry))]
    tracks = found.get("tracks")
    if isinstance(tracks, list) and "albums" in found and "artists" in found:
        return _some(_rows(tracks, "Liked songs", EXPORT))
    for name in _WRAPS:
        if isinstance(found.get(name), list):
            return _some(_rows(found[name], _text(found.get("name") or found.get("title"))))
    return []


def _some(found: ReadList) -> list[ReadList]:
    return [found] if found.lines or found.unread else []


def _playlist(entry: Mapping[str, Any]) -> ReadList:
    gathered = Gathered()
    items = entry.get("items")
    for number, item in enumerate(items if isinstance(items, list) else [], 1):
        gathered.add(_item(number, item))
    return gathered.finish(EXPORT, _text(entry.get("name")))


def _item(number: int, item: Any) -> Line | Unread:
    if not isinstance(item, dict):
        return unread(number, _raw(item), "It is no track.")
    track, local = item.get("track"), item.get("localTrack")
    if isinstance(track, dict):
        values = {"title": track.get("trackName"), "artist": track.get("artistName"), "album": track.get("albumName")}
        return line_of(number, _raw(track), _texts(values | {"link": track.get("trackUri")}))
    if isinstance(local, dict):
        values = {"title": local.get("trackName"), "artist": local.get("artistName"), "album": local.get("albumName")}
        if values["title"]:
            return line_of(number, _raw(local), _texts(values))
        return unread(number, _raw(local), "It is a file of one's own, which the export does not name.")
    if item.get("episode") or item.get("audiobook"):
        return unread(number, _raw(item), "It is an episode of a podcast or a book, not a track.")
    return unread(number, _raw(item), "The export names no track here.")


def _rows(rows: list[Any], title: str, kind: str = "JSON") -> ReadList:
    gathered = Gathered()
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            gathered.add(unread(number, _raw(row), "It is no track."))
            continue
        names = [str(name) for name in row]
        columns = find_columns(names)
        given = list(row.values())
        values = _texts({field: given[place] for field, place in columns.items()})
        gathered.add(line_of(number, _raw(row), values, in_ms=is_in_ms(names, columns)))
    return gathered.finish(kind, title)


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: _text(value) for name, value in values.items()}


def _text(value: Any) -> str:
    """A text or a number as text; of a list its members, as artists are often given; of an object its name."""
    match value:
        case str():
            return value
        case bool() | None:
            return ""
        case int() | float():
            return str(value)[:40]
        case list():
            return "; ".join(filter(None, (_text(one) for one in value[:20] if not isinstance(one, list))))
        case dict():
            name = value.get("name") or value.get("title")
            return name if isinstance(name, str) else ""
        case _:
            return ""


def _raw(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)[:1000]
