"""Tags in words: what a field is called, and how its value reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.units import file_size
from library.tags.files import plain_lyrics

if TYPE_CHECKING:
    from library.services.retag import Look

LABELS = {
    "title": "Title",
    "artist": "Artist",
    "artists": "Artists",
    "album": "Album",
    "album_artist": "Album artist",
    "album_artists": "Album artists",
    "track_number": "Track",
    "track_total": "Tracks",
    "disc_number": "Disc",
    "disc_total": "Discs",
    "date": "Date",
    "original_date": "Original date",
    "genres": "Genres",
    "composer": "Composer",
    "isrc": "ISRC",
    "barcode": "Barcode",
    "label": "Label",
    "catalogue_number": "Catalogue number",
    "copyright": "Copyright",
    "release_type": "Kind of release",
    "advisory": "Explicit",
    "is_compilation": "Various artists",
    "recording_mbid": "Recording at MusicBrainz",
    "album_mbid": "Release at MusicBrainz",
    "release_group_mbid": "Release group at MusicBrainz",
    "artist_mbids": "Artists at MusicBrainz",
    "album_artist_mbids": "Album artists at MusicBrainz",
    "catalogue_ids": "Ids of the catalogue",
    "catalogue_link": "Found at",
    "source_link": "Sound from",
    "licence": "Licence",
    "encoder_settings": "Encoded by",
    "track_gain_db": "Track gain",
    "track_peak": "Track peak",
    "album_gain_db": "Album gain",
    "album_peak": "Album peak",
}
MOST_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One field of one file that would change, in words; empty is no value."""

    name: str
    label: str
    before: str
    after: str
    is_by_hand: bool = False


def change_rows(one: Look) -> list[ChangeRow]:
    """What differs, field by field; cover and lyrics last."""
    rows = [
        ChangeRow(
            name,
            LABELS[name],
            tag_words(name, getattr(one.before, name)),
            tag_words(name, getattr(one.after, name)),
            name in one.by_hand,
        )
        for name in one.names
    ]
    if one.cover:
        before = file_size(one.cover_before) if one.cover_before else ""
        rows.append(ChangeRow("cover", "Cover", before, file_size(len(one.cover))))
    if one.lyrics:
        lines = plain_lyrics(one.lyrics).splitlines()
        rows.append(ChangeRow("lyrics", "Lyrics", "", " / ".join(lines)[:MOST_CHARACTERS]))
    return rows


def tag_words(name: str, value: Any) -> str:
    """A value as a person reads it, empty where there is none."""
    if value is None or value == "" or value == ():
        return ""
    if name == "catalogue_ids":
        words = ", ".join(f"{key.replace('_', ' ')} {text}" for key, text in value)
    elif isinstance(value, tuple):
        words = ", ".join(map(str, value))
    elif isinstance(value, bool):
        words = "yes" if value else "no"
    elif name.endswith("_db"):
        words = f"{value:+.2f} dB"
    else:
        words = str(value)
    return words if len(words) <= MOST_CHARACTERS else f"{words[:MOST_CHARACTERS]}…"
