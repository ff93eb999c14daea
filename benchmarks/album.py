"""How long an album takes, against the least that the same work can take on this machine.

    python -m benchmarks.album [--size 1] [--repeats 3]

Spotizer (two workers, the real engine, the sandbox instead of the internet) downloads a 12-track album; then the same
bytes are fetched from the sandbox and given to the same ffmpeg, two at a time, and nothing else. Once as MP3 320, once
with the source's codec kept; the bare minimum of the latter decodes each file too, as Spotizer checks what it files.
Every result of Spotizer's is decoded and its length compared with the catalogue's, outside the clock. Below size 1 the
album has tracks of 3 to 5 seconds. Prints, and asserts nothing but the lengths.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

ROOT = Path(__file__).resolve().parent.parent
WORKERS = 2
ALBUMS = {True: "tidal-rooms", False: "quick-sketches"}  # full length, 3 to 5 seconds
WARM_UP = "five-sketches"  # a playlist of short tracks: both workers have loaded what they need
PATIENCE = 900.0


class Least(Protocol):
    """Knows the least that ffmpeg has to do."""

    def bare(self, ffmpeg: str, came: Path) -> list[list[str]]: ...


@dataclass(frozen=True)
class Wish:
    label: str
    output_format: str
    quality: int

    def bare(self, ffmpeg: str, came: Path) -> list[list[str]]:
        """The ffmpeg runs that cannot be done without."""
        quiet = [ffmpeg, "-nostdin", "-y", "-v", "error", "-i", str(came)]
        if self.output_format == "mp3":
            return [[*quiet, "-c:a", "libmp3lame", "-b:a", f"{self.quality}k", str(came.with_suffix(".mp3"))]]
        extension = ".opus" if came.suffix == ".webm" else ".out.m4a"
        return [[*quiet, "-c", "copy", str(came.with_suffix(extension))], [*quiet, "-f", "null", "-"]]


WISHES = [Wish("MP3 320", "mp3", 320), Wish("kept, decode check", "keep", 0)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", "--scale", type=float, default=1.0, help="1 is the whole album, less a short one")
    parser.add_argument("--repeats", type=int, help="3 at full size, else 1")
    options = parser.parse_args()
    is_full = options.size >= 1
    repeats = options.repeats or (3 if is_full else 1)
    with tempfile.TemporaryDirectory(prefix="spotizer-bench-") as name, sandbox(Path(name)) as url:
        bench = Bench(Path(name), url, is_full)
        bench.prepare(is_full=is_full)
        print(f"{ALBUMS[is_full]}: {bench.tracks} tracks, {WORKERS} workers, {repeats} runs each, medians")
        print(f"{'':20} {'Spotizer':>10} {'minimum':>10} {'ratio':>7} {'worst length error':>20}")
        for wish in WISHES:
            runs = [bench.run(wish, number) for number in range(repeats)]
            ours, bare = (statistics.median(column) for column in list(zip(*runs, strict=True))[:2])
            worst = max(run[2] for run in runs)
            print(f"{wish.label:20} {ours:8.2f} s {bare:8.2f} s {ours / bare:7.2f} {worst:17} ms", flush=True)
    return 0


@contextmanager
def sandbox(folder: Path) -> Iterator[str]:
    """The address of a sandbox of our own."""
    port_file = folder / "port"
    command = [sys.executable, "-m", "sandbox", "serve", "--port-file", str(port_file), "--cache", f"{folder}/cache"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        try:
            wait_for(port_file.exists, "the sandbox")
            yield f"http://127.0.0.1:{port_file.read_text().strip()}"
        finally:
            process.terminate()


def wait_for(is_there: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not is_there():
        if time.monotonic() > deadline:
            raise SystemExit(f"{what} did not come up in {seconds:.0f} s")
        time.sleep(0.02)


class Bench:
    def __init__(self, folder: Path, url: str, is_full: bool) -> None:
        self.folder, self.url = folder, url
        world = self.ask("catalogue")
        album = next(album for album in world["albums"] if album["name"] == ALBUMS[is_full])
        playlist = next(playlist for playlist in world["playlists"] if playlist["name"] == WARM_UP)
        self.tracks = album["tracks"]
        self.album = f"https://www.deezer.com/album/{album['deezer']}"
        self.warm_up = f"https://www.deezer.com/playlist/{playlist['deezer']}"
        self.template = folder / "template"

    def ask(self, path: str, method: str = "GET") -> dict:
        with urllib.request.urlopen(urllib.request.Request(f"{self.url}/_control/{path}", method=method)) as answer:
            return json.load(answer)

    def environment(self, data: Path) -> dict[str, str]:
        plugins = str(ROOT / "sandbox" / "plugins")
        return {
            **{key: value for key, value in os.environ.items() if not key.startswith(("SPOTIZER_", "DATABASE_"))},
            "SPOTIZER_DATA": str(data),
            "SPOTIZER_DOTENV": os.devnull,
            "SPOTIZER_SANDBOX_URL": self.url,
            "SPOTIZER_YTDLP_PLUGINS": plugins,
            "SPOTIZER_WORKERS": str(WORKERS),
            "PYTHONPATH": plugins,
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }

    def manage(self, data: Path, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment(data), capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(arguments)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def prepare(self, *, is_full: bool) -> None:
        """An empty database to copy; and the sandbox has made its sounds, which is not ours to measure."""
        self.template.mkdir()
        self.manage(self.template, "migrate", "-v0")
        if is_full:
            self.ours(WISHES[-1], self.copy("first"))

    def copy(self, name: str) -> Path:
        return Path(shutil.copytree(self.template, self.folder / name))

    def run(self, wish: Wish, number: int) -> tuple[float, float, int]:
        data = self.copy(f"{wish.output_format}-{number}")
        seconds, error = self.ours(wish, data)
        shutil.rmtree(data)
        return seconds, self.bare(wish), error

    def ours(self, wish: Wish, data: Path) -> tuple[float, int]:
        """Seconds from the request to its end, and the worst error of a length."""
        workers = subprocess.Popen(
            [sys.executable, "manage.py", "work"],
            cwd=ROOT,
            env=self.environment(data),
            stdout=subprocess.DEVNULL,
            stderr=(data / "work.log").open("w"),
            process_group=0,
        )
        form = ["--format", wish.output_format, "--quality", str(wish.quality)]
        try:
            self.manage(data, "download", self.warm_up, *form, "--wait", "--json")
            self.ask("log", "DELETE")
            lines = self.manage(data, "download", self.album, *form, "--wait", "--json").splitlines()
            self.media = sorted({line["path"] for line in self.ask("log?match=/sandbox/media/&method=GET")})
        finally:
            os.killpg(workers.pid, signal.SIGTERM)
            workers.wait(30)
        files = [json.loads(line) for line in lines if line.startswith("{") and '"path"' in line]
        return self.seconds(data), max(length_error(data / "library" / file["path"], data) for file in files)

    def seconds(self, data: Path) -> float:
        with sqlite3.connect(data / "spotizer.sqlite3") as database:
            start, end = database.execute(
                "SELECT created_at, ended_at FROM downloads_downloadrequest ORDER BY id DESC LIMIT 1"
            ).fetchone()
        return (moment(end) - moment(start)).total_seconds()

    def bare(self, wish: Least, *, at_once: int = WORKERS) -> float:
        """Seconds for the same bytes and the same ffmpeg work, so many at a time."""
        from library.audio import ffmpeg_path

        ffmpeg = str(ffmpeg_path())
        folder = self.folder / "bare"
        folder.mkdir()

        def one(path: str) -> None:
            came = folder / re.sub(r"[^\w.]+", "_", path.partition("?")[0])
            with urllib.request.urlopen(f"{self.url}/{path.lstrip('/')}") as answer, came.open("wb") as file:
                shutil.copyfileobj(answer, file, 1 << 20)
            for command in wish.bare(ffmpeg, came):
                subprocess.run(command, check=True)

        started = time.monotonic()
        with ThreadPoolExecutor(at_once) as pool:
            list(pool.map(one, self.media))
        seconds = time.monotonic() - started
        shutil.rmtree(folder)
        return seconds


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=None)


def length_error(path: Path, data: Path) -> int:
    """How far the decoded sound is from the catalogue's length, in milliseconds."""
    import av

    with av.open(str(path)) as container:
        decoded = sum(frame.samples / frame.sample_rate for frame in container.decode(audio=0)) * 1000
    with sqlite3.connect(data / "spotizer.sqlite3") as database:
        row = database.execute(
            "SELECT r.duration_ms FROM library_audiofile f JOIN catalog_recording r ON r.id = f.recording_id "
            "WHERE f.path = ?",
            [str(path.relative_to(data / "library"))],
        ).fetchone()
    error = round(abs(decoded - row[0]))
    if error > 2_000:
        raise SystemExit(f"{path.name} plays {decoded / 1000:.1f} s, the catalogue says {row[0] / 1000:.1f} s")
    return error


if __name__ == "__main__":
    os.environ.setdefault("SPOTIZER_DATA", tempfile.mkdtemp(prefix="spotizer-bench-settings-"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "spotizer.settings"
    sys.exit(main())
