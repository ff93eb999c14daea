"""Catalogue answers of several services about the same music."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from catalog.metadata.fields import Entity
from catalog.models import Album, Artist, Conflict, Recording
from catalog.services.metadata.saying import Say, take_in
from catalog.services.metadata.spreading import save
from catalog.services.store import store_album, store_tracks
from tests.catalog.values import a_track, an_album


def an_album_row(**more: Any) -> Album:
    """An album as Deezer knows it."""
    return store_album(an_album(**{"label": "Fjord", "genres": ("Pop",), **more}))


def a_recording_row(title: str = "Lantern Year", **more: Any) -> Recording:
    [track] = store_tracks([a_track(title=title, isrc="NOAB12600123", **more)])
    return track.recording


def hear(row: Album | Recording | Artist, origin: str, **fields: Any) -> None:
    """``origin`` says so of ``row``, which follows."""
    entity = Entity(type(row).__name__.lower())
    settled, _ = take_in(entity, [Say(row, origin, fields)])
    save(entity, settled)
    row.refresh_from_db()


def words_of(row: Album | Recording | Artist) -> dict[str, dict[str, Any]]:
    """What is kept of ``row``, by origin."""
    return {one.origin: one.fields for one in row.said.all()}


def conflict(row: Album | Recording | Artist, field: str = "label") -> Conflict:
    return row.conflicts.get(field=field)


def disputed_albums(count: int, *, field: str = "label", value: str = "Nordlys") -> list[Album]:
    """Albums on which Deezer and MusicBrainz contradict one another."""
    rows = [store_album(replace(an_album(100 + n, f"Album {n}"), label=f"Fjord {n}")) for n in range(count)]
    for row in rows:
        hear(row, "musicbrainz", **{field: value})
    return rows
