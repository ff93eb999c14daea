"""Where a person can look for the words of a track that LRCLIB has none of. Nothing is asked there by Spotizer."""

from __future__ import annotations

from urllib.parse import quote

LONGEST = 300  # characters of a question; a title can have thousands
SITES = (
    ("LRCLIB", "https://lrclib.net/search/{}"),
    ("Genius", "https://genius.com/search?q={}"),
    ("Musixmatch", "https://www.musixmatch.com/search?query={}"),
)


def lyrics_sites(artist: str, title: str) -> list[tuple[str, str]]:
    """The sites' names, and the addresses of their searches for the track."""
    words = quote(" ".join(f"{artist} {title}".split())[:LONGEST], safe="")
    return [(name, address.format(words)) for name, address in SITES]
