"""Version words as types: what makes a recording another one than the plain title says.

A version found in a text is a kind and a detail (``lost kings`` of ``Lost Kings Remix``). Kinds must agree both ways
between what is wanted and what is offered; details must not contradict each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from catalog.matching.filler import APART, GENRES, ISSUED
from catalog.matching.foreign import FOREIGN
from catalog.matching.kinds import VersionKind
from catalog.matching.lexicon import ANY, TONGUES

__all__ = ["Found", "Version", "VersionKind", "find_versions"]


@dataclass(frozen=True, slots=True)
class Version:
    """One version word found: its kind, and whose or which it is."""

    kind: VersionKind
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.kind} ({self.detail})" if self.detail else str(self.kind)


@dataclass(frozen=True, slots=True)
class Found:
    """What a piece of text says of versions; ``rest`` is what is left of it, without words that say nothing."""

    versions: frozenset[Version]
    rest: str
    unread: str  # what is left of it with these words


# Theirs is a name before the word.
_NAMED_BEFORE = frozenset({VersionKind.REMIX, VersionKind.OTHER, VersionKind.COVER})
_MOST_DETAIL_WORDS = 5
_OF_ITS_OWN = frozenset({"vip", "dub"})  # mixes that a remixer makes beside his remix
_COVER_WORDS = frozenset(
    "cover covers covered by version ver tribute to rendition arrangement arr solo sung on".split()
)


@lru_cache(maxsize=16384)
def find_versions(folded: str) -> Found:
    """The versions that a folded piece of text names, and what else it says.

    Meant for what stands beside a title (a bracket, what follows a dash): inside a title the same words are the title.
    """
    tokens = folded.split()
    if not FOREIGN.keys().isdisjoint(tokens):
        folded = " ".join(FOREIGN.get(token, token) for token in tokens)
    text = ISSUED.sub(" ", f" {folded} ")
    matches = list(ANY.finditer(text))
    found: set[Version] = set()
    unread: list[str] = []
    at = 0
    for index, match in enumerate(matches):
        kind = VersionKind[str(match.lastgroup)]
        before = text[at : match.start()].split()
        end = matches[index + 1].start() if index + 1 < len(matches) else len(text)
        after = text[match.end() : end].split()
        if kind is VersionKind.REMIX and match[0] == " edit" and (not _telling(before) or (found and not before)):
            kind = VersionKind.EDIT
        detail = _detail(kind, before, match[0].split(), after)
        if kind is not VersionKind.OTHER or detail:
            found.add(Version(kind, detail))
        if kind not in _NAMED_BEFORE:
            unread += before
        at = end if kind is VersionKind.LIVE or (kind is VersionKind.OTHER and not before) else match.end()
    unread += text[at:].split()
    return Found(frozenset(found), " ".join(_telling(unread)), " ".join(unread))


def _telling(words: list[str]) -> list[str]:
    return [word for word in words if word not in APART]


def _detail(kind: VersionKind, before: list[str], own: list[str], after: list[str]) -> str:
    """Whose or which version it is."""
    match kind:
        case VersionKind.PART:
            return own[-1]
        case VersionKind.DEMO:
            return " ".join([*_telling(before)[-_MOST_DETAIL_WORDS:], *(word.removesuffix("s") for word in own)])
        case VersionKind.PASSAGE:
            return own[-1]
        case VersionKind.LIVE:
            return " ".join(_telling(after))
        case VersionKind.LANGUAGE:
            return next((TONGUES[word] for word in own if word in TONGUES), "")
        case VersionKind.COVER:
            named = _telling(before)[-_MOST_DETAIL_WORDS:]
            return " ".join([*named, *(word for word in own if word not in _COVER_WORDS)])
        case VersionKind.OTHER:
            # A style before the word, or, as Romance languages put it, behind: Pop Version, versión pop.
            said = [word for word in before or after if word in GENRES or word not in APART]
            return " ".join(said[-_MOST_DETAIL_WORDS:])
        case VersionKind.REMIX:
            return " ".join([*_telling(before)[-_MOST_DETAIL_WORDS:], *(word for word in own if word in _OF_ITS_OWN)])
    return ""
