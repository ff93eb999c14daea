"""What a catalogue's answer says, field by field, in a form that can be kept and put into a column."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from catalog.metadata.alike import is_empty
from catalog.metadata.fields import FIELDS, Entity, Field, Shape
from catalog.metadata.merge import MOST_IN_LIST
from providers.base import AlbumInfo, ArtistInfo, ReleaseKind, TrackInfo

MOST_MS = 2**31 - 1
MOST_ENTRY = 100  # characters of one genre
LENGTHS = {  # of the columns
    "title": 1000,
    "name": 500,
    "sort_name": 500,
    "composer": 500,
    "label": 300,
    "copyright": 1000,
    "upc": 14,
    "isrc": 12,
    "mbid": 36,
}
KINDS = frozenset(kind.value for kind in ReleaseKind)
DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


def of_recording(info: TrackInfo) -> dict[str, Any]:
    return clean(
        Entity.RECORDING,
        {
            "title": info.title,
            "duration_ms": info.duration_ms,
            "explicit": info.explicit,
            "composer": info.composer,
            "genres": info.genres,
            "first_released_on": info.first_released_on,
            "isrc": info.isrc,
            "mbid": info.mbid,
        },
    )


def of_album(info: AlbumInfo) -> dict[str, Any]:
    return clean(
        Entity.ALBUM,
        {
            "title": info.title,
            "kind": info.kind.value,
            "released_on": info.released_on,
            "first_released_on": info.first_released_on,
            "label": info.label,
            "upc": info.upc,
            "copyright": info.copyright,
            "genres": info.genres,
            "explicit": info.explicit,
            "mbid": info.mbid,
        },
    )


def of_artist(info: ArtistInfo) -> dict[str, Any]:
    said = {
        "name": info.name,
        "sort_name": info.sort_name,
        "genres": info.genres,
        "aliases": info.aliases,
        "mbid": info.mbid,
    }
    return clean(Entity.ARTIST, said)


def clean(entity: Entity, said: Mapping[str, Any]) -> dict[str, Any]:
    """What of ``said`` has a field and can be kept; garbage and silence are left out."""
    known = FIELDS[entity]
    found = {}
    for name, value in said.items():
        # What is not said at all is most of it, and lists are stored by the thousand.
        if value is None or value == "" or value == () or name not in known:
            continue
        cleaned = clean_value(known[name], value)
        if not is_empty(cleaned):
            found[name] = cleaned
    return found


def clean_value(field: Field, value: Any) -> Any:
    """``value`` as its column takes it; None or empty for what it cannot hold."""
    clean_shape = _CLEAN.get(field.shape)
    return clean_shape(value) if clean_shape else _text(value, LENGTHS[field.name])


def _text(value: Any, most: int) -> str:
    return value.replace("\x00", "").strip()[:most] if isinstance(value, str) else ""


def _list(value: Any) -> list[str]:
    entries = [_text(entry, MOST_ENTRY) for entry in value] if isinstance(value, list | tuple) else []
    return list(dict.fromkeys(filter(None, entries)))[:MOST_IN_LIST]


def _duration(value: Any) -> int | None:
    return value if type(value) is int and 0 < value <= MOST_MS else None


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _kind(value: Any) -> str:
    return str(value) if value in KINDS else ""


def _date(value: Any) -> str:
    """A date as precise as it is true: services write 0000-00-00 and 1998-00-00 for what they do not know."""
    found = DATE.match(value) if isinstance(value, str) else None
    if not found or found[1] == "0000":
        return ""
    parts = [found[1]]
    for part, most in ((found[2], 12), (found[3], 31)):
        if part is None or not 1 <= int(part) <= most:
            break
        parts.append(part)
    return "-".join(parts)


_CLEAN: dict[Shape, Callable[[Any], Any]] = {
    Shape.LIST: _list,
    Shape.DURATION: _duration,
    Shape.FLAG: _flag,
    Shape.KIND: _kind,
    Shape.DATE: _date,
}
