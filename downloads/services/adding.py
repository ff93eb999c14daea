"""Putting tracks on a request: a download for each that is wanted, none for what is owned or already under way.

Some statements for any number of tracks. The database has the last word: an active download is unique per recording and
wanted form, so whoever comes second joins the first one's row.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from catalog.models import Recording, Track
from core.bulk import insert_alike
from downloads.models import ACTIVE, Download, DownloadRequest, RequestItem, Status
from downloads.services import ignoring, parents, states
from history.models import Event
from history.services import record_many
from library.models import AudioFile
from library.selectors import owned_files
from library.steps import STEP_NAMES
from ops.services import live
from ops.settings import in_force
from providers.links import recognise

# Positions: requests in the order in which they came, tracks in theirs, with room to put others between.
PER_REQUEST = 1_000_000_000
PER_TRACK = 1_000
# Of a request's options those that its downloads take over.
OF_A_DOWNLOAD = ("get_again", "replaces", "only_picked", "sources", *STEP_NAMES)


@dataclass(slots=True)
class _Wish:
    """One place of the request, and what becomes of it."""

    position: int
    track: Track | None
    skip_reason: str = ""
    file: AudioFile | None = None  # what is here: the reason to skip it, or what it takes the place of
    download_id: int | None = None


def add_tracks(
    request: DownloadRequest, tracks: Sequence[Track | None], *, first_position: int, **request_changes: object
) -> int:
    """Each of ``tracks`` has its item on ``request``; ``request_changes`` are written with them. How many were queued.

    None stands for an entry that the service has no more. All in one transaction: a page is there or it is not.
    """
    recordings = Recording.objects.in_bulk({track.recording_id for track in tracks if track})
    if _is_for_itself(request):
        ignoring.stop_ignoring(recordings)
        ignored: set[int] = set()
    else:
        ignored = ignoring.ignored_among(recordings)
    owned = owned_files(list(recordings), output_format=request.output_format, quality_kbps=request.quality_kbps or 0)
    wishes = [
        _wish(position, track, recordings, owned, ignored, get_again=bool(request.options.get("get_again")))
        for position, track in enumerate(tracks, first_position)
    ]
    with transaction.atomic():
        made = _give_downloads(request, [wish for wish in wishes if not wish.skip_reason])
        _store(request, wishes, recordings, request_changes)
        _obey(request, made)
        states.mark(made, [request.pk])
    return len(made)


def _is_for_itself(request: DownloadRequest) -> bool:
    """Whether somebody asked for this one recording, and not for something that it comes with."""
    if request.kind != DownloadRequest.Kind.LINK:
        return request.kind == DownloadRequest.Kind.TRACK
    link = recognise(request.link)
    return link is None or not link.is_list


def _wish(
    position: int,
    track: Track | None,
    recordings: dict[int, Recording],
    owned: dict[int, AudioFile],
    ignored: set[int],
    *,
    get_again: bool,
) -> _Wish:
    if track is None:
        return _Wish(position, None, "gone_from_playlist")
    if in_force.EXPLICIT_FILTER and recordings[track.recording_id].explicit:
        return _Wish(position, track, "explicit_filtered")
    file = owned.get(track.recording_id)
    if file and not get_again:
        return _Wish(position, track, "owned", file)
    if track.recording_id in ignored:
        return _Wish(position, track, ignoring.IGNORED)
    return _Wish(position, track, file=file)


def _give_downloads(request: DownloadRequest, wishes: list[_Wish]) -> list[int]:
    """Every wish has its active download, made or joined; the ids of those that were made."""
    wanted = {wish.track.recording_id: wish for wish in reversed(wishes) if wish.track}
    found = _active(request, list(wanted))
    made = _make(request, [wish for recording_id, wish in wanted.items() if recording_id not in found])
    found |= made
    for wish in wishes:
        wish.download_id = found.get(wish.track.recording_id) if wish.track else None
    # Whoever made the same row a moment ago won, and ours was dropped by the constraint: we join theirs.
    late = [wish for wish in wishes if wish.track and wish.download_id is None]
    return [*made.values(), *(_give_downloads(request, late) if late else [])]


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


def _make(request: DownloadRequest, wishes: list[_Wish]) -> dict[int, int]:
    """By recording: the download that was made for it. What another made meanwhile is missing."""
    like = Download(
        output_format=request.output_format,
        quality_kbps=request.quality_kbps or 0,
        options=_options(request),
        priority=request.priority,
    )
    first = request.pk * PER_REQUEST
    rows = [
        (
            wish.track.recording_id,
            wish.track.pk,
            first + wish.position * PER_TRACK,
            _options_of(like.options, wish.file),
        )
        for wish in wishes
        if wish.track
    ]
    # In one order for all, so that two who make the same rows do not wait for one another in a circle.
    columns, returning = ("recording", "track", "position", "options"), ("recording", "id")
    return dict(insert_alike(like, columns, sorted(rows), returning=returning, ignore_conflicts=True))


def _options_of(options: dict[str, object], here: AudioFile | None) -> str:
    """``options`` as JSON. What is here in this form and is fetched again gives way to the new file."""
    return json.dumps({"replaces": here.path} | options if here else options)


def _options(request: DownloadRequest) -> dict[str, object]:
    """What a download keeps of its request: the template in force now names the file, also when it is changed later."""
    is_playlist = request.kind == DownloadRequest.Kind.PLAYLIST and not request.options.get("albums")
    usual = (in_force.PLAYLIST_TEMPLATE if is_playlist else "") or in_force.NAME_TEMPLATE
    options: dict[str, object] = {"template": request.options.get("template") or usual}
    return options | {name: request.options[name] for name in OF_A_DOWNLOAD if request.options.get(name) is not None}


def _store(
    request: DownloadRequest, wishes: list[_Wish], recordings: dict[int, Recording], changes: dict[str, object]
) -> None:
    skipped = [wish for wish in wishes if wish.skip_reason]
    mine = DownloadRequest.objects.filter(
        pk=request.pk, stage=DownloadRequest.Stage.EXPANDING, lease_owner=request.lease_owner
    )
    if not mine.update(total=F("total") + len(wishes), skipped=F("skipped") + len(skipped), **changes):
        raise states.LostLease  # cancelled, or another worker expands it: nothing of this stands
    insert_alike(
        RequestItem(request=request),
        ("position", "track", "download", "skip_reason", "file"),
        [
            (
                wish.position,
                wish.track.pk if wish.track else None,
                wish.download_id,
                wish.skip_reason,
                wish.file.pk if wish.file and wish.skip_reason else None,
            )
            for wish in wishes
        ],
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
