"""The tables of each kind of thing, and reading what is said of many at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from catalog.metadata.fields import Entity
from catalog.models import Album, Artist, Recording
from catalog.models_metadata import AlbumValues, ArtistValues, RecordingValues, Values

Row = Recording | Album | Artist
Said = dict[int, dict[str, Values]]  # the number of a row -> origin -> its words


@dataclass(frozen=True, slots=True)
class Table:
    """``link`` is the foreign key by which ``values`` and conflicts point at ``model``."""

    model: type[Row]
    values: type[Values]
    link: str


TABLES = {
    Entity.RECORDING: Table(Recording, RecordingValues, "recording"),
    Entity.ALBUM: Table(Album, AlbumValues, "album"),
    Entity.ARTIST: Table(Artist, ArtistValues, "artist"),
}


def table_of(entity: Entity) -> Table:
    return TABLES[entity]


def rows_said(entity: Entity, ids: Iterable[int]) -> Said:
    """What is said of the rows with these ids, in one query; an entry for each."""
    table = table_of(entity)
    found: Said = {pk: {} for pk in ids}
    if found:
        for one in table.values._default_manager.filter(**{f"{table.link}__in": list(found)}):
            found[getattr(one, f"{table.link}_id")][one.origin] = one
    return found
