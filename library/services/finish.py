"""From what a source delivered to a named, tagged, verified file in the library."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings

from catalog.models import Recording, Track
from core.errors import Cancelled, PermanentError
from core.units import clock, file_size
from library.audio import AudioFacts, Loudness, measure
from library.audio.facts import LOSSLESS
from library.audio.watch import IsCancelled, never
from library.naming import has_album_folder, relative_path
from library.services.passport import passport_of
from library.services.place import place_file, place_instead, place_sidecar
from library.services.receipt import Finished, write_receipt
from library.services.retag.manual import manual_of
from library.services.sound import Sound, SoundOrder, make_sound
from library.steps import Steps, steps_for
from library.tags import LyricsLike, clean_text, tags_for, write_tags
from ops.settings import in_force
from providers.base import FetchedFile, TrackInfo


@dataclass(frozen=True, slots=True)
class Covers:
    """The album's cover, as JPEG or PNG: in the file's tags, and as ``cover.jpg`` beside it. None for not there."""

    embedded: bytes | None = None
    beside: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What came, and what it shall become."""

    fetched: FetchedFile
    wanted: TrackInfo
    work_folder: Path
    steps: Steps
    template: str
    names: Mapping[str, str]
    download_id: int
    covers: Covers
    lyrics: LyricsLike | None
    replaces: str
    on_step: Callable[[str], None]
    cancelled: IsCancelled

    @property
    def embeds_lyrics(self) -> bool:
        has_words = self.lyrics is not None and bool(self.lyrics.plain.strip() or self.lyrics.synced.strip())
        return has_words and bool(in_force.EMBED_LYRICS)


def finish_track(
    fetched: FetchedFile,
    *,
    wanted: TrackInfo,
    track: Track,
    recording: Recording,
    work_folder: Path,
    output_format: str,
    quality_kbps: int,
    template: str,
    download_id: int,
    steps: Steps | None = None,
    names: Mapping[str, str] | None = None,
    covers: Covers | None = None,
    lyrics: LyricsLike | None = None,
    replaces: str = "",
    may_differ_in_length: bool = False,
    on_step: Callable[[str], None] = lambda words: None,
    cancelled: IsCancelled = never,
) -> Finished:
    """The fetched file verified, converted where it must be, tagged and filed; its row is the caller's to write.

    ``steps`` None is what the settings say. ``replaces`` is the path of a file in the library whose place it takes;
    that one goes to the bin.

    Raises PermanentError (broken_file, wrong_length, drm, conversion_failed), StorageError or Cancelled; then nothing
    of it is in the library. The fetched file itself stays as it came. ``may_differ_in_length``: what the catalogue says
    of its length does not count.
    """
    order = Order(
        fetched=fetched,
        wanted=wanted,
        work_folder=work_folder,
        steps=steps or steps_for(),
        template=template,
        names=names or {},
        download_id=download_id,
        covers=covers or Covers(),
        lyrics=lyrics,
        replaces=replaces,
        on_step=on_step,
        cancelled=cancelled,
    )
    sounding = SoundOrder(
        fetched=fetched,
        expected_ms=None if may_differ_in_length else wanted.duration_ms or recording.duration_ms,
        folder=work_folder,
        output_format=output_format,
        quality_kbps=quality_kbps,
        steps=order.steps,
        on_step=on_step,
        cancelled=cancelled,
    )
    sound = make_sound(sounding)
    final = _tagged(order, sound)
    if cancelled():
        raise Cancelled
    passport = passport_of(sounding, sound, final) | {"track": track.pk}
    finished = _filed(order, sound.converted.path, _unfiled(order, sound, final, passport))
    return _with_beside(order, finished)


def _tagged(order: Order, sound: Sound) -> AudioFacts:
    """The facts of the tagged work file, whose sound is proven to be what it was before."""
    order.on_step("Writing tags")
    path = sound.converted.path
    tags = tags_for(order.wanted, source_link=order.fetched.source_url, licence=order.fetched.licence)
    by_hand = manual_of(order.replaces) if order.replaces else {}
    tags = replace(tags, encoder_settings=sound.plan.made_by, **_gains(order.steps, sound.loudness), **by_hand)
    write_tags(path, tags, cover=order.covers.embedded, lyrics=order.lyrics if order.embeds_lyrics else None)
    before = sound.converted.facts or sound.facts
    after = measure(path)
    if after.audio_hash != before.audio_hash:
        raise PermanentError(f"Writing the tags of {path.name} changed its sound.", reason="broken_file")
    return replace(after, duration_ms=before.duration_ms)


