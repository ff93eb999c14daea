"""Whether a hit surely is what was asked for: so strict that looking further would be a waste.

The matcher has the last word on every candidate; this only decides whether another call is worth it.
"""

from __future__ import annotations

import re
import unicodedata

from rapidfuzz import fuzz

from providers.base import Candidate, TrackInfo, UploadKind

SURE_MS = 3_000
_FEATURED = re.compile(r"[(\[](?:feat|ft|with)\b[^)\]]*[)\]]|\b(?:feat|ft)\..*$", re.IGNORECASE)


def key(text: str) -> str:
    """Letters and digits of ``text`` in one case, without featured names."""
    folded = unicodedata.normalize("NFKD", _FEATURED.sub("", text)).casefold()
    return "".join(letter for letter in folded if letter.isalnum())


def is_same_title(one: str, other: str) -> bool:
    return key(one) == key(other) != ""


def shares_artist(wanted: tuple[str, ...], offered: tuple[str, ...]) -> bool:
    """Whether one name is the same, give or take a letter."""
    return any(fuzz.ratio(key(name), key(other)) >= 90 for name in wanted for other in offered)


def is_surely(wanted: TrackInfo, candidate: Candidate) -> bool:
    """Official audio under the same title, by one of the artists, at most three seconds off, as explicit as asked."""
    if candidate.kind is not UploadKind.SONG or wanted.duration_ms is None or candidate.duration_ms is None:
        return False
    return (
        abs(wanted.duration_ms - candidate.duration_ms) <= SURE_MS
        and is_same_title(wanted.title, candidate.title)
        and shares_artist(wanted.artists, candidate.artists)
        and (wanted.explicit is None or candidate.explicit is None or wanted.explicit == candidate.explicit)
    )
