"""Albums with owned files for the tests of tags and names: the catalogue's rows, and files that say something else."""

from catalog.models import (
    Album,
    AlbumCredit,
    AlbumId,
    Artist,
    ArtistId,
    Recording,
    RecordingCredit,
    ReleaseGroup,
    TrackId,
)
from catalog.models import Track as TrackRow
from library.models import AudioFile
from library.tags import Tags, write_tags


def make_artist(name="Vera Holm", *, provider="deezer", value="", mbid="", **fields):
    artist = Artist.objects.create(name=name, mbid=mbid, **fields)
    if provider:
        ArtistId.objects.create(artist=artist, provider=provider, value=value or f"a{artist.pk}")
    return artist


def make_album(artist, title="Tidal Rooms", *, count=2, **fields):
    """An album with ``count`` tracks, each with a recording; the album."""
    group = ReleaseGroup.objects.create(match_key=f"{artist.pk}|{title}", title=title)
    head = {"released_on": "2025-10-03", "label": "Salt", "genres": ["Indie Pop"], "track_total": count} | fields
    album = Album.objects.create(release_group=group, title=title, disc_total=1, **head)
    AlbumId.objects.create(album=album, provider="deezer", value=f"l{album.pk}")
    AlbumCredit.objects.create(album=album, artist=artist, position=0)
    for number in range(1, count + 1):
        make_track(artist, f"Door {number}", album=album, number=number)
    return album


def make_track(artist, title, *, album=None, number=None):
    recording = Recording.objects.create(title=title, artist_text=artist.name, duration_ms=2_000)
    RecordingCredit.objects.create(recording=recording, artist=artist, position=0)
    track = TrackRow.objects.create(
        recording=recording,
        album=album,
        title=title,
        disc_number=1 if number else None,
        track_number=number,
    )
    TrackId.objects.create(track=track, provider="deezer", value=f"t{track.pk}")
    return track


def own(shelf, track, *, path="", kind="opus", tags=None, **fields):
    """A file of the track, which says ``tags``; its row."""
    path = path or f"{track.recording.artist_text}/{track.album.title if track.album else ''}/{track.title}.{kind}"
    file = shelf.put(path.replace("//", "/"))
    full = shelf.root / file.path
    write_tags(full, tags or Tags(title=track.title, artist="somebody"))
    state = full.stat()
    values = {
        "track": track,
        "recording": track.recording,
        "size_bytes": state.st_size,
        "modified_ns": state.st_mtime_ns,
    } | fields
    AudioFile.objects.filter(pk=file.pk).update(**values)
    return AudioFile.objects.get(pk=file.pk)
