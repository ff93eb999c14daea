"""Catalogue rows as lists show them: lines, cards, with what is here of each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from django.db.models import Prefetch, QuerySet
from django.urls import reverse

from catalog.models import Album, AlbumCredit, Playlist, PlaylistEntry, Recording, Track
from core.text import plural
from downloads.selectors.states import (
    ABSENT,
    IN_TROUBLE,
    Standing,
    State,
    album_standings,
    album_state,
    playlist_state,
    track_standings,
    track_state,
)
from library.models import AudioFile

KIND_LABELS = {
    "album": "Album",
    "single": "Single",
    "ep": "EP",
    "compilation": "Compilation",
    "live": "Live",
    "other": "Release",
    "artist": "Artist",
    "playlist": "Playlist",
    "track": "Track",
}
SERVICE_LABELS = {
    "deezer": "Deezer",
    "spotify": "Spotify",
    "musicbrainz": "MusicBrainz",
    "youtube": "YouTube",
    "youtube_music": "YouTube Music",
    "lrclib": "LRCLIB",
    "internet_archive": "Internet Archive",
    "slskd": "Soulseek (slskd)",
    "soundcloud": "SoundCloud",
    "bandcamp": "Bandcamp",
}


@dataclass(frozen=True, slots=True)
class Named:
    """A name with an address: a credit, an edition, a way out to a service."""

    label: str
    url: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One track in a list. ``ident`` is the element's id: the poller replaces it by that."""

    ident: str
    title: str
    note: str
    url: str
    state: State
    button_id: str = ""
    duration_ms: int | None = None
    position: int | None = None
    is_explicit: bool = False
    art: str = ""
    source: str = ""
    preview_url: str = ""
    by: str = ""  # the artists alone, where the note says more

    @property
    def is_in_trouble(self) -> bool:
        return self.state.name in IN_TROUBLE and self.state.standing.download_id is not None


@dataclass(frozen=True, slots=True)
class Card:
    """A cover in a grid. ``key`` makes the ids of its button and strip; ``state`` is None where nothing can be got."""

    key: str
    title: str
    note: str
    url: str
    art: str = ""
    shape: str = ""
    tag: str = ""
    kind: str = "album"
    state: State | None = None
    tint: int | None = None
    ask: str = ""  # what a request names it by, whatever is here of it

    @property
    def button_id(self) -> str:
        return f"state-{self.key}"

    @property
    def strip_id(self) -> str:
        return f"strip-{self.key}"

    @property
    def has_strip(self) -> bool:
        return self.state is not None and self.state.standing.total > 1

    @property
    def kind_label(self) -> str:
        return KIND_LABELS.get(self.kind, "Release")


# --- tracks ----------------------------------------------------------------------------------------------------------


def track_line(track: Track, standing: Standing, *, ident: str = "", position: int | None = None) -> Line:
    recording = track.recording
    return Line(
        ident=ident or f"track-{track.pk}",
        title=str(track),
        note=recording.artist_text,
        by=recording.artist_text,
        url=track.get_absolute_url(),
        state=track_state(track, standing),
        button_id=f"state-{ident or f'track-{track.pk}'}",
        duration_ms=recording.duration_ms,
        position=position if position is not None else track.track_number,
        is_explicit=bool(recording.explicit),
        art=(track.album.artwork_id or "") if track.album else "",
        source=SERVICE_LABELS.get(standing.source, standing.source),
    )


def preview_url_of(track: Track, recording: Recording, known: Collection[int] = ()) -> str:
    """Where the wanted recording is heard; empty where Deezer knows it neither by code nor among ``known``."""
    if not recording.isrc and track.pk not in known:
        return ""
    return reverse("downloads:track_preview", args=[track.key])


def hit_line(track: Track, standing: Standing) -> Line:
    """A track outside its album: its note names the album."""
    line = track_line(track, standing)
    album = f" · {track.album}" if track.album else ""
    return replace(line, note=f"{line.note}{album}")


