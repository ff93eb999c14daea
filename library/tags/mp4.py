"""Tags as MP4 atoms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mutagen.mp4 import AtomDataType, MP4FreeForm

from library.tags import gain
from library.tags.id3 import ADVISORY, CATALOGUE_ID, USER_TEXT
from library.tags.values import Tags

ATOMS = {
    "title": "\xa9nam",
    "artist": "\xa9ART",
    "album": "\xa9alb",
    "album_artist": "aART",
    "date": "\xa9day",
    "genres": "\xa9gen",
    "composer": "\xa9wrt",
    "copyright": "cprt",
}
PREFIX = "----:com.apple.iTunes:"
FREE_FORM = USER_TEXT | {
    "original_date": "ORIGINALDATE",
    "isrc": "ISRC",
    "label": "LABEL",
    "encoder_settings": "ENCODERSETTINGS",
    "recording_mbid": "MusicBrainz Track Id",
}


def atoms_for(tags: Tags) -> dict[str, list[Any] | bool]:
    """The atoms of ``tags``."""
    atoms: dict[str, list[Any] | bool] = {}
    for name, atom in ATOMS.items():
        value = getattr(tags, name)
        if value:
            atoms[atom] = list(value) if isinstance(value, tuple) else [value]
    for name, description in FREE_FORM.items():
        value = getattr(tags, name)
        if value:
            atoms[PREFIX + description] = _free_form(value if isinstance(value, tuple) else (value,))
    for name, value in tags.catalogue_ids:
        atoms[PREFIX + name.upper()] = _free_form((value,))
    for key, text in gain.texts_for(tags).items():
        atoms[PREFIX + key] = _free_form((text,))
    if tags.track_number:
        atoms["trkn"] = [(tags.track_number, tags.track_total or 0)]
    if tags.disc_number:
        atoms["disk"] = [(tags.disc_number, tags.disc_total or 0)]
    if tags.advisory is not None:
        atoms["rtng"] = [1 if tags.advisory else 0]
        atoms[PREFIX + ADVISORY] = _free_form(("1" if tags.advisory else "0",))
    if tags.is_compilation:
        atoms["cpil"] = True
    return atoms


def tags_from(atoms: Mapping[str, Any]) -> Tags:
    """The tags that ``atoms`` hold."""
    values: dict[str, Any] = {}
    for name, key in [*ATOMS.items(), *((name, PREFIX + text) for name, text in FREE_FORM.items())]:
        texts = [
            bytes(text).decode("utf-8", "replace") if isinstance(text, bytes) else text for text in atoms.get(key, [])
        ]
        values[name] = tuple(texts) if isinstance(getattr(Tags(), name), tuple) else "".join(texts[:1])
    track, tracks = (atoms.get("trkn") or [(None, None)])[0]
    disc, discs = (atoms.get("disk") or [(None, None)])[0]
    rating = atoms.get("rtng")
    return Tags(
        **values,
        **gain.values_from(lambda key: "".join(_text(text) for text in atoms.get(PREFIX + key, [])[:1])),
        track_number=track,
        track_total=tracks,
        disc_number=disc,
        disc_total=discs,
        advisory=rating[0] in (1, 4) if rating else None,  # 4: explicit, as iTunes wrote it before 2010
        is_compilation=bool(atoms.get("cpil")),
        catalogue_ids=tuple(
            (key.removeprefix(PREFIX).lower(), _text(texts[0]))
            for key, texts in atoms.items()
            if key.startswith(PREFIX) and CATALOGUE_ID.fullmatch(key.removeprefix(PREFIX)) and texts
        ),
    )


def _free_form(texts: tuple[str, ...]) -> list[MP4FreeForm]:
    return [MP4FreeForm(text.encode(), dataformat=AtomDataType.UTF8) for text in texts]


def _text(value: str | bytes) -> str:
    return bytes(value).decode("utf-8", "replace") if isinstance(value, bytes) else value
