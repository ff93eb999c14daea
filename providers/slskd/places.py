"""Where a file that slskd fetched lies: slskd names it by its own folder, which Spotizer sees under another name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from core.errors import UserError

REMEDY = (
    "Share slskd's download folder with Spotizer (in compose.yml both mount it), and enter the path under "
    "which Spotizer sees it under Settings, Sources (SPOTIZER_SLSKD_DOWNLOADS)."
)


def check_folder(folder: Path | None) -> Path:
    """The folder, absolute. Raises UserError where Spotizer does not see it."""
    if folder is None or not folder.is_dir():
        where = f"{folder} is not there" if folder else "nobody said where it is"
        raise UserError(
            f"Spotizer cannot see the folder that slskd downloads to: {where}.", remedy=REMEDY, reason="broken_install"
        )
    return folder.resolve()


def told_place(events: Iterable[Mapping[str, Any]], filename: str, transfer_id: str) -> str:
    """slskd's own path of the finished file, from its events; empty where they do not tell."""
    for event in events:
        if event.get("type") != "DownloadFileComplete":
            continue
        try:
            data = json.loads(str(event.get("data") or "{}"))
        except ValueError:
            continue
        if not isinstance(data, dict):
            continue
        transfer = data.get("transfer")
        known = transfer.get("id") if isinstance(transfer, dict) else None
        if known == transfer_id or (known is None and data.get("remoteFilename") == filename):
            return str(data.get("localFilename") or "")
    return ""


def local_file(
    folder: Path, *, told: str, mounted: str, filename: str, destination: str, size_bytes: int
) -> Path | None:
    """The finished file below ``folder``, None where it is not there (yet). Never anything outside of it."""
    name = PureWindowsPath(filename).name
    parent = PureWindowsPath(filename).parent.name
    guesses = [_mapped(folder, told, mounted)] if told and mounted else []
    guesses += [folder / destination / name, folder / parent / name]
    for guess in guesses:
        if guess is not None and (found := _inside(folder, guess)) and found.stat().st_size == size_bytes:
            return found
    # slskd cleans characters that its file system does not take: then the only file of that size is it.
    for place in (folder / destination, folder / parent):
        if place.is_dir():
            same = [
                found
                for entry in place.iterdir()
                if (found := _inside(folder, entry)) and found.stat().st_size == size_bytes
            ]
            if len(same) == 1:
                return same[0]
    return None


def _mapped(folder: Path, told: str, mounted: str) -> Path | None:
    """``/downloads/a/b.flac`` below ``/downloads`` as it lies below ``folder``; slskd may run on Windows."""
    kind = PureWindowsPath if "\\" in mounted or mounted[1:2] == ":" else PurePosixPath
    try:
        return folder.joinpath(*kind(told).relative_to(kind(mounted)).parts)
    except ValueError:
        return None


def _inside(folder: Path, path: Path) -> Path | None:
    """The file, where it is a plain one below ``folder`` with every link followed."""
    try:
        real = path.resolve(strict=True)
    except OSError:
        return None
    return real if real.is_file() and real.is_relative_to(folder) else None
