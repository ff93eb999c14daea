"""Stores albums: each provider's edition as a row, editions of one album side by side in a release group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from catalog.metadata.fields import Entity
from catalog.metadata.words import clean, of_album
from catalog.models import Album, AlbumCredit, AlbumId, Artist, ReleaseGroup
from catalog.names import match_key, without_edition
from catalog.services.metadata.saying import Say, say_first, take_in
from catalog.services.store.artists import store_artists
from catalog.services.store.shared import (
    Key,
    art_key,
    artist_key,
    credit_shape,
    cut,
    fill,
    known_ids,
    lock_catalogue,
    number,
    store_artworks,
)
from providers.base import AlbumInfo, ArtistInfo

HEAD_FIELDS = (
    "release_group",
    "title",
    "kind",
    "released_on",
    "first_released_on",
    "track_total",
    "disc_total",
    "upc",
    "label",
    "copyright",
    "genres",
    "explicit",
    "mbid",
    "artwork",
)


@transaction.atomic
def store_album(info: AlbumInfo) -> Album:
    """The album's row; with ``info.tracks`` its tracks are stored too and count as fetched now."""
    from catalog.services.store.tracks import store_tracks  # tracks need albums

    lock_catalogue()
    head = replace(info, tracks=())
    if info.tracks:
        store_tracks([replace(track, album=head) for track in info.tracks])
        album = AlbumId.objects.select_related("album").get(provider=info.provider, value=info.id).album
    else:
        album = store_albums([head])[info.provider, info.id]
    if info.tracks or info.track_total == 0:
        album.tracks_fetched_at = timezone.now()
        album.save(update_fields=["tracks_fetched_at"])
    return album


def store_albums(infos: Iterable[AlbumInfo], artists: Mapping[Key, Artist] | None = None) -> dict[Key, Album]:
    """The rows of these heads by provider and id; a bounded number of queries. Inside the caller's transaction.

    ``artists`` holds rows that are stored already. A head without credits says little (a track's album in a list): it
    fills gaps and changes nothing.
    """
    richest = _richest(infos)
    if not richest:
        return {}
    if artists is None:
        artists = store_artists(credit.artist for info in richest.values() for credit in info.credits)
    store_artworks(info.pictures for info in richest.values())
    rows: dict[Key, Album] = known_ids(AlbumId, richest, related="album__release_group")
    groups = _groups(richest, rows)
    new = {key: _new(info, groups[key]) for key, info in richest.items() if key not in rows}
    left_groups = {row.release_group_id for row in rows.values()}
    settled, _ = take_in(Entity.ALBUM, [_say(row, key[0], richest[key]) for key, row in rows.items()])
    changed = {row.pk: row for row in settled.changed}
    changed |= {row.pk: row for key, row in rows.items() if _update(row, richest[key], groups[key])}
    if changed:
        Album.objects.bulk_update(changed.values(), HEAD_FIELDS)
        left_groups -= {row.release_group_id for row in rows.values()}
        if left_groups:
            ReleaseGroup.objects.filter(pk__in=left_groups, editions__isnull=True).delete()
    if new:
        Album.objects.bulk_create(new.values())
        AlbumId.objects.bulk_create(
            AlbumId(provider=key[0], value=key[1], album=row, link=cut(richest[key].link, AlbumId, "link"))
            for key, row in new.items()
        )
        say_first(Entity.ALBUM, [Say(row, key[0], of_album(richest[key])) for key, row in new.items()])
    _store_credits(richest, rows, new, artists)
    return rows | new


def _richest(infos: Iterable[AlbumInfo]) -> dict[Key, AlbumInfo]:
    """One head per album: where several are given, the one that says most."""
    richest: dict[Key, AlbumInfo] = {}
    for info in infos:
        key = (info.provider, info.id)
        if key not in richest or _richness(info) > _richness(richest[key]):
            richest[key] = info
    return richest


