"""How long the steps of the pipeline take, against the least that ffmpeg needs for the same outputs.

    python -m benchmarks.pipeline [--size 1] [--repeats 3] [--cases MP3,kept] [--tracks-only]

For each case Spotizer (two workers, the real engine, the sandbox instead of the internet) downloads one 4-minute track
and then a 12-track album; after both, in the same run, the same bytes are fetched from the sandbox and given to the
same ffmpeg, and nothing else: one after another for the track, two at a time for the album. The least is what the
output cannot be had without: one encoding; for a gain a measuring pass before it; for what is kept a remux and a decode
check; for its ReplayGain the measuring in place of the check.

"Track" is from the start of the fetch to its end in the history; "album" from the request to its end, with search,
covers, lyrics and all. "of CPU" is the ratio of processor time, of Spotizer's whole process tree and of the bare
ffmpegs, each the least of its runs, which take turns: on a machine with other work it is the one to trust. Every case
has the same bytes to begin with, the Opus of YouTube Music. Below size 1 the tracks last 3 to 5 seconds and two cases
are run. Aims: 1.15 x where something is encoded, 2 x where it is kept. Prints, and asserts nothing but the lengths.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import resource
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.album import ALBUMS, ROOT, WORKERS, Bench, length_error, moment, sandbox

TRACK_FROM = {True: "long-road", False: "sixty-sparks"}
TRACK_SECONDS = {True: 240, False: 4}
METER = "ebur128=peak=true"
GAIN = "volume=-3dB"


@dataclass(frozen=True)
class Case:
    label: str
    output_format: str
    quality: int = 0
    flags: tuple[str, ...] = ()
    encoder: tuple[str, ...] = ()  # of the least ffmpeg run; empty where the sound is kept
    extension: str = ""
    has_gain: bool = False
    has_meter: bool = False

    @property
    def aim(self) -> float:
        return 1.15 if self.encoder else 2.0

    def bare(self, ffmpeg: str, came: Path) -> list[list[str]]:
        """The ffmpeg runs that cannot be done without."""
        quiet = [ffmpeg, "-nostdin", "-y", "-v", "error", "-i", str(came)]
        meter = [*quiet, "-af", METER, "-f", "null", "-"]
        if not self.encoder:
            extension = ".opus" if came.suffix == ".webm" else ".out.m4a"
            copy = [*quiet, "-c", "copy", str(came.with_suffix(extension))]
            return [copy, meter if self.has_meter else [*quiet, "-f", "null", "-"]]
        made = str(came.with_suffix(f".made.{self.extension}"))
        if self.has_gain:
            return [meter, [*quiet, "-af", GAIN, *self.encoder, made]]
        if self.has_meter:
            branches = f"[0:a]asplit[a][b];[b]{METER},anullsink"
            return [[*quiet, "-filter_complex", branches, "-map", "[a]", *self.encoder, made]]
        return [[*quiet, *self.encoder, made]]


MP3 = ("-c:a", "libmp3lame", "-b:a", "320k")
FORCED = ("--force-lossless",)
CASES = [
    Case("kept", "keep"),
    Case("kept + ReplayGain", "keep", flags=("--loudness", "tags"), has_meter=True),
    Case("kept + trim", "keep", flags=("--trim", "yes")),
    Case("MP3 320", "mp3", 320, encoder=MP3, extension="mp3"),
    Case("MP3 + trim", "mp3", 320, flags=("--trim", "yes"), encoder=MP3, extension="mp3"),
    Case("MP3 + ReplayGain", "mp3", 320, flags=("--loudness", "tags"), encoder=MP3, extension="mp3", has_meter=True),
    Case("MP3 + gain", "mp3", 320, flags=("--loudness", "gain"), encoder=MP3, extension="mp3", has_gain=True),
    # Less than what the source has as AAC, which would be kept.
    Case("AAC 96", "m4a", 96, encoder=("-c:a", "aac", "-b:a", "96k"), extension="m4a"),
    Case("Vorbis 256", "ogg", 256, encoder=("-c:a", "libvorbis", "-q:a", "8"), extension="ogg"),
    Case("Opus 64", "opus", 64, encoder=("-c:a", "libopus", "-b:a", "64k"), extension="opus"),
    Case("FLAC, forced", "flac", flags=FORCED, encoder=("-c:a", "flac", "-sample_fmt", "s16"), extension="flac"),
    Case("ALAC, forced", "alac", flags=FORCED, encoder=("-c:a", "alac", "-sample_fmt", "s16p"), extension="m4a"),
    Case("WAV, forced", "wav", flags=FORCED, encoder=("-c:a", "pcm_s16le"), extension="wav"),
]
SHORT_CASES = ("kept", "MP3 + gain")


@dataclass(frozen=True)
class Times:
    """Seconds that passed, and seconds of the processors."""

    passed: float
    worked: float


@dataclass(frozen=True)
class Pair:
    ours: Times
    bare: Times


class Pipeline(Bench):
    def __init__(self, folder: Path, url: str, is_full: bool) -> None:
        super().__init__(folder, url, is_full)
        wanted = TRACK_FROM[is_full]
        album = next(album for album in self.ask("catalogue")["albums"] if album["name"] == wanted)
        with urllib.request.urlopen(f"{url}/api.deezer.com/album/{album['deezer']}") as answer:
            tracks = json.load(answer)["tracks"]["data"]
        track = min(tracks, key=lambda track: abs(track["duration"] - TRACK_SECONDS[is_full]))
        self.track, self.track_seconds = f"https://www.deezer.com/track/{track['id']}", track["duration"]

    def environment(self, data: Path) -> dict[str, str]:
        # Where FLAC is wanted lossless sources are asked as well, and give other bytes to begin with.
        return super().environment(data) | {"SPOTIZER_SOURCES": "youtube_music"}

    def run_case(self, case: Case, number: int, *, has_album: bool = True) -> tuple[list[Pair], int]:
        """The track, the album where it is wanted, and the worst error of a length in milliseconds."""
        data = self.copy(re.sub(r"\W", "", case.label) + f"-{number}")
        workers = subprocess.Popen(
            [sys.executable, "manage.py", "work"],
            cwd=ROOT,
            env=self.environment(data),
            stdout=subprocess.DEVNULL,
            stderr=(data / "work.log").open("w"),
            process_group=0,
        )
        form = ["--format", case.output_format, "--quality", str(case.quality), *case.flags, "--wait", "--json"]
        try:
            self.manage(data, "download", self.warm_up, *form)
            marks = [worked_by(workers.pid)]
            track = self.asked(data, self.track, form)
            track_media, track_seconds = self.media, self.fetch_to_end(data)
            marks.append(worked_by(workers.pid))
            album = self.asked(data, self.album, form) if has_album else []
            album_media, album_seconds = self.media, self.seconds(data)
            marks.append(worked_by(workers.pid))
        finally:
            os.killpg(workers.pid, signal.SIGTERM)
            workers.wait(30)
        # Other steps change the length on purpose.
        error = 0 if "--trim" in case.flags else max(length_error(path, data) for path in [*track, *album])
        shutil.rmtree(data)
        self.media = track_media
        pairs = [Pair(Times(track_seconds, marks[1] - marks[0]), self.least(case, at_once=1))]
        if has_album:
            self.media = album_media
            pairs.append(Pair(Times(album_seconds, marks[2] - marks[1]), self.least(case, at_once=WORKERS)))
        return pairs, error

    def least(self, case: Case, *, at_once: int) -> Times:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        passed = self.bare(case, at_once=at_once)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return Times(passed, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)

    def asked(self, data: Path, link: str, form: list[str]) -> list[Path]:
        """The files of the link. What was fetched for it is ``media`` then."""
        self.ask("log", "DELETE")
        lines = self.manage(data, "download", link, *form).splitlines()
        self.media = sorted({line["path"] for line in self.ask("log?match=/sandbox/media/&method=GET")})
        return [
            data / "library" / json.loads(line)["path"] for line in lines if line.startswith("{") and '"path"' in line
        ]

    def fetch_to_end(self, data: Path) -> float:
        """Seconds of the newest download from the start of its fetch to its end."""
        with sqlite3.connect(data / "spotizer.sqlite3") as database:
            rows = database.execute(
                "SELECT at FROM history_event WHERE download_id = (SELECT max(id) FROM downloads_download) "
                "AND (kind = 'done' OR json_extract(detail, '$.to') = 'fetching') ORDER BY id"
            ).fetchall()
        return (moment(rows[-1][0]) - moment(rows[0][0])).total_seconds()


def worked_by(pid: int) -> float:
    """Processor seconds of a process, of all below it, and of those that ended below it."""
    stats = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            stats[int(path.parent.name)] = (int(fields[1]), sum(map(int, fields[11:15])))
    tree, ticks = [pid], 0
    for one in tree:  # grows as it goes
        ticks += stats.get(one, (0, 0))[1]
        tree += [child for child, (parent, _) in stats.items() if parent == one]
    return ticks / os.sysconf("SC_CLK_TCK")


def column(runs: Sequence[Pair]) -> str:
    """Medians of the times and of their ratio, and the ratio of the least processor times."""
    ours, bare = statistics.median(run.ours.passed for run in runs), statistics.median(run.bare.passed for run in runs)
    passed = statistics.median(run.ours.passed / run.bare.passed for run in runs)
    worked = min(run.ours.worked for run in runs) / max(min(run.bare.worked for run in runs), 0.01)
    return f"{ours:10.2f} s{bare:7.2f} s{passed:7.2f}{worked:8.2f}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", "--scale", type=float, default=1.0, help="1 is whole tracks, less short ones")
    parser.add_argument("--repeats", type=int, help="3 at full size, else 1")
    parser.add_argument("--cases", default="", help="some of the labels, with commas; the beginning of each will do")
    parser.add_argument("--tracks-only", action="store_true", help="no albums: a sixth of the time")
    options = parser.parse_args()
    is_full = options.size >= 1
    repeats = options.repeats or (3 if is_full else 1)
    wanted = tuple(options.cases.split(",")) if options.cases else ("",)
    cases = [case for case in CASES if case.label.startswith(wanted)]
    if not is_full and not options.cases:
        cases = [case for case in CASES if case.label in SHORT_CASES]
    with tempfile.TemporaryDirectory(prefix="spotizer-bench-") as name, sandbox(Path(name)) as url:
        bench = Pipeline(Path(name), url, is_full)
        bench.prepare(is_full=is_full)
        print(
            f"a track of {bench.track_seconds} s, {ALBUMS[is_full]} with {bench.tracks}; {repeats} runs each, medians"
        )
        names = ("track",) if options.tracks_only else ("track", "album")
        heads = "".join(f"{name:>12}{'least':>9}{'ratio':>7}{'of CPU':>8}" for name in names)
        print(f"{'':18}{heads}{'aim':>7}{'length':>10}")
        for case in cases:
            runs = [bench.run_case(case, number, has_album=not options.tracks_only) for number in range(repeats)]
            columns = "".join(column([pairs[which] for pairs, _ in runs]) for which in range(len(names)))
            print(f"{case.label:18}{columns}{case.aim:7.2f}{max(error for _, error in runs):7} ms", flush=True)
    return 0


if __name__ == "__main__":
    os.environ.setdefault("SPOTIZER_DATA", tempfile.mkdtemp(prefix="spotizer-bench-settings-"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "spotizer.settings"
    sys.exit(main())
