"""The template language: ``{Album Artist}`` or ``%ar_album%``, ``{Track:000}``, ``{Genre|Other}`` and ``< … >``.

``{Name|words}`` takes ``words``, or another placeholder in their place, where there is no value; ``<text with {Name}>``
is left out where a value inside it is missing; ``/`` parts folders. Case, spaces and underscores do not matter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from core.errors import UserError
from library.naming.safe import legible, safe_part
from providers.base import Credit, ReleaseKind, TrackInfo

TOKEN = re.compile(r"\{([^{}|:]+)(?::([^{}|]*))?(?:\|((?:[^{}]|\{[^{}]*\})*))?\}|%([A-Za-z][\w ]*)%")
SECTION = re.compile(r"<([^<>]*)>")
DANGLING = re.compile(r"^[\s_–-]+|[\s_–-]+$")
VARIOUS_ARTISTS = "Various Artists"
EMPTY_BRACKETS = re.compile(r"\(\s*\)|\[\s*\]")


@dataclass(frozen=True, slots=True)
class Values:
    """What the placeholders of one file stand for."""

    info: TrackInfo
    extension: str
    album_artists: Sequence[str] = ()
    extra: Mapping[str, str] = field(default_factory=dict)  # further values by name: playlist, position, quality
    names_disc: bool = False  # the template places the disc itself

    @property
    def has_album(self) -> bool:
        return self.info.album is not None and bool(self.info.album.title.strip())

    @property
    def has_discs(self) -> bool:
        total = self.info.album.disc_total if self.info.album else None
        return (total or 1) > 1 or (self.info.disc_number or 1) > 1


def credit_text(credits: Sequence[Credit]) -> str:
    """The credit as one text: ``A feat. B``. A comma, or feat., joins what the service did not join."""
    text = ""
    for index, credit in enumerate(credits):
        text += credit.artist.name
        if index + 1 < len(credits):
            text += credit.join_phrase or (" feat. " if credits[index + 1].is_featured else ", ")
    return text


def _album_artists(values: Values) -> list[str]:
    if values.album_artists:
        return list(values.album_artists)
    album = values.info.album
    if album is not None and album.credits:
        return [credit.artist.name for credit in album.credits]
    if album is not None and album.kind is ReleaseKind.COMPILATION:
        return [VARIOUS_ARTISTS]
    # The first name only: features must not scatter an artist's single tracks over folders.
    return list(values.info.artists[:1])


def _album_artist(values: Values) -> str:
    album = values.info.album
    if not values.album_artists and album is not None and album.credits:
        return _or(credit_text(album.credits), "Unknown Artist")
    return _or(", ".join(_album_artists(values)), "Unknown Artist")


def _or(value: str, otherwise: str) -> str:
    """``value``, or ``otherwise`` where there is nothing in it that can be seen."""
    return value if safe_part(legible(value)) else otherwise


def _from_album(name: str) -> Callable[[Values], str]:
    def value(values: Values) -> str:
        found = getattr(values.info.album, name, None)
        return "" if found is None else str(found)

    return value


def _padded(number: int | None, total: int | None) -> str:
    return "" if number is None else f"{number:0{max(2, len(str(total or 0)))}}"


def _track_number(values: Values) -> str:
    if not values.has_album:
        return ""
    return _padded(values.info.track_number, values.info.album.track_total if values.info.album else None)


def _track(values: Values) -> str:
    """``01``, or ``1-01`` on several discs where the template does not say the disc elsewhere."""
    number = _track_number(values)
    if number and values.has_discs and not values.names_disc:
        return f"{values.info.disc_number or 1}-{number}"
    return number


def _disc(values: Values) -> str:
    return str(values.info.disc_number or 1) if values.has_album else ""


def _disc_in_two(values: Values) -> str:
    return f"{values.info.disc_number or 1:02}" if values.has_album else ""


def _initial(text: str) -> str:
    """The letter under which a list files ``text``; ``#`` for what begins with none."""
    word = re.sub(r"^(the|a|an)\s+", "", text.strip(), flags=re.IGNORECASE)
    return word[0].upper() if word and word[0].isalpha() else "#"


def _genre(values: Values) -> str:
    """The first that the tags name: the track's own, else the album's, else the artist's."""
    info = values.info
    of_album = info.album.genres if info.album else ()
    of_artist = info.credits[0].artist.genres if info.credits else ()
    return next(iter(info.genres or of_album or of_artist), "")


