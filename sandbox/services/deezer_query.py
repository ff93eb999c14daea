"""Deezer's search grammar: free words, or ``field:"value"`` filters, which make it forget the free words."""

from __future__ import annotations

import re

from sandbox.catalogue import Catalogue
from sandbox.catalogue.model import Album, Artist, Track
from sandbox.catalogue.search import fold, words

FILTER = re.compile(r'\b(artist|album|track|label|dur_min|dur_max|bpm_min|bpm_max):(?:"([^"]*)"|(\S+))')


def filters(query: str) -> dict[str, str]:
    return {name: quoted or bare for name, quoted, bare in FILTER.findall(query)}


def tracks(catalogue: Catalogue, query: str) -> list[Track]:
    wanted = filters(query)
    if not wanted:
        return catalogue.track_index.find(query)
    return [track for track in catalogue.live_tracks if _fits(track, wanted)]


def albums(catalogue: Catalogue, query: str) -> list[Album]:
    wanted = filters(query)
    if not wanted:
        return catalogue.album_index.find(query)
    live = (album for album in catalogue.albums if not album.is_removed)
    return [
        album
        for album in live
        if _like(wanted.get("album", ""), album.title)
        and _like(wanted.get("artist", ""), " ".join(a.name for a in album.artists))
        and _like(wanted.get("label", ""), album.label)
    ]


def artists(catalogue: Catalogue, query: str) -> list[Artist]:
    wanted = filters(query)
    return catalogue.artist_index.find(wanted.get("artist", query) if wanted else query)


def _fits(track: Track, wanted: dict[str, str]) -> bool:
    recording = track.recording
    seconds = recording.duration_ms / 1000
    return (
        _like(wanted.get("track", ""), recording.full_title)
        and _like(wanted.get("artist", ""), " ".join(a.name for a in recording.all_artists))
        and _like(wanted.get("album", ""), track.album.title)
        and _like(wanted.get("label", ""), track.album.label)
        and _number(wanted, "dur_min", 0) <= seconds <= _number(wanted, "dur_max", 1e9)
        and _number(wanted, "bpm_min", 0) <= recording.bpm <= _number(wanted, "bpm_max", 1e9)
    )


def _like(wanted: str, text: str) -> bool:
    """All words of ``wanted`` in ``text``; symbols alone must be the text."""
    asked = words(wanted)
    return set(asked) <= set(words(text)) if asked else fold(wanted).strip() in ("", fold(text).strip())


def _number(wanted: dict[str, str], name: str, default: float) -> float:
    try:
        return float(wanted[name])
    except (KeyError, ValueError):
        return default
