"""Deezer's objects, each with the fields that it has at that place and no others."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import md5

from sandbox.catalogue.model import Album, Artist, Entry, Playlist, Track
from sandbox.services import deezer_previews

Shape = dict[str, object]
SIZES = (("small", 56), ("medium", 250), ("big", 500), ("xl", 1000))
RECORD_TYPES = {"album": "album", "single": "single", "ep": "ep", "compile": "compile"}
UNDATED = frozenset({"con"})
EMBEDDED = 400  # a playlist's head carries no more tracks than this


def pictures(field: str, kind: str, picture: str) -> Shape:
    base = f"https://cdn-images.dzcdn.net/images/{kind}/{picture}"
    return {f"{field}_{name}": f"{base}/{size}x{size}-000000-80-0-0.jpg" for name, size in SIZES}


def released(album: Album) -> str:
    """The date of the release; Deezer writes zeros where it has none."""
    return "0000-00-00" if album.name in UNDATED else album.released_on


def cover_md5(album: Album) -> str:
    return album.picture if album.has_cover else ""


def genre_id(name: str) -> int:
    return int(md5(name.encode(), usedforsecurity=False).hexdigest()[:4], 16) % 400 + 1


def artist_stub(artist: Artist) -> Shape:
    number = artist.deezer_id
    return {
        "id": number,
        "name": artist.name,
        "tracklist": f"https://api.deezer.com/artist/{number}/top?limit=50",
        "type": "artist",
    }


def artist_small(artist: Artist) -> Shape:
    """As it stands inside a track of a list: with link and pictures."""
    number = artist.deezer_id
    stub = artist_stub(artist)
    return {
        "id": stub.pop("id"),
        "name": stub.pop("name"),
        "link": f"https://www.deezer.com/artist/{number}",
        "picture": f"https://api.deezer.com/artist/{number}/image",
        **pictures("picture", "artist", artist.picture),
        **stub,
    }


def artist_in_list(artist: Artist) -> Shape:
    small = artist_small(artist)
    counts: Shape = {"nb_album": len(artist.albums), "nb_fan": artist.fans, "radio": True}
    return {**small, **counts, "type": small["type"]}


def artist_full(artist: Artist) -> Shape:
    number = artist.deezer_id
    return {**artist_in_list(artist), "share": f"https://www.deezer.com/artist/{number}?utm_source=deezer"}


def contributors(artists: tuple[Artist, ...], featured: tuple[Artist, ...] = ()) -> list[Shape]:
    return [{**artist_small(a), "radio": True, "role": "Main"} for a in artists] + [
        {**artist_small(a), "radio": True, "role": "Featured"} for a in featured
    ]


def album_stub(album: Album) -> Shape:
    """As it stands inside a track."""
    number, picture = album.deezer_id, cover_md5(album)
    return {
        "id": number,
        "title": album.title,
        "cover": f"https://api.deezer.com/album/{number}/image",
        **pictures("cover", "cover", picture),
        "md5_image": picture,
        "tracklist": f"https://api.deezer.com/album/{number}/tracks",
        "type": "album",
    }


def album_in_list(album: Album, *, with_artist: bool = True) -> Shape:
    """As a search hit; a discography has ``release_date`` and no artist."""
    stub = album_stub(album)
    shape: Shape = {
        **stub,
        "link": f"https://www.deezer.com/album/{album.deezer_id}",
        "genre_id": genre_id(album.genre),
        "record_type": RECORD_TYPES[album.record_type],
        "explicit_lyrics": album.explicit,
    }
    if with_artist:
        return {**shape, "nb_tracks": len(album.tracks), "artist": artist_small(album.artists[0])}
    return {**shape, "fans": album.deezer_id % 5000, "release_date": released(album)}


def album_full(album: Album, track_shape: Callable[[Track], Shape]) -> Shape:
    shape = album_in_list(album)
    number = album.deezer_id
    return {
        **shape,
        "upc": album.upc,
        "share": f"https://www.deezer.com/album/{number}?utm_source=deezer",
        "genres": {"data": [{"id": genre_id(album.genre), "name": album.genre, "type": "genre"}]},
        "label": album.label,
        "nb_tracks": len(album.tracks),
        "duration": sum(round(track.recording.duration_ms / 1000) for track in album.tracks),
        "fans": number % 5000,
        "release_date": released(album),
        "available": True,
        "explicit_content_lyrics": 1 if album.explicit else 0,
        "explicit_content_cover": 0,
        "contributors": contributors(album.artists),
        "artist": artist_small(album.artists[0]),
        "tracks": {"data": [track_shape(track) for track in album.tracks]},
    }


def _track(track: Track) -> Shape:
    """What every place has."""
    recording, number = track.recording, track.deezer_id
    guests = f" (feat. {', '.join(a.name for a in recording.featured)})" if recording.featured else ""
    explicit = 1 if recording.explicit else 3 if recording.is_clean_twin else 0
    return {
        "id": number,
        "readable": track.is_readable,
        "title": recording.full_title,
        "title_short": f"{recording.title}{guests}",
        "title_version": recording.version,
        "link": f"https://www.deezer.com/track/{number}",
        "duration": round(recording.duration_ms / 1000),
        "rank": recording.rank,
        "explicit_lyrics": recording.explicit,
        "explicit_content_lyrics": explicit,
        "explicit_content_cover": 0,
        "preview": deezer_previews.address(track),
        "md5_image": cover_md5(track.album),
    }


def _place(track: Track) -> Shape:
    return {"isrc": track.recording.isrc, "track_position": track.track_number, "disk_number": track.disc_number}


def track_in_list(track: Track) -> Shape:
    """Search hits: no ISRC, no position, no contributors, no release date."""
    return {
        **_track(track),
        "artist": artist_small(track.recording.artists[0]),
        "album": album_stub(track.album),
        "type": "track",
    }


def track_in_top(track: Track) -> Shape:
    recording = track.recording
    return {**track_in_list(track), "contributors": contributors(recording.artists, recording.featured)}


def track_in_album(track: Track) -> Shape:
    """Embedded in an album: not even a position."""
    return {
        **_track(track),
        "artist": artist_stub(track.recording.artists[0]),
        "album": album_stub(track.album),
        "type": "track",
    }


def track_of_album(track: Track) -> Shape:
    """``/album/{id}/tracks``: the only list with ISRCs; no album."""
    return {**_track(track), **_place(track), "artist": artist_stub(track.recording.artists[0]), "type": "track"}


def track_full(track: Track) -> Shape:
    recording = track.recording
    countries = ["NO", "SE", "DK", "DE", "GB"] if track.is_readable else ["JP"]
    return {
        **_track(track),
        **_place(track),
        "share": f"https://www.deezer.com/track/{track.deezer_id}?utm_source=deezer",
        "release_date": released(track.album),
        "bpm": recording.bpm,
        "gain": recording.gain,
        "available_countries": countries,
        "contributors": contributors(recording.artists, recording.featured),
        "artist": artist_small(recording.artists[0]),
        "album": {**album_stub(track.album), "release_date": released(track.album)},
        "type": "track",
    }


def checksum(playlist: Playlist) -> str:
    """Changes when the contents do."""
    content = f"{playlist.name}|{playlist.revision}"
    return md5(content.encode(), usedforsecurity=False).hexdigest()


def playlist_in_list(playlist: Playlist) -> Shape:
    shape = _playlist(playlist)
    shape["user"] = {
        "id": len(playlist.owner) * 1000 + 7,
        "name": playlist.owner_name,
        "tracklist": "https://api.deezer.com/user/7/flow",
        "type": "user",
    }
    return shape


def playlist_full(playlist: Playlist) -> Shape:
    shape = _playlist(playlist)
    entries = [entry for entry in playlist.entries if entry.track is not None]
    return {
        **shape,
        "description": playlist.description,
        "duration": sum(round(entry.track.recording.duration_ms / 1000) for entry in entries if entry.track),
        "is_loved_track": False,
        "collaborative": playlist.is_collaborative,
        "fans": playlist.deezer_id % 700,
        "share": f"https://www.deezer.com/playlist/{playlist.deezer_id}?utm_source=deezer",
        "creator": {
            "id": len(playlist.owner) * 1000 + 7,
            "name": playlist.owner_name,
            "tracklist": "https://api.deezer.com/user/7/flow",
            "type": "user",
        },
        "tracks": {"data": [playlist_entry(entry) for entry in entries[:EMBEDDED]], "checksum": checksum(playlist)},
    }


def _playlist(playlist: Playlist) -> Shape:
    number = playlist.deezer_id
    return {
        "id": number,
        "title": playlist.title,
        "public": not playlist.is_private,
        "nb_tracks": len(playlist.tracks),
        "link": f"https://www.deezer.com/playlist/{number}",
        "picture": f"https://api.deezer.com/playlist/{number}/image",
        **pictures("picture", "playlist", playlist.picture),
        "checksum": checksum(playlist),
        "tracklist": f"https://api.deezer.com/playlist/{number}/tracks",
        "creation_date": playlist.created_at,
        "md5_image": playlist.picture,
        "type": "playlist",
    }


def playlist_entry(entry: Entry) -> Shape:
    assert entry.track is not None
    return {**track_in_list(entry.track), "time_add": entry.added_at}
