"""The conversion of one work file, verified."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from core.errors import PermanentError, UserError
from core.storage import storage_errors
from library.audio import AudioFacts, Loudness, Readings, check, ffmpeg_path, measure
from library.audio.containers import container_problem, sniff
from library.audio.facts import READERS
from library.audio.watch import IsCancelled, never
from library.convert.ffmpeg import run_ffmpeg
from library.convert.plan import Edit, Plan, Way
from library.convert.remux import remux

LENGTH_MS = 1_000  # ffmpeg ends with 0 on a result that broke off: every length is looked at
LEAST_SECONDS = 120.0  # an encoder that needs longer than this and half the playing time hangs


@dataclass(frozen=True, slots=True)
class Converted:
    """The file in its wanted form, what was done to it in words, and its facts by a pass over its packets.

    ``facts`` is None where the packets are those of the source, ``loudness`` where nothing was encoded.
    """

    path: Path
    changes: list[str]
    facts: AudioFacts | None = None
    loudness: Loudness | None = None


def carry_out(
    plan: Plan,
    source: Path,
    folder: Path,
    *,
    facts: AudioFacts,
    edit: Edit | None = None,
    is_exact: bool = False,
    cancelled: IsCancelled = never,
) -> Converted:
    """``folder/finished.<ext>`` by ``plan`` with the ``edit`` made; ``source`` stays as it is.

    What is encoded is measured on its way, with ``is_exact`` to its true peak.
    Encoding decodes the source on its way: a source that was not decoded before need not be. Raises PermanentError
    reason broken_file where it does not decode or the result is shorter than the source, Cancelled within a second.
    """
    target = folder / f"finished.{plan.extension}"
    changes = [words for words in (plan.words, *plan.notes) if words]
    match plan.way:
        case Way.COPY:
            with storage_errors(target):
                shutil.copyfile(source, target)
        case Way.REMUX:
            remux(source, target, muxer=plan.muxer, edit=edit, cancelled=cancelled)
            if edit:
                _whole(target)
                return Converted(target, changes, _of_length(target, edit.length_ms(facts.duration_ms)))
        case Way.ENCODE:
            expected_ms = facts.duration_ms if facts.audio_hash else measure(source).duration_ms
            made, loudness = _encode(source, target, plan, edit or Edit(), expected_ms, is_exact, cancelled)
            if made.is_lossless and made.sample_rate_hz != facts.sample_rate_hz:
                raise _too_old(facts, made)
            return Converted(target, changes, made, loudness)
    _whole(target)
    return Converted(target, changes)


def _encode(
    source: Path, target: Path, plan: Plan, edit: Edit, expected_ms: int, is_exact: bool, cancelled: IsCancelled
) -> tuple[AudioFacts, Loudness | None]:
    readings = Readings()

    reader = ["-f", READERS[sniff(source)]]
    index = ["-movflags", "+faststart"] if plan.muxer == "ipod" else []
    # Without crccheck ffmpeg takes MP3 and FLAC frames whose own checksum is wrong.
    taken = ["-err_detect", "crccheck+bitstream+buffer", *reader, "-i", f"file:{source}"]
    heard = ["-filter_complex", _filters(edit, is_exact), "-map", "[sound]", "-map_metadata", "-1"]
    given = [*plan.options, *index, "-f", plan.muxer, f"file:{target}"]
    limit = LEAST_SECONDS + expected_ms / 2000
    words = run_ffmpeg([*taken, *heard, *given], cancelled=cancelled, time_limit=limit, on_lines=readings.take_lines)
    if words:
        # It complained and went on. The thorough check says whether the source is at fault.
        check(source, cancelled=cancelled)
    _whole(target)
    return _of_length(target, edit.length_ms(expected_ms)), readings.result()


def _filters(edit: Edit, is_exact: bool) -> str:
    """The edit, then the meter on the way to the encoder.

    In its line: handed on in its own tenths of a second the sound costs no more than without it, where a branch beside
    the encoder cost a tenth of an MP3. It hands on doubles, which hold every sample of every source as it was.
    """
    steps = []
    if edit.is_cut:
        end = "" if edit.end_ms is None else f":end={edit.end_ms / 1000:.3f}"
        steps += [f"atrim=start={edit.start_ms / 1000:.3f}{end}", "asetpts=PTS-STARTPTS"]
    if edit.gain_db:
        steps.append(f"volume={edit.gain_db:.2f}dB")
    peak = "true+sample" if is_exact else "sample"
    # What was printed goes again: else the encoder's own frames, 75 of 64 samples for Vorbis, each carry a copy of it.
    steps += [f"ebur128=metadata=1:peak={peak}", "ametadata=mode=print:file=-", "ametadata=mode=delete", "aresample"]
    return f"[0:a:0]{','.join(steps)}[sound]"


def _of_length(target: Path, expected_ms: int) -> AudioFacts:
    """The facts of what was written. Raises PermanentError where it is not as long as it should be."""
    facts = measure(target)
    if abs(facts.duration_ms - expected_ms) > LENGTH_MS:
        raise PermanentError(
            f"The conversion broke off: {facts.duration_ms / 1000:.0f} s came out of {expected_ms / 1000:.0f} s.",
            reason="broken_file",
        )
    return facts


def _too_old(came: AudioFacts, made: AudioFacts) -> UserError:
    """The meter of some old ffmpegs knows one rate only, and would bring what passes through it to that."""
    return UserError(
        f"This ffmpeg ({ffmpeg_path()}) made {made.sample_rate_hz} Hz of {came.sample_rate_hz} Hz: it is too old.",
        remedy="Set SPOTIZER_FFMPEG to ffmpeg 5 or newer, or remove it to use the one that Spotizer brings.",
        reason="ffmpeg_missing",
    )


def _whole(target: Path) -> None:
    if problem := container_problem(target, sniff(target)):
        raise PermanentError(f"The written file is broken: {problem}.", reason="broken_file")
