"""From a seed to the catalogue: the anchors as written, then the invented rest."""

from __future__ import annotations

import random
from collections.abc import Iterator

from sandbox.catalogue import words
from sandbox.catalogue.anchors import ANCHOR_ALBUMS
from sandbox.catalogue.cast import ANCHORS, REST, Cast
from sandbox.catalogue.ids import Ids, ean13
from sandbox.catalogue.model import Album, Artist, Mood, Recording, Track
from sandbox.catalogue.plans import VARIOUS, AlbumPlan, TrackPlan
from sandbox.catalogue.playlists import make_playlists
from sandbox.catalogue.store import Catalogue

VARIOUS_DEEZER_ID = 5080
VARIOUS_MBID = "89ad4ac3-39f7-470e-963a-56509c546377"  # the one that MusicBrainz gives to no real person
FIRST_ARTIST, FIRST_ALBUM, FIRST_TRACK = 270, 302_001, 3_100_001
EDITIONS = {
    "tidal-rooms-deluxe": "tidal-rooms",
    "street-signs-clean": "street-signs",
    "northern-sky-2022": "northern-sky",
}


def build(seed: str = "spotizer") -> Catalogue:
    """The whole catalogue of ``seed``. The same seed gives the same catalogue, to the last id."""
    builder = _Builder(seed)
    for plan in (*ANCHOR_ALBUMS, *_invented_albums(seed)):
        builder.add_album(plan)
    playlists = make_playlists(seed, builder.ids, builder.albums)
    return Catalogue(seed, list(builder.artists.values()), builder.albums, list(builder.recordings.values()), playlists)


class _Builder:
    def __init__(self, seed: str) -> None:
        self.seed = seed
        self.ids = Ids(seed)
        self.artists: dict[str, Artist] = {}
        self.albums: list[Album] = []
        self.recordings: dict[str, Recording] = {}
        self._tracks = 0
        for number, cast in enumerate((*ANCHORS, *REST)):
            self._add_artist(cast, FIRST_ARTIST + number)
        self._add_artist(Cast(VARIOUS, "XW", "Pop", "en", "Other", VARIOUS), VARIOUS_DEEZER_ID)

    def _add_artist(self, cast: Cast, deezer_id: int) -> None:
        ids, name = self.ids, cast.name
        self.artists[name] = Artist(
            name=name,
            sort_name=cast.sort_name or name,
            kind=cast.kind,
            country=cast.country,
            genre=cast.genre,
            language=cast.language,
            fans=ids.number("fans", name) % 900_000 + 500,
            deezer_id=deezer_id,
            spotify_id=ids.spotify("artist", name),
            mbid=VARIOUS_MBID if name == VARIOUS else ids.mbid("artist", name),
            channel_id=f"UC{ids.text('channel', name, 22)}",
            picture=ids.md5("artist", name),
        )

    def add_album(self, plan: AlbumPlan) -> None:
        ids, number = self.ids, len(self.albums)
        artists = tuple(self.artists[name] for name in plan.artists)
        album = Album(
            name=plan.name,
            title=plan.title,
            artists=artists,
            record_type=plan.record_type,
            secondary_types=plan.secondary_types,
            released_on=plan.released_on,
            date_precision=plan.precision,
            upc=ean13(f"7040{number:08d}"),
            label=plan.label or words.LABELS[number % len(words.LABELS)],
            genre=plan.genre or artists[0].genre,
            explicit=plan.explicit,
            deezer_id=FIRST_ALBUM + number,
            spotify_id=ids.spotify("album", plan.name),
            mbid=ids.mbid("release", plan.name),
            release_group_mbid=ids.mbid("release-group", EDITIONS.get(plan.name, plan.name)),
            browse_id=f"MPREb_{ids.text('browse', plan.name, 11)}",
            audio_playlist_id=f"OLAK5uy_{ids.text('audio-playlist', plan.name, 33)}",
            picture=ids.md5("album", plan.name),
            is_removed=plan.is_removed,
            has_cover=plan.has_cover,
        )
        for artist in artists:
            artist.albums.append(album)
        for disc_number, disc in enumerate(plan.discs, start=1):
            for track_number, track in enumerate(disc, start=1):
                self._add_track(plan, album, disc_number, track_number, track)
        album.explicit = any(track.recording.explicit for track in album.tracks)
        self.albums.append(album)

    def _add_track(self, plan: AlbumPlan, album: Album, disc_number: int, track_number: int, track: TrackPlan) -> None:
        name = track.same_as or f"{plan.name}/{disc_number}.{track_number}"
        recording = self.recordings.get(name) or self._add_recording(name, album, track)
        place = Track(
            recording=recording,
            album=album,
            disc_number=disc_number,
            track_number=track_number,
            deezer_id=FIRST_TRACK + self._tracks,
            spotify_id=self.ids.spotify("track", f"{plan.name}/{disc_number}.{track_number}"),
            mbid=self.ids.mbid("track", f"{plan.name}/{disc_number}.{track_number}"),
            is_readable=track.readable,
        )
        self._tracks += 1
        album.tracks.append(place)
        recording.tracks.append(place)
        for artist in recording.all_artists:
            if artist not in album.artists:
                artist.appears_on.append(place)

    def _add_recording(self, name: str, album: Album, track: TrackPlan) -> Recording:
        artists = tuple(self.artists[other] for other in track.artists) or album.artists
        rng = random.Random(f"{self.seed}|recording|{name}")
        kind = rng.choices(("synced", "plain", "instrumental", "none"), (55, 15, 5, 25))[0]
        recording = Recording(
            name=name,
            title=track.title,
            version=track.version,
            artists=artists,
            featured=tuple(self.artists[other] for other in track.featured),
            duration_ms=round(track.seconds * 1000),
            isrc=f"{artists[0].country}SB{_letter(artists[0])}{album.released_on[2:4]}{len(self.recordings):05d}",
            mbid=self.ids.mbid("recording", name),
            explicit=track.explicit,
            is_clean_twin=track.clean_twin,
            mood=track.mood,
            bpm=round(rng.uniform(70, 170), 1) if rng.random() < 0.6 else 0.0,
            gain=round(rng.uniform(-12, -6), 1) if rng.random() < 0.8 else 0.0,
            rank=rng.randint(1_000, 950_000),
            lyrics=track.lyrics or kind,
            released_on=album.released_on,
        )
        self.recordings[name] = recording
        return recording


