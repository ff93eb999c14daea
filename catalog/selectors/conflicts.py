"""What origins contradict one another on, and what was decided: pages by key, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from catalog.metadata.fields import FIELDS, Entity, Field, Shape, in_order, origin_label
from catalog.metadata.own import show
from catalog.models import Album, AlbumCredit, Artist, Conflict, FieldRule, Recording, Track
from catalog.services.metadata.tables import Said, rows_said

PAGE = 50
State = Conflict.State
STATES = {State.OPEN: ("Open", "warn"), State.BY_HAND: ("By hand", "ok"), State.BY_RULE: ("By rule", "line")}
NOUNS = {Entity.RECORDING: "Track", Entity.ALBUM: "Album", Entity.ARTIST: "Artist"}


@dataclass(frozen=True, slots=True)
class SaidValue:
    """What one origin says, as people read it. ``counts``: it is what pages and tags have now."""

    origin: str
    label: str
    words: str
    counts: bool
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """A contradiction in words. ``about`` is the number of the thing."""

    id: int
    entity: str
    about: int
    noun: str
    title: str
    subtitle: str
    url: str
    art: str
    field: str
    field_label: str
    state: str
    state_label: str
    tone: str
    origin_label: str
    by: str
    at: datetime | None
    values: list[SaidValue]
    now: str
    files: str  # which files its tags are in, for the page of tags; empty where a track has none

    @property
    def what(self) -> str:
        return f"{self.entity}.{self.field}"

    @property
    def is_open(self) -> bool:
        return self.state == State.OPEN

    @property
    def can_reopen(self) -> bool:
        return self.state == State.BY_HAND


@dataclass(frozen=True, slots=True)
class ConflictPage:
    rows: list[ConflictRow]
    next: str = ""


@dataclass(frozen=True, slots=True)
class FieldCount:
    """How many conflicts of a field stand in one state."""

    entity: str
    field: str
    label: str
    count: int

    @property
    def what(self) -> str:
        return f"{self.entity}.{self.field}"


@dataclass(frozen=True, slots=True)
class RuleRow:
    id: int
    what: str
    label: str
    prefer: str
    by: str
    at: datetime
    is_walking: bool


def conflicts(*, state: str = "", what: str = "") -> QuerySet[Conflict]:
    """The conflicts that fit, newest first. ``what``: ``album`` or ``album.label``; ``state``: empty for all."""
    rows = Conflict.objects.order_by("-id")
    entity, _, name = what.partition(".")
    if state:
        rows = rows.filter(state=state)
    if entity:
        rows = rows.filter(entity=entity)
    return rows.filter(field=name) if name else rows


def conflicts_page(*, state: str = "", what: str = "", after: int | None = None, size: int = PAGE) -> ConflictPage:
    """Fifty conflicts, those after the id ``after``: the same few queries at any depth."""
    rows = conflicts(state=state, what=what)
    if after is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows.select_related("album", "artist", "recording")[: size + 1])
    return ConflictPage(conflict_rows(found[:size]), str(found[size - 1].pk) if len(found) > size else "")


def conflict_rows(found: Sequence[Conflict]) -> list[ConflictRow]:
    """These conflicts with what each origin says; their things are joined already."""
    said = {
        entity: rows_said(entity, {one.about for one in found if one.entity == entity})
        for entity in Entity
        if any(one.entity == entity for one in found)
    }
    tracks = _tracks_of({one.recording_id for one in found if one.recording_id})
    owners = _owners_of({one.album_id for one in found if one.album_id})
    return [_row(one, said[Entity(one.entity)], tracks, owners) for one in found]


def field_counts(state: str = State.OPEN) -> list[FieldCount]:
    """The fields that have conflicts in this state, most first. One query."""
    rows = Conflict.objects.filter(state=state).values_list("entity", "field").annotate(count=Count("pk"))
    counts = [
        FieldCount(entity, name, f"{NOUNS[Entity(entity)]}: {_field(entity, name).label}", count)
        for entity, name, count in rows.order_by()
    ]
    return sorted(counts, key=lambda one: (-one.count, one.what))


def ruled_whats() -> list[tuple[str, str]]:
    """The fields for which a rule makes sense, with what they are called."""
    return [
        (f"{entity}.{name}", f"{NOUNS[entity]}: {one.label}")
        for entity, fields in FIELDS.items()
        for name, one in fields.items()
        if not one.is_identity and one.shape is not Shape.LIST
    ]


def rule_rows() -> list[RuleRow]:
    rules = FieldRule.objects.exclude(prefer="").order_by("entity", "field")
    return [
        RuleRow(
            rule.pk,
            f"{rule.entity}.{rule.field}",
            f"{NOUNS[Entity(rule.entity)]}: {_field(rule.entity, rule.field).label}",
            origin_label(rule.prefer),
            rule.by_name,
            rule.made_at,
            rule.walked_to is not None,
        )
        for rule in rules
    ]


def values_of(entity: Entity, row: Recording | Album | Artist) -> list[tuple[str, list[SaidValue]]]:
    """Field by field what each origin says of ``row``, the most believed first; fields of which none does are left out.

    One query.
    """
    said = rows_said(entity, [row.pk])[row.pk]
    found = []
    for name, one in FIELDS[entity].items():
        values = said_values(one, said, getattr(row, name))
        if values:
            found.append((one.label, values))
    return found


def said_values(one: Field, said: Mapping[str, Any], now: Any) -> list[SaidValue]:
    """What each origin says of one field; ``now`` is what counts."""
    values = []
    for origin in in_order(origin for origin, values in said.items() if one.name in values.fields):
        value = said[origin].fields[one.name]
        counts = set(value) <= set(now) if isinstance(value, list) and isinstance(now, list) else value == now
        values.append(SaidValue(origin, origin_label(origin), show(one, value), counts, said[origin].fetched_at))
    return values


def _row(one: Conflict, said: Said, tracks: Mapping[int, Track], owners: Mapping[int, str]) -> ConflictRow:
    thing: Any = one.album or one.artist or one.recording
    known = _field(one.entity, one.field)
    label, tone = STATES[State(one.state)]
    track = tracks.get(one.recording_id or 0)
    album = one.album or (track.album if track else None)
    subtitle = owners.get(one.album_id or 0, "") if one.album_id else one.recording.artist_text if one.recording else ""
    url = track.get_absolute_url() if track else "" if isinstance(thing, Recording) else thing.get_absolute_url()
    now = getattr(thing, one.field)
    return ConflictRow(
        id=one.pk,
        entity=one.entity,
        about=one.about,
        noun=NOUNS[Entity(one.entity)],
        title=str(thing),
        subtitle=subtitle,
        url=url,
        art=(album.artwork_id or "") if album else (one.artist.artwork_id or "") if one.artist else "",
        field=one.field,
        field_label=known.label,
        state=one.state,
        state_label=label,
        tone=tone,
        origin_label=origin_label(one.origin) if one.origin else "",
        by=one.by_name,
        at=one.settled_at or one.seen_at,
        values=said_values(known, said.get(one.about, {}), now),
        now=show(known, now) if now not in (None, "", []) else "",
        files=f"{'track' if track else one.entity}={(track or thing).key}" if track or not one.recording_id else "",
    )


def _field(entity: str, name: str) -> Field:
    return FIELDS[Entity(entity)][name]


def _tracks_of(ids: Iterable[int]) -> dict[int, Track]:
    """A track of each of these recordings."""
    rows = Track.objects.filter(recording_id__in=list(ids)).select_related("album").order_by("-pk")
    return {row.recording_id: row for row in rows}


def _owners_of(ids: Iterable[int]) -> dict[int, str]:
    """The artists of these albums as texts."""
    found: dict[int, list[str]] = {}
    rows = AlbumCredit.objects.filter(album_id__in=list(ids)).order_by("album_id", "position")
    for album_id, name in rows.values_list("album_id", "artist__name"):
        found.setdefault(album_id, []).append(name)
    return {pk: ", ".join(names) for pk, names in found.items()}
