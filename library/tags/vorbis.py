"""Tags as Vorbis comments (FLAC, Opus, Ogg Vorbis)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, MutableMapping, Sequence
from typing import Any

from library.tags import gain
from library.tags.id3 import CATALOGUE_ID
from library.tags.values import Tags, from_texts

COMMENTS = {
    "title": "TITLE",
    "artist": "ARTIST",
    "artists": "ARTISTS",
    "album": "ALBUM",
    "album_artist": "ALBUMARTIST",
    "album_artists": "ALBUMARTISTS",
    "date": "DATE",
    "original_date": "ORIGINALDATE",
    "genres": "GENRE",
    "composer": "COMPOSER",
    "isrc": "ISRC",
    "barcode": "BARCODE",
    "label": "LABEL",
    "catalogue_number": "CATALOGNUMBER",
    "copyright": "COPYRIGHT",
    "release_type": "RELEASETYPE",
    "recording_mbid": "MUSICBRAINZ_TRACKID",  # the recording, for reasons of history
    "album_mbid": "MUSICBRAINZ_ALBUMID",
    "release_group_mbid": "MUSICBRAINZ_RELEASEGROUPID",
    "artist_mbids": "MUSICBRAINZ_ARTISTID",
    "album_artist_mbids": "MUSICBRAINZ_ALBUMARTISTID",
    "catalogue_link": "CATALOGUE_URL",
    "source_link": "SOURCE_URL",
    "encoder_settings": "ENCODERSETTINGS",
    "licence": "LICENSE",
}
# Players look for the totals under either name.
NUMBERS = {
    "track_number": ("TRACKNUMBER",),
    "track_total": ("TRACKTOTAL", "TOTALTRACKS"),
    "disc_number": ("DISCNUMBER",),
    "disc_total": ("DISCTOTAL", "TOTALDISCS"),
}
ADVISORY, COMPILATION = "ITUNESADVISORY", "COMPILATION"
FLAGS = {"advisory": ADVISORY, "is_compilation": COMPILATION}


def comments_for(tags: Tags, *, is_opus: bool = False) -> dict[str, list[str]]:
    """The comments of ``tags``, each with its values."""
    comments: dict[str, list[str]] = {}
    for name, key in COMMENTS.items():
        value = getattr(tags, name)
        if value:
            comments[key] = list(value) if isinstance(value, tuple) else [value]
    for name, keys in NUMBERS.items():
        if getattr(tags, name):
            comments |= {key: [str(getattr(tags, name))] for key in keys}
    comments |= {name.upper(): [value] for name, value in tags.catalogue_ids}
    if tags.advisory is not None:
        comments[ADVISORY] = ["1" if tags.advisory else "0"]
    if tags.is_compilation:
        comments[COMPILATION] = ["1"]
    return comments | {key: [text] for key, text in gain.texts_for(tags, is_opus=is_opus).items()}


def drop(comments: MutableMapping[str, Any], names: Collection[str]) -> None:
    """The comments of these fields of ``Tags`` are gone."""
    keys = {COMMENTS[name] for name in names if name in COMMENTS}
    keys |= {key for name in names for key in (*NUMBERS.get(name, ()), *gain.keys_of(name))}
    keys |= {key for name, key in FLAGS.items() if name in names}
    called = list(comments.keys())  # mutagen's own iterate over pairs
    if "catalogue_ids" in names:
        keys |= {key.upper() for key in called if CATALOGUE_ID.fullmatch(key)}
    for key in {key.upper() for key in called} & keys:
        del comments[key]


def tags_from(comments: Mapping[str, Sequence[str]]) -> Tags:
    """The tags that ``comments`` (keys in any case) hold."""
    found = {key.upper(): list(values) for key, values in comments.items()}
    values: dict[str, Any] = from_texts({name: found.get(key, []) for name, key in COMMENTS.items()})
    for name, keys in NUMBERS.items():
        text = next((found[key][0] for key in keys if found.get(key)), "").partition("/")[0]
        values[name] = int(text) if text.isdigit() else None
    return Tags(
        **values,
        **gain.values_from(lambda key: "".join(found.get(key, [])[:1])),
        advisory=found[ADVISORY][0] == "1" if found.get(ADVISORY) else None,
        is_compilation=found.get(COMPILATION) == ["1"],
        catalogue_ids=tuple(
            (key.lower(), texts[0]) for key, texts in found.items() if CATALOGUE_ID.fullmatch(key) and texts
        ),
    )
