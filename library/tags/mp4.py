"""Tags as MP4 atoms."""

from __future__ import annotations

from collections.abc import Collection, Mapping, MutableMapping
from typing import Any

from mutagen.mp4 import AtomDataType, MP4FreeForm

from library.tags import gain
from library.tags.id3 import ADVISORY, CATALOGUE_ID, USER_TEXT
from library.tags.values import Tags, from_texts

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
# Fields whose atoms are made one by one, for those who take a field away.
OTHERS = {
    "track_number": "trkn",
    "track_total": "trkn",
    "disc_number": "disk",
    "disc_total": "disk",
    "advisory": "rtng",
    "is_compilation": "cpil",
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


def drop(atoms: MutableMapping[str, Any], names: Collection[str]) -> None:
    """The atoms of these fields of ``Tags`` are gone, whatever the case of what free ones are called."""
    keys = {ATOMS[name] for name in names if name in ATOMS}
    keys |= {atom for name, atom in OTHERS.items() if name in names}
    free = {FREE_FORM[name].lower() for name in names if name in FREE_FORM}
    free |= {key.lower() for name in names for key in gain.keys_of(name)}
    if "advisory" in names:
        free.add(ADVISORY.lower())
    for key in list(atoms):
        called = key[len(PREFIX) :] if key.startswith(PREFIX) else ""
        is_catalogue_id = "catalogue_ids" in names and called and CATALOGUE_ID.fullmatch(called)
        if key in keys or (called and called.lower() in free) or is_catalogue_id:
            del atoms[key]


def tags_from(atoms: Mapping[str, Any]) -> Tags:
    """The tags that ``atoms`` hold."""
    atoms = _as_written(atoms)
    keys = ATOMS | {name: PREFIX + text for name, text in FREE_FORM.items()}
    values = from_texts({name: [_text(text) for text in atoms.get(key, [])] for name, key in keys.items()})
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


def _as_written(atoms: Mapping[str, Any]) -> dict[str, Any]:
    """The atoms, free ones called as we call them: other programs write them in another case."""
    ours = {name.lower(): name for name in [*FREE_FORM.values(), ADVISORY, *gain.ALL_KEYS]}
    found: dict[str, Any] = {}
    for key, value in atoms.items():
        called = key[len(PREFIX) :] if key.startswith(PREFIX) else ""
        found[PREFIX + ours.get(called.lower(), called) if called else key] = value
    return found


def _free_form(texts: tuple[str, ...]) -> list[MP4FreeForm]:
    return [MP4FreeForm(text.encode(), dataformat=AtomDataType.UTF8) for text in texts]


def _text(value: str | bytes) -> str:
    return bytes(value).decode("utf-8", "replace") if isinstance(value, bytes) else value
