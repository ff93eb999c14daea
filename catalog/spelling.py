"""Artists that are one under several spellings: found by ids, names, aliases; never joined where ids differ. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from itertools import combinations

PSEUDO = "name:"  # the id of an artist whose service gave none
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ŋ": "n"})
_FEAT = re.compile(r"(?<=\s)(?:ft\.?|feat\.?|featuring)(?=\s)", re.IGNORECASE)
_ARTICLE = re.compile(r"^the (?!the$)(?=\S)|(?<=\S), the$")
_AND = re.compile(r"(?<=\w)\s*[&+]\s*(?=\w)")
_ASCII_GAPS = re.compile("[^a-z0-9]+")
_QUOTES = re.compile("[’‘‛´`ʼʻ′']")
MOST_CHARACTERS = 500
MOST_COMPARED = 40  # entries of one name that are compared in pairs; more of them are hardly one artist


def spelling_key(name: str) -> str:
    """What all spellings of one name have in common: without case, width, accents, punctuation and article.

    ``The Björk & Co.``, ``bjork and co`` and ``BJÖRK AND CO`` are one. No letter is guessed, no script changed: names
    that differ in a letter are different names.
    """
    text = name[:MOST_CHARACTERS]
    if text.isascii():  # most names, at half the cost
        return _ASCII_GAPS.sub("", _joined(text.lower())) or " ".join(name.casefold().split())
    text = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    text = _joined("".join(c for c in unicodedata.normalize("NFD", text) if not "\u0300" <= c <= "\u036f"))
    bare = "".join(c for c in text if c.isalnum() or unicodedata.category(c)[0] == "M")
    return unicodedata.normalize("NFC", bare) or " ".join(name.casefold().split())


def _joined(text: str) -> str:
    """The text with its joining words in one way, without quotes and article."""
    text = _FEAT.sub("feat", _AND.sub(" and ", text))
    return _ARTICLE.sub("", " ".join(_QUOTES.sub("", text).split()))


def tidy_name(name: str) -> str:
    """The name as it is written properly: composed, in half width, with single spaces and ``feat.`` in one way."""
    if name.isascii() and name.isprintable():
        return with_feat(" ".join(name.split()))[:MOST_CHARACTERS]
    text = "".join(unicodedata.normalize("NFKC", c) if "\uff01" <= c <= "\uff5e" else c for c in name)
    return with_feat(clean_name(text))[:MOST_CHARACTERS]


def with_feat(text: str) -> str:
    """The text with ``feat.`` wherever services write ft, feat or featuring between spaces."""
    return _FEAT.sub("feat.", text)


def clean_name(name: str) -> str:
    """The name as a person wrote it, without what cannot be seen: composed, single spaces, no control characters."""
    text = unicodedata.normalize("NFC", name)
    visible = "".join(c for c in text if unicodedata.category(c) not in {"Cc", "Cf", "Cs"} or c in "\t\n \u200c\u200d")
    return " ".join(visible.split())[:MOST_CHARACTERS]


@dataclass(frozen=True, slots=True)
class Known:
    """An artist as the catalogue has it. ``ids`` are pairs of service and id, ``tracks`` how many name it."""

    id: int
    name: str
    mbid: str = ""
    ids: frozenset[tuple[str, str]] = frozenset()
    aliases: tuple[str, ...] = ()
    tracks: int = 0
    albums: int = 0

    @property
    def real_ids(self) -> frozenset[tuple[str, str]]:
        return frozenset(pair for pair in self.ids if not pair[1].startswith(PSEUDO))

    @property
    def keys(self) -> set[str]:
        return {spelling_key(name) for name in (self.name, *self.aliases)}


class Certainty(IntEnum):
    """How sure it is that the members are one; the surest first."""

    SURE = 0  # the same id says so
    LIKELY = 1  # the same name, and nothing speaks against it
    UNTIDY = 2  # one artist, whose name is written carelessly
    FOLDERS = 3  # one artist, some of whose files lie under another spelling
    DIFFERENT = 4  # the same name, but ids say that they are several


@dataclass(frozen=True, slots=True)
class Group:
    """Artists that may be one, the name that they should have, and why."""

    members: tuple[Known, ...]
    certainty: Certainty
    why: tuple[str, ...]
    name: str = ""
    name_why: str = ""

    @property
    def spellings(self) -> list[str]:
        return list(dict.fromkeys(member.name for member in self.members))

    @property
    def tracks(self) -> int:
        return sum(member.tracks for member in self.members)


@dataclass(slots=True)
class _Union:
    """Which artists belong together."""

    parent: dict[int, int] = field(default_factory=dict)

    def root(self, one: int) -> int:
        while (above := self.parent.setdefault(one, one)) != one:
            self.parent[one] = self.parent[above]
            one = above
        return one

    def join(self, one: int, other: int) -> None:
        self.parent[self.root(other)] = self.root(one)


def contradiction(one: Known, other: Known) -> str:
    """Why the two are different artists, empty where nothing says so.

    One MusicBrainz id for both settles it the other way: services keep an artist twice now and then.
    """
    if one.mbid and other.mbid:
        return "" if one.mbid == other.mbid else "MusicBrainz knows them as two artists"
    theirs = defaultdict(set)
    for provider, value in other.real_ids:
        theirs[provider].add(value)
    for provider, value in sorted(one.real_ids):
        if theirs[provider] and value not in theirs[provider]:
            return f"{provider.replace('_', ' ').title()} knows them as two artists"
    return ""


def groups_of(artists: Iterable[Known], *, apart: Collection[frozenset[int]] = ()) -> list[Group]:
    """Groups of artists that may be one under several spellings, and single ones whose name is untidy.

    ``apart`` are pairs of which a person has said that they are different. The names are chosen by ``with_name``.
    """
    known = {artist.id: artist for artist in artists}
    sure = _Union()
    by_mbid: dict[str, int] = {}
    for artist in known.values():
        if artist.mbid:
            sure.join(by_mbid.setdefault(artist.mbid, artist.id), artist.id)
    clusters: dict[int, list[Known]] = defaultdict(list)
    for artist in known.values():
        clusters[sure.root(artist.id)].append(artist)
    by_key: dict[str, set[int]] = defaultdict(set)
    for root, members in clusters.items():
        for key in {key for member in members for key in member.keys}:
            by_key[key].add(root)
    found, grouped = list[Group](), set[int]()
    named = _Union()
    for roots in by_key.values():
        first = min(roots)
        for other in roots:
            named.join(first, other)
    together: dict[int, list[int]] = defaultdict(list)
    for root in clusters:
        together[named.root(root)].append(root)
    for joined in together.values():
        for group in _groups([clusters[root] for root in sorted(joined)], apart):
            found.append(group)
            grouped.update(member.id for member in group.members)
    found += [
        Group((artist,), Certainty.UNTIDY, ("its name is not written as names are",))
        for artist in known.values()
        if artist.id not in grouped and tidy_name(artist.name) not in {artist.name, ""}
    ]
    return found


def _groups(clusters: Sequence[Sequence[Known]], apart: Collection[frozenset[int]]) -> list[Group]:
    """What becomes of clusters that share a name; each cluster is one artist for sure."""
    against: list[str] = ["they are too many to be one"] if len(clusters) > MOST_COMPARED else []
    for one, other in combinations(clusters[:MOST_COMPARED], 2):
        pairs = [(a, b) for a in one for b in other]
        if any(frozenset((a.id, b.id)) in apart for a, b in pairs):
            against.append("somebody said that they are different")
        against += [reason for a, b in pairs if (reason := contradiction(a, b))]
    if not against:
        members = tuple(member for cluster in clusters for member in cluster)
        if len(members) < 2:
            return []
        if len(clusters) == 1:
            return [Group(members, Certainty.SURE, ("they have one MusicBrainz id",))]
        return [Group(members, Certainty.LIKELY, tuple(_reasons(members)))]
    groups = [
        Group(tuple(cluster), Certainty.SURE, ("they have one MusicBrainz id",))
        for cluster in clusters
        if len(cluster) > 1
    ]
    if all(reason.startswith("somebody") for reason in against):
        return groups
    members = tuple(member for cluster in clusters for member in cluster)
    if len({spelling_key(member.name) for member in members}) > 1:
        return groups  # only an alias is the same: nobody would take them for one
    return [*groups, Group(members, Certainty.DIFFERENT, tuple(dict.fromkeys(against)))]


def _reasons(members: Sequence[Known]) -> Iterable[str]:
    names = {member.name for member in members}
    keys = {spelling_key(name) for name in names}
    if len(keys) > 1:
        yield "one is called by an alias of the other"
    if len(names) == 1:
        yield "they have the same name at different services"
    elif len(keys) < len(names):
        yield "their names differ in spelling only"
    if not all(member.real_ids or member.mbid for member in members):
        yield "not all of them have an id"


def with_name(group: Group) -> Group:
    """The group with the name that it should have, and why that one."""
    if group.certainty is Certainty.DIFFERENT:
        return group
    names: dict[str, list[Known]] = defaultdict(list)
    for member in group.members:
        names[tidy_name(member.name) or member.name].append(member)

    def rank(name: str) -> tuple[bool, bool, int, int, str]:
        members = names[name]
        has_musicbrainz = any(provider == "musicbrainz" for member in members for provider, _ in member.ids)
        is_shouted = name.isupper() and len(name) > 4  # ABBA and MGMT are called so
        return (
            not has_musicbrainz,
            is_shouted or name.islower(),
            -sum(member.tracks for member in members),
            -sum(not c.isascii() for c in name),
            name,
        )

    best = min(names, key=rank)
    return replace(group, name=best, name_why=_name_why(best, names))


def _name_why(best: str, names: dict[str, list[Known]]) -> str:
    if len(names) == 1:
        return "" if any(member.name == best for member in names[best]) else "written as names are"
    if any(provider == "musicbrainz" for member in names[best] for provider, _ in member.ids):
        return "as MusicBrainz writes it"
    tracks = {name: sum(member.tracks for member in members) for name, members in names.items()}
    if all(tracks[best] > count for name, count in tracks.items() if name != best):
        return "as most tracks have it"
    if any((name.isupper() and len(name) > 4) or name.islower() for name in names if name != best):
        return "with upper and lower case"
    return "with its accents" if not best.isascii() else "the first in the alphabet"
