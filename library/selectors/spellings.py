"""Which artists may be one under several spellings, and what one name for them would change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from django.db.models import Count, F

from catalog.metadata.fields import origin_label
from catalog.models import AlbumCredit, Artist, ArtistId, ArtistNaming, ArtistsApart, ArtistValues, RecordingCredit
from catalog.spelling import Certainty, Group, Known, groups_of, spelling_key, with_name
from core.bulk import among
from core.keys import key_for
from library.models import AudioFile
from library.naming import legible, safe_part

PAGE = 25


@dataclass(frozen=True, slots=True)
class Member:
    """One artist of a group, as a page shows it."""

    id: int
    name: str
    key: str
    services: str
    tracks: int
    albums: int
    files: int
    keeps_name: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A group: who is in it, what it should be called and why, and what of the library that would change."""

    ident: str
    certainty: Certainty
    why: str
    name: str
    name_why: str
    members: list[Member]
    spellings: list[str]
    tracks: int
    files: int
    folders: int

    @property
    def label(self) -> str:
        return {
            Certainty.SURE: "One artist",
            Certainty.LIKELY: "Probably one",
            Certainty.UNTIDY: "Untidy name",
            Certainty.FOLDERS: "In files only",
            Certainty.DIFFERENT: "Different",
        }[self.certainty]

    @property
    def tone(self) -> str:
        return {Certainty.SURE: "ok", Certainty.LIKELY: "work", Certainty.DIFFERENT: "warn"}.get(self.certainty, "")


@dataclass(slots=True)
class Page:
    """``number`` counts from 1."""

    rows: list[Row]
    total: int
    number: int = 1
    counts: dict[str, int] = field(default_factory=dict)
    namings: list[ArtistNaming] = field(default_factory=list)  # what was named lately

    @property
    def has_more(self) -> bool:
        return self.number * PAGE < self.total


def all_groups() -> list[Group]:
    """Every group of the catalogue, the surest first, then those with most tracks. A fixed number of queries."""
    pairs: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for artist_id, provider, value in ArtistId.objects.values_list("artist_id", "provider", "value").iterator():
        pairs[artist_id].add((provider, value))
    said: dict[int, set[str]] = defaultdict(set)
    for artist_id, name in ArtistValues.objects.values_list("artist_id", "fields__name").iterator():
        if isinstance(name, str) and name:
            said[artist_id].add(name)
    rows = Artist.objects.filter(merged_into=None).values_list("pk", "name", "mbid", "aliases").iterator()
    known = [
        Known(pk, name, mbid=mbid, ids=frozenset(pairs[pk]), aliases=tuple(sorted((said[pk] | {*aliases}) - {name})))
        for pk, name, mbid, aliases in rows
    ]
    apart = {frozenset(pair) for pair in ArtistsApart.objects.values_list("one_id", "other_id")}
    decided: dict[int, set[str]] = defaultdict(set)  # by artist: the folders that were spoken of then
    namings = ArtistNaming.objects.filter(undone_at=None, name=F("artist__name"))
    for artist_id, also in namings.values_list("artist_id", "also"):
        decided[artist_id].update(also)
    groups = [
        group
        for group in groups_of(known, apart=apart)
        if group.certainty is not Certainty.UNTIDY or group.members[0].id not in decided
    ]
    grouped = {member.id for group in groups for member in group.members}
    elsewhere = folder_spellings()
    groups += [
        Group((one,), Certainty.FOLDERS, (f"its files lie under {', '.join(sorted(elsewhere[one.id]))} too",))
        for one in known
        if one.id not in grouped and elsewhere.get(one.id, set()) - decided.get(one.id, set())
    ]
    counted = _counted(groups)
    return sorted(counted, key=lambda group: (group.certainty, -group.tracks, group.members[0].id))


