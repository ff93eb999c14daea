"""Names and titles brought to one form, so that editions of one album meet. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from providers.base import Credit, ReleaseKind

# What tells editions of one album apart, at the end of its title in brackets or after a dash. Live, remix or acoustic
# are other albums, not editions.
EDITION = (
    r"(?:\d{4}\s+)?(?:super\s+)?(?:deluxe|expanded|extended|special|limited|anniversary|collector'?s|bonus|remaster(?:ed)?|"
    r"re-?issue|explicit|clean|edited|mono|stereo|international|japan(?:ese)?|original|complete|digital|standard|"
    r"\d+(?:st|nd|rd|th)\s+anniversary)"
    r"(?:\s+(?:super|deluxe|version|edition|album|tracks?|remaster(?:ed)?|anniversary|mix|release|\d{4}))*"
)
EDITION_TAIL = re.compile(rf"\s*(?:[(\[]\s*{EDITION}\s*[)\]]|\s[-–—]\s+{EDITION})\s*$", re.IGNORECASE)


def plain(text: str) -> str:
    """``text`` without case, accents and punctuation; other scripts stay. ``Björk!`` and ``bjork`` are one."""
    folded = unicodedata.normalize("NFKD", text.replace("&", " and ")).casefold()
    unaccented = (c for c in folded if not "\u0300" <= c <= "\u036f")  # marks of other scripts are letters to a reader
    bare = "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in unaccented)
    words = " ".join(bare.split())
    return words or " ".join(text.casefold().split())


def without_edition(title: str) -> str:
    """``Tidal Rooms`` for ``Tidal Rooms (Deluxe Edition) [2011 Remaster]``."""
    while (shorter := EDITION_TAIL.sub("", title)) != title and shorter.strip():
        title = shorter
    return title.strip()


def match_key(credits: Iterable[Credit], title: str, kind: ReleaseKind) -> str:
    """What the editions of one album have in common: its first artist, its title, and whether it is a short release."""
    first = next((credit.artist.name for credit in credits), "")
    length = "short" if kind in {ReleaseKind.SINGLE, ReleaseKind.EP} else "long"
    return f"{plain(first)[:200]}|{plain(without_edition(title))[:280]}|{length}"


def recording_key(artist_text: str, title: str) -> str:
    """What two entries of one sound have in common where no code says it; empty where the artist is not known."""
    return f"{plain(artist_text)[:140]}|{plain(title)[:140]}" if artist_text.strip() and title.strip() else ""


def credit_text(credits: Iterable[Credit]) -> str:
    """The credit as one reads it: ``Vera Holm feat. Ida``. Where nothing joins two names, a comma does."""
    people = list(credits)
    parts = [
        credit.artist.name + ((credit.join_phrase or ", ") if index < len(people) - 1 else "")
        for index, credit in enumerate(people)
    ]
    return "".join(parts)
