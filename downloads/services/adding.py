"""Putting tracks on a request: a download for each that is wanted, none for what is owned or already under way.

Some statements for any number of tracks. The database has the last word: an active download is unique per recording and
wanted form, so whoever comes second joins the first one's row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import F

from catalog.models import Recording, Track
from downloads.models import ACTIVE, Download, DownloadRequest, RequestItem, Status
from downloads.services import parents, states
from history.models import Event
from history.services import record_many
from library.models import AudioFile
from library.selectors import owned_files
from ops.services import live

# Positions: requests in the order in which they came, tracks in theirs, with room to put others between.
PER_REQUEST = 1_000_000_000
PER_TRACK = 1_000


@dataclass(slots=True)
class _Wish:
    """One place of the request, and what becomes of it."""

    position: int
    track: Track | None
    skip_reason: str = ""
    file: AudioFile | None = None
    download_id: int | None = None


def add_tracks(
    request: DownloadRequest, tracks: Sequence[Track | None], *, first_position: int, **request_changes: object
) -> int:
    """Each of ``tracks`` has its item on ``request``; ``request_changes`` are written with them. How many were queued.

    None stands for an entry that the service has no more. All in one transaction: a page is there or it is not.
    """
    recordings = Recording.objects.in_bulk({track.recording_id for track in tracks if track})
    owned = owned_files(list(recordings), output_format=request.output_format, quality_kbps=request.quality_kbps or 0)
    wishes = [
        _wish(position, track, recordings, owned, get_again=bool(request.options.get("get_again")))
        for position, track in enumerate(tracks, first_position)
    ]
    with transaction.atomic():
        made = _give_downloads(request, [wish for wish in wishes if not wish.skip_reason])
        _store(request, wishes, recordings, request_changes)
        _obey(request, made)
        states.mark(made, [request.pk])
    return len(made)


def _wish(
    position: int,
    track: Track | None,
    recordings: dict[int, Recording],
    owned: dict[int, AudioFile],
    *,
    get_again: bool,
) -> _Wish:
    if track is None:
        return _Wish(position, None, "gone_from_playlist")
    if settings.EXPLICIT_FILTER and recordings[track.recording_id].explicit:
        return _Wish(position, track, "explicit_filtered")
    if not get_again and (file := owned.get(track.recording_id)):
        return _Wish(position, track, "owned", file)
    return _Wish(position, track)


def _give_downloads(request: DownloadRequest, wishes: list[_Wish]) -> list[int]:
    """Every wish has its active download, made or joined; the ids of those that were made."""
    wanted = {wish.track.recording_id: wish for wish in reversed(wishes) if wish.track}
    before = _active(request, list(wanted))
    missing = [recording_id for recording_id in wanted if recording_id not in before]
    # In one order for all, so that two who make the same rows do not wait for one another in a circle.
    rows = [_row(request, wanted[recording_id]) for recording_id in sorted(missing)]
    # Whoever made the same row a moment ago wins; ours is dropped by the constraint and we join theirs.
    Download.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    after = before | _active(request, missing)
    for wish in wishes:
        if wish.track and (download_id := after.get(wish.track.recording_id)):
            wish.download_id = download_id
    late = [wish for wish in wishes if wish.download_id is None]
    if late:  # the other's row ended in between: as if it had not been there
        return [pk for key, pk in after.items() if key not in before] + _give_downloads(request, late)
    return [pk for key, pk in after.items() if key not in before]


def _active(request: DownloadRequest, recording_ids: list[int]) -> dict[int, int]:
    """By recording: its active download, locked so that it cannot end before our items are counted."""
    found: dict[int, int] = {}
    for part in states.chunks(recording_ids):
        rows = Download.objects.filter(
            recording_id__in=part,
            output_format=request.output_format,
            quality_kbps=request.quality_kbps or 0,
            status__in=ACTIVE,
        )
        found |= dict(rows.select_for_update().order_by("pk").values_list("recording_id", "pk"))
    return found


def _row(request: DownloadRequest, wish: _Wish) -> Download:
    assert wish.track is not None  # noqa: S101 - wishes without a track are skipped before
    return Download(
        recording_id=wish.track.recording_id,
        track=wish.track,
        output_format=request.output_format,
        quality_kbps=request.quality_kbps or 0,
        options={"get_again": True} if request.options.get("get_again") else {},
        priority=request.priority,
        position=request.pk * PER_REQUEST + wish.position * PER_TRACK,
    )


def _store(
    request: DownloadRequest, wishes: list[_Wish], recordings: dict[int, Recording], changes: dict[str, object]
) -> None:
    skipped = [wish for wish in wishes if wish.skip_reason]
    mine = DownloadRequest.objects.filter(
        pk=request.pk, stage=DownloadRequest.Stage.EXPANDING, lease_owner=request.lease_owner
    )
    if not mine.update(total=F("total") + len(wishes), skipped=F("skipped") + len(skipped), **changes):
        raise states.LostLease  # cancelled, or another worker expands it: nothing of this stands
    RequestItem.objects.bulk_create(
        [
            RequestItem(
                request=request,
                position=wish.position,
                track=wish.track,
                download_id=wish.download_id,
                skip_reason=wish.skip_reason,
                file=wish.file,
            )
            for wish in wishes
        ],
        batch_size=500,
    )
    record_many(_skipped_event(request, wish, recordings) for wish in skipped)
    parents.end_if_through(request.pk)


def _obey(request: DownloadRequest, made: list[int]) -> None:
    """What was asked of the request while its tracks were being read holds for these too. Its row is ours by now."""
    priority, options = DownloadRequest.objects.values_list("priority", "options").get(pk=request.pk)
    if priority != request.priority:
        for part in states.chunks(made):
            Download.objects.filter(pk__in=part).update(priority=priority)
    if options.get("paused"):
        states.move_ids(made, Status.PAUSED)


def _skipped_event(request: DownloadRequest, wish: _Wish, recordings: dict[int, Recording]) -> Event:
    recording = recordings.get(wish.track.recording_id) if wish.track else None
    return Event(
        kind=Event.Kind.SKIPPED,
        title=recording.title if recording else f"Entry {wish.position}",
        artist_text=recording.artist_text if recording else "",
        person_id=request.asked_by_id,
        request_id=request.pk,
        recording_id=recording.pk if recording else None,
        file_id=wish.file.pk if wish.file else None,
        reason=wish.skip_reason,
    )


def touch(request: DownloadRequest, **changes: object) -> None:
    """``changes`` are written on the request, which carries the next live number."""
    with transaction.atomic():
        DownloadRequest.objects.filter(pk=request.pk).update(**changes)
        DownloadRequest.objects.filter(pk=request.pk).update(live=live.bump())
