"""What stands in the columns so far was said by the service that each row is known by best."""

from __future__ import annotations

from typing import Any

from django.db import migrations

CHUNK = 500
ORDER = {"deezer": 0, "spotify": 1, "musicbrainz": 2}
FIELDS = {
    "Artist": ("name", "sort_name", "genres", "mbid"),
    "Album": ("title", "kind", "released_on", "label", "upc", "copyright", "genres", "explicit", "mbid"),
    "Recording": ("title", "duration_ms", "explicit", "isrc", "mbid"),
}
# Whose ids tell who spoke: the model of the ids, the way from an id to the row.
IDS = {"Artist": ("ArtistId", "artist"), "Album": ("AlbumId", "album"), "Recording": ("TrackId", "track__recording")}


def fill(apps: Any, schema_editor: Any) -> None:
    for name, fields in FIELDS.items():
        model, values = apps.get_model("catalog", name), apps.get_model("catalog", f"{name}Values")
        ids_name, way = IDS[name]
        ids = apps.get_model("catalog", ids_name)
        last = 0
        while rows := list(model.objects.filter(pk__gt=last).order_by("pk")[:CHUNK]):
            last = rows[-1].pk
            origins: dict[int, str] = {}
            known = ids.objects.filter(**{f"{way}__gte": rows[0].pk, f"{way}__lte": last})
            for pk, provider in known.order_by("pk").values_list(way, "provider"):
                best = origins.setdefault(pk, provider)
                if ORDER.get(provider, 9) < ORDER.get(best, 9):
                    origins[pk] = provider
            values.objects.bulk_create(
                [
                    values(**{f"{name.lower()}_id": row.pk}, origin=origins[row.pk], fields=said(row, fields))
                    for row in rows
                    if row.pk in origins
                ],
                ignore_conflicts=True,
            )


def said(row: Any, fields: tuple[str, ...]) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in fields}
    return {name: value for name, value in found.items() if value not in (None, "", [])}


def forget(apps: Any, schema_editor: Any) -> None:
    for name in FIELDS:
        apps.get_model("catalog", f"{name}Values").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_keep_what_each_origin_says")]

    operations = [migrations.RunPython(fill, forget, elidable=True)]