def _letter(artist: Artist) -> str:
    return chr(ord("A") + artist.deezer_id % 26)


def _invented_albums(seed: str) -> Iterator[AlbumPlan]:
    for cast in (*ANCHORS, *REST):
        rng = random.Random(f"{seed}|discography|{cast.name}")
        count = 4 if cast in REST else 1
        for number in range(1, count + 1):
            yield _invented_album(rng, cast, number)


def _invented_album(rng: random.Random, cast: Cast, number: int) -> AlbumPlan:
    kind = rng.choices(("album", "ep", "single"), (75, 15, 10))[0] if number > 1 else "album"
    count = {"album": rng.randint(9, 14), "ep": rng.randint(4, 6), "single": rng.randint(1, 2)}[kind]
    year, month, day = rng.randint(1996, 2026), rng.randint(1, 9), rng.randint(1, 28)
    tracks = tuple(_invented_track(rng, cast) for _ in range(count))
    discs = (tracks[: count // 2], tracks[count // 2 :]) if count > 12 and rng.random() < 0.3 else (tracks,)
    title = tracks[0].title if kind == "single" or rng.random() < 0.3 else words.title(rng, cast.language)
    slug = f"invented-{cast.sort_name or cast.name}-{number}"
    return AlbumPlan(slug, (cast.name,), title, f"{year}-{month:02d}-{day:02d}", discs, record_type=kind)


def _invented_track(rng: random.Random, cast: Cast) -> TrackPlan:
    title = "Home" if rng.random() < 0.01 else words.title(rng, cast.language)
    guest = rng.choice((*ANCHORS, *REST)).name if rng.random() < 0.07 else ""
    version = rng.choices(("", "(Live)", "(Acoustic)", "(Interlude)", "(Remastered)"), (92, 3, 2, 2, 1))[0]
    seconds = rng.uniform(35, 80) if version == "(Interlude)" else min(max(rng.gauss(218, 40), 110), 480)
    featured = (guest,) if guest and guest != cast.name else ()
    explicit = cast.genre in {"Hip Hop", "Punk", "R&B"} and rng.random() < 0.4
    return TrackPlan(title, round(seconds, 3), version, featured, explicit=explicit, mood=Mood.NORMAL)
