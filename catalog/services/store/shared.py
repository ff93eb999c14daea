"""What storing artists, albums and tracks has in common."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import Any, TypeVar

from django.db import connection, models

from catalog.models import Artwork
from catalog.names import plain
from catalog.spelling import with_feat
from providers.base import ArtistInfo, Credit, Picture

Key = tuple[str, str]  # provider and id
T = TypeVar("T")
Row = TypeVar("Row", bound=models.Model)

ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")
WRITE_LOCK = 7_171_001  # any number, the same in every process


def lock_catalogue() -> None:
    """Let one transaction at a time store; call it first inside ``atomic``.

    Two workers that meet the same new artist would otherwise collide on its external id. SQLite needs nothing: its
    transactions begin IMMEDIATE. Nothing outside is waited for while the lock is held.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WRITE_LOCK])


def artist_key(info: ArtistInfo) -> Key:
    """Provider and id; an artist without id (a local file's, an uploader) is known by name."""
    return info.provider, (info.id or f"name:{plain(info.name)}")[:200]


def known_ids(model: type[models.Model], keys: Iterable[Key], *, related: str) -> dict[Key, Any]:
    """The rows that these external ids stand for, in one query. ``related`` names the foreign key, and what to join."""
    wanted = set(keys)
    if not wanted:
        return {}
    rows = model._default_manager.filter(
        provider__in={provider for provider, _ in wanted}, value__in={value for _, value in wanted}
    ).select_related(related)
    attribute = related.partition("__")[0]
    one_each: dict[int, Any] = {}  # two ids of one entity give one instance, so that changes to it meet
    found: dict[Key, Any] = {}
    for row in rows:
        key = (str(row.provider), str(row.value))  # type: ignore[attr-defined]
        if key in wanted:
            entity = getattr(row, attribute)
            found[key] = one_each.setdefault(entity.pk, entity)
    return found


def art_key(pictures: Sequence[Picture]) -> str:
    """The key of the picture that these are sizes of; empty where there is none."""
    largest = largest_picture(pictures)
    return sha256(largest.url.encode()).hexdigest()[:24] if largest else ""


def largest_picture(pictures: Sequence[Picture]) -> Picture | None:
    usable = [picture for picture in pictures if picture.url.startswith("https://") and len(picture.url) <= 1000]
    return max(usable, key=lambda picture: picture.width * picture.height, default=None)


def store_artworks(all_pictures: Iterable[Sequence[Picture]]) -> None:
    """Make an Artwork row for each picture that has none; nothing is fetched."""
    found = {art_key(pictures): largest_picture(pictures) for pictures in all_pictures}
    wanted = {key: picture for key, picture in found.items() if picture}
    if not wanted:
        return
    there = set(Artwork.objects.filter(key__in=wanted).values_list("key", flat=True))
    Artwork.objects.bulk_create(
        [Artwork(key=key, url=picture.url) for key, picture in wanted.items() if key not in there],
        ignore_conflicts=True,
    )


def fill(row: models.Model, **values: object) -> bool:
    """Set the fields for which there is a value that differs; say whether any did."""
    changed = False
    for name, value in values.items():
        if value not in (None, "", [], ()) and getattr(row, name) != value:
            setattr(row, name, value)
            changed = True
    return changed


def cut(text: str, model: type[models.Model], field: str) -> str:
    """``text`` as long as the column takes, without the NUL that PostgreSQL refuses."""
    length: int | None = model._meta.get_field(field).max_length  # type: ignore[union-attr]
    return text.replace("\x00", "")[:length]


def number(value: int | None) -> int | None:
    """``value`` where a column can hold it; garbage is unknown."""
    return value if value is not None and 0 <= value < 2**31 else None


def isrc_of(text: str) -> str:
    """A code of twelve letters and digits, as the standard writes it; empty for anything else."""
    code = text.upper().replace("-", "").strip()
    return code if ISRC.fullmatch(code) else ""


def credit_shape(credits: Iterable[Credit], artist_ids: Callable[[ArtistInfo], int]) -> list[tuple[int, str, bool]]:
    """The credit as stored: artist, join phrase, featured; each artist once."""
    shape: dict[int, tuple[int, str, bool]] = {}
    for credit in credits:
        artist_id = artist_ids(credit.artist)
        shape.setdefault(artist_id, (artist_id, with_feat(credit.join_phrase)[:40], credit.is_featured))
    return list(shape.values())
