"""What every outside service looks like from inside: frozen value types and small protocols, one per ability.

Durations are milliseconds, bitrates kbit/s, positions count from 1. A field that a service did not give is None or
empty, never guessed. No caller sees a library's objects, dictionaries or exceptions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol, runtime_checkable


class Kind(StrEnum):
    """What a link, a hit or a request is about."""

    TRACK = "track"
    ALBUM = "album"
    ARTIST = "artist"
    PLAYLIST = "playlist"


class ReleaseKind(StrEnum):
    """The kinds of release group, in the order in which a discography shows them."""

    ALBUM = "album"
    SINGLE = "single"
    EP = "ep"
    COMPILATION = "compilation"
    LIVE = "live"
    OTHER = "other"


class UploadKind(StrEnum):
    """Who stands behind an audio candidate."""

    SONG = "song"  # delivered by the label
    VIDEO = "video"
    FILE = "file"  # a file shared by a person


@dataclass(frozen=True, slots=True)
class Link:
    """A recognised address: which service, what kind, which id. ``kind`` is None for audio links (YouTube and such).

    ``is_list``: an audio link that may hold several recordings: an album, a set, a playlist, an item of the Archive.
    """

    provider: str
    kind: Kind | None
    value: str
    url: str
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """One size of a cover or portrait. Width and height in pixels, 0 where unknown."""

    url: str
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class ArtistInfo:
    provider: str
    id: str
    name: str
    link: str = ""
    pictures: tuple[Picture, ...] = ()
    genres: tuple[str, ...] = ()
    mbid: str = ""
    sort_name: str = ""  # Holm, Vera
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Credit:
    """One name in an artist credit, with what joins it to the next one (`` feat. ``)."""

    artist: ArtistInfo
    join_phrase: str = ""
    is_featured: bool = False


@dataclass(frozen=True, slots=True)
class AlbumInfo:
    """One edition of an album. ``tracks`` is empty where only the head was asked for."""

    provider: str
    id: str
    title: str
    credits: tuple[Credit, ...] = ()
    kind: ReleaseKind = ReleaseKind.ALBUM
    released_on: str = ""  # 2025, 2025-10 or 2025-10-03: as precise as the service knows
    track_total: int | None = None
    disc_total: int | None = None
    upc: str = ""
    label: str = ""
    copyright: str = ""
    genres: tuple[str, ...] = ()
    explicit: bool | None = None
    link: str = ""
    pictures: tuple[Picture, ...] = ()
    mbid: str = ""
    release_group_mbid: str = ""
    first_released_on: str = ""  # of its earliest edition
    tracks: tuple[TrackInfo, ...] = ()


@dataclass(frozen=True, slots=True)
class TrackInfo:
    """A recording at a place on an album; also what a source is asked for."""

    provider: str
    id: str
    title: str
    credits: tuple[Credit, ...] = ()
    album: AlbumInfo | None = None  # without its tracks
    disc_number: int | None = None
    track_number: int | None = None
    duration_ms: int | None = None
    isrc: str = ""
    explicit: bool | None = None
    is_playable: bool = True
    link: str = ""
    mbid: str = ""
    genres: tuple[str, ...] = ()
    composer: str = ""
    first_released_on: str = ""  # of the recording, on whichever release

    @property
    def artists(self) -> tuple[str, ...]:
        """The credited names in order."""
        return tuple(credit.artist.name for credit in self.credits)


@dataclass(frozen=True, slots=True)
class PlaylistInfo:
    """The head of a playlist. ``snapshot`` changes when its contents do."""

    provider: str
    id: str
    title: str
    owner: str = ""
    description: str = ""
    track_total: int | None = None
    snapshot: str = ""
    link: str = ""
    pictures: tuple[Picture, ...] = ()
    is_readable: bool = True  # False: the head is known, the contents are refused
    unreadable_reason: str = ""
    is_public: bool | None = None  # None: the service does not say


@dataclass(frozen=True, slots=True)
class PlaylistPage:
    """Some of a playlist's tracks in order. ``next`` is what the next call takes, None on the last page.

    ``skipped`` counts entries that are no tracks any more (removed, local, episodes); None stands for each in
    ``tracks`` so that positions stay true.
    """

    tracks: tuple[TrackInfo | None, ...]
    next: str | None = None
    total: int | None = None

    @property
    def skipped(self) -> int:
        return sum(track is None for track in self.tracks)


@dataclass(frozen=True, slots=True)
class SearchResults:
    """Hits per kind in the service's own order; ``totals`` where it gives them."""

    tracks: tuple[TrackInfo, ...] = ()
    albums: tuple[AlbumInfo, ...] = ()
    artists: tuple[ArtistInfo, ...] = ()
    playlists: tuple[PlaylistInfo, ...] = ()
    totals: dict[Kind, int] = field(default_factory=dict)
    has_more: bool = False


class Ability(StrEnum):
    """What a catalogue can do; the pages follow."""

    SEARCH = "search"
    TRACK = "track"
    ALBUM = "album"
    ARTIST = "artist"
    PLAYLIST = "playlist"
    PLAYLIST_SEARCH = "playlist_search"
    ISRC = "isrc"