def tracks_to_show() -> QuerySet[Track]:
    return Track.objects.select_related("recording", "album")


def hit_lines(tracks: Iterable[Track]) -> list[Line]:
    tracks = list(tracks)
    standings = track_standings(tracks)
    return [hit_line(track, standings[track.pk]) for track in tracks]


def own_lines(query: str, limit: int = 5) -> list[Line]:
    """Tracks of the own library whose title or artist holds ``query``."""
    rows = tracks_to_show().filter(recording__files__gone_at=None, recording__files__isnull=False)
    by_title = rows.filter(title__icontains=query)
    by_artist = rows.filter(recording__artist_text__icontains=query)
    found = {track.recording_id: track for track in [*by_title[: limit * 2], *by_artist[: limit * 2]]}
    return hit_lines(list(found.values())[:limit])


# --- albums ----------------------------------------------------------------------------------------------------------


def albums_to_show() -> QuerySet[Album]:
    credits = AlbumCredit.objects.select_related("artist").order_by("position")
    return Album.objects.select_related("artwork").prefetch_related(Prefetch("credits", queryset=credits))


def credit_text(album: Album) -> str:
    credits = list(album.credits.all())
    parts = [f"{one.artist.name}{one.join_phrase or ', '}" for one in credits[:-1]]
    return "".join([*parts, *(one.artist.name for one in credits[-1:])])


def album_card(album: Album, standing: Standing, *, note: str | None = None) -> Card:
    return Card(
        key=f"album-{album.pk}",
        title=str(album),
        note=" · ".join(filter(None, [credit_text(album), album.year])) if note is None else note,
        url=album.get_absolute_url(),
        art=album.artwork_id or "",
        kind=album.kind,
        state=album_state(album, standing),
        tint=album.artwork.tint if album.artwork else None,
    )


def album_cards(albums: Sequence[Album], *, with_artist: bool = True) -> list[Card]:
    standings = album_standings(albums)
    return [
        album_card(
            album,
            standings[album.pk],
            note=None if with_artist else " · ".join(filter(None, [album.year, KIND_LABELS[album.kind].lower()])),
        )
        for album in albums
    ]


def playlist_card(playlist: Playlist, standing: Standing) -> Card:
    return Card(
        key=f"playlist-{playlist.pk}",
        title=str(playlist),
        note=" · ".join(filter(None, [playlist.owner, tracks_in(playlist)])),
        url=playlist.get_absolute_url(),
        art=playlist.artwork_id or "",
        kind="playlist",
        state=playlist_state(playlist, standing),
    )


def tracks_in(playlist: Playlist) -> str:
    """``24 tracks``; empty where its service does not say."""
    return "" if playlist.track_total is None else plural(playlist.track_total, "track")


def entry_lines(entries: Iterable[PlaylistEntry]) -> list[Line]:
    """The places of a playlist in order; a place whose track is gone is left out."""
    entries = [entry for entry in entries if entry.track is not None]
    standings = track_standings([entry.track for entry in entries if entry.track])
    lines = []
    for entry in entries:
        if entry.track is not None:
            line = hit_line(entry.track, standings.get(entry.track.pk, ABSENT))
            ident = f"entry-{entry.position}"
            lines.append(replace(line, ident=ident, button_id=f"state-{ident}", position=entry.position))
    return lines


# --- lately ----------------------------------------------------------------------------------------------------------


def albums_added_lately(limit: int = 12) -> list[Card]:
    """Albums of the newest files, newest first."""
    newest = AudioFile.objects.filter(gone_at=None, track__album__isnull=False).order_by("-added_at")
    ids = list(dict.fromkeys(newest.values_list("track__album_id", flat=True)[: limit * 20]))[:limit]
    albums = {album.pk: album for album in albums_to_show().filter(pk__in=ids)}
    return album_cards([albums[one] for one in ids if one in albums])
