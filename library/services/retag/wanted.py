"""What the tags of files should say, by all that the database knows of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from catalog.models import Track
from catalog.names import plain
from catalog.selectors import track_infos
from library.models import AudioFile
from library.services.retag.manual import manual_values
from library.tags import Tags, tags_for
from providers.base import TrackInfo

# Said by the file alone: what was done to its sound, and what other programs made of it.
OF_THE_FILE = {"encoder_settings", "track_gain_db", "track_peak", "album_gain_db", "album_peak"}


def infos_of(files: Sequence[AudioFile], read: Mapping[int, Tags]) -> dict[int, TrackInfo]:
    """By file: its track as the catalogue knows it; none where it knows nothing. ``read`` are the tags in the files.

    A file whose track is gone from the catalogue is that track of its recording whose album it names, else the first.
    """
    lone = [file.recording_id for file in files if file.track_id is None and file.recording_id is not None]
    others: dict[int, list[Track]] = defaultdict(list)
    for track in Track.objects.filter(recording_id__in=lone).select_related("album").order_by("pk") if lone else ():
        others[track.recording_id].append(track)
    track_ids = {file.track_id for file in files if file.track_id is not None}
    tracks = {track.pk: track for track in Track.objects.filter(pk__in=track_ids)}
    chosen: dict[int, Track] = {}
    for file in files:
        if file.track_id in tracks:
            chosen[file.pk] = tracks[file.track_id]
        elif found := others.get(file.recording_id or 0):
            chosen[file.pk] = _nearest(found, read[file.pk].album if file.pk in read else "")
    rows = list({track.pk: track for track in chosen.values()}.values())
    infos = dict(zip((track.pk for track in rows), track_infos(rows), strict=True))
    return {pk: infos[track.pk] for pk, track in chosen.items()}


def _nearest(tracks: Sequence[Track], album: str) -> Track:
    named = (track for track in tracks if track.album and album and plain(track.album.title) == plain(album))
    return next(named, tracks[0])


def wanted_tags(
    files: Sequence[AudioFile], read: Mapping[int, Tags], infos: Mapping[int, TrackInfo]
) -> dict[int, tuple[Tags, frozenset[str]]]:
    """By file of ``read``: what its tags should say, and which fields of it were set by hand."""
    by_hand = manual_values(files)
    wanted: dict[int, tuple[Tags, frozenset[str]]] = {}
    for file in files:
        if file.pk not in read:
            continue
        tags = read[file.pk]
        if info := infos.get(file.pk):
            tags = merged(tags, _known(file, info), has_album=info.album is not None)
        values = by_hand.get(file.pk, {})
        wanted[file.pk] = (replace(tags, **values), frozenset(values))
    return wanted


def _known(file: AudioFile, info: TrackInfo) -> Tags:
    source = file.passport.get("source", {})
    return tags_for(info, source_link=str(source.get("link") or ""), licence=str(source.get("licence") or ""))


def merged(there: Tags, known: Tags, *, has_album: bool = True) -> Tags:
    """``there`` with everything that ``known`` says: what it does not know stays, and a date never loses precision."""
    values: dict[str, Any] = {}
    for name in Tags.__slots__:
        mine, theirs = getattr(there, name), getattr(known, name)
        if name in OF_THE_FILE or theirs in (None, "", ()):
            continue
        if name == "is_compilation" and not has_album:
            continue
        if name.endswith("date") and str(mine).startswith(str(theirs)):
            continue
        if name == "catalogue_ids":
            theirs = tuple(sorted({**dict(mine), **dict(theirs)}.items()))
        values[name] = theirs
    return replace(there, **values)
