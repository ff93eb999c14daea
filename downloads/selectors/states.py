"""What the state button and the strip show: the standing of tracks, albums and playlists, in few queries for any count.

A *standing* is what is so; a *state* is a standing with the title, the address and what pressing does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.db.models.fields.json import KT
from django.urls import reverse

from catalog.models import Album, Artist, Playlist, Track
from core.errors import UserError
from core.formats import codec_label
from downloads.models import WORKING, Download, DownloadRequest, Status
from downloads.reasons import reason_for
from downloads.services.ignoring import IGNORED
from library.models import AudioFile
from providers.links import recognise

ON_THE_WAY = frozenset({"queued", "working", "paused"})
IN_TROUBLE = frozenset({"failed", "needs_you"})
MOST_SEGMENTS = 60
BADGES = {
    "no_match": "No match",
    "not_found": "Not found",
    "removed": "Removed",
    "unavailable": "Unavailable",
    "region_locked": "Blocked here",
    "forbidden": "Refused",
    "not_audio": "No audio",
    "wrong_length": "Wrong length",
    "broken_file": "Damaged file",
    "conversion_failed": "Conversion",
    "network": "No connection",
    "stalled": "Stood still",
    "login_needed": "Login needed",
}
LOSSLESS = frozenset({"flac", "alac", "pcm_s16le"})

NAME_OF_STATUS = {
    Status.QUEUED: "queued",
    Status.WAITING: "queued",
    Status.PAUSED: "paused",
    **dict.fromkeys(WORKING, "working"),
    Status.NEEDS_YOU: "needs_you",
    Status.FAILED: "failed",
    Status.SKIPPED: "ignored",  # only where it was left out on purpose
}
SHOWN = Q(status__in=[status for status in NAME_OF_STATUS if status != Status.SKIPPED]) | Q(
    status=Status.SKIPPED, reason=IGNORED
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is so for one track or a collection. ``percent`` is that of the work in hand."""

    name: str = "absent"
    percent: int = 0
    segments: tuple[str, ...] = ()  # one name per track, a collection's only
    quality: str = ""
    source: str = ""
    bytes_per_second: int | None = None
    download_id: int | None = None
    reason: str = ""
    message: str = ""
    file_id: int | None = None
    total_known: int | None = None  # tracks that the service says there are, where they are not stored yet

    @property
    def total(self) -> int:
        return len(self.segments) or self.total_known or 0

    def count(self, *names: str) -> int:
        return sum(segment in names for segment in self.segments)

    @property
    def have(self) -> int:
        return self.count("have", "upgrade")

    @property
    def on_the_way(self) -> int:
        return self.count(*ON_THE_WAY)

    @property
    def failed(self) -> int:
        return self.count(*IN_TROUBLE)

    @property
    def ignored(self) -> int:
        return self.count("ignored")

    @property
    def missing(self) -> int:
        return self.total - self.have - self.on_the_way - self.failed - self.ignored

    @property
    def strip(self) -> list[str]:
        """At most sixty segments; where there are more tracks, each stands for several in the same proportion."""
        names = self.segments or ("absent",) * min(self.total, MOST_SEGMENTS)
        if len(names) <= MOST_SEGMENTS:
            return list(names)
        ordered = sorted(names, key=_strip_order)
        return [ordered[index * len(ordered) // MOST_SEGMENTS] for index in range(MOST_SEGMENTS)]


ABSENT = Standing()


@dataclass(frozen=True, slots=True)
class State:
    """A standing with what the control needs: a name, an address, and what pressing writes (empty: it only shows)."""

    standing: Standing
    title: str
    url: str
    what: str = ""

    @property
    def name(self) -> str:
        return self.standing.name

    @property
    def percent(self) -> int:
        return self.standing.percent

    @property
    def badge(self) -> str:
        """A failure in two words."""
        return BADGES.get(self.standing.reason, "Failed")

    @property
    def why(self) -> str:
        """What happened, as the row wrote it, or what its reason means."""
        reason = reason_for(self.standing.reason)
        return self.standing.message or f"{reason.sentence} {reason.remedy}".strip()

    @property
    def spoken(self) -> str:
        """The control's name: what is so, and what pressing does."""
        standing, title = self.standing, self.title
        match standing.name:
            case "have":
                return f"In library{', ' + standing.quality if standing.quality else ''}: {title}"
            case "queued":
                return f"Waiting in the queue: {title}"
            case "paused":
                return f"Paused: {title}"
            case "working":
                return f"Downloading {title}, {standing.percent} per cent"
            case "partial":
                return f"{standing.have} of {standing.total} in library, get {standing.missing} missing: {title}"
            case "failed":
                return f"Failed, see why: {title}"
            case "needs_you":
                return f"Needs you, choose by hand: {title}"
            case "ignored":
                return f"Ignored on purpose, download after all: {title}"
            case _:
                return f"Download {title}"


def track_state(track: Track, standing: Standing) -> State:
    what = f"track:{track.key}" if standing.name in {"absent", "ignored"} else ""
    return State(standing, str(track), _address(standing, track.get_absolute_url()), what)


def album_state(album: Album, standing: Standing) -> State:
    what = f"album:{album.key}" if standing.name in {"absent", "partial"} else ""
    return State(standing, str(album), album.get_absolute_url(), what)


def playlist_state(playlist: Playlist, standing: Standing) -> State:
    what = f"playlist:{playlist.key}" if standing.name in {"absent", "partial"} else ""
    return State(standing, str(playlist), playlist.get_absolute_url(), what)


def _address(standing: Standing, url: str) -> str:
    """Where a press leads that only shows: the page that explains the download, else the thing itself."""
    if standing.download_id and standing.name != "have":
        return reverse("downloads:download_detail", args=[standing.download_id])
    return url


def track_standings(tracks: Iterable[Track]) -> dict[int, Standing]:
    """Standings by track id: two queries for any number of tracks."""
    tracks = list(tracks)
    of_recording = recording_standings({track.recording_id for track in tracks})
    return {track.pk: of_recording.get(track.recording_id, ABSENT) for track in tracks}


def recording_standings(recording_ids: Iterable[int]) -> dict[int, Standing]:
    """Standings by recording id; a recording that is neither here nor wished for is left out."""
    wanted = list(recording_ids)
    standings: dict[int, Standing] = {}
    downloads = (
        Download.objects.filter(SHOWN, recording_id__in=wanted)
        .order_by("id")
        .only("recording_id", "status", "percent", "bytes_per_second", "source", "reason", "message")
    )
    for download in downloads:
        standings[download.recording_id] = _of_download(download)
    files = AudioFile.objects.filter(recording_id__in=wanted, gone_at=None).annotate(link=KT("passport__source__link"))
    for file in files.defer("passport").order_by("id"):
        if file.recording_id is None:
            continue
        wished = standings.get(file.recording_id, ABSENT)
        if wished.name not in ON_THE_WAY:  # another quality may be on its way: that is the news
            standings[file.recording_id] = Standing(
                "have", quality=quality_of(file), source=source_of(file.link), file_id=file.pk
            )
    return standings


def _of_download(download: Download) -> Standing:
    return Standing(
        NAME_OF_STATUS[Status(download.status)],
        percent=download.percent,
        bytes_per_second=download.bytes_per_second,
        source=download.source,
        download_id=download.pk,
        reason=download.reason,
        message=download.message,
    )


def source_of(link: str | None) -> str:
    """The service behind the address that a file came from; empty where it is nobody's."""
    try:
        known = recognise(link) if link else None
    except UserError:
        return ""
    return known.provider if known else ""


def quality_of(file: AudioFile) -> str:
    """``Opus 160``, ``FLAC 44.1``: what a badge has room for."""
    codec = codec_label(file.codec)
    if file.codec in LOSSLESS:
        return f"{codec} {file.sample_rate_hz / 1000:g}" if file.sample_rate_hz else codec
    return f"{codec} {file.bitrate_kbps}" if file.bitrate_kbps else codec


def qualities_of(files: Iterable[AudioFile]) -> str:
    """``Opus 128``, ``MP3 239 to 250``, ``9 × FLAC 44.1, 1 × Opus 128``: of many files, the most frequent codec first.

    Where the bitrate varies no two files have the same, so they are told as from the lowest to the highest.
    """
    by_codec: dict[str, list[AudioFile]] = defaultdict(list)
    for file in files:
        by_codec[quality_of(file) if file.codec in LOSSLESS else codec_label(file.codec)].append(file)
    told = []
    for label, those in sorted(by_codec.items(), key=lambda pair: -len(pair[1])):
        rates = sorted({file.bitrate_kbps for file in those if file.bitrate_kbps and file.codec not in LOSSLESS})
        told.append((len(those), " ".join([label, " to ".join(map(str, rates[:1] + rates[1:][-1:]))]).strip()))
    return told[0][1] if len(told) == 1 else ", ".join(f"{number} × {label}" for number, label in told)


def album_standings(albums: Sequence[Album]) -> dict[int, Standing]:
    """Standings by album id: four queries for any number of albums."""
    ids = [album.pk for album in albums]
    recordings_of: dict[int, list[int]] = defaultdict(list)
    places = Track.objects.filter(album_id__in=ids).values_list("album_id", "recording_id")
    for album_id, recording_id in places.order_by("disc_number", "track_number", "id"):
        if album_id is not None:
            recordings_of[album_id].append(recording_id)
    of_recording = recording_standings({one for many in recordings_of.values() for one in many})
    asked = albums_asked_for(ids)
    return {
        album.pk: collect(
            [of_recording.get(one, ABSENT) for one in recordings_of[album.pk]],
            is_asked=album.pk in asked,
            total=album.track_total,
        )
        for album in albums
    }


def playlist_standings(playlists: Sequence[Playlist]) -> dict[int, Standing]:
    """Standings by playlist id, from the kept counts of each playlist's last request: one query."""
    standings: dict[int, Standing] = {}
    requests = DownloadRequest.objects.filter(playlist_id__in=[playlist.pk for playlist in playlists])
    for request in requests.exclude(stage=DownloadRequest.Stage.CANCELLED).order_by("id"):
        if request.playlist_id is not None:
            standings[request.playlist_id] = request_standing(request)
    return {
        playlist.pk: standings.get(playlist.pk, Standing(total_known=playlist.track_total)) for playlist in playlists
    }


def artist_standing(artist: Artist) -> Standing:
    """The standing of what was last asked for of this artist: one query."""
    requests = DownloadRequest.objects.filter(kind=DownloadRequest.Kind.ARTIST, provider_id=str(artist.pk))
    last = requests.exclude(stage=DownloadRequest.Stage.CANCELLED).order_by("-id").first()
    return request_standing(last) if last else ABSENT


def request_standing(request: DownloadRequest) -> Standing:
    """A request as a standing: its kept counts as segments."""
    settled = request.done + request.skipped + request.failed + request.cancelled
    segments = (
        ("have",) * (request.done + request.skipped)
        + ("failed",) * request.failed
        + ("queued",) * max(0, request.total - settled)
        + ("absent",) * request.cancelled
    )
    percent = round(100 * settled / request.total) if request.total else 0
    if request.stage in {DownloadRequest.Stage.EXPANDING, DownloadRequest.Stage.RUNNING}:
        name = "working" if settled else "queued"
    elif request.stage == DownloadRequest.Stage.FAILED:
        name = "failed"
    elif request.total and request.done + request.skipped == request.total:
        name = "have"
    else:
        name = "partial" if request.done + request.skipped else "absent"
    return Standing(name, percent=percent, segments=segments, reason=request.reason, message=request.message)


def collect(parts: Sequence[Standing], *, is_asked: bool = False, total: int | None = None) -> Standing:
    """The standing of a collection, from those of its tracks in order."""
    segments = tuple(part.name for part in parts)
    whole = Standing(segments=segments, total_known=total)
    return Standing(_collected(whole, is_asked), _percent(whole, parts), segments, total_known=total)


def _collected(whole: Standing, is_asked: bool) -> str:
    if whole.segments and whole.have and whole.have + whole.ignored == whole.total:
        return "have"
    if whole.count("working") or (whole.on_the_way and whole.have):
        return "working"
    if is_asked or whole.on_the_way:
        return "paused" if whole.on_the_way and whole.on_the_way == whole.count("paused") else "queued"
    if whole.missing and whole.have:
        return "partial"
    if whole.failed and not whole.missing:
        return "failed"
    return "absent"


def _percent(whole: Standing, parts: Sequence[Standing]) -> int:
    if not parts:
        return 0
    return (100 * whole.have + sum(part.percent for part in parts if part.name == "working")) // len(parts)


def albums_asked_for(album_ids: Sequence[int]) -> set[int]:
    """Those of the albums that are asked for and whose tracks are not in the queue yet."""
    requests = DownloadRequest.objects.filter(stage=DownloadRequest.Stage.EXPANDING, album_id__in=album_ids)
    return {request.album_id for request in requests.only("album_id") if request.album_id is not None}


def _strip_order(name: str) -> int:
    order = ("have", "upgrade", "working", "queued", "paused", "needs_you", "failed")
    return order.index(name) if name in order else len(order)
