"""Checks of the machine: Python, folders, disk, programs."""

from __future__ import annotations

import getpass
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from django.conf import settings

from core.errors import SpotizerError
from downloads.services.updating.status import engine_status
from library.audio import ffmpeg_path
from spotizer.doctor.findings import Finding, bad, good, note

GIGABYTE = 1_000_000_000
LEAST_PYTHON = (3, 11)
LEAST_DENO = (2, 3)
NETWORK_FILE_SYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "ceph", "glusterfs"}


def python() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < LEAST_PYTHON:
        yield bad(
            "Python", f"{version} is too old", "sudo apt install python3.11 python3.11-venv && rm -rf .venv && make run"
        )
    else:
        yield good("Python", f"{version} at {sys.executable}")


def packages() -> Iterator[Finding]:
    """Whether what is installed is what the lock file says."""
    lock = settings.BASE_DIR / "requirements.lock"
    if not lock.is_file():
        return
    wrong = []
    for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)(?: \\)?$", lock.read_text("utf-8"), re.MULTILINE):
        try:
            installed = metadata.version(name)
        except metadata.PackageNotFoundError:
            installed = "missing"
        if installed != version:
            wrong.append(f"{name} {installed} instead of {version}")
    if wrong:
        yield bad("Packages", ", ".join(wrong[:5]) + (" ..." if len(wrong) > 5 else ""), "rm -rf .venv && make setup")
    else:
        yield good("Packages", "as in requirements.lock")


def folders() -> Iterator[Finding]:
    """Data and library can be written, have room, and the database does not lie on a network share."""
    for name, folder, variable in (
        ("Data folder", settings.DATA, "SPOTIZER_DATA"),
        ("Library folder", settings.LIBRARY, "SPOTIZER_LIBRARY"),
    ):
        yield from _folder(name, Path(folder), variable)
    work, library = _existing(Path(settings.WORK)), _existing(Path(settings.LIBRARY))
    if work.stat().st_dev == library.stat().st_dev:
        yield good("Work and library", "on one file system")
    else:
        yield note("Work and library", "on two file systems: each file is copied once more, and is as safe")
    kind = _file_system(_existing(Path(settings.DATA)))
    if kind in NETWORK_FILE_SYSTEMS and not settings.DATABASE_URL:
        yield bad(
            "Database place",
            f"{settings.DATA} is a network share ({kind}), where SQLite loses data",
            "set SPOTIZER_DATA to a folder on a local disk, or DATABASE_URL to a PostgreSQL",
        )


def _folder(name: str, folder: Path, variable: str) -> Iterator[Finding]:
    owner = getpass.getuser() if sys.platform != "win32" else "you"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            free = shutil.disk_usage(folder).free
    except OSError as exc:
        remedy = f"sudo mkdir -p {folder} && sudo chown -R {owner} {folder}   (or set {variable})"
        yield bad(name, f"{folder} cannot be written: {exc.strerror}", remedy)
        return
    room = f"{free / GIGABYTE:.1f} GB free"
    if free < GIGABYTE // 2:
        yield bad(name, f"{folder}: only {room}", f"make room there, or set {variable} to a folder with more")
    elif free < 5 * GIGABYTE:
        yield note(name, f"{folder}: {room}, about {free // 10_000_000} songs", f"make room, or set {variable}")
    else:
        yield good(name, f"{folder}: can be written, {room}")


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    while not folder.exists():
        folder = folder.parent
    return folder


def _file_system(folder: Path) -> str:
    """The kind of file system under ``folder``, empty where the system does not say (Linux does)."""
    try:
        lines = Path("/proc/self/mounts").read_text("utf-8").splitlines()
    except OSError:
        return ""
    best = ("", "")
    for line in lines:
        _, mount, kind, *_ = line.split()
        if folder.is_relative_to(mount) and len(mount) >= len(best[0]):
            best = (mount, kind)
    return best[1]


def ffmpeg() -> Iterator[Finding]:
    try:
        path = ffmpeg_path()
        first = _output([str(path), "-version"]).splitlines()[0]
    except (SpotizerError, OSError, subprocess.SubprocessError, IndexError) as exc:
        yield bad("ffmpeg", f"does not run: {exc}", "make setup, or sudo apt install ffmpeg")
        return
    version = first.removeprefix("ffmpeg version ").split()[0]
    yield good("ffmpeg", f"{version} at {path}")


def deno() -> Iterator[Finding]:
    """YouTube's pages need a JavaScript runtime."""
    beside = Path(sys.executable).with_name("deno")
    path = str(beside) if beside.exists() else shutil.which("deno")
    if path is None:
        yield bad("deno", "not found; YouTube needs it", "make setup")
        return
    try:
        version = _output([path, "--version"]).split()[1]
    except (OSError, subprocess.SubprocessError, IndexError) as exc:
        yield bad("deno", f"does not run: {exc}", "rm -rf .venv && make setup")
        return
    if tuple(int(number) for number in re.findall(r"\d+", version)[:2]) < LEAST_DENO:
        yield bad("deno", f"{version} is too old for yt-dlp", "rm -rf .venv && make setup")
    else:
        yield good("deno", f"{version} at {path}")


def yt_dlp() -> Iterator[Finding]:
    """YouTube changes often, and a yt-dlp of last season fails first."""
    status = engine_status()
    version = status.versions["yt-dlp"]
    if status.is_old:
        remedy = ".venv/bin/python manage.py engine update" if status.may_update else "update the image of Spotizer"
        yield note("yt-dlp", f"{version} is {status.age_days} days old", remedy)
    else:
        yield good("yt-dlp", f"{version}, {status.age_days} days old")


def _output(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, timeout=20, check=True).stdout