def _is_compilation(values: Values) -> bool:
    """Various artists, as the tags have it: a best-of by one artist is none."""
    return values.has_album and VARIOUS_ARTISTS.casefold() in (name.casefold() for name in _album_artists(values))


def _first_date(values: Values) -> str:
    of_album = values.info.album.first_released_on if values.info.album else ""
    return of_album or values.info.first_released_on


def _first_mbid(credits: Sequence[Credit]) -> str:
    return credits[0].artist.mbid if credits else ""


def _date(values: Values) -> str:
    return values.info.album.released_on if values.info.album else ""


PLACEHOLDERS: dict[str, Callable[[Values], str]] = {
    "Title": lambda v: _or(v.info.title, "Unknown Title"),
    "Artist": lambda v: _or(credit_text(v.info.credits), "Unknown Artist"),
    "Artists": lambda v: _or(", ".join(v.info.artists), "Unknown Artist"),
    "Main Artist": lambda v: _or("".join(v.info.artists[:1]), "Unknown Artist"),
    "Album": lambda v: v.info.album.title if v.info.album else "",
    "Album Artist": _album_artist,
    "Album Type": lambda v: v.info.album.kind.value if v.info.album else "",
    "Year": lambda v: _date(v)[:4],
    "Date": _date,
    "Original Year": lambda v: _first_date(v)[:4],
    "Original Date": _first_date,
    "Compilation": lambda v: "Compilations" if _is_compilation(v) else "",
    "Compilation Artist": lambda v: credit_text(v.info.credits) if _is_compilation(v) else "",
    "Track": _track,
    "Track Number": _track_number,
    "Total Tracks": _from_album("track_total"),
    "Disc": _disc,
    "Disc Folder": lambda v: f"Disc {_disc(v)}" if v.has_album and v.has_discs else "",
    "Total Discs": _from_album("disc_total"),
    "Genre": _genre,
    "Composer": lambda v: v.info.composer,
    "Label": _from_album("label"),
    "Copyright": _from_album("copyright"),
    "Barcode": _from_album("upc"),
    "ISRC": lambda v: v.info.isrc,
    "Explicit": lambda v: "Explicit" if v.info.explicit else "",
    "Duration": lambda v: "" if v.info.duration_ms is None else str(round(v.info.duration_ms / 1000)),
    "Format": lambda v: v.extension.upper(),
    "Initial": lambda v: _initial(_album_artist(v)),
    "Provider": lambda v: v.info.provider,
    "Track Id": lambda v: v.info.id,
    "MusicBrainz Track Id": lambda v: v.info.mbid,
    "MusicBrainz Album Id": _from_album("mbid"),
    "MusicBrainz Release Group Id": _from_album("release_group_mbid"),
    "MusicBrainz Artist Id": lambda v: _first_mbid(v.info.credits),
    "MusicBrainz Album Artist Id": lambda v: _first_mbid(v.info.album.credits if v.info.album else ()),
}
# Values that a file may have without its catalogue saying so: who files it knows them (``Values.extra``).
FILED = {
    "Quality": "the bitrate, or the format where nothing is lost",
    "Playlist": "the playlist that asked for the track",
    "Position": "the track's place in that playlist",
}
# Templates of other programs name these. Nothing here says them, so they stand for nothing.
SILENT = {
    *("author", "lyricist", "version", "comment", "encodedby", "language", "lyrics", "mood", "rating"),
    *("website", "artistdisambiguation", "albumdisambiguation"),
    *(f"replaygain{what}{which}" for what in ("track", "album") for which in ("gain", "peak")),
}
# Other words for the same, among them those of Spotizerr, Picard, SoulSpot and Lidarr.
ALIASES = {
    "music": "title",
    "tracktitle": "title",
    "trackcleantitle": "title",
    "artistname": "albumartist",
    "artistcleanname": "albumartist",
    "firstartist": "mainartist",
    "albumtitle": "album",
    "albumcleantitle": "album",
    "aralbum": "albumartist",
    "albumartists": "albumartist",
    "releaseyear": "year",
    "releasedate": "date",
    "tracknum": "track",
    "tracktotal": "totaltracks",
    "discnumber": "disc",
    "medium": "disc",
    "disctotal": "totaldiscs",
    "publisher": "label",
    "upc": "barcode",
    "ext": "format",
    "firstletter": "initial",
    "spotifyid": "trackid",
}


