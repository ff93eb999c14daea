"""Stores tracks and their recordings.

A track is found by its provider's id. Its recording is found by ISRC; without one the track has a recording of its own
until the ISRC is known. Explicit and clean twins have different ISRCs or ids, so they stay apart by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db import transaction

from catalog.metadata.fields import FIELDS, Entity
from catalog.metadata.words import of_recording
from catalog.models import Album, Artist, Recording, RecordingCredit, Track, TrackId
from catalog.names import credit_text
from catalog.services.metadata.saying import Say, say_first, take_in
from catalog.services.metadata.spreading import spread
from catalog.services.metadata.tables import Said
from catalog.services.store.albums import store_albums
from catalog.services.store.artists import store_artists
from catalog.services.store.merging import fold_recordings
from catalog.services.store.shared import (
    Key,
    artist_key,
    credit_shape,
    cut,
    fill,
    isrc_of,
    known_ids,
    lock_catalogue,
    number,
)
from providers.base import ArtistInfo, TrackInfo

BATCH = 250
AUDIO_ONLY = {"youtube", "youtube_music", "soundcloud", "bandcamp", "internet_archive"}
SAID_FIELDS = [*FIELDS[Entity.RECORDING]]
Place = tuple[int, int, int]  # album, disc, number


@dataclass
class _Plan:
    """What one batch writes. Rows in ``new_…`` have no id yet."""

    infos: dict[Key, TrackInfo]
    artists: Mapping[Key, Artist]
    albums: Mapping[Key, Album]
    tracks: dict[Key, Track]
    by_isrc: dict[str, Recording]
    at_place: dict[Place, Track]
    new_recordings: list[Recording] = field(default_factory=list)
    new_tracks: dict[Key, Track] = field(default_factory=dict)
    more_ids: dict[Key, Track] = field(default_factory=dict)
    changed_recordings: dict[int, Recording] = field(default_factory=dict)
    changed_tracks: dict[int, Track] = field(default_factory=dict)
    moved: set[int] = field(default_factory=set)  # tracks whose old place is given up first
    folds: dict[int, Recording] = field(default_factory=dict)  # a recording without ISRC turned out to be this one
    recording_of: dict[Key, Recording] = field(default_factory=dict)
    renamed: list[Recording] = field(default_factory=list)


def store_tracks(infos: Sequence[TrackInfo]) -> list[Track]:
    """The rows of these tracks, in their order, with albums, recordings and credits. Needs no network."""
    rows: list[Track] = []
    for start in range(0, len(infos), BATCH):
        rows += _store_batch(infos[start : start + BATCH])
    return rows


@transaction.atomic
def _store_batch(infos: Sequence[TrackInfo]) -> list[Track]:
    infos = [_clean(info) for info in infos]
    lock_catalogue()
    plan = _plan(infos)
    for key, info in plan.infos.items():
        if track := plan.tracks.get(key):
            _plan_known(plan, key, track, info)
        else:
            _plan_new(plan, key, info)
    _take_in(plan)
    _write(plan)
    rows = plan.tracks | plan.new_tracks | plan.more_ids
    return [rows[_key(info)] for info in infos]


def _clean(info: TrackInfo) -> TrackInfo:
    """``info`` without what no column holds: a catalogue may send anything."""
    return replace(
        info,
        isrc=isrc_of(info.isrc),
        mbid=info.mbid[:36],
        duration_ms=number(info.duration_ms),
        disc_number=number(info.disc_number),
        track_number=number(info.track_number),
    )


def _key(info: TrackInfo) -> Key:
    return info.provider, info.id[:200]


def _plan(infos: Sequence[TrackInfo]) -> _Plan:
    """Read everything that these tracks touch: one query per table."""
    richest: dict[Key, TrackInfo] = {}
    for info in infos:
        if not info.id:
            raise ValueError(f"A track without an id cannot be stored: {info.title!r}")
        if _key(info) not in richest or _richness(info) > _richness(richest[_key(info)]):
            richest[_key(info)] = info
    heads = [info.album for info in infos if info.album and info.album.id]
    people = [credit.artist for info in richest.values() for credit in info.credits]
    people += [credit.artist for head in heads for credit in head.credits]
    artists = store_artists(people)
    albums = store_albums(heads, artists)
    isrcs = {info.isrc for info in richest.values() if info.isrc}
    plan = _Plan(
        infos=richest,
        artists=artists,
        albums=albums,
        tracks=known_ids(TrackId, richest, related="track__recording"),
        by_isrc={row.isrc: row for row in Recording.objects.filter(isrc__in=isrcs)} if isrcs else {},
        at_place={},
    )
    _share_instances(plan)
    numbers = {info.track_number for info in richest.values() if info.track_number}
    album_ids = {album.pk for album in albums.values()}
    if numbers and album_ids:
        known = {track.pk: track for track in plan.tracks.values()}
        for row in Track.objects.filter(album_id__in=album_ids, track_number__in=numbers).select_related("recording"):
            track = known.setdefault(row.pk, row)
            track.recording = plan.by_isrc.get(track.recording.isrc, track.recording)
            if (place := _place(track)) is not None:
                plan.at_place[place] = track
    return plan


def _share_instances(plan: _Plan) -> None:
    """One instance per recording and album, whichever query it came from."""
    recordings = {row.pk: row for row in plan.by_isrc.values()}
    albums = {row.pk: row for row in plan.albums.values()}
    for track in plan.tracks.values():
        track.recording = recordings.setdefault(track.recording_id, track.recording)
        if track.album_id in albums:
            track.album = albums[track.album_id]


def _richness(info: TrackInfo) -> tuple[bool, bool, int]:
    return bool(info.isrc), info.track_number is not None, len(info.credits)


def _place(track: Track) -> Place | None:
    if track.album_id is None or track.track_number is None:
        return None
    return track.album_id, track.disc_number or 1, track.track_number


def _plan_known(plan: _Plan, key: Key, track: Track, info: TrackInfo) -> None:
    recording = track.recording
    if info.isrc and recording.isrc != info.isrc:
        other = plan.by_isrc.get(info.isrc)
        if other is None and not recording.isrc:
            recording.isrc = info.isrc
            plan.by_isrc[info.isrc] = recording
            plan.changed_recordings[recording.pk] = recording
        else:
            if other is None:  # the provider corrected the code
                other = _new_recording(plan, info)
            elif not recording.isrc:
                plan.folds[recording.pk] = other
            track.recording = recording = other
            plan.changed_tracks[track.pk] = track
    _fill_recording(recording, info)
    plan.recording_of[key] = recording
    if _update_track(plan, track, info):
        plan.changed_tracks[track.pk] = track


def _plan_new(plan: _Plan, key: Key, info: TrackInfo) -> None:
    recording = plan.by_isrc.get(info.isrc) if info.isrc else None
    album = plan.albums.get((info.album.provider, info.album.id)) if info.album and info.album.id else None
    if recording is None:
        recording = _new_recording(plan, info)
    else:
        _fill_recording(recording, info)
    plan.recording_of[key] = recording
    track = Track(
        recording=recording,
        album=album,
        title=cut(info.title, Track, "title"),
        disc_number=_disc(info),
        track_number=info.track_number,
        is_playable=info.is_playable,
    )
    place = _place(track)
    holder = plan.at_place.get(place) if place else None
    if holder is not None and info.isrc and holder.recording is recording:
        plan.more_ids[key] = holder  # the same sound at the same place under a further id
        return
    _take_place(plan, track, place)
    plan.new_tracks[key] = track


def _new_recording(plan: _Plan, info: TrackInfo) -> Recording:
    recording = Recording(
        title=cut(info.title, Recording, "title"),
        artist_text=cut(credit_text(info.credits), Recording, "artist_text"),
        isrc=info.isrc,
        mbid=info.mbid,
        duration_ms=info.duration_ms,
        explicit=info.explicit,
        composer=cut(info.composer, Recording, "composer"),
        genres=list(info.genres),
        first_released_on=info.first_released_on[:10],
        is_identified=info.provider not in AUDIO_ONLY,
    )
    plan.new_recordings.append(recording)
    if info.isrc:
        plan.by_isrc[info.isrc] = recording
    return recording


def _fill_recording(recording: Recording, info: TrackInfo) -> None:
    """Only gaps of a recording that is new itself: the first track that named it keeps its word."""
    if recording._state.adding:
        gaps = {"mbid": info.mbid, "duration_ms": info.duration_ms, "explicit": info.explicit}
        fill(recording, **{name: value for name, value in gaps.items() if getattr(recording, name) in (None, "")})


def _take_in(plan: _Plan) -> None:
    """Recordings that are known hear what is said of them now; tracks have the titles that count."""
    known = {key: recording for key, recording in plan.recording_of.items() if recording.pk}
    says = [
        Say(recording, key[0], of_recording(plan.infos[key]), gaps_only=True)  # several tracks may be one recording
        for key, recording in known.items()
    ]
    settled, said = take_in(Entity.RECORDING, says)
    plan.renamed = settled.renamed
    plan.changed_recordings |= {recording.pk: recording for recording in settled.changed}
    for key, track in (plan.tracks | plan.new_tracks).items():
        info, recording = plan.infos[key], plan.recording_of[key]
        title = recording.title if _is_decided(recording, key[0], said) else cut(info.title, Track, "title")
        if fill(track, title=title) and track.pk:
            plan.changed_tracks[track.pk] = track


def _is_decided(recording: Recording, provider: str, said: Said) -> bool:
    """Whether another than ``provider`` has the word on the title; else each track is called as its album calls it."""
    own = said[recording.pk].get(provider) if recording.pk else None
    return own is not None and "title" in own.fields and recording.title != own.fields["title"]


def _update_track(plan: _Plan, track: Track, info: TrackInfo) -> bool:
    album = plan.albums.get((info.album.provider, info.album.id)) if info.album and info.album.id else None
    before = _place(track)
    changed = False
    if track.is_playable != info.is_playable:
        track.is_playable, changed = info.is_playable, True
    if track.album_id is None and album is not None:
        track.album, changed = album, True
    if info.track_number and track.album_id is not None and album is not None and track.album_id == album.pk:
        changed |= fill(track, disc_number=_disc(info), track_number=info.track_number)
    if (place := _place(track)) != before:
        if before is not None:
            plan.moved.add(track.pk)
            if plan.at_place.get(before) is track:
                del plan.at_place[before]
        _take_place(plan, track, place)
    return changed


def _take_place(plan: _Plan, track: Track, place: Place | None) -> None:
    """Put ``track`` at ``place``; a stored track that held it yields, one of this batch stays."""
    if place is None:
        return
    holder = plan.at_place.get(place)
    if holder is not None and holder is not track:
        if holder._state.adding or holder.pk in plan.moved:
            track.track_number = None
            return
        holder.track_number = None
        plan.moved.add(holder.pk)
        plan.changed_tracks[holder.pk] = holder
    plan.at_place[place] = track


def _disc(info: TrackInfo) -> int | None:
    return info.disc_number or (1 if info.track_number else None)


def _write(plan: _Plan) -> None:
    if plan.moved:
        Track.objects.filter(pk__in=plan.moved).update(track_number=None)
    if plan.new_recordings:
        Recording.objects.bulk_create(plan.new_recordings)
        _say_first(plan)
    if plan.changed_recordings:
        Recording.objects.bulk_update(plan.changed_recordings.values(), SAID_FIELDS, batch_size=BATCH)
    if plan.changed_tracks:
        fields = ["recording", "album", "title", "disc_number", "track_number", "is_playable"]
        for track in plan.changed_tracks.values():
            track.recording = track.recording  # its id is known only now
        Track.objects.bulk_update(plan.changed_tracks.values(), fields, batch_size=BATCH)
    if plan.new_tracks:
        for track in plan.new_tracks.values():
            track.recording = track.recording
        Track.objects.bulk_create(plan.new_tracks.values())
    spread(Entity.RECORDING, plan.renamed)
    ids = plan.new_tracks | plan.more_ids
    if ids:
        TrackId.objects.bulk_create(
            TrackId(provider=key[0], value=key[1], track=track, link=cut(plan.infos[key].link, TrackId, "link"))
            for key, track in ids.items()
        )
    _write_credits(plan)
    if plan.folds:
        fold_recordings(plan.folds)


def _say_first(plan: _Plan) -> None:
    new = {id(recording) for recording in plan.new_recordings}
    says = [
        Say(recording, key[0], of_recording(plan.infos[key]))
        for key, recording in plan.recording_of.items()
        if id(recording) in new
    ]
    say_first(Entity.RECORDING, says)


def _write_credits(plan: _Plan) -> None:
    """Credits of new recordings, and of known ones where this catalogue names more people."""

    def artist_id(info: ArtistInfo) -> int:
        return plan.artists[artist_key(info)].pk

    new = {recording.pk for recording in plan.new_recordings}
    longest: dict[int, tuple[Recording, TrackInfo]] = {}
    for key, recording in plan.recording_of.items():
        info = plan.infos[key]
        if recording.pk not in longest or len(info.credits) > len(longest[recording.pk][1].credits):
            longest[recording.pk] = (recording, info)
    known = set(longest) - new
    names: dict[int, int] = dict.fromkeys(known, 0)
    if known:
        for recording_id in RecordingCredit.objects.filter(recording_id__in=known).values_list(
            "recording_id", flat=True
        ):
            names[recording_id] += 1
    rows, replaced = [], []
    for pk, (recording, info) in longest.items():
        shape = credit_shape(info.credits, artist_id)
        if len(shape) <= names.get(pk, 0):
            continue
        if names.get(pk):
            replaced.append(pk)
        if pk in known:
            recording.artist_text = cut(credit_text(info.credits), Recording, "artist_text")
        rows += [
            RecordingCredit(
                recording=recording, artist_id=artist, position=position, join_phrase=join, is_featured=feat
            )
            for position, (artist, join, feat) in enumerate(shape)
        ]
    if replaced:
        RecordingCredit.objects.filter(recording_id__in=replaced).delete()
    renamed = [longest[pk][0] for pk in known if pk in {row.recording_id for row in rows}]
    if renamed:
        Recording.objects.bulk_update(renamed, ["artist_text"], batch_size=BATCH)
    if rows:
        RecordingCredit.objects.bulk_create(rows)
