"""The conversion of one work file, verified."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from core.errors import PermanentError
from core.storage import storage_errors
from library.audio import AudioFacts, check, measure
from library.audio.containers import container_problem, sniff
from library.audio.facts import READERS
from library.audio.watch import IsCancelled, never
from library.convert.ffmpeg import run_ffmpeg
from library.convert.plan import Plan, Way
from library.convert.remux import remux

LENGTH_MS = 1_000  # ffmpeg ends with 0 on a result that broke off: every length is looked at
LEAST_SECONDS = 120.0  # an encoder that needs longer than this and half the playing time hangs


@dataclass(frozen=True, slots=True)
class Converted:
    """The file in its wanted form, what was done to it in words, and its facts by a pass over its packets.

    ``facts`` is None where the packets are those of the source.
    """

    path: Path
    changes: list[str]
    facts: AudioFacts | None = None


def carry_out(
    plan: Plan, source: Path, folder: Path, *, facts: AudioFacts, cancelled: IsCancelled = never
) -> Converted:
    """``folder/finished.<ext>`` by ``plan``; ``source`` stays as it is.

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
            remux(source, target, muxer=plan.muxer, cancelled=cancelled)
        case Way.ENCODE:
            expected_ms = facts.duration_ms if facts.audio_hash else measure(source).duration_ms
            return Converted(target, changes, _encode(source, target, plan, expected_ms, cancelled))
    _whole(target)
    return Converted(target, changes)


def _encode(source: Path, target: Path, plan: Plan, expected_ms: int, cancelled: IsCancelled) -> AudioFacts:
    reader = ["-f", READERS[sniff(source)]]
    index = ["-movflags", "+faststart"] if plan.muxer == "ipod" else []
    # Without crccheck ffmpeg takes MP3 and FLAC frames whose own checksum is wrong.
    taken = ["-err_detect", "crccheck+bitstream+buffer", *reader, "-i", f"file:{source}"]
    given = ["-map", "0:a:0", "-map_metadata", "-1", *plan.options, *index, "-f", plan.muxer, f"file:{target}"]
    words = run_ffmpeg([*taken, *given], cancelled=cancelled, time_limit=LEAST_SECONDS + expected_ms / 2000)
    if words:
        # It complained and went on. The thorough check says whether the source is at fault.
        check(source, cancelled=cancelled)
    _whole(target)
    facts = measure(target)
    if abs(facts.duration_ms - expected_ms) > LENGTH_MS:
        raise PermanentError(
            f"The conversion broke off: {facts.duration_ms / 1000:.0f} s came out of {expected_ms / 1000:.0f} s.",
            reason="broken_file",
        )
    return facts


def _whole(target: Path) -> None:
    if problem := container_problem(target, sniff(target)):
        raise PermanentError(f"The written file is broken: {problem}.", reason="broken_file")
