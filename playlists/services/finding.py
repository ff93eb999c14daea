"""One line against a catalogue: which track it surely is, which ones it may be, or that there is none."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from catalog.matching import Scored, rank
from catalog.models import Track
from catalog.services import browse
from catalog.services.catalogues import get_catalogue, is_configured
from catalog.services.search import search
from catalog.services.store import store_tracks
from core.errors import NotFound, PermanentError, UserError
from ops.settings import in_force
from playlists.readers import Line
from providers.base import Ability, AlbumInfo, ArtistInfo, Candidate, Credit, Kind, TrackInfo, UploadKind
from providers.links import recognise

HITS = 10
MOST_CANDIDATES = 3
DOUBTFUL_FROM = 40  # less alike is not worth a person's time
# Who writes a line often leaves out the guest whom a catalogue names.
_GUESTS = re.compile(r"\s*[(\[](?:feat|ft|featuring)\b[^)\]]*[)\]]|\s+(?:feat|ft)\.\s.*$", re.IGNORECASE)
SAME_LENGTH_MS = 15_000  # recordings of one name that differ by more are two


@dataclass(frozen=True, slots=True)
class Found:
    """The track, where it is surely meant; else what may be, the best first. ``why`` is empty for a sure one."""

    track: Track | None = None
    candidates: tuple[Track, ...] = ()
    why: str = ""


def find(line: Line) -> Found:
    """What ``line`` means in the default catalogue: by its link, its ISRC, else by its words.

    One or two questions. Raises TransientError where the catalogue gives no answer, UserError where it needs keys.
    """
    if track := _by_link(line.link) or _by_isrc(line):
        return Found(track)
    if not line.title:
        return _offered(line.link)
    hits = search(f"{line.artist} {line.title}", kinds=(Kind.TRACK,), limit=HITS).tracks
    return judge(line, hits)


def judge(line: Line, hits: list[TrackInfo] | tuple[TrackInfo, ...]) -> Found:
    """Which of ``hits`` the line means. Sure only where names and title agree and no other recording does as well."""
    scored = _scored(line, hits)
    sure = [(one, info) for one, info in scored if one.is_accepted]
    if sure and not line.artist:
        return _doubt(sure, "The line names no artist.")
    if sure and (why := _rival(sure)):
        return _doubt(sure, why)
    if sure:
        return Found(store_tracks([sure[0][1]])[0])
    near = [(one, info) for one, info in scored if one.score >= DOUBTFUL_FROM]
    if near:
        return _doubt(near, near[0][0].why)
    return Found(why="The catalogue has nothing like it." if hits else "The catalogue has nothing for these words.")


def _scored(line: Line, hits: list[TrackInfo] | tuple[TrackInfo, ...]) -> list[tuple[Scored, TrackInfo]]:
    """Each hit once, by the reading of the line that it fits best; the best first."""
    best: dict[str, tuple[Scored, TrackInfo]] = {}
    for artist, title in ((line.artist, line.title), *line.others):
        if not title:
            continue
        offered = [_candidate(info) for info in hits]
        by_id = {info.id: info for info in hits}
        wanted, threshold = _wanted(line, artist, title), in_force.MATCH_THRESHOLD
        ranked = rank(wanted, offered, threshold=threshold)
        if not _GUESTS.search(title):
            alone = [replace(one, title=bare) for one in offered if (bare := _GUESTS.sub("", one.title)) != one.title]
            ranked += [replace(one, score=max(0, one.score - 1)) for one in rank(wanted, alone, threshold=threshold)]
        for scored in ranked:
            known = best.get(scored.candidate.source_id)
            if known is None or scored.score > known[0].score:
                best[scored.candidate.source_id] = (scored, by_id[scored.candidate.source_id])
    order = {info.id: place for place, info in enumerate(hits)}
    return sorted(best.values(), key=lambda pair: (-pair[0].score, order[pair[1].id]))


def _rival(sure: list[tuple[Scored, TrackInfo]]) -> str:
    """Why the best is not surely the one that is meant; empty where it is."""
    best, first = sure[0]
    for other, info in sure[1:]:
        if other.score < best.score:
            break
        if not {name.casefold() for name in first.artists} & {name.casefold() for name in info.artists}:
            return "It may be one of several artists."
        lengths = (first.duration_ms, info.duration_ms)
        if lengths[0] and lengths[1] and abs(lengths[0] - lengths[1]) > SAME_LENGTH_MS:
            return "There are recordings of different lengths."
    return ""


def _doubt(pairs: list[tuple[Scored, TrackInfo]], why: str) -> Found:
    return Found(candidates=tuple(store_tracks([info for _, info in pairs[:MOST_CANDIDATES]])), why=why)


def _wanted(line: Line, artist: str, title: str) -> TrackInfo:
    names = [name.strip() for name in artist.split(",") if name.strip()]
    credits = tuple(Credit(ArtistInfo("", "", name)) for name in names)
    album = AlbumInfo("", "", line.album) if line.album else None
    return TrackInfo("", "", title, credits, album, duration_ms=line.duration_ms)


def _candidate(info: TrackInfo) -> Candidate:
    return Candidate(
        source=info.provider,
        source_id=info.id,
        url=info.link,
        title=info.title,
        artists=info.artists,
        album=info.album.title if info.album else "",
        duration_ms=info.duration_ms,
        kind=UploadKind.SONG,
    )


def _by_link(address: str) -> Track | None:
    link = recognise(address) if address else None
    if link is None or link.kind is not Kind.TRACK or not is_configured(link.provider):
        return None
    try:
        return browse.open_track(link.provider, link.value)
    except PermanentError:
        return None  # the words may still be of use


def _by_isrc(line: Line) -> Track | None:
    catalogue = get_catalogue()
    if not line.isrc or Ability.ISRC not in catalogue.abilities:
        return None
    try:
        return store_tracks([catalogue.track_by_isrc(line.isrc)])[0]
    except PermanentError:
        return None


def _offered(address: str) -> Found:
    """A link alone, to a service that cannot be asked itself: what may be meant by it."""
    try:
        found = browse.resolve(address)
    except NotFound:
        return Found(why="Its service has no such track any more.")
    except UserError as exc:
        return Found(why=f"{exc.message} {exc.remedy}".strip())
    if found.track:
        return Found(found.track)
    hits = found.offer.results.tracks if found.offer else ()
    if not hits:
        return Found(why="The link alone says too little.")
    return Found(candidates=tuple(store_tracks(hits[:MOST_CANDIDATES])), why="The link itself cannot be opened here.")
