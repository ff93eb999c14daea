"""Invented tracks and candidates for the tests of the matcher."""

from __future__ import annotations

from typing import Any

from providers.base import AlbumInfo, ArtistInfo, Candidate, Credit, TrackInfo, UploadKind


def wanted(title: str = "Paper Lanterns", *artists: str, seconds: float | None = 200, **more: Any) -> TrackInfo:
    """A track by Vera Holm on Tidal Rooms, where nothing else is said."""
    album = more.pop("album", "Tidal Rooms")
    return TrackInfo(
        provider="test",
        id="t1",
        title=title,
        credits=tuple(Credit(ArtistInfo("test", "", name)) for name in artists or ("Vera Holm",)),
        album=AlbumInfo("test", "a1", album) if album else None,
        duration_ms=None if seconds is None else round(seconds * 1000),
        **more,
    )


def song(title: str = "Paper Lanterns", *artists: str, seconds: float | None = 200, **more: Any) -> Candidate:
    """Official audio."""
    more.setdefault("album", "Tidal Rooms")
    return _candidate(title, artists or ("Vera Holm",), seconds, UploadKind.SONG, more)


def video(
    title: str = "Vera Holm - Paper Lanterns", *, by: str = "Some Uploads", seconds: float | None = 200, **more: Any
) -> Candidate:
    """An upload by anybody."""
    return _candidate(title, (by,), seconds, UploadKind.VIDEO, more)


def shared(path: str, *, seconds: float | None = 200, **more: Any) -> Candidate:
    """A file shared by a person."""
    more["path"] = path
    return _candidate(path.rsplit("\\", 1)[-1], (), seconds, UploadKind.FILE, more)


def _candidate(
    title: str, artists: tuple[str, ...], seconds: float | None, kind: UploadKind, more: dict[str, Any]
) -> Candidate:
    return Candidate(
        source="test",
        source_id=more.pop("source_id", title),
        url="",
        title=title,
        artists=artists,
        duration_ms=None if seconds is None else round(seconds * 1000),
        kind=kind,
        **more,
    )
