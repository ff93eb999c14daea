"""The pages of albums, artists and playlists: their heads, and their tracks or releases with what is here of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from django.db.models import QuerySet

from catalog.lyrics_sites import lyrics_sites
from catalog.models import Album, Artist, ExternalId, Playlist, Recording, RecordingCredit, Track, TrackId
from core.text import plural
from core.units import clock
from downloads.selectors.choices import Choice, choice_of_file
from downloads.selectors.lines import (
    KIND_LABELS,
    SERVICE_LABELS,
    Card,
    Line,
    Named,
    album_card,
    albums_to_show,
    preview_url_of,
    track_line,
    tracks_in,
)
from downloads.selectors.states import (
    Standing,
    album_standings,
    albums_asked_for,
    artist_standing,
    collect,
    playlist_standings,
    qualities_of,
    track_standings,
)
from library.models import AudioFile
from library.selectors import passport_words


@dataclass(frozen=True, slots=True)
class Disc:
    number: int
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Files:
    """What is on disk of a collection, summed up."""

    quality: str
    size_bytes: int
    covers: str
    lyrics: str
    folder: str


@dataclass(frozen=True, slots=True)
class CollectionPage:
    """The head of an album, artist or playlist page and its tracks."""

    title: str
    kind: str
    url: str
    standing: Standing
    get: str = ""
    ask: str = ""  # what a request names it by, whatever is here of it
    get_more: str = ""  # a playlist's whole albums
    preview_url: str = ""  # of a track
    art: str = ""
    tint: int | None = None
    artists: list[Named] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)
    links: list[Named] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    discs: list[Disc] = field(default_factory=list)
    editions: list[Named] = field(default_factory=list)
    files: Files | None = None
    chosen: str = ""  # how the library's pages are asked for its files

    @property
    def kind_label(self) -> str:
        return KIND_LABELS.get(self.kind, "Release")

    @property
    def artist_text(self) -> str:
        return ", ".join(artist.label for artist in self.artists)

    @property
    def is_here(self) -> bool:
        return self.standing.name == "have"

    @property
    def first_file(self) -> int | None:
        """The file that is heard first of what is here, None where nothing is."""
        if self.standing.file_id:
            return self.standing.file_id
        lines = (line for disc in self.discs for line in disc.lines)
        return next((number for line in lines if (number := line.state.standing.file_id)), None)

    @property
    def get_label(self) -> str:
        """The main action named by its effect."""
        standing = self.standing
        wanted = standing.missing + standing.count("failed")
        if self.kind == "artist":
            return "Get all releases"
        if standing.have or standing.failed:
            return f"Get {wanted} missing"
        return f"Download {plural(standing.total, 'track')}" if standing.total else "Download"


def album_page(album: Album, tracks: Sequence[Track]) -> CollectionPage:
    """The page of one album whose ``tracks`` are in order: a bounded number of queries."""
    standings = track_standings(tracks)
    parts = [standings[track.pk] for track in tracks]
    standing = collect(parts, is_asked=bool(albums_asked_for([album.pk])), total=album.track_total)
    length = sum(track.recording.duration_ms or 0 for track in tracks)
    count = plural(len(tracks) or album.track_total or 0, "track")
    return CollectionPage(
        title=str(album),
        kind=album.kind,
        url=album.get_absolute_url(),
        standing=standing,
        ask=f"album:{album.key}",
        get=f"album:{album.key}" if _is_gettable(standing) else "",
        art=album.artwork_id or "",
        tint=album.artwork.tint if album.artwork else None,
        artists=[Named(one.artist.name, one.artist.get_absolute_url()) for one in album.credits.all()],
        facts=list(filter(None, [album.year, f"{count}, {_length(length)}" if length else count, album.label])),
        links=service_links(album.external_ids.all()),
        notes=[album.copyright] if album.copyright else [],
        discs=_discs(tracks, standings),
        editions=_editions(album),
        files=files_of(parts),
        chosen=f"album={album.key}",
    )


def _is_gettable(standing: Standing) -> bool:
    if standing.name == "queued" and not standing.on_the_way:
        return False  # asked for, its tracks are not in the queue yet
    return not standing.total or standing.missing + standing.count("failed") > 0


def _discs(tracks: Sequence[Track], standings: Mapping[int, Standing]) -> list[Disc]:
    groups = groupby(tracks, key=lambda track: track.disc_number or 1)
    known = set(TrackId.objects.filter(track__in=tracks, provider="deezer").values_list("track_id", flat=True))

    def line(track: Track) -> Line:
        return replace(
            track_line(track, standings[track.pk]), preview_url=preview_url_of(track, track.recording, known)
        )

    return [Disc(number, [line(track) for track in group]) for number, group in groups]


def _editions(album: Album) -> list[Named]:
    others = Album.objects.filter(release_group_id=album.release_group_id).exclude(pk=album.pk)
    return [
        Named(str(other), other.get_absolute_url(), ", ".join(filter(None, [_tracks_of(other), other.year])))
        for other in others.order_by("released_on", "id")[:8]
    ]


def _tracks_of(album: Album) -> str:
    return plural(album.track_total, "track") if album.track_total else ""


def _length(duration_ms: int) -> str:
    hours, minutes = divmod(round(duration_ms / 60_000), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def service_links(ids: Iterable[ExternalId]) -> list[Named]:
    """The ways out to the services that know it, one each."""
    links = {one.provider: one.link for one in ids if one.link}
    return [Named(SERVICE_LABELS.get(provider, provider), url) for provider, url in sorted(links.items())]


def files_of(parts: Sequence[Standing]) -> Files | None:
    """The files of these tracks summed up, None where nothing is on disk."""
    rows = AudioFile.objects.filter(pk__in=[part.file_id for part in parts if part.file_id]).defer("passport")
    files = list(rows.order_by("path"))
    if not files:
        return None
    folders = {file.path.rpartition("/")[0] for file in files}
    return Files(
        quality=qualities_of(files),
        size_bytes=sum(file.size_bytes for file in files),
        covers=_some_of(sum(file.has_cover for file in files), len(files), "embedded"),
        lyrics=_some_of(sum(file.has_lyrics for file in files), len(files), "with lyrics"),
        folder=min(folders, key=len) if len(folders) == 1 else f"{plural(len(folders), 'folder')}",
    )


def _some_of(number: int, total: int, word: str) -> str:
    if not number:
        return "none"
    return f"all {word}" if number == total else f"{number} of {total} {word}"


# --- artists ---------------------------------------------------------------------------------------------------------

GROUPS = {  # the part of the address -> heading, kinds of release
    "albums": ("Albums", ("album",)),
    "singles": ("Singles and EPs", ("single", "ep")),
    "live": ("Live", ("live",)),
    "compilations": ("Compilations", ("compilation",)),
    "other": ("Other releases", ("other",)),
}
FIRST_OF_GROUP = 12


@dataclass(frozen=True, slots=True)
class Group:
    """Some of a discography, or one kind of search hit. ``url`` leads to all of it, empty where all is here.

    ``get`` asks for all releases of the kind, empty where that makes no sense.
    """

    ident: str
    label: str
    cards: list[Card]
    url: str = ""
    get: str = ""


@dataclass(frozen=True, slots=True)
class ArtistPage(CollectionPage):
    """An artist's head and releases; ``standing`` is that of all tracks known."""

    groups: list[Group] = field(default_factory=list)
    group_chips: list[Named] = field(default_factory=list)


