"""How an album is written down before ids are given: short enough to type one by hand."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.catalogue.model import Mood

VARIOUS = "Various Artists"


@dataclass(frozen=True, slots=True)
class TrackPlan:
    title: str
    seconds: float
    version: str = ""
    featured: tuple[str, ...] = ()
    artists: tuple[str, ...] = ()  # where they differ from the album's
    explicit: bool = False
    clean_twin: bool = False
    mood: Mood = Mood.NORMAL
    same_as: str = ""  # the name of a recording that an earlier album introduced: album/disc.track
    readable: bool = True
    lyrics: str = ""


@dataclass(frozen=True, slots=True)
class AlbumPlan:
    name: str
    artists: tuple[str, ...]
    title: str
    released_on: str
    discs: tuple[tuple[TrackPlan, ...], ...]
    record_type: str = "album"
    secondary_types: tuple[str, ...] = ()
    genre: str = ""
    label: str = ""
    precision: str = "day"
    explicit: bool = False
    has_cover: bool = True
    is_removed: bool = False


def plan(name: str, artist: str, title: str, released_on: str, *tracks: TrackPlan, **rest: object) -> AlbumPlan:
    """An album of one artist on one disc."""
    return AlbumPlan(name, (artist,), title, released_on, (tracks,), **rest)  # type: ignore[arg-type]


def same(album: str, *places: str) -> tuple[TrackPlan, ...]:
    """The recordings at ``places`` (``1.3``) of an earlier album once more."""
    return tuple(TrackPlan("", 0, same_as=f"{album}/{place}") for place in places)
