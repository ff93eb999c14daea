"""Catalogue rows and value types for the tests of the library."""

from catalog.models import Album, Artist, Recording, ReleaseGroup, Track
from providers.base import AlbumInfo, ArtistInfo, Credit, FetchedFile, TrackInfo


def make_wanted(title="Blue Door", *, artist="Vera Holm", album="Tidal Rooms", number=1, duration_ms=2_000):
    credit = (Credit(ArtistInfo("deezer", "9", artist)),)
    head = AlbumInfo(
        "deezer", "302127", album, credits=credit, released_on="2025-10-03", track_total=12, disc_total=1, label="Salt"
    )
    return TrackInfo(
        "deezer",
        "3135556",
        title,
        credits=credit,
        album=head if album else None,
        disc_number=1,
        track_number=number,
        duration_ms=duration_ms,
        isrc="NOXX12500001",
    )


def make_rows(title="Blue Door", *, artist="Vera Holm", album="Tidal Rooms", number=1):
    """A recording and its track, stored."""
    Artist.objects.get_or_create(name=artist)
    group, _ = ReleaseGroup.objects.get_or_create(match_key=f"{artist}|{album}", defaults={"title": album})
    edition, _ = Album.objects.get_or_create(release_group=group, title=album)
    recording, _ = Recording.objects.get_or_create(title=title, artist_text=artist, duration_ms=2_000)
    track, _ = Track.objects.get_or_create(
        recording=recording, album=edition, title=title, disc_number=1, track_number=number
    )
    return recording, track


def make_fetched(path, *, codec="opus", duration_ms=2_000):
    return FetchedFile(
        path, codec, path.suffix[1:], 130, duration_ms=duration_ms, source_url="https://music.youtube.com/watch?v=abc"
    )
