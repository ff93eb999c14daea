"""Catalogue values for tests: what a provider might say."""

from __future__ import annotations

from typing import Any

from providers.base import AlbumInfo, ArtistInfo, Credit, Picture, TrackInfo


def an_artist(number: int = 1, name: str = "Vera Holm", **more: Any) -> ArtistInfo:
    return ArtistInfo("deezer", str(number), name, **more)


def an_album(number: int = 100, title: str = "Tidal Rooms", **more: Any) -> AlbumInfo:
    values: dict[str, Any] = {
        "credits": (Credit(an_artist()),),
        "released_on": "2025-10-03",
        "pictures": (Picture(f"https://cdn-images.dzcdn.net/images/cover/{number}/1000x1000.jpg", 1000, 1000),),
    }
    return AlbumInfo("deezer", str(number), title, **(values | more))


def a_track(number: int = 1000, title: str = "Lantern Year", **more: Any) -> TrackInfo:
    values: dict[str, Any] = {
        "credits": (Credit(an_artist()),),
        "album": an_album(),
        "disc_number": 1,
        "track_number": 1,
        "duration_ms": 201_000,
    }
    return TrackInfo("deezer", str(number), title, **(values | more))
