"""Asks outside services about recordings that are owned, one after the other, and keeps what they say.

Every row of ``Enrichment`` is a recording to ask about, or asked about. Nothing waits for it: a service that is closed
or slow leaves its rows due later.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Q
from django.utils import timezone

from catalog.metadata.fields import LASTFM, MUSICBRAINZ, Entity
from catalog.metadata.words import of_album, of_artist, of_recording
from catalog.models import Album, AlbumValues, Enrichment, Recording, ReleaseGroup, Track
from catalog.selectors import track_info
from catalog.services.metadata.asking import Found, ask_about
from catalog.services.metadata.saying import Say, take_in
from catalog.services.metadata.spreading import save
from catalog.services.metadata.tables import Row
from catalog.services.store.shared import lock_catalogue
from core.errors import RateLimited, TransientError
from ops.services import live

log = logging.getLogger(__name__)
State = Enrichment.State
MOST_ATTEMPTS = 8
FIRST_WAIT, LONGEST_WAIT = 60.0, 6 * 3600.0
SHORTEST_PAUSE = 2.0  # after a service said that it is asked too often
BATCH = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """``wait``: seconds for which asking on makes no sense, 0 where it does."""

    state: str
    message: str
    wait: float = 0.0


# --- what is to be done ----------------------------------------------------------------------------------------------


def ask_later(recording_ids: Iterable[int]) -> int:
    """These recordings will be asked about, unless they were before; how many are new."""
    ids = list(recording_ids)
    there = set(Enrichment.objects.filter(recording_id__in=ids).values_list("recording_id", flat=True))
    new = [Enrichment(recording_id=pk) for pk in dict.fromkeys(ids) if pk not in there]
    Enrichment.objects.bulk_create(new, ignore_conflicts=True, batch_size=BATCH)
    return len(new)


def ask_again(*, states: Iterable[str] = (), recording_ids: Iterable[int] = ()) -> int:
    """Those in these states, or of these recordings, are due now; how many."""
    rows = Enrichment.objects.filter(Q(state__in=list(states)) | Q(recording_id__in=list(recording_ids)))
    return rows.update(state=State.WAITING, due_at=timezone.now(), attempts=0, message="")


def counts() -> dict[str, int]:
    """How many recordings are in each state."""
    found = dict(Enrichment.objects.values_list("state").annotate(count=Count("pk")))
    return {state: found.get(state, 0) for state in State.values}


def claim(owner: str) -> Enrichment | None:
    """The row that has been due for longest is ``owner``'s for a while; None where none is due."""
    now = timezone.now()
    free = Enrichment.objects.filter(due_at__lte=now).filter(Q(lease_expires_at=None) | Q(lease_expires_at__lte=now))
    until = now + timedelta(seconds=settings.LEASE_SECONDS)
    for number in free.order_by("due_at", "pk").values_list("pk", flat=True)[:3]:
        if free.filter(pk=number).update(lease_owner=owner, lease_expires_at=until):
            return Enrichment.objects.select_related("recording").get(pk=number)
    return None


def put_off(row: Enrichment, seconds: float, message: str = "") -> None:
    """It is due later; nothing was tried."""
    _end(row, state=row.state, message=message or row.message, wait=seconds)


# --- doing it --------------------------------------------------------------------------------------------------------


def enrich(row: Enrichment, track: Track | None = None) -> Outcome:
    """Ask about the recording of a claimed row, keep what is said, and write down how it went.

    ``track`` is where it stands in the library; without it the first place that the catalogue knows.
    """
    track = track or row.recording.tracks.order_by(F("album").asc(nulls_last=True), "pk").first()
    if track is None:
        return _end(row, state=State.UNKNOWN, message="No track of it is known any more.")
    album = track.album
    known = AlbumValues.objects.filter(album=album, origin=MUSICBRAINZ).first() if album else None
    found = ask_about(track_info(track), release_mbid=str(known.fields.get("mbid", "")) if known else "")
    what = _keep(row.recording_id, track, found)
    if found.error is not None:
        return _later(row, found.error)
    message = "; ".join([*what, *dict.fromkeys(found.notes)])
    return _end(row, state=State.DONE if what else State.UNKNOWN, message=message)