def spellings_page(kind: str = "", number: int = 1) -> Page:
    """One page of the groups, of one certainty or all."""
    groups = all_groups()
    counts = defaultdict(int, {"": len(groups)})
    for group in groups:
        counts[group.certainty.name.lower()] += 1
    shown = [group for group in groups if not kind or group.certainty.name.lower() == kind]
    part = shown[(number - 1) * PAGE : number * PAGE]
    page = Page(rows_of(part), len(shown), number, dict(counts))
    page.namings = list(ArtistNaming.objects.select_related("artist").filter(undone_at=None).order_by("-pk")[:5])
    return page


def rows_of(groups: Collection[Group]) -> list[Row]:
    """The groups with the files that one name would change. Two queries."""
    paths = _paths({member.id for group in groups for member in group.members})
    return [_row(group, paths) for group in groups]


def _row(group: Group, paths: dict[int, set[str]]) -> Row:
    is_of_folders = group.certainty is Certainty.FOLDERS
    changed = {path for one in group.members if one.name != group.name or is_of_folders for path in paths[one.id]}
    members = [
        Member(
            member.id,
            member.name,
            key_for(member.id),
            ", ".join(sorted({origin_label(provider) for provider, _ in member.real_ids})) or "no service",
            member.tracks,
            member.albums,
            len(paths[member.id]),
            member.name == group.name,
        )
        for member in group.members
    ]
    return Row(
        "-".join(str(member.id) for member in group.members[:3]),
        group.certainty,
        ", ".join(group.why),
        group.name,
        group.name_why,
        members,
        list(dict.fromkeys([group.name, *group.spellings])) if group.name else group.spellings,
        sum(member.tracks for member in group.members if member.name != group.name),
        len(changed),
        len({str(PurePosixPath(path).parent) for path in changed}),
    )


def folder_spellings(ids: Collection[int] | None = None) -> dict[int, set[str]]:
    """By artist: other spellings of its name that folders of its files have. Two queries, of some artists or of all."""
    found: dict[int, set[str]] = defaultdict(set)
    keys: dict[str, str] = {}
    for link in ("recording__credits__artist", "track__album__credits__artist"):
        files = AudioFile.objects.filter(gone_at=None, **{f"{link}__isnull": False})
        if ids is not None:
            files = files.filter(**{f"{link}__in": among(ids)})
        for artist_id, name, path in files.values_list(link, f"{link}__name", "path").iterator():
            folder = safe_part(legible(name))
            for part in PurePosixPath(path).parts[:-1]:
                if part != folder and _key(part, keys) == _key(name, keys):
                    found[artist_id].add(part)
    return dict(found)


def _key(name: str, keys: dict[str, str]) -> str:
    if name not in keys:
        keys[name] = spelling_key(name)
    return keys[name]


def _counted(groups: Collection[Group]) -> list[Group]:
    ids = {member.id for group in groups for member in group.members}
    tracks, albums = _counts(RecordingCredit, ids), _counts(AlbumCredit, ids)
    return [
        with_name(
            replace(
                group,
                members=tuple(
                    replace(member, tracks=tracks.get(member.id, 0), albums=albums.get(member.id, 0))
                    for member in group.members
                ),
            )
        )
        for group in groups
    ]


def _counts(model: type[RecordingCredit] | type[AlbumCredit], ids: Collection[int]) -> dict[int, int]:
    rows = model._default_manager.filter(artist__in=among(ids)).values_list("artist").annotate(count=Count("pk"))
    return dict(rows.order_by())


def _paths(ids: Collection[int]) -> dict[int, set[str]]:
    """By artist: the files that it is credited on, by its recordings or its albums."""
    found: dict[int, set[str]] = defaultdict(set)
    for link in ("recording__credits__artist", "track__album__credits__artist"):
        rows = AudioFile.objects.filter(gone_at=None, **{f"{link}__in": among(ids)}).values_list(link, "path")
        for artist_id, path in rows:
            found[artist_id].add(path)
    return found