def _gains(steps: Steps, loudness: Loudness | None) -> dict[str, Any]:
    """The fields of the track's ReplayGain, where it is wanted and there is one."""
    if steps.loudness != "tags" or loudness is None or loudness.track_gain_db is None:
        return {}
    return {"track_gain_db": loudness.track_gain_db, "track_peak": loudness.highest_share}


def _unfiled(order: Order, sound: Sound, final: AudioFacts, passport: dict[str, Any]) -> Finished:
    """The finished work file with the words of its steps; it has no place yet."""
    facts = sound.facts
    proof = ", decodes without an error" if passport["checks"]["decoded"] != "no" else ", not decoded"
    changes = [f"checked: {facts.codec}, {clock(facts.duration_ms)}{proof}", *sound.converted.changes]
    changes += [step["words"] for step in sound.steps]
    changes.append("tags written")
    if order.covers.embedded:
        changes.append(f"cover embedded ({file_size(len(order.covers.embedded))})")
    if order.embeds_lyrics:
        changes.append("lyrics embedded")
    return Finished(
        path="",
        modified_ns=0,
        size_bytes=final.size_bytes,
        codec=final.codec,
        container=final.container,
        bitrate_kbps=final.bitrate_kbps,
        sample_rate_hz=final.sample_rate_hz,
        channels=final.channels,
        duration_ms=final.duration_ms,
        audio_hash=final.audio_hash,
        passport=passport,
        has_cover=order.covers.embedded is not None,
        has_lyrics=order.embeds_lyrics,
        changes=changes,
    )


def _filed(order: Order, work_file: Path, finished: Finished) -> Finished:
    """The file is in the library; the receipt says so before it has its name."""
    order.on_step("Filing")
    name = relative_path(
        order.template,
        order.wanted,
        extension=work_file.suffix.removeprefix("."),
        extra={"Quality": _quality(finished), **order.names},
    )

    def note(path: PurePosixPath) -> None:
        write_receipt(order.work_folder, replace(finished, path=str(path)))

    sound = finished.audio_hash
    if order.replaces:
        placed = place_instead(
            work_file, name, replaces=order.replaces, download_id=order.download_id, sound=sound, before_naming=note
        )
    else:
        placed = place_file(work_file, name, download_id=order.download_id, sound=sound, before_naming=note)
    state = (settings.LIBRARY / placed.path).stat()
    words = f"filed as {placed.path}" if placed.is_new else f"{placed.path} was there already"
    if placed.act_id:
        words += f" in place of {order.replaces}, which is in the bin"
    return replace(
        finished,
        path=str(placed.path),
        is_new=placed.is_new,
        size_bytes=state.st_size,
        modified_ns=state.st_mtime_ns,
        changes=[*finished.changes, words],
        act_id=placed.act_id,
    )


def _quality(finished: Finished) -> str:
    """``320 kbps``, or ``FLAC`` where nothing is lost."""
    if finished.codec in LOSSLESS or not finished.bitrate_kbps:
        return finished.codec.upper()
    return f"{finished.bitrate_kbps} kbps"


def _with_beside(order: Order, finished: Finished) -> Finished:
    """The album's cover and the synced lyrics lie beside the file where the settings want them."""
    path = PurePosixPath(finished.path)
    has_folder = order.wanted.album is not None and has_album_folder(order.template)
    lyrics = clean_text(order.lyrics.synced, keep_lines=True) if order.lyrics else ""
    changes, beside = list(finished.changes), list[str]()
    for data, name, words in (
        (order.covers.beside if has_folder else None, path.with_name("cover.jpg"), "cover.jpg saved"),
        (f"{lyrics}\n".encode() if lyrics and in_force.SAVE_LYRICS else None, path.with_suffix(".lrc"), "lyrics saved"),
    ):
        # What lies there already stays.
        if data and place_sidecar(data, name, download_id=order.download_id):
            changes.append(f"{words} beside it")
            beside.append(str(name))
    return replace(finished, changes=changes, beside=beside)