def _plain(name: str) -> str:
    return re.sub(r"[\s_\-]+", "", name).lower()


BY_PLAIN_NAME = {_plain(name): value for name, value in PLACEHOLDERS.items()} | {"discnum": _disc_in_two}
KNOWN = {*BY_PLAIN_NAME, *map(_plain, FILED), *SILENT}
NUMBERED = re.compile(r"(artist|albumartist|aralbum)(\d+)")
DISC_NAMES = {"disc", "discnum", "discfolder"}


def names_in(template: str) -> list[str]:
    """The placeholders of ``template`` by their plain names, aliases resolved."""
    plain = [_plain(match[1] or match[4]) for match in _tokens(template)]
    return [ALIASES.get(name, name) for name in plain]


def _tokens(template: str) -> Iterator[re.Match[str]]:
    """Each placeholder, and those that stand in where it has no value."""
    for match in TOKEN.finditer(template):
        yield match
        yield from _tokens(match[3] or "")


def has_album_folder(template: str) -> bool:
    """Whether each album gets a folder of its own: only there may a cover.jpg lie."""
    folders = re.split(r"[/\\]", template.rstrip("/\\ "))[:-1]
    return any("album" in names_in(folder) for folder in folders)


def check_template(template: str) -> None:
    """Raise UserError where ``template`` names what there is not, or would not give every track a name of its own."""
    # %words% that nobody knows are taken as they come, for the sake of clients written for Spotizerr.
    braced = [ALIASES.get(_plain(match[1]), _plain(match[1])) for match in _tokens(template) if match[1]]
    unknown = [name for name in braced if name not in KNOWN and not NUMBERED.fullmatch(name)]
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in [*PLACEHOLDERS, *FILED])
        raise UserError(f"The name template has an unknown placeholder: {unknown[0]}.", remedy=f"Known are: {known}.")
    last = re.split(r"[/\\]", template.rstrip("/\\ "))[-1]
    if not {"title", "trackid", "isrc", "track", "tracknumber", "musicbrainztrackid"} & set(names_in(last)):
        raise UserError(
            "The name template gives all tracks of an album the same name.",
            remedy="Put {Title} into its last part, for example {Album Artist}/{Album} ({Year})/{Track} {Title}.",
        )


def value_of(name: str, values: Values) -> str:
    """What placeholder ``name`` stands for, empty where it is unknown or has no value."""
    plain = _plain(name)
    plain = ALIASES.get(plain, plain)
    if found := NUMBERED.fullmatch(plain):
        names = list(values.info.artists) if found[1] == "artist" else _album_artists(values)
        return names[int(found[2]) - 1] if 0 < int(found[2]) <= len(names) else ""
    if plain in BY_PLAIN_NAME:
        return BY_PLAIN_NAME[plain](values).strip()
    return next((value.strip() for key, value in values.extra.items() if _plain(key) == plain), "")


def render(part: str, values: Values) -> tuple[str, bool]:
    """One part of the template filled in, and whether it said anything of this file (or had nothing to say)."""
    filled = 0
    asked = 0

    def fill(match: re.Match[str]) -> str:
        nonlocal filled, asked
        asked += 1
        value = value_of(match[1] or match[4], values)
        if match[2] and value.isdigit():
            value = value.lstrip("0").rjust(_width(match[2]), "0")
        value = legible(value) or TOKEN.sub(fill, match[3] or "")
        filled += bool(value)
        return value

    def section(match: re.Match[str]) -> str:
        inside = match[1]
        if all(value_of(token[1] or token[4], values) for token in TOKEN.finditer(inside)):
            return inside
        return ""

    text = TOKEN.sub(fill, SECTION.sub(section, part))
    if filled < asked:
        text = EMPTY_BRACKETS.sub("", text)  # " ()" where the year is missing
        text = DANGLING.sub("", text)  # "- Title" where the number is missing
    return text.strip(), filled > 0 or asked == 0


def _width(spec: str) -> int:
    """3 for ``000``, ``03d`` and ``3``."""
    digits = re.sub(r"\D", "", spec)
    if not digits:
        return 0
    return min(len(digits) if set(digits) == {"0"} else int(digits), 9)