def artist_page(artist: Artist, group: str = "") -> ArtistPage:
    """The discography by kind, newest first, with what is here of each release."""
    rows = albums_to_show().filter(credits__artist=artist).distinct().order_by("-released_on", "-id")
    albums = list(rows)
    standings = album_standings(albums)
    groups = []
    for ident, (label, kinds) in GROUPS.items():
        members = [album for album in albums if album.kind in kinds]
        shown = members if group == ident else members[:FIRST_OF_GROUP]
        if not members or (group and group != ident):
            continue
        cards = [album_card(album, standings[album.pk], note=_when(album)) for album in shown]
        address = f"{artist.get_absolute_url()}?group={ident}" if len(shown) < len(members) else ""
        groups.append(Group(ident, label, cards, address, get=f"artist/{ident}:{artist.key}"))
    known = [segment for album in albums for segment in standings[album.pk].segments]
    asked = artist_standing(artist)
    is_under_way = asked.name in {"queued", "working"}
    here = f"{known.count('have')} of {len(known)} known tracks here" if known else ""
    standing = Standing(asked.name if is_under_way else "absent", segments=tuple(known))
    return ArtistPage(
        title=str(artist),
        kind="artist",
        url=artist.get_absolute_url(),
        standing=standing,
        ask=f"artist:{artist.key}" if albums else "",
        get=f"artist:{artist.key}" if albums and not is_under_way else "",
        art=artist.artwork_id or "",
        facts=list(filter(None, [plural(len(albums), "release"), here])),
        links=service_links(artist.external_ids.all()),
        groups=groups,
        chosen=f"artist={artist.key}" if known.count("have") else "",
    )


