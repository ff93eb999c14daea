"""Names of shared files taken apart: folders, disc, number, title."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from catalog.matching.text import fold

_LONGEST_PATH = 1000
_SLASHES = re.compile(r"[\\/]+")
_DISC_FOLDER = re.compile(r"^(?:cd|disc|disk|dvd|lp|vinyl) ?0?(\d{1,2})\b|^(?:cd|disc|disk)$")
_AUDIO = frozenset("mp3 flac m4a aac ogg oga opus wav wma alac ape aiff aif wv mpc dsf dff tta mka".split())
_EXTENSION = re.compile(r"\.([a-z0-9]{2,5})$", re.IGNORECASE)
_NUMBER = re.compile(r"^\W*(?:(?P<disc>\d)[-.](?=\d\d))?(?P<number>\d{1,3})(?!\d)(?=[\s._,)\]-])")
_NUMBER_APART = re.compile(r"(?:^|[\s_]-[\s_]|(?<=[a-z])-)(?P<number>\d{2,3})(?=[\s_]-[\s_]|-|[\s_])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SharedFile:
    """What a shared file's path says; ``name`` is its bare name with separators that read like a title's."""

    name: str
    folders: str
    album_folder: str
    nearest: tuple[str, ...]  # the folded folder of the album and the one around it
    extension: str
    is_audio: bool
    disc_number: int | None = None
    track_number: int | None = None


@lru_cache(maxsize=2048)
def _read_folders(folders: str) -> tuple[str, tuple[str, ...], str, int | None]:
    """The folded folders, the nearest two of them, the folder of the album, and the disc that a folder names."""
    parts = [part for part in _SLASHES.split(folders) if part]
    disc: int | None = None
    while parts and (match := _DISC_FOLDER.match(fold(parts[-1]))):
        disc = int(match[1]) if match[1] else disc
        parts.pop()
    nearest = tuple(fold(part.replace("_", " ")) for part in reversed(parts[-2:]) if not part.startswith("@@"))
    return fold(" ".join(parts)), nearest, parts[-1].replace("_", " ") if parts else "", disc


def read_path(path: str) -> SharedFile:
    """What ``path`` says of the file, its slashes either way."""
    path = path[-_LONGEST_PATH:]
    cut = max(path.rfind("\\"), path.rfind("/"))
    folders, base = (path[:cut], path[cut + 1 :]) if cut >= 0 else ("", path)
    extension = _EXTENSION.search(base)
    is_audio = extension is None or extension[1].lower() in _AUDIO or extension[1].isdigit()
    if extension and not extension[1].isdigit():
        base = base[: extension.start()]
    folded, nearest, album_folder, disc = _read_folders(folders)
    number_disc, number = _read_number(base)
    if " - " not in base and ("_" in base or " " not in base):
        base = base.replace("-", " - ")
    return SharedFile(
        name=base.replace("_", " "),
        folders=folded,
        album_folder=album_folder,
        nearest=nearest,
        extension=extension[1].lower() if extension else "",
        is_audio=is_audio,
        disc_number=disc or number_disc,
        track_number=number,
    )


def _read_number(base: str) -> tuple[int | None, int | None]:
    """Disc and track number of a bare file name; 103 is number 3 of disc 1."""
    match = _NUMBER.match(base)
    if match:
        disc, number = match["disc"], int(match["number"])
    elif matches := list(_NUMBER_APART.finditer(base)):
        disc, number = None, int(matches[-1]["number"])
    else:
        return None, None
    if number > 100 and disc is None:
        return number // 100, number % 100
    return (int(disc) if disc else None), number
