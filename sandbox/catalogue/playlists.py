"""The playlists: anchors with a purpose, then ordinary ones."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from functools import partial
from itertools import chain

from sandbox.catalogue.ids import Ids
from sandbox.catalogue.model import Album, Entry, Playlist, Track

ME, ME_NAME = "ida.berg", "Ida"  # who signs in to the Spotify stand-in
OTHER, OTHER_NAME = "tom.lind", "Tom Lind"
FIRST_PLAYLIST = 908_001
EPOCH = 1_700_000_000
TEN_THOUSAND = 10_000
SPOTIFY_OWNED = "37i9dQZF1DXsandbox0001"  # Spotify answers 404 for its own lists
ORDINARY = (
    "Morning Coffee|Rainy Day|Road Trip|Deep Focus|Sunday Roast|Friday Night|Kitchen Disco|Slow Dancing|Running Late|"
    "New in November|Nordic Noir|Vinyl Only|Heartbreak Hotel Bar|Study Hall|Golden Oldies|Campfire|Night Drive|"
    "The Commute|Summer '98|Winter Walks|Guilty Pleasures|B-Sides|Loud|Quiet|Party 🎉|深夜の散歩|أغاني المساء|Best of 2025"
).split("|")


def make_playlists(seed: str, ids: Ids, albums: list[Album]) -> list[Playlist]:
    """All playlists; the Deezer id is the place in the list, so anchors keep theirs."""
    by_name = {album.name: album for album in albums}
    tracks = [track for album in albums for track in album.tracks if not album.is_removed]
    long_ones = [track for track in tracks if track.recording.duration_ms > 20_000]
    maker = _Maker(ids)
    pick = partial(_random_entries, seed)

    maker.add("ten-thousand", "Everything, Always", partial(pick, "ten-thousand", tracks, TEN_THOUSAND))
    maker.add("empty", "Nothing Here Yet", list)
    maker.add("five-sketches", "Five Sketches", lambda: _entries(by_name["quick-sketches"].tracks[:5]))
    maker.add("mixed-bag", "Mixed Bag", lambda: _mixed(by_name["tidal-rooms"].tracks))
    maker.add("eleven-pages", "Eleven Pages", partial(pick, "eleven-pages", tracks, 550))
    maker.add("trouble", "Trouble on the Line", lambda: _entries(by_name["trouble"].tracks))
    maker.add("private", "For Nobody Else", partial(pick, "private", long_ones, 8), is_private=True)
    maker.add("together", "Together", partial(pick, "together", long_ones, 15), owner=OTHER, is_collaborative=True)
    maker.add("essentials", "Vera Holm Essentials", lambda: _entries(by_name["tidal-rooms"].tracks[:6]), owner=OTHER)
    maker.add("sixty", "Sixty Sparks, Shuffled", lambda: _shuffled(seed, by_name["sixty-sparks"].tracks))
    maker.add("mine", "My Mixtape", partial(pick, "mine", long_ones, 24))
    maker.add("repeats", "On Repeat", lambda: _entries(chain.from_iterable([by_name["quick-sketches"].tracks[:4]] * 3)))
    for number, title in enumerate(ORDINARY):
        owner = ME if number % 7 == 0 else OTHER
        maker.add(f"ordinary-{number}", title, partial(pick, title, long_ones, 12 + number * 3 % 60), owner=owner)
    return maker.playlists


class _Maker:
    def __init__(self, ids: Ids) -> None:
        self.playlists: list[Playlist] = []
        self._ids = ids

    def add(
        self, name: str, title: str, fill: Callable[[], list[Entry]], *, owner: str = ME,
        is_private: bool = False, is_collaborative: bool = False,
    ) -> None:  # fmt: skip
        number = len(self.playlists)
        self.playlists.append(
            Playlist(
                name=name,
                title=title,
                description=f"{title}: put together by hand",
                owner=owner,
                owner_name=ME_NAME if owner == ME else OTHER_NAME,
                deezer_id=FIRST_PLAYLIST + number,
                spotify_id=self._ids.spotify("playlist", name),
                picture=self._ids.md5("playlist", name),
                created_at=f"2024-{number % 12 + 1:02d}-14 09:09:31",
                fill=fill,
                is_private=is_private,
                is_collaborative=is_collaborative,
            )
        )


def _entries(tracks: Iterable[Track]) -> list[Entry]:
    return [Entry(track, EPOCH + number * 3600) for number, track in enumerate(tracks)]


def _random_entries(seed: str, name: str, tracks: list[Track], count: int) -> list[Entry]:
    rng = random.Random(f"{seed}|playlist|{name}")
    return _entries(rng.choices(tracks, k=count) if count > len(tracks) else rng.sample(tracks, count))


def _shuffled(seed: str, tracks: list[Track]) -> list[Entry]:
    order = list(tracks)
    random.Random(f"{seed}|shuffled").shuffle(order)
    return _entries(order)


def _mixed(tracks: list[Track]) -> list[Entry]:
    """Six tracks with everything between them that a Spotify playlist may hold beside tracks."""
    one, two, three, four, five, six = _entries(tracks[:6])
    odd = [Entry(None, EPOCH, kind) for kind in ("gone", "local", "episode")]
    return [one, two, odd[0], three, odd[1], four, odd[2], five, six]
