"""Values of tags that a person set by hand, file by file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Person
from core.errors import UserError
from library.models import AudioFile, ManualTag
from library.tags import Tags

# Fields of Tags that say what a file is; the others say where it came from, and no hand knows that better.
EDITABLE = (
    "title",
    "artist",
    "artists",
    "album",
    "album_artist",
    "album_artists",
    "track_number",
    "track_total",
    "disc_number",
    "disc_total",
    "date",
    "original_date",
    "genres",
    "composer",
    "label",
    "catalogue_number",
    "copyright",
    "isrc",
    "barcode",
    "release_type",
    "advisory",
    "is_compilation",
)
EMPTY = Tags()


def manual_values(files: Iterable[AudioFile]) -> dict[int, dict[str, Any]]:
    """By file: the fields that were set by hand, as ``Tags`` takes them. One query."""
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    rows = ManualTag.objects.filter(file__in=[file.pk for file in files], field__in=EDITABLE)
    for file_id, field, value in rows.values_list("file_id", "field", "value"):
        found[file_id][field] = _as_field(field, value)
    return dict(found)


def manual_of(path: str) -> dict[str, Any]:
    """The same of the file at ``path``: what takes its place says it too."""
    file = AudioFile.objects.filter(path=path).first()
    return manual_values([file]).get(file.pk, {}) if file else {}


@transaction.atomic
def set_manual(files: Collection[AudioFile], values: Mapping[str, Any], *, by: Person | None) -> None:
    """These fields of these files have these values from now on, as soon as their tags are written.

    None (or an empty value) takes the field out of the files. Raises UserError for a field or a value that cannot be.
    """
    clean = {name: _checked(name, value) for name, value in values.items()}
    now = timezone.now()
    ManualTag.objects.bulk_create(
        [
            ManualTag(file=file, field=name, value=value, person=by, set_at=now)
            for file in files
            for name, value in clean.items()
        ],
        update_conflicts=True,
        unique_fields=["file", "field"],
        update_fields=["value", "person", "set_at"],
        batch_size=500,
    )


def without_manual(files: Iterable[AudioFile], names: Collection[str] | None = None) -> int:
    """What was set by hand holds no more, for all fields or these; how many values that were."""
    rows = ManualTag.objects.filter(file__in=[file.pk for file in files])
    return (rows if names is None else rows.filter(field__in=names)).delete()[0]


def _checked(name: str, value: Any) -> Any:
    """The value as it is kept: what a file would say if it were written and read again."""
    if name not in EDITABLE:
        raise UserError(f"{name} is no field that can be set by hand.")
    try:
        fields = {name: _as_field(name, value)}
        if name.endswith("_total"):
            fields[name.replace("total", "number")] = 1  # a total alone says nothing to Tags
        kept = getattr(replace(EMPTY, **fields), name)
    except (TypeError, ValueError, AttributeError) as exc:
        raise UserError(f"“{value}” is no value for {name.replace('_', ' ')}.") from exc
    if value not in (None, "", [], ()) and kept in (None, "", ()):
        raise UserError(f"“{value}” is no value for {name.replace('_', ' ')}.", remedy=_remedy(name))
    return list(kept) if isinstance(kept, tuple) else kept


def _remedy(name: str) -> str:
    if name.endswith("date"):
        return "Write the year, or year-month-day: 2025 or 2025-10-03."
    return "Write a number from 1 to 65,535." if name.endswith(("_number", "_total")) else ""


def _as_field(name: str, value: Any) -> Any:
    empty = getattr(EMPTY, name)
    if value is None:
        return empty
    if isinstance(empty, tuple):
        return tuple(str(part) for part in value) if isinstance(value, list | tuple) else (str(value),)
    if isinstance(empty, bool) or name == "advisory":
        return bool(value)
    if empty is None:
        return int(value)
    return str(value)