@transaction.atomic
def _keep(recording_id: int, track: Track, found: Found) -> list[str]:
    """What was found is in the rows; which services said something of what, in words."""
    lock_catalogue()
    recording = Recording.objects.filter(pk=recording_id).first()
    if recording is None:
        return []
    album = Album.objects.filter(pk=track.album_id).first() if track.album_id else None
    says: dict[Entity, list[Say]] = {entity: [] for entity in Entity}

    def hear(entity: Entity, row: Row | None, origin: str, fields: dict[str, Any]) -> None:
        if row is not None and fields:
            says[entity].append(Say(row, origin, fields))

    if found.recording is not None:
        hear(Entity.RECORDING, recording, MUSICBRAINZ, of_recording(found.recording))
    if found.album is not None:
        hear(Entity.ALBUM, album, MUSICBRAINZ, of_album(found.album))
    credits = list(recording.credits.select_related("artist").order_by("position"))
    for place, info in found.artists.items():
        if place < len(credits):
            hear(Entity.ARTIST, credits[place].artist, MUSICBRAINZ, of_artist(info))
    for entity, thing, genres in (
        (Entity.RECORDING, recording, found.recording_genres),
        (Entity.ALBUM, album, found.album_genres),
        (Entity.ARTIST, credits[0].artist if credits else None, found.artist_genres),
    ):
        hear(entity, thing, LASTFM, {"genres": genres} if genres else {})
    for entity, part in says.items():
        settled, _ = take_in(entity, part)
        save(entity, settled)
    _fill_identities(recording, album, found)
    if any(says.values()):
        live.bump()
    return _in_words(says)


def _in_words(says: dict[Entity, list[Say]]) -> list[str]:
    labels = {MUSICBRAINZ: "MusicBrainz", LASTFM: "Last.fm"}
    words = []
    for origin, label in labels.items():
        if about := [str(entity) for entity, part in says.items() if any(say.origin == origin for say in part)]:
            words.append(f"{label}: {', '.join(about)}")
    return words


def _fill_identities(recording: Recording, album: Album | None, found: Found) -> None:
    """Where we have no code yet and nobody else has it, it is theirs."""
    code = found.recording.isrc if found.recording and not recording.isrc else ""
    if code and not Recording.objects.filter(isrc=code).exists():
        Recording.objects.filter(pk=recording.pk, isrc="").update(isrc=code)
    if album is not None and found.album is not None and found.album.release_group_mbid:
        groups = ReleaseGroup.objects.filter(pk=album.release_group_id, mbid="")
        groups.update(mbid=found.album.release_group_mbid[:36])


def _later(row: Enrichment, error: TransientError) -> Outcome:
    """A service did not answer: again later, and not for ever."""
    if isinstance(error, RateLimited):
        wait = max(error.retry_after or 0.0, SHORTEST_PAUSE)
        return _end(row, state=State.WAITING, message=error.message, wait=wait, pause=wait)
    attempts = row.attempts + 1
    if attempts >= MOST_ATTEMPTS:
        return _end(row, state=State.FAILED, message=error.message, attempts=attempts)
    wait = max(min(FIRST_WAIT * 2.0 ** (attempts - 1), LONGEST_WAIT), error.retry_after or 0.0)
    return _end(row, state=State.WAITING, message=error.message, wait=wait, attempts=attempts)


def _end(
    row: Enrichment,
    *,
    state: str,
    message: str,
    wait: float | None = None,
    attempts: int | None = None,
    pause: float = 0.0,
) -> Outcome:
    """The row is written and free, unless another took it over meanwhile."""
    now = timezone.now()
    is_over = wait is None
    Enrichment.objects.filter(pk=row.pk, lease_owner=row.lease_owner).update(
        state=state,
        message=message[:2000],
        due_at=None if wait is None else now + timedelta(seconds=wait),
        attempts=row.attempts if attempts is None else attempts,
        done_at=now if is_over else row.done_at,
        lease_owner="",
        lease_expires_at=None,
    )
    return Outcome(state, message, pause)
