"""Who may say something, of what, and how two ways of saying it are compared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

MANUAL, MUSICBRAINZ, SPOTIFY, DEEZER, LASTFM = "manual", "musicbrainz", "spotify", "deezer", "lastfm"
AUTHORITY = (MANUAL, MUSICBRAINZ, SPOTIFY, DEEZER, LASTFM)  # the first that says something is believed
ORIGIN_LABELS = {
    MANUAL: "By hand",
    MUSICBRAINZ: "MusicBrainz",
    SPOTIFY: "Spotify",
    DEEZER: "Deezer",
    LASTFM: "Last.fm",
    "youtube": "YouTube",
    "youtube_music": "YouTube Music",
    "soundcloud": "SoundCloud",
    "bandcamp": "Bandcamp",
    "internet_archive": "Internet Archive",
}


class Entity(StrEnum):
    RECORDING = "recording"
    ALBUM = "album"
    ARTIST = "artist"


class Shape(StrEnum):
    """What is the same, whatever it looks like."""

    TITLE = "title"  # guests aside; what one leaves out in brackets is no contradiction
    NAME = "name"
    COMPANY = "company"  # Nordlys, Nordlys Records
    TEXT = "text"
    WORD = "word"
    KIND = "kind"  # an album may turn out to be a live one
    DATE = "date"  # 2025 and 2025-10-03
    DURATION = "duration"
    BARCODE = "barcode"  # with or without zeros before it
    FLAG = "flag"
    LIST = "list"  # united, never in conflict


@dataclass(frozen=True, slots=True)
class Field:
    """``name`` is the column as well. An identity is never judged nor chosen: things are found by it."""

    name: str
    label: str
    shape: Shape
    is_identity: bool = False


def _by_name(*fields: Field) -> dict[str, Field]:
    return {field.name: field for field in fields}


FIELDS: dict[Entity, dict[str, Field]] = {
    Entity.RECORDING: _by_name(
        Field("title", "Title", Shape.TITLE),
        Field("duration_ms", "Length", Shape.DURATION),
        Field("explicit", "Explicit", Shape.FLAG),
        Field("composer", "Composer", Shape.TEXT),
        Field("genres", "Genres", Shape.LIST),
        Field("first_released_on", "First released", Shape.DATE),
        Field("isrc", "ISRC", Shape.WORD, is_identity=True),
        Field("mbid", "MusicBrainz id", Shape.WORD, is_identity=True),
    ),
    Entity.ALBUM: _by_name(
        Field("title", "Title", Shape.TITLE),
        Field("kind", "Kind", Shape.KIND),
        Field("released_on", "Released", Shape.DATE),
        Field("first_released_on", "First released", Shape.DATE),
        Field("label", "Label", Shape.COMPANY),
        Field("upc", "Barcode", Shape.BARCODE),
        Field("copyright", "Copyright", Shape.TEXT),
        Field("genres", "Genres", Shape.LIST),
        Field("explicit", "Explicit", Shape.FLAG),
        Field("mbid", "MusicBrainz id", Shape.WORD, is_identity=True),
    ),
    Entity.ARTIST: _by_name(
        Field("name", "Name", Shape.NAME),
        Field("sort_name", "Sort name", Shape.NAME),
        Field("genres", "Genres", Shape.LIST),
        Field("aliases", "Aliases", Shape.LIST),
        Field("mbid", "MusicBrainz id", Shape.WORD, is_identity=True),
    ),
}


def origin_label(origin: str) -> str:
    return ORIGIN_LABELS.get(origin, origin.replace("_", " ").capitalize())


def in_order(origins: Iterable[str], prefer: str = "") -> list[str]:
    """``origins``, the most believed first: what a person said, then the preferred one, then the usual order."""

    def rank(origin: str) -> tuple[bool, bool, int, str]:
        place = AUTHORITY.index(origin) if origin in AUTHORITY else len(AUTHORITY)
        return origin != MANUAL, origin != prefer, place, origin

    return sorted(origins, key=rank)
