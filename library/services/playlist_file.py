"""The M3U8 file of a downloaded playlist: rewritten whole each time, and never over a file that is not ours."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from catalog.models import Playlist
from core.errors import PermanentError
from core.storage import storage_errors
from library.models import PlaylistFile
from library.naming import folded, legible, numbered, safe_part
from library.services.folder import ready_library
from library.services.place import part_name, place_sidecar

FOLDER = "Playlists"
MOST_NUMBER = 99


@dataclass(frozen=True, slots=True)
class Entry:
    """One track of the list. ``path`` is relative to the library; ``duration_ms`` None where it is not known."""

    path: str
    title: str
    artist_text: str
    duration_ms: int | None


def playlist_text(title: str, entries: Iterable[Entry]) -> str:
    """The file's text: extended M3U with paths relative to the folder of playlists, in NFC, one line each.

    https://datatracker.ietf.org/doc/html/rfc8216#section-4 for the lines; players agree on EXTINF and PLAYLIST.
    """
    lines = ["#EXTM3U", f"#PLAYLIST:{_line(title)}"]
    for entry in entries:
        seconds = -1 if entry.duration_ms is None else round(entry.duration_ms / 1000)
        names = " - ".join(filter(None, (_line(entry.artist_text), _line(entry.title))))
        lines += [f"#EXTINF:{seconds},{names}", f"../{entry.path}"]
    return "\n".join(lines) + "\n"


def write_playlist(playlist: Playlist, entries: Iterable[Entry]) -> PurePosixPath:
    """The list stands in the library's folder of playlists, relative to which its path is given.

    The file that was written for this playlist before is replaced, and follows its title. One that somebody has
    changed since, or made, stays as it is: the list then takes the next free name. Raises StorageError, or
    PermanentError where a hundred names are taken.
    """
    root = ready_library()
    data = playlist_text(playlist.title, entries).encode()
    row = PlaylistFile.objects.filter(playlist=playlist).first()
    stem = safe_part(legible(playlist.title), extension="m3u8") or f"Playlist {playlist.pk}.m3u8"
    with storage_errors(root / FOLDER):
        folder = _folder(root)
        mine = _mine(root, row)
        if mine and _is_name_of(mine.name, stem):
            _replace(mine, data, playlist.pk)
            path = PurePosixPath(mine.relative_to(root).as_posix())
        else:
            path = _new(folder.relative_to(root), stem, data, playlist.pk)
            if mine:  # the title has changed: what we wrote under the old one says nothing more
                mine.unlink()
    values = {"path": str(path), "sha256": hashlib.sha256(data).hexdigest()}
    PlaylistFile.objects.update_or_create(playlist=playlist, defaults=values)
    return path


def _line(text: str) -> str:
    """``text`` on one line, whatever the catalogue has put into it."""
    shown = "".join(" " if unicodedata.category(letter) in {"Cc", "Zl", "Zp"} else letter for letter in text)
    return " ".join(unicodedata.normalize("NFC", shown).split())


def _folder(root: Path) -> Path:
    """The folder of playlists, as it is spelled already where it is there."""
    with os.scandir(root) as entries:
        present = [entry.name for entry in entries if folded(entry.name) == folded(FOLDER) and entry.is_dir()]
    folder = root / (present[0] if present else FOLDER)
    folder.mkdir(exist_ok=True)
    return folder


def _mine(root: Path, row: PlaylistFile | None) -> Path | None:
    """The file that was written before, where it is still as we wrote it."""
    if row is None:
        return None
    path: Path = root / row.path
    if not path.is_file() or path.is_symlink():
        return None
    return path if hashlib.sha256(path.read_bytes()).hexdigest() == row.sha256 else None


def _is_name_of(name: str, wanted: str) -> bool:
    return any(name == (wanted if number == 1 else numbered(wanted, number)) for number in range(1, MOST_NUMBER + 1))


def _new(folder: Path, name: str, data: bytes, playlist_id: int) -> PurePosixPath:
    """Written under the first free name of ``name``, ``name (2)`` …"""
    for number in range(1, MOST_NUMBER + 1):
        path = PurePosixPath(folder) / (name if number == 1 else numbered(name, number))
        if place_sidecar(data, path, download_id=playlist_id):
            return path
    raise PermanentError(f"{folder / name} and {MOST_NUMBER - 1} names like it are taken.", reason="storage")


def _replace(path: Path, data: bytes, playlist_id: int) -> None:
    part = path.parent / part_name(playlist_id, f"-list-{os.getpid()}")  # a command may write the list, too
    try:
        with part.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
