"""What the invented world consists of. Each service's module writes these in its own shape."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property


class Mood(StrEnum):
    """What the audio sources have of a recording, and how asking for it goes."""

    NORMAL = "normal"
    NONE = "none"  # no source has it
    ONLY_LIVE = "only_live"
    ONLY_COVER = "only_cover"
    ONLY_SPED_UP = "only_sped_up"
    ONLY_KARAOKE = "only_karaoke"
    ONLY_VIDEO = "only_video"  # the official video alone, with an intro before the song
    # The label's upload is found, but fetching it fails; a good second upload exists.
    UNAVAILABLE = "unavailable"
    PRIVATE = "private"
    GEO = "geo"
    AGE = "age"
    PREMIERE = "premiere"
    DRM = "drm"
    GARBAGE = "garbage"
    TRUNCATED = "truncated"
    WRONG_LENGTH = "wrong_length"
    # The label's upload is all there is, and it is gone.
    REMOVED = "removed"


class UploadKind(StrEnum):
    """YouTube Music's own words for the kinds of a video."""

    ATV = "MUSIC_VIDEO_TYPE_ATV"
    OMV = "MUSIC_VIDEO_TYPE_OMV"
    UGC = "MUSIC_VIDEO_TYPE_UGC"


@dataclass(slots=True, eq=False)
class Artist:
    name: str
    sort_name: str
    kind: str  # Person, Group, Other
    country: str
    genre: str
    language: str
    fans: int
    deezer_id: int
    spotify_id: str
    mbid: str
    channel_id: str
    picture: str  # 32 hexadecimal digits
    albums: list[Album] = field(default_factory=list)
    appears_on: list[Track] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Recording:
    """One performance: the same on every release that carries it."""

    name: str  # unique, what the ids are made from
    title: str
    version: str  # (Live), (2022 Remaster), or empty
    artists: tuple[Artist, ...]
    featured: tuple[Artist, ...]
    duration_ms: int
    isrc: str
    mbid: str
    explicit: bool
    is_clean_twin: bool
    mood: Mood
    bpm: float
    gain: float
    rank: int
    lyrics: str  # synced, plain, instrumental, none
    released_on: str
    tracks: list[Track] = field(default_factory=list)

    @property
    def full_title(self) -> str:
        """The title as Deezer and Spotify write it, guests and version included."""
        guests = f"(feat. {', '.join(a.name for a in self.featured)})" if self.featured else ""
        return " ".join(part for part in (self.title, guests, self.version) if part)

    @property
    def plain_title(self) -> str:
        """The title with its version, guests left out, as YouTube Music and MusicBrainz write it."""
        return f"{self.title} {self.version}" if self.version else self.title

    @property
    def all_artists(self) -> tuple[Artist, ...]:
        return self.artists + self.featured


@dataclass(slots=True, eq=False)
class Track:
    """A recording at a place on an album."""

    recording: Recording
    album: Album
    disc_number: int
    track_number: int
    deezer_id: int
    spotify_id: str
    mbid: str
    is_readable: bool = True  # False: locked in the caller's region


@dataclass(slots=True, eq=False)
class Album:
    name: str  # unique
    title: str
    artists: tuple[Artist, ...]
    record_type: str  # album, single, ep, compile
    secondary_types: tuple[str, ...]  # MusicBrainz: Live, Remix, Compilation
    released_on: str
    date_precision: str  # year, month, day
    upc: str
    label: str
    genre: str
    explicit: bool
    deezer_id: int
    spotify_id: str
    mbid: str
    release_group_mbid: str
    browse_id: str
    audio_playlist_id: str
    picture: str
    is_removed: bool = False
    has_cover: bool = True
    tracks: list[Track] = field(default_factory=list)

    @property
    def duration_ms(self) -> int:
        return sum(track.recording.duration_ms for track in self.tracks)

    @property
    def disc_total(self) -> int:
        return max((track.disc_number for track in self.tracks), default=1)


@dataclass(slots=True, eq=False)
class Entry:
    """One line of a playlist. ``track`` is None for what is no track (any more)."""

    track: Track | None
    added_at: int  # seconds since 1970
    kind: str = "track"  # track, local, episode, gone


@dataclass(eq=False)
class Playlist:
    name: str
    title: str
    description: str
    owner: str  # the owner's id on Spotify
    owner_name: str
    deezer_id: int
    spotify_id: str
    picture: str
    created_at: str
    fill: Callable[[], list[Entry]]  # the 10,000 entries are made when somebody looks
    is_private: bool = False
    is_collaborative: bool = False
    revision: int = 1

    @cached_property
    def entries(self) -> list[Entry]:
        return self.fill()

    @property
    def tracks(self) -> list[Track]:
        """What Deezer lists: it keeps only tracks."""
        return [entry.track for entry in self.entries if entry.track is not None]


@dataclass(slots=True, eq=False)
class Upload:
    """A video on YouTube with the audio of a recording, or of something like it."""

    video_id: str
    kind: UploadKind
    title: str
    artists: tuple[tuple[str, str | None], ...]  # name and channel id
    uploader: str
    album: Album | None
    duration_ms: int
    melody: str  # what the audio is made from: two uploads of one recording sound alike
    views: int
    explicit: bool
    trouble: str  # empty, or why fetching it fails
    recording: Recording | None
    audio_ms: int  # how long the audio really is; differs from duration_ms where the upload lies
