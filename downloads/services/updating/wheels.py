"""Unpacks wheels into a folder: their packages alone, nothing that could land or run elsewhere."""

from __future__ import annotations

import io
import re
import zipfile
from importlib import metadata
from pathlib import Path, PurePosixPath

from core.errors import PermanentError
from core.storage import storage_errors

MOST_BYTES = 120_000_000  # of one wheel, unpacked
OURS = {"yt-dlp": "yt_dlp", "yt-dlp-ejs": "yt_dlp_ejs", "ytmusicapi": "ytmusicapi"}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_EJS = re.compile(r"yt-dlp-ejs\s*\(?==\s*([0-9.]+)")


def requirements(data: bytes) -> list[str]:
    """What the wheel's METADATA says it needs."""
    with _opened(data) as archive:
        name = next((name for name in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name)), None)
        if name is None:
            raise _broken("it has no METADATA")
        text = archive.read(name).decode("utf-8", "replace")
    head = text.partition("\n\n")[0]
    return [line.partition(":")[2].strip() for line in head.splitlines() if line.startswith("Requires-Dist:")]


def wanted_scripts(needs: list[str]) -> str:
    """The version of the solver scripts that this yt-dlp goes with; empty where it does not say."""
    return next((match[1] for need in needs if (match := _EJS.match(need))), "")


def missing_packages(needs: list[str]) -> list[str]:
    """What it cannot do without and this Spotizer does not bring."""
    plain = [match[0] for need in needs if "extra" not in need and (match := _NAME.match(need))]
    return [name for name in plain if not _is_installed(name)]


def unpack(data: bytes, project: str, folder: Path) -> None:
    """The wheel's package and its dist-info are in ``folder``. Raises PermanentError where it has other things."""
    package = OURS[project]
    with _opened(data) as archive, storage_errors(folder):
        if sum(info.file_size for info in archive.infolist()) > MOST_BYTES:
            raise _broken("it is too large")
        for info in archive.infolist():
            path = PurePosixPath(info.filename)
            top = path.parts[0] if path.parts else ""
            if path.is_absolute() or ".." in path.parts or "\\" in info.filename:
                raise _broken(f"it has a file named {info.filename[:80]}")
            if top.endswith(".data"):
                continue  # manual pages and shell completion
            if top != package and not top.endswith(".dist-info"):
                raise _broken(f"it has {top[:80]} beside its package")
            if info.is_dir():
                continue
            target = folder.joinpath(*path.parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(archive.read(info))


def _opened(data: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile:
        raise _broken("it is no archive") from None


def _is_installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _broken(why: str) -> PermanentError:
    return PermanentError(
        f"A package cannot be used: {why}.", remedy="Nothing was changed. Try again later.", reason="broken_file"
    )