@runtime_checkable
class Catalogue(Protocol):
    """A service that knows artists, albums and tracks.

    Every method raises the errors of ``core.errors``: NotFound, Forbidden, AuthRequired, RateLimited, TransientError,
    UserError for a malformed id.
    """

    name: str
    label: str
    abilities: frozenset[Ability]

    def search(self, query: str, *, kinds: tuple[Kind, ...], limit: int = 20, offset: int = 0) -> SearchResults: ...
    def track(self, track_id: str) -> TrackInfo: ...
    def album(self, album_id: str) -> AlbumInfo:
        """The album with all of its tracks, in order of disc and track number."""
        ...

    def artist(self, artist_id: str) -> ArtistInfo: ...
    def artist_albums(self, artist_id: str) -> Iterator[AlbumInfo]:
        """Heads of the artist's releases, newest first where the service can, page after page."""
        ...

    def playlist(self, playlist_id: str) -> PlaylistInfo: ...
    def playlist_page(self, playlist_id: str, *, cursor: str | None = None) -> PlaylistPage: ...
    def track_by_isrc(self, isrc: str) -> TrackInfo: ...


@dataclass(frozen=True, slots=True)
class Candidate:
    """One possible source of a recording's audio, as the source describes it."""

    source: str  # the source's name: youtube_music, youtube
    source_id: str
    url: str
    title: str
    artists: tuple[str, ...] = ()
    uploader: str = ""
    album: str = ""
    duration_ms: int | None = None
    kind: UploadKind = UploadKind.VIDEO
    explicit: bool | None = None
    views: int | None = None
    codec: str = ""
    bitrate_kbps: int | None = None
    track_number: int | None = None
    disc_number: int | None = None
    path: str = ""  # a shared file's full path with its folders
    licence: str = ""  # its address or its words, where the source gives one
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """The recordings that stand at one audio link, in order; None for one that is not there any more.

    An entry may be little more than an address: what it lacks, ``describe`` says. ``is_album``: one release by
    ``artist``, else a list that somebody made.
    """

    source: str
    id: str
    url: str
    title: str
    artist: str = ""
    is_album: bool = False
    entries: tuple[Candidate | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a fetch is. Bytes; ``total_bytes`` is None where the source does not say."""

    done_bytes: int
    total_bytes: int | None
    bytes_per_second: float | None = None


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """What a fetch left in its folder, as the source delivered it."""

    path: Path
    codec: str  # opus, aac, mp3, flac, vorbis
    container: str  # webm, m4a, ogg, mp3, flac
    bitrate_kbps: int | None = None
    duration_ms: int | None = None  # as the source promised it
    source_url: str = ""
    licence: str = ""


ReportProgress = Callable[[Progress], None]
IsCancelled = Callable[[], bool]
MOST_START_BYTES = 12_000_000  # half a minute of 24 bit and 96 kHz, the most that the start of anything takes


def start_bytes(seconds: int, kbps: float) -> int:
    """How many bytes hold the first ``seconds``: with room for the head of the file, its tags and its cover."""
    return min(MOST_START_BYTES, round((seconds + 2) * kbps * 125 * 1.2) + 300_000)


@runtime_checkable
class Source(Protocol):
    """Finds and fetches the audio of a track."""

    name: str
    label: str
    lane: str  # sources of one lane share its pace: YouTube and YouTube Music are one
    has_lossless: bool  # whether it is worth asking where lossless audio is wanted

    def find_candidates(self, wanted: TrackInfo, *, limit: int = 10) -> list[Candidate]:
        """Candidates, nearest first, maybe none. Raises TransientError when there was no answer."""
        ...

    def fetch(
        self, candidate: Candidate, folder: Path, *, prefer: str, progress: ReportProgress, cancelled: IsCancelled
    ) -> FetchedFile:
        """The candidate's audio in ``folder``, its codec untouched. ``prefer`` is a codec (``opus``, ``aac``) or empty.

        Resumes a partial file that lies there. ``progress`` is called often. Raises Cancelled within a second of
        ``cancelled()`` turning true, PermanentError for what will never work, RateLimited or AuthRequired when the lane
        must close.
        """
        ...


@runtime_checkable
class Describes(Protocol):
    """A source that can say what stands at an audio link, so that it can be identified in the catalogue."""

    describes: frozenset[str]  # the providers of links (``Link.provider``) that it reads

    def describe(self, url: str) -> Candidate:
        """The audio at ``url``. Raises PermanentError (NotFound, removed, region_locked) or TransientError."""
        ...


@runtime_checkable
class Previews(Protocol):
    """A source that gives the beginning of a recording by itself, so that a person can hear what was found."""

    def fetch_start(self, candidate: Candidate, folder: Path, *, seconds: int, cancelled: IsCancelled) -> Path:
        """The first ``seconds`` of the candidate's audio or a little more, in ``folder``: a file that is cut short.

        Raises what ``Source.fetch`` raises.
        """
        ...


@runtime_checkable
class Lists(Protocol):
    """A source that can say which recordings stand at the link of an album, a set or a playlist."""

    describes: frozenset[str]

    def listing(self, url: str) -> Listing:
        """What stands at ``url``. Raises PermanentError (NotFound, removed) or TransientError."""
        ...


@runtime_checkable
class Sweeps(Protocol):
    """A source that holds something outside on behalf of a download: a place in a queue, a transfer."""

    def sweep(self) -> int:
        """What nobody waits for any more is let go; how much it was."""
        ...


@runtime_checkable
class Checks(Protocol):
    """A source with steps of its own to try, before it is searched."""

    def checks(self) -> Iterator[tuple[str, Callable[[], str]]]:
        """Each step's name, and what does it: it returns what was seen, or raises one of our errors."""
        ...
