"""The long run: a demo under way is killed at random moments, and must end as if nothing had been.

    python -m benchmarks.soak [--size 1] [--seed N]

At size 1 there are 300 kills: of the web server, a cluster, the sweeper, or of the whole server (which a person would
start again). Meanwhile short albums are downloaded in every format, then again and again, so that every kill meets
work. At the end every wished track is on disk exactly once, nothing half-written is left, and no process is. Exit code
1 where that is not so.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ALBUMS = ("Sixty Sparks", "Quick Sketches")
FORMATS = ("keep", "mp3", "opus", "m4a", "ogg", "flac", "wav")
KILLS = 300
PARTS = ("[web", "[cluster", "[sweeper", "serve")
PATIENCE = 900.0
ENOUGH = 30  # open downloads: more is asked for where there are fewer
ENDED = "('done', 'skipped', 'failed', 'cancelled')"


class Run:
    """A demo in a folder of its own, and what is known of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        outside = ("SPOTI", "DATABASE_URL", "DJANGO")
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(outside)} | {
            "SPOTIZER_DEMO": "1",
            "SPOTIZER_DEMO_DATA": str(folder),
            "SPOTIZER_DOTENV": os.devnull,
            "SPOTIZER_PORT": "0",
            "SPOTIZER_WORKERS": "2",
            "SPOTIZER_LEASE_SECONDS": "5",
        }
        self.server: subprocess.Popen[bytes] | None = None

    def command(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout

    def start(self) -> None:
        """The server runs and says so."""
        with (self.folder / "serve.log").open("ab") as log:
            self.server = subprocess.Popen(
                [sys.executable, "manage.py", "serve"], cwd=ROOT, env=self.env, stdout=log, stderr=log
            )
        starts = self.printed()
        wait(lambda: self.printed() > starts or self.ended(), "the server is ready")
        if self.ended():
            sys.exit((self.folder / "serve.log").read_text())

    def printed(self) -> int:
        return len(re.findall("is ready after", (self.folder / "serve.log").read_text()))

    def ended(self) -> bool:
        return self.server is not None and self.server.poll() is not None

    def processes(self) -> dict[int, tuple[int, str]]:
        """Parent and command of every process of this run."""
        found = {}
        wanted = f"SPOTIZER_DEMO_DATA={self.folder}\0".encode()
        for place in Path("/proc").glob("[0-9]*"):
            try:
                if wanted in (place / "environ").read_bytes():
                    parent = int((place / "stat").read_text().rpartition(")")[2].split()[1])
                    command = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    found[int(place.name)] = (parent, f"[{(place / 'comm').read_text().strip()}] {command}")
            except OSError:
                continue
        return found

    def kill(self, what: str) -> None:
        """One part, or all: the server then starts again, as a person would start it."""
        assert self.server is not None
        if what == "serve":
            self.server.kill()
            self.server.wait()
            wait(lambda: not any("manage.py" in line for _, line in self.processes().values()), "all is gone", 30)
            self.start()
            return
        leaders = [
            pid for pid, (parent, line) in self.processes().items() if parent == self.server.pid and what in line
        ]
        if leaders:
            os.kill(random.choice(leaders), signal.SIGKILL)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with sqlite3.connect(self.folder / "spotizer.sqlite3", timeout=20) as database:
            return database.execute(query).fetchall()

    def open_downloads(self) -> int:
        waiting = f"SELECT count(*) FROM downloads_download WHERE status NOT IN {ENDED}"
        expanding = "SELECT count(*) FROM downloads_downloadrequest WHERE stage = 'expanding'"
        return int(str(self.rows(waiting)[0][0])) + int(str(self.rows(expanding)[0][0]))

    def is_at_work(self) -> bool:
        return bool(self.rows("SELECT 1 FROM downloads_download WHERE lease_owner <> '' LIMIT 1"))

    def is_through(self) -> bool:
        """Everything has ended; what was set aside after three crashes is tried again, as a person would."""
        if self.open_downloads():
            return False
        if self.rows("SELECT 1 FROM downloads_download WHERE status = 'failed' AND reason = 'worker_lost' LIMIT 1"):
            self.command("queue", "retry", "--status", "failed")
            return False
        return True


def wait(condition: object, what: str, seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        if time.monotonic() > deadline:
            sys.exit(f"Not within {seconds:.0f} s: {what}")
        time.sleep(0.1)


def soak(run: Run, kills: int) -> tuple[int, int]:
    """Kill, ask for more, kill; how many tracks were wished for, and how many kills met a download at work."""
    links = {}
    for title in ALBUMS:
        hit = json.loads(run.command("search", title, "--type", "album", "--json").splitlines()[0])
        links[title] = (hit["link"], hit["tracks"])
    wishes = [(link, tracks, form) for form in FORMATS for link, tracks in links.values()]
    asked, wished, done, met = 0, 0, 0, 0
    while done < kills:
        if run.open_downloads() < ENOUGH:
            link, tracks, form = wishes[asked % len(wishes)]
            again = ["--again"] if asked >= len(wishes) else []  # the same sound: it is filed where it lies
            run.command("download", link, "--format", form, "--force-lossless", "--json", *again)
            asked, wished = asked + 1, wished + tracks
        met += run.is_at_work()
        run.kill(random.choice(PARTS))
        done += 1
        time.sleep(random.uniform(0.2, 3.0))
    return wished, met


def faults(run: Run) -> list[str]:
    """What is not as it should be at the end."""
    found = [f"{count} downloads are {status}" for status, count in run.rows(
        "SELECT status, count(*) FROM downloads_download WHERE status <> 'done' GROUP BY 1"
    )]  # fmt: skip
    rows = {str(path) for (path,) in run.rows("SELECT path FROM library_audiofile")}
    library = run.folder / "library"
    audio = {".opus", ".mp3", ".m4a", ".ogg", ".flac", ".wav"}
    there = [path.relative_to(library) for path in library.rglob("*") if path.suffix in audio]
    files = {str(path) for path in there if path.parts[0] != ".spotizer"}
    found += [f"no row for {name}" for name in files - rows] + [f"no file for {name}" for name in rows - files]
    found += [f"left behind: {path}" for path in library.rglob(".spotizer-*.part")]
    found += [f"left behind: {path}" for path in (run.folder / "work").glob("*")]
    twice = run.rows("SELECT recording_id, codec, count(*) FROM library_audiofile GROUP BY 1, 2 HAVING count(*) > 1")
    return found + [f"recording {recording} is there {count} times as {codec}" for recording, codec, count in twice]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    random.seed(options.seed)
    kills = max(3, round(KILLS * options.size))
    print(f"seed {options.seed}, {kills} kills", flush=True)
    with tempfile.TemporaryDirectory(prefix="spotizer-soak-") as name:
        run = Run(Path(name))
        started = time.monotonic()
        run.start()
        try:
            wished, met = soak(run, kills)
            wait(run.is_through, "everything asked for has ended")
            wait(lambda: not list((run.folder / "work").glob("*")), "the work folder is empty", 120)
        finally:
            if run.server is not None:
                run.server.terminate()
                run.server.wait(timeout=20)
        wait(lambda: not run.processes(), "no process is left", 30)
        wrong = faults(run)
        files = len(run.rows("SELECT 1 FROM library_audiofile"))
        seconds = time.monotonic() - started
        print(
            f"{kills} kills, {met} met a download at work, {wished} tracks wished for, {files} files, {seconds:.0f} s"
        )
        print("\n".join(wrong[:20]) or "Nothing lost, nothing twice, nothing left behind.")
        return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