def _when(album: Album) -> str:
    return " · ".join(filter(None, [album.year, KIND_LABELS.get(album.kind, "").lower()]))


# --- playlists -------------------------------------------------------------------------------------------------------


def playlist_head(playlist: Playlist) -> CollectionPage:
    standing = playlist_standings([playlist])[playlist.pk]
    link = [Named(SERVICE_LABELS.get(playlist.provider, playlist.provider), playlist.link)] if playlist.link else []
    return CollectionPage(
        title=str(playlist),
        kind="playlist",
        url=playlist.get_absolute_url(),
        standing=standing,
        ask=f"playlist:{playlist.key}",
        get="" if standing.name in {"working", "queued", "have"} else f"playlist:{playlist.key}",
        get_more=f"playlist/albums:{playlist.key}" if playlist.track_total else "",
        art=playlist.artwork_id or "",
        tint=playlist.artwork.tint if playlist.artwork else None,
        facts=list(filter(None, [playlist.owner, tracks_in(playlist)])),
        links=link,
    )


# --- tracks ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TrackPage(CollectionPage):
    """One track: its state, where its file is, on which albums it stands."""

    line: Line | None = None
    file: AudioFile | None = None
    passport: list[tuple[str, str]] = field(default_factory=list)
    places: list[Named] = field(default_factory=list)
    choice: Choice | None = None
    lyrics_sites: list[Named] = field(default_factory=list)  # where the file has none


def track_page(track: Track) -> TrackPage:
    recording = track.recording
    standing = track_standings([track])[track.pk]
    album = albums_to_show().filter(pk=track.album_id).first() if track.album_id else None
    others = Track.objects.filter(recording=recording).exclude(pk=track.pk).select_related("album")
    file = AudioFile.objects.filter(pk=standing.file_id).first() if standing.file_id else None
    ids = list(track.external_ids.all())
    return TrackPage(
        title=str(track),
        kind="track",
        url=track.get_absolute_url(),
        standing=replace(standing, segments=(standing.name,)),
        ask=f"track:{track.key}",
        get=f"track:{track.key}" if standing.name in {"absent", "failed"} else "",
        art=(album.artwork_id or "") if album else "",
        tint=album.artwork.tint if album and album.artwork else None,
        artists=[Named(one.artist.name, one.artist.get_absolute_url()) for one in _credits(recording)],
        facts=list(filter(None, [album.year if album else "", clock(recording.duration_ms), recording.isrc])),
        links=service_links(ids),
        line=track_line(track, standing),
        preview_url=preview_url_of(track, recording, [one.track_id for one in ids if one.provider == "deezer"]),
        file=file,
        choice=choice_of_file(file) if file else None,
        lyrics_sites=_lyrics_sites(recording) if file and not file.has_lyrics else [],
        passport=passport_words(file.passport) if file else [],
        places=[Named(str(one.album), one.album.get_absolute_url()) for one in [track, *others[:8]] if one.album],
    )


def _lyrics_sites(recording: Recording) -> list[Named]:
    return [Named(*site) for site in lyrics_sites(recording.artist_text, recording.title)]


def _credits(recording: Recording) -> QuerySet[RecordingCredit]:
    return recording.credits.select_related("artist").order_by("position")
