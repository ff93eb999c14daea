"""Tags as ID3v2.4 frames. Names: https://picard-docs.musicbrainz.org/en/appendices/tag_mapping.html"""

from __future__ import annotations

import re
from collections.abc import Collection

from mutagen import id3

from library.tags import gain
from library.tags.values import Tags, from_texts

UTF8 = id3.Encoding.UTF8
MUSICBRAINZ = "http://musicbrainz.org"
TEXT = {
    "title": "TIT2",
    "artist": "TPE1",
    "album": "TALB",
    "album_artist": "TPE2",
    "date": "TDRC",
    "original_date": "TDOR",
    "genres": "TCON",
    "composer": "TCOM",
    "isrc": "TSRC",
    "label": "TPUB",
    "copyright": "TCOP",
    "encoder_settings": "TSSE",
}
USER_TEXT = {
    "artists": "ARTISTS",
    "album_artists": "ALBUMARTISTS",
    "barcode": "BARCODE",
    "catalogue_number": "CATALOGNUMBER",
    "release_type": "MusicBrainz Album Type",
    "album_mbid": "MusicBrainz Album Id",
    "release_group_mbid": "MusicBrainz Release Group Id",
    "artist_mbids": "MusicBrainz Artist Id",
    "album_artist_mbids": "MusicBrainz Album Artist Id",
    "catalogue_link": "CATALOGUE_URL",
    "source_link": "SOURCE_URL",
    "licence": "LICENSE",
}
GENRES = "TCON"
ADVISORY = "ITUNESADVISORY"
# Fields whose frames are made one by one, for those who take a field away.
FRAMES = {
    "track_number": "TRCK",
    "track_total": "TRCK",
    "disc_number": "TPOS",
    "disc_total": "TPOS",
    "is_compilation": "TCMP",
    "recording_mbid": f"UFID:{MUSICBRAINZ}",
}
CATALOGUE_ID = re.compile(r"[a-z0-9_]+_(track|album)_id", re.IGNORECASE)


def frames_for(tags: Tags) -> list[id3.Frame]:
    """The frames of ``tags``."""
    frames: list[id3.Frame] = []
    for name, frame in TEXT.items():
        if texts := _texts(getattr(tags, name)):
            frames.append(getattr(id3, frame)(encoding=UTF8, text=texts))
    for name, description in USER_TEXT.items():
        if texts := _texts(getattr(tags, name)):
            frames.append(_user_text(description, texts))
    for name, value in tags.catalogue_ids:
        frames.append(_user_text(name.upper(), [value]))
    frames += [_user_text(key, [text]) for key, text in gain.texts_for(tags).items()]
    if tags.track_number:
        frames.append(id3.TRCK(encoding=UTF8, text=[_position(tags.track_number, tags.track_total)]))
    if tags.disc_number:
        frames.append(id3.TPOS(encoding=UTF8, text=[_position(tags.disc_number, tags.disc_total)]))
    if tags.advisory is not None:
        frames.append(_user_text(ADVISORY, ["1" if tags.advisory else "0"]))
    if tags.is_compilation:
        frames.append(id3.TCMP(encoding=UTF8, text=["1"]))
    if tags.recording_mbid:
        frames.append(id3.UFID(owner=MUSICBRAINZ, data=tags.recording_mbid.encode("ascii", "ignore")))
    return frames


def drop(frames: id3.ID3Tags, names: Collection[str]) -> None:
    """The frames of these fields of ``Tags`` are gone, whatever the case of their descriptions."""
    keys = {table[name] for table in (TEXT, FRAMES) for name in names if name in table}
    described = {USER_TEXT[name].lower() for name in names if name in USER_TEXT}
    described |= {key.lower() for name in names for key in gain.keys_of(name)}
    if "advisory" in names:
        described.add(ADVISORY.lower())
    for key, frame in list(frames.items()):
        called = frame.desc if frame.FrameID == "TXXX" else ""
        is_catalogue_id = "catalogue_ids" in names and CATALOGUE_ID.fullmatch(called)
        if key in keys or called.lower() in described or is_catalogue_id:
            del frames[key]


def tags_from(frames: id3.ID3Tags) -> Tags:
    """The tags that ``frames`` hold."""
    texts = {
        name: [str(text) for text in frames[frame].text] if frame in frames else [] for name, frame in TEXT.items()
    }
    if GENRES in frames:
        texts["genres"] = list(frames[GENRES].genres)  # numbers of ID3v1 by their names
    texts |= {name: _user_texts(frames, description) for name, description in USER_TEXT.items()}
    track, tracks = _numbers(frames, "TRCK")
    disc, discs = _numbers(frames, "TPOS")
    owner = frames.get(f"UFID:{MUSICBRAINZ}")
    advisory = _user_texts(frames, ADVISORY)
    return Tags(
        **from_texts(texts),
        **gain.values_from(lambda key: "".join(_user_texts(frames, key)[:1])),
        track_number=track,
        track_total=tracks,
        disc_number=disc,
        disc_total=discs,
        advisory=advisory[0] == "1" if advisory else None,
        is_compilation=bool(frames.getall("TCMP")) and str(frames.getall("TCMP")[0]) == "1",
        recording_mbid=owner.data.decode("ascii", "ignore") if owner else "",
        catalogue_ids=tuple(
            (frame.desc.lower(), str(frame.text[0]))
            for frame in frames.getall("TXXX")
            if CATALOGUE_ID.fullmatch(frame.desc) and frame.text
        ),
    )


def _texts(value: str | tuple[str, ...]) -> list[str]:
    return list(value) if isinstance(value, tuple) else [value] if value else []


def _user_text(description: str, texts: list[str]) -> id3.Frame:
    return id3.TXXX(encoding=UTF8, desc=description, text=texts)


def _user_texts(frames: id3.ID3Tags, description: str) -> list[str]:
    """The texts under this description; other programs write it in another case."""
    frame = frames.get(f"TXXX:{description}") or next(
        (frame for frame in frames.getall("TXXX") if frame.desc.lower() == description.lower()), None
    )
    return [str(text) for text in frame.text] if frame else []


def _position(number: int, total: int | None) -> str:
    return f"{number}/{total}" if total else str(number)


def _numbers(frames: id3.ID3Tags, frame: str) -> tuple[int | None, int | None]:
    text = str(frames[frame].text[0]) if frame in frames and frames[frame].text else ""
    number, _, total = text.partition("/")
    return (int(number) if number.isdigit() else None), (int(total) if total.isdigit() else None)
