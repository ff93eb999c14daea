"""What a person does with a list: bring it, answer its lines, keep it, download it, throw it away."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Iterator, Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Person
from catalog.models import Playlist, PlaylistEntry, PlaylistReader, Track
from catalog.services import browse
from core.errors import NotFound, UserError
from core.text import plural
from downloads.models import DownloadRequest
from downloads.services.requests import request_download
from ops.services import live
from playlists.models import ImportLine, ListImport
from playlists.readers import Line, ReadList, Unread
from playlists.services.working import wish_of

PROVIDER = "list"  # of playlists that are kept here
MOST_AT_ONCE = 50_000  # lines of one file, all of its lists together
State = ImportLine.State


def bring(lists: Sequence[ReadList], person: Person, *, title: str = "") -> list[ListImport]:
    """The lists as rows. One is looked up at once; of several the person says first which ones.

    Raises UserError where they are more than can be kept.
    """
    lines = sum(len(found.lines) + len(found.unread) for found in lists)
    if lines > MOST_AT_ONCE:
        raise UserError(f"These are {plural(lines, 'line')}, more than {MOST_AT_ONCE:,}.", remedy="Give them in parts.")
    return [_bring(found, person, title, is_alone=len(lists) == 1) for found in lists]


@transaction.atomic
def _bring(found: ReadList, person: Person, title: str, *, is_alone: bool) -> ListImport:
    owner = ListImport.objects.create(
        person=person,
        title=title[:1000] or found.title or f"List of {timezone.localdate():%d %B %Y}",
        kind=found.kind,
        encoding="" if found.encoding == "UTF-8" else found.encoding,
        left_off=found.left_off,
        total=len(found.lines) + len(found.unread),
        begun_at=timezone.now() if is_alone else None,
    )
    both: list[Line | Unread] = [*found.lines, *found.unread]
    both.sort(key=lambda one: one.number)
    rows = [_row(owner, position, one) for position, one in enumerate(both, 1)]
    ImportLine.objects.bulk_create(rows, batch_size=1000)
    return owner


def _row(owner: ListImport, position: int, one: Line | Unread) -> ImportLine:
    if isinstance(one, Unread):
        return ImportLine(
            owner=owner, position=position, number=one.number, raw=one.raw, state=State.UNREAD, why=one.why
        )
    return ImportLine(owner=owner, position=position, number=one.number, raw=one.raw, wish=wish_of(one))


def own(person: Person | None) -> QuerySet[ListImport]:
    """The lists that ``person`` brought: nobody else knows of them."""
    return ListImport.objects.filter(person=person) if person else ListImport.objects.none()


def begin(owner: ListImport) -> None:
    """Its lines are looked up from now on."""
    ListImport.objects.filter(pk=owner.pk, begun_at=None).update(begun_at=timezone.now())


def take(owner: ListImport, line: int, track: int) -> None:
    """The line means this one of its candidates. Raises NotFound where it is none of them."""
    row = _line(owner, line)
    if track not in row.candidates or not Track.objects.filter(pk=track).exists():
        raise NotFound("There is no such track to choose.", remedy="Reload the page.")
    _set(owner, ImportLine.objects.filter(pk=row.pk), state=State.MATCHED, track_id=track)


def take_link(owner: ListImport, line: int, link: str) -> Track:
    """The line means what ``link`` points at, which is a track. Raises UserError where it is none."""
    row = _line(owner, line)
    track = browse.resolve(link.strip(), owner.person).track if link.strip() else None
    if track is None:
        raise UserError("This is no link to a track.", remedy="Open the track, copy its address, and paste it here.")
    _set(owner, ImportLine.objects.filter(pk=row.pk), state=State.MATCHED, track=track)
    return track


def take_best(owner: ListImport, lines: Collection[int] | None = None) -> int:
    """Doubtful lines (these, or all) mean their best candidate; how many were answered."""
    doubtful = _chosen(owner, lines).filter(state=State.DOUBTFUL)
    best = {pk: found[0] for pk, found in doubtful.values_list("pk", "candidates") if found}
    there = set(Track.objects.filter(pk__in=set(best.values())).values_list("pk", flat=True))
    rows = [ImportLine(pk=pk, state=State.MATCHED, track_id=track) for pk, track in best.items() if track in there]
    with transaction.atomic():
        done = ImportLine.objects.bulk_update(rows, ["state", "track"], batch_size=500) if rows else 0
        _tell(owner)
    return done


def leave_out(owner: ListImport, lines: Collection[int] | None = None) -> int:
    """These lines, or all doubtful ones and those not found, are not wanted."""
    rows = _chosen(owner, lines)
    wanted = (State.DOUBTFUL, State.MISSING) if lines is None else (State.MATCHED, State.DOUBTFUL, State.MISSING)
    return _set(owner, rows.filter(state__in=wanted), state=State.LEFT_OUT)


def ask_again(owner: ListImport, lines: Collection[int]) -> int:
    """These lines are looked up anew; what was answered for them is forgotten."""
    rows = _chosen(owner, lines).exclude(state__in=(State.UNREAD, State.WAITING))
    done = _set(owner, rows, state=State.WAITING, track=None, candidates=[], why="")
    if done:
        ListImport.objects.filter(pk=owner.pk).update(ended_at=None, not_before_at=None, attempts=0)
    return done


def keep(owner: ListImport, *, title: str = "") -> Playlist:
    """The matched tracks as a playlist that its person alone sees; once more where more was answered since.

    Raises UserError while nothing is matched, or lines are still to be looked up.
    """
    if owner.ended_at is None:
        raise UserError("Its lines are still being looked up.", remedy="Wait until all are, then keep it.")
    tracks = list(_matched(owner))
    if not tracks:
        raise UserError("No line of it is matched.", remedy="Choose a track for some of them first.")
    with transaction.atomic():
        owner = ListImport.objects.select_for_update().get(pk=owner.pk)
        playlist = owner.playlist or Playlist(provider=PROVIDER, provider_id=str(uuid.uuid4()))
        playlist.title = title.strip()[:1000] or owner.title
        playlist.owner = str(owner.person)[:300]
        playlist.is_private = True
        playlist.track_total = len(tracks)
        playlist.entries_fetched_at = timezone.now()
        playlist.save()
        PlaylistReader.objects.get_or_create(playlist=playlist, person=owner.person, defaults={"is_own": True})
        playlist.entries.all().delete()
        entries = [PlaylistEntry(playlist=playlist, position=at, track_id=pk) for at, pk in enumerate(tracks, 1)]
        PlaylistEntry.objects.bulk_create(entries, batch_size=1000)
        ListImport.objects.filter(pk=owner.pk).update(playlist=playlist, title=playlist.title, live=live.bump())
    return playlist


def download(owner: ListImport, *, title: str = "") -> DownloadRequest:
    """The list is kept, and its tracks are asked for; anew where others are in it than when it was last asked for."""
    playlist = keep(owner, title=title)
    said = "\n".join(str(track) for track in _matched(owner))
    contents = hashlib.sha256(said.encode()).hexdigest()[:16]
    return request_download(playlist=playlist, by=owner.person, options={"contents": contents})


def throw_away(owner: ListImport) -> None:
    """The list and its answers are gone; a playlist that was kept of it stays."""
    owner.delete()


def _matched(owner: ListImport) -> Iterator[int]:
    rows = ImportLine.objects.filter(owner=owner, state=State.MATCHED, track__isnull=False).order_by("position")
    yield from rows.values_list("track_id", flat=True)


def _line(owner: ListImport, line: int) -> ImportLine:
    row = ImportLine.objects.filter(owner=owner, pk=line).exclude(state=State.UNREAD).first()
    if row is None:
        raise NotFound("There is no such line.", remedy="Reload the page.")
    return row


def _chosen(owner: ListImport, lines: Collection[int] | None) -> QuerySet[ImportLine]:
    rows = ImportLine.objects.filter(owner=owner)
    return rows if lines is None else rows.filter(pk__in=lines)


def _set(owner: ListImport, rows: QuerySet[ImportLine], **values: object) -> int:
    with transaction.atomic():
        done = rows.update(**values)
        _tell(owner)
    return done


def _tell(owner: ListImport) -> None:
    ListImport.objects.filter(pk=owner.pk).update(live=live.bump(is_progress=True))