def _richness(info: AlbumInfo) -> tuple[bool, int]:
    facts = (info.released_on, info.track_total, info.disc_total, info.upc, info.label, info.genres, info.pictures)
    return bool(info.credits), sum(bool(fact) for fact in facts)


def _groups(infos: Mapping[Key, AlbumInfo], rows: Mapping[Key, Album]) -> dict[Key, ReleaseGroup]:
    """The release group of each head. Without a credit it has one of its own until the credit is known."""
    match_keys: dict[Key, str] = {}
    for key, info in infos.items():
        if info.credits:
            match_keys[key] = match_key(info.credits, info.title, info.kind)
        elif key not in rows:
            match_keys[key] = f"{info.provider}:{info.id}"
    there = {group.match_key: group for group in ReleaseGroup.objects.filter(match_key__in=set(match_keys.values()))}
    new: dict[str, ReleaseGroup] = {}
    for key, wanted in match_keys.items():
        if wanted not in there and wanted not in new:
            info = infos[key]
            title = cut(without_edition(info.title), ReleaseGroup, "title")
            new[wanted] = ReleaseGroup(match_key=wanted, title=title, kind=info.kind, mbid=info.release_group_mbid[:36])
    if new:
        ReleaseGroup.objects.bulk_create(new.values())
    groups = there | new
    return {key: groups[match_keys[key]] if key in match_keys else rows[key].release_group for key in infos}


def _new(info: AlbumInfo, group: ReleaseGroup) -> Album:
    return Album(
        release_group=group,
        title=cut(info.title, Album, "title"),
        kind=info.kind,
        released_on=info.released_on[:10],
        first_released_on=info.first_released_on[:10],
        track_total=number(info.track_total),
        disc_total=number(info.disc_total),
        upc=info.upc[:14],
        label=cut(info.label, Album, "label"),
        copyright=cut(info.copyright, Album, "copyright"),
        genres=list(info.genres),
        explicit=info.explicit,
        mbid=info.mbid[:36],
        artwork_id=art_key(info.pictures) or None,
    )


def _say(row: Album, origin: str, info: AlbumInfo) -> Say:
    """What the head says; one without credits fills gaps and changes nothing."""
    if info.credits:
        return Say(row, origin, of_album(info))
    return Say(row, origin, clean(Entity.ALBUM, {"released_on": info.released_on, "upc": info.upc}), gaps_only=True)


def _update(row: Album, info: AlbumInfo, group: ReleaseGroup) -> bool:
    """What nobody else has a say in: the group, how many tracks, the picture."""
    if not info.credits:
        return not row.artwork_id and fill(row, artwork_id=art_key(info.pictures))
    return fill(
        row,
        release_group=group,
        track_total=number(info.track_total),
        disc_total=number(info.disc_total),
        artwork_id=art_key(info.pictures),
    )


def _store_credits(
    infos: Mapping[Key, AlbumInfo], rows: Mapping[Key, Album], new: Mapping[Key, Album], artists: Mapping[Key, Artist]
) -> None:
    def artist_id(info: ArtistInfo) -> int:
        return artists[artist_key(info)].pk

    there: dict[int, list[tuple[int, str, bool]]] = {row.pk: [] for row in rows.values()}
    if there:
        for credit in AlbumCredit.objects.filter(album_id__in=there).order_by("album_id", "position"):
            there[credit.album_id].append((credit.artist_id, credit.join_phrase, credit.is_featured))
    replaced, fresh = [], []
    for key, row in {**rows, **new}.items():
        shape = credit_shape(infos[key].credits, artist_id)
        old = there.get(row.pk, [])
        if not shape or shape == old or len(shape) < len(old):
            continue
        if old:
            replaced.append(row.pk)
        fresh += [
            AlbumCredit(album=row, artist_id=artist, position=position, join_phrase=join, is_featured=featured)
            for position, (artist, join, featured) in enumerate(shape)
        ]
    if replaced:
        AlbumCredit.objects.filter(album_id__in=replaced).delete()
    if fresh:
        AlbumCredit.objects.bulk_create(fresh)
