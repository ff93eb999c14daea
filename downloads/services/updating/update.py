"""Renewing the engine: fetched, checked, tried, and only then put in force; and the way back."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256

from django.conf import settings
from filelock import FileLock, Timeout

from core.errors import PermanentError, SpotizerError, UserError
from core.storage import storage_errors
from downloads.services.updating import pointer as pointers
from downloads.services.updating.index import PackageIndex, Wheel, version_key
from downloads.services.updating.probe import try_set
from downloads.services.updating.status import engine_status
from downloads.services.updating.wheels import missing_packages, requirements, unpack, wanted_scripts
from ops.services import notices
from ops.services.sessions import session_for
from ops.settings import in_force

NOTICE = "engine_update"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an update or a way back came to."""

    is_changed: bool
    message: str


def update() -> Outcome:
    """The newest set is in force, tried before; or the one before stays, and the error says why.

    Raises UserError where updates are switched off or one is running, PermanentError for a set that is not fit,
    TransientError where the index does not answer.
    """
    with _alone():
        try:
            outcome = _update()
        except SpotizerError as exc:
            _note(exc.message)
            notices.raise_notice(NOTICE, exc.message, remedy=exc.remedy, level="warning")
            raise
        notices.clear_notice(NOTICE)
        return outcome


def roll_back() -> Outcome:
    """The set before this one is in force, or what Spotizer is installed with. Raises UserError where there is none."""
    with _alone():
        now = pointers.read_pointer()
        if not now.current:
            raise UserError(
                "The engine is the one that Spotizer is installed with.", remedy="There is nothing to go back to."
            )
        before = now.previous if (pointers.set_folder(now.previous) / "yt_dlp").is_dir() else ""
        versions = _versions_of(before) if before else {}
        what = f"yt-dlp {versions['yt-dlp']}" if versions else "what Spotizer is installed with"
        message = f"Went back to {what}."
        pointers.write_pointer(
            pointers.Pointer(before, "", versions, changed_at=_now(), tried_at=now.tried_at, message=message)
        )
        return Outcome(True, message)


def _update() -> Outcome:
    index = PackageIndex(session_for("engine", inner=settings.ENGINE_INDEX), settings.ENGINE_INDEX)
    now = engine_status().versions
    engine = index.newest("yt-dlp")
    music = index.newest("ytmusicapi", major=version_key(now["ytmusicapi"])[0])
    if not _is_newer(engine, now) and not _is_newer(music, now):
        message = f"yt-dlp {now['yt-dlp']} is the newest there is."
        _note(message)
        return Outcome(False, message)
    wheels = {wheel.project: (wheel, index.fetch(wheel)) for wheel in (engine, music)}
    needs = requirements(wheels["yt-dlp"][1])
    scripts = index.newest("yt-dlp-ejs", exactly=wanted_scripts(needs))
    wheels["yt-dlp-ejs"] = (scripts, index.fetch(scripts))
    for wheel, data in wheels.values():
        if missing := missing_packages(requirements(data)):
            raise PermanentError(
                f"{wheel.project} {wheel.version} needs {', '.join(missing)}, which this Spotizer does not bring.",
                remedy="Update Spotizer itself.",
                reason="outdated",
            )
    return _install(list(wheels.values()))


def _install(wheels: list[tuple[Wheel, bytes]]) -> Outcome:
    versions = {wheel.project: wheel.version for wheel, _ in wheels}
    digest = sha256("".join(sorted(wheel.sha256 for wheel, _ in wheels)).encode()).hexdigest()[:10]
    name = f"{versions['yt-dlp']}-{digest}"
    folder = pointers.set_folder(name)
    with storage_errors(folder):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    try:
        for wheel, data in wheels:
            unpack(data, wheel.project, folder)
        try_set(folder, versions)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    before = pointers.read_pointer()
    message = f"yt-dlp {versions['yt-dlp']}, ytmusicapi {versions['ytmusicapi']}: tried and in use."
    (folder / "versions.txt").write_text("\n".join(f"{project}=={version}" for project, version in versions.items()))
    pointers.write_pointer(pointers.Pointer(name, before.current, versions, _now(), _now(), message))
    _sweep({name, before.current})
    return Outcome(True, message)


def _sweep(kept: set[str]) -> None:
    """Sets from before the last one are gone; nobody goes back so far."""
    for entry in pointers.root().iterdir():
        if entry.is_dir() and entry.name not in kept:
            shutil.rmtree(entry, ignore_errors=True)


def _versions_of(name: str) -> dict[str, str]:
    lines = (pointers.set_folder(name) / "versions.txt").read_text("utf-8").splitlines()
    return dict(line.split("==", 1) for line in lines)


def _is_newer(wheel: Wheel, now: dict[str, str]) -> bool:
    return version_key(wheel.version) > version_key(now[wheel.project])


def _note(message: str) -> None:
    pointers.write_pointer(replace(pointers.read_pointer(), tried_at=_now(), message=message))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _alone() -> _Alone:
    if not in_force.ENGINE_UPDATE:
        raise UserError(
            "The engine of this installation is not changed from within (SPOTIZER_ENGINE_UPDATE=off).",
            remedy="Update the image or the packages instead.",
        )
    return _Alone()


class _Alone:
    """One change at a time on this machine."""

    def __enter__(self) -> None:
        with storage_errors(pointers.root()):
            pointers.root().mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(pointers.root() / ".lock", timeout=0)
        try:
            self._lock.acquire()
        except Timeout:
            raise UserError("The engine is being changed already.", remedy="Wait a minute, then look again.") from None

    def __exit__(self, *error: object) -> None:
        self._lock.release()
