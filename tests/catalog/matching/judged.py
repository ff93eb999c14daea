"""The invented cases of ``tests/data/matching/judged.txt``: tracks, and what a search might give, judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from providers.base import AlbumInfo, ArtistInfo, Candidate, Credit, TrackInfo, UploadKind

JUDGED = Path(__file__).resolve().parents[2] / "data" / "matching" / "judged.txt"


@dataclass(frozen=True, slots=True)
class Judged:
    """One candidate of a track, and whether a person would take it."""

    line: int
    wanted: TrackInfo
    candidate: Candidate
    is_right: bool

    def __str__(self) -> str:
        return f"line {self.line}"


def read_judged(path: Path = JUDGED) -> Iterator[Judged]:
    """The judged candidates in the file's order."""
    wanted: TrackInfo | None = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        kind, *cells = line.split(" :: ")
        more = dict(pair.split("=") for pair in cells.pop().split()) if "=" in cells[-1] and len(cells) > 2 else {}
        if kind == "track":
            wanted = _track(cells, more)
            continue
        assert kind in {"yes", "no"}, f"line {number}"
        assert wanted is not None
        yield Judged(number, wanted, _candidate(cells, more, wanted, number), kind == "yes")


def _track(cells: list[str], more: dict[str, str]) -> TrackInfo:
    title, artists, album, seconds = cells
    return TrackInfo(
        provider="test",
        id="t",
        title=title,
        credits=tuple(Credit(ArtistInfo("test", "", name)) for name in artists.split(";")),
        album=None if album == "?" else AlbumInfo("test", "", album),
        duration_ms=_ms(seconds),
        track_number=int(more["number"]) if "number" in more else None,
        explicit=_flag(more),
    )


def _candidate(cells: list[str], more: dict[str, str], wanted: TrackInfo, number: int) -> Candidate:
    kind = UploadKind(cells[0])
    names = () if kind is UploadKind.FILE else tuple(cells[2].split(";"))
    album = cells[3] if kind is UploadKind.SONG and len(cells) > 3 else ""
    at = {UploadKind.SONG: 4, UploadKind.VIDEO: 3, UploadKind.FILE: 2}[kind]
    values: dict[str, Any] = {"path": cells[1]} if kind is UploadKind.FILE else {}
    return Candidate(
        source="test",
        source_id=str(number),
        url="",
        title=cells[1].rsplit("\\", 1)[-1] if kind is UploadKind.FILE else cells[1],
        artists=names,
        album=album,
        duration_ms=_ms(cells[at]) if len(cells) > at else wanted.duration_ms,
        kind=kind,
        explicit=_flag(more),
        **values,
    )


def _ms(seconds: str) -> int | None:
    return None if seconds == "?" else round(float(seconds) * 1000)


def _flag(more: dict[str, str]) -> bool | None:
    return more["explicit"] == "true" if "explicit" in more else None
