"""Stores artists."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from catalog.metadata.fields import Entity
from catalog.metadata.merge import MOST_IN_LIST
from catalog.metadata.words import of_artist
from catalog.models import Artist, ArtistId
from catalog.services.metadata.saying import Say, say_first, take_in
from catalog.services.metadata.spreading import spread
from catalog.services.store.shared import Key, art_key, artist_key, cut, fill, known_ids, lock_catalogue, store_artworks
from providers.base import ArtistInfo


@transaction.atomic
def store_artist(info: ArtistInfo) -> Artist:
    """The artist's row, with what ``info`` adds to it."""
    lock_catalogue()
    return store_artists([info])[artist_key(info)]


def store_artists(infos: Iterable[ArtistInfo]) -> dict[Key, Artist]:
    """The rows of these artists by provider and id; a bounded number of queries. Inside the caller's transaction."""
    richest: dict[Key, ArtistInfo] = {}
    for info in infos:
        key = artist_key(info)
        if key not in richest or _richness(info) > _richness(richest[key]):
            richest[key] = info
    if not richest:
        return {}
    store_artworks(info.pictures for info in richest.values())
    rows: dict[Key, Artist] = known_ids(ArtistId, richest, related="artist")
    settled, _ = take_in(Entity.ARTIST, [Say(row, key[0], of_artist(richest[key])) for key, row in rows.items()])
    changed = {row.pk: row for row in settled.changed}
    changed |= {row.pk: row for key, row in rows.items() if fill(row, artwork_id=art_key(richest[key].pictures))}
    if changed:
        Artist.objects.bulk_update(changed.values(), ["name", "sort_name", "mbid", "artwork", "genres", "aliases"])
        spread(Entity.ARTIST, settled.renamed)
    new = {key: _new(info) for key, info in richest.items() if key not in rows}
    if new:
        Artist.objects.bulk_create(new.values())
        ArtistId.objects.bulk_create(
            ArtistId(provider=key[0], value=key[1], artist=row, link=cut(richest[key].link, ArtistId, "link"))
            for key, row in new.items()
        )
        say_first(Entity.ARTIST, [Say(row, key[0], of_artist(richest[key])) for key, row in new.items()])
    return rows | new


def _richness(info: ArtistInfo) -> int:
    return bool(info.pictures) + bool(info.genres) + bool(info.mbid)


def _new(info: ArtistInfo) -> Artist:
    return Artist(
        name=cut(info.name, Artist, "name"),
        sort_name=cut(info.sort_name, Artist, "sort_name"),
        mbid=info.mbid[:36],
        artwork_id=art_key(info.pictures) or None,
        genres=list(info.genres),
        aliases=list(info.aliases)[:MOST_IN_LIST],
    )
