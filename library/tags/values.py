"""The tags of one file as values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Protocol

from library.naming.template import credit_text
from providers.base import AlbumInfo, ReleaseKind, TrackInfo

MOST_NUMBER = 65_535  # what an MP4 atom holds
VARIOUS_ARTISTS = "Various Artists"
DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


class LyricsLike(Protocol):
    """Lyrics as LRC lines and as plain text; either may be empty."""

    @property
    def synced(self) -> str: ...
    @property
    def plain(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Tags:
    """Everything Spotizer writes about a track. Empty and None are not written; values are always clean text.

    ``artist`` is the credit as people read it, ``artists`` its names one by one. ``catalogue_ids`` are pairs such as
    ``("deezer_track_id", "3135556")``. ``advisory`` is True for explicit, False for known not to be. Gains are those of
    ReplayGain 2.0, peaks are shares of full scale; what an Opus file has instead is turned into these, without peaks.
    """

    title: str = ""
    artist: str = ""
    artists: tuple[str, ...] = ()
    album: str = ""
    album_artist: str = ""
    album_artists: tuple[str, ...] = ()
    track_number: int | None = None
    track_total: int | None = None
    disc_number: int | None = None
    disc_total: int | None = None
    date: str = ""
    original_date: str = ""
    genres: tuple[str, ...] = ()
    composer: str = ""
    isrc: str = ""
    barcode: str = ""
    label: str = ""
    catalogue_number: str = ""
    copyright: str = ""
    release_type: str = ""
    advisory: bool | None = None
    is_compilation: bool = False
    recording_mbid: str = ""
    album_mbid: str = ""
    release_group_mbid: str = ""
    artist_mbids: tuple[str, ...] = ()
    album_artist_mbids: tuple[str, ...] = ()
    catalogue_ids: tuple[tuple[str, str], ...] = ()
    catalogue_link: str = ""
    source_link: str = ""
    licence: str = ""
    encoder_settings: str = ""
    track_gain_db: float | None = None
    track_peak: float | None = None
    album_gain_db: float | None = None
    album_peak: float | None = None

    def __post_init__(self) -> None:
        for entry in fields(self):
            object.__setattr__(self, entry.name, _clean(getattr(self, entry.name)))
        # A total stands behind a number in two of the three tag systems: without the number there is no place for it.
        for number, total in (("track_number", "track_total"), ("disc_number", "disc_total")):
            if getattr(self, number) is None:
                object.__setattr__(self, total, None)
        for name, digits in (("track_gain_db", 2), ("album_gain_db", 2), ("track_peak", 6), ("album_peak", 6)):
            if (number := getattr(self, name)) is not None:
                object.__setattr__(self, name, round(number, digits))
        for name in ("date", "original_date"):
            found = DATE.match(getattr(self, name))
            object.__setattr__(self, name, found[0] if found else "")


# Other programs write several values where we write one text and a list beside it.
LISTS = {"artist": "artists", "album_artist": "album_artists"}
JOINED = {"artist": ", ", "album_artist": ", ", "composer": "; ", "label": "; ", "copyright": "; "}


def from_texts(texts: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Fields of ``Tags`` by all the texts that a file has for each: one text or a tuple, as the field wants it."""
    empty = Tags()
    values: dict[str, Any] = {}
    for name, found in texts.items():
        if isinstance(getattr(empty, name), tuple):
            values[name] = tuple(found)
        else:
            values[name] = JOINED[name].join(found) if name in JOINED else "".join(found[:1])
    for name, several in LISTS.items():
        if len(texts.get(name, ())) > 1 and not values.get(several):
            values[several] = tuple(texts[name])
    return values


def clean_text(text: str, *, keep_lines: bool = False) -> str:
    """``text`` without NULs, control characters and lone surrogates: each ends or breaks a field in some reader."""
    kept = "".join(
        character
        for character in text.encode("utf-8", "ignore").decode()
        if (character >= " " and not "\x7f" <= character <= "\x9f") or character in "\t\n\r"
    )
    if keep_lines:
        return kept.replace("\r\n", "\n").replace("\r", "\n").strip()
    return re.sub(r"[\t\n\r]+", " ", kept).strip()


def _clean(value: object) -> object:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, tuple):
        cleaned = [_clean(entry) for entry in value]
        if any(isinstance(entry, tuple) for entry in value):  # pairs of name and value: a half one says nothing
            return tuple(sorted(entry for entry in cleaned if isinstance(entry, tuple) and len(entry) == 2))
        return tuple(entry for entry in cleaned if entry)
    if isinstance(value, int) and not isinstance(value, bool):
        return value if 0 < value <= MOST_NUMBER else None
    return value


def tags_for(info: TrackInfo, *, album_artists: Sequence[str] = (), source_link: str = "", licence: str = "") -> Tags:
    """The tags of ``info`` as its catalogue knows it."""
    album = info.album
    names = tuple(album_artists) or _album_names(info)
    text = credit_text(album.credits) if album and album.credits and not album_artists else ", ".join(names)
    return Tags(
        title=info.title,
        artist=credit_text(info.credits),
        artists=info.artists,
        album=album.title if album else "",
        album_artist=text,
        album_artists=names,
        track_number=info.track_number if album else None,
        track_total=album.track_total if album else None,
        disc_number=info.disc_number if album else None,
        disc_total=album.disc_total if album else None,
        date=album.released_on if album else "",
        original_date=(album.first_released_on if album else "") or info.first_released_on,
        genres=_genres(info),
        composer=info.composer,
        isrc=info.isrc,
        barcode=album.upc if album else "",
        label=album.label if album else "",
        copyright=album.copyright if album else "",
        release_type=album.kind.value if album else "",
        advisory=info.explicit,
        is_compilation=_is_compilation(album, names),
        recording_mbid=info.mbid,
        album_mbid=album.mbid if album else "",
        release_group_mbid=album.release_group_mbid if album else "",
        artist_mbids=tuple(credit.artist.mbid for credit in info.credits),
        album_artist_mbids=tuple(credit.artist.mbid for credit in album.credits) if album else (),
        catalogue_ids=tuple(_catalogue_ids(info)),
        catalogue_link=info.link,
        source_link=source_link,
        licence=licence,
    )


def _genres(info: TrackInfo) -> tuple[str, ...]:
    """The track's own, else the album's, else the artist's."""
    of_album = info.album.genres if info.album else ()
    return info.genres or of_album or (info.credits[0].artist.genres if info.credits else ())


def _album_names(info: TrackInfo) -> tuple[str, ...]:
    if info.album and info.album.credits:
        return tuple(credit.artist.name for credit in info.album.credits)
    if info.album and info.album.kind is ReleaseKind.COMPILATION:
        return (VARIOUS_ARTISTS,)
    return info.artists[:1]


def _is_compilation(album: AlbumInfo | None, names: Iterable[str]) -> bool:
    """Various artists: players file such an album as one. A best-of by one artist is none."""
    return album is not None and any(name.casefold() == VARIOUS_ARTISTS.casefold() for name in names)


def _catalogue_ids(info: TrackInfo) -> Iterable[tuple[str, str]]:
    if info.provider != "musicbrainz":  # its ids have fields of their own
        yield f"{info.provider}_track_id", info.id
    if info.album and info.album.provider != "musicbrainz":
        yield f"{info.album.provider}_album_id", info.album.id
