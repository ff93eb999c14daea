"""The queue at size: enqueueing, claiming, polling, and the memory of a server that does nothing.

    python -m benchmarks.queue [--size 1] [--only enqueue claim steer poll memory]

At size 1: 10,000 tracks are enqueued from a stored list; eight claim from 50,000 rows, on SQLite and, where it
answers at TEST_POSTGRES_URL, on PostgreSQL; all that waits is steered, while a heartbeat is written; eight clients poll
/live/ over 50,000 rows, with nothing new, with 20 rows at work that moved on (and are sent), and with 20 waiting rows
that changed (the page is told to fetch itself), beside a bare Django page with session, user and one query; the
proportional memory (PSS) of an idle `serve` with three workers is held against bare gunicorn 1x8 and a bare django-q2
cluster. Exit code 1 where a row was claimed twice.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from http.client import HTTPConnection
from multiprocessing import get_context
from pathlib import Path
from threading import Event, Thread
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TRACKS, ROWS, CLAIMS, POLLS = 10_000, 50_000, 4_000, 2_400
CLAIMERS = CLIENTS = 8
PARTS = ["enqueue", "claim", "steer", "poll", "memory"]
ON_BOTH = ("enqueue", "claim", "steer")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=float, default=1.0)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="these measurements alone")
    parser.add_argument("--inside", choices=["sqlite", "postgres"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        return measure(options.size, options.only)
    on_both = [part for part in options.only if part in ON_BOTH]
    return max(run("sqlite", options.size, "", options.only), on_postgres(options.size, on_both) if on_both else 0)


def run(name: str, size: float, url: str, parts: list[str]) -> int:
    """The measurements in a process and a folder of their own."""
    print(f"--- {name}", flush=True)
    with tempfile.TemporaryDirectory(prefix="spotizer-bench-") as folder:
        outside = ("SPOTI", "DATABASE_URL", "DJANGO")
        env = {key: value for key, value in os.environ.items() if not key.startswith(outside)} | {
            "SPOTIZER_DATA": folder,
            "SPOTIZER_DOTENV": os.devnull,
            "SPOTIZER_PORT": "0",
            "SPOTIZER_WORKERS": "3",
            "DATABASE_URL": url,
            "BARE_DATABASE_URL": f"sqlite:///{folder}/bare.sqlite3",
            "DJANGO_SETTINGS_MODULE": "spotizer.settings",
        }
        command = [sys.executable, "-m", "benchmarks.queue", "--inside", name, "--size", str(size), "--only", *parts]
        return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode


def on_postgres(size: float, parts: list[str]) -> int:
    """The same in a database that is made for it and dropped after it."""
    import psycopg

    base = os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/test")
    name = f"spotizer_bench_{os.getpid()}"
    try:
        server = psycopg.connect(base, connect_timeout=3, autocommit=True)
    except psycopg.OperationalError:
        print("--- postgres: left out, none answers; set TEST_POSTGRES_URL")
        return 0
    with server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            return run("postgres", size, f"{base.rpartition('/')[0]}/{name}", parts)
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def measure(size: float, parts: list[str]) -> int:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    twice = 0
    if "enqueue" in parts:
        enqueue(max(20, round(TRACKS * size)))
    if {"claim", "steer", "poll"} & set(parts):
        fill(max(200, round(ROWS * size)))
    if "claim" in parts:
        twice = claim(max(80, round(CLAIMS * size)))
    if "steer" in parts:
        steer()
    if "poll" in parts:
        poll(max(80, round(POLLS * size)))
    if "memory" in parts:
        memory()
    return 1 if twice else 0


def enqueue(tracks: int) -> None:
    """From a stored list of so many tracks to as many rows of the queue."""
    from django.db import connection
    from django.utils import timezone

    from catalog.models import Playlist, PlaylistEntry, Recording, Track
    from downloads.models import Download
    from downloads.services.draining import drain_requests
    from downloads.services.requests import request_download
    from downloads.services.worker import Worker

    recordings = Recording.objects.bulk_create(
        [Recording(title=f"Piece {n}", artist_text="Nadir", duration_ms=180_000) for n in range(tracks)], batch_size=500
    )
    rows = Track.objects.bulk_create([Track(recording=row, title=row.title) for row in recordings], batch_size=500)
    playlist = Playlist.objects.create(
        provider="deezer", provider_id="1", title="All of it", entries_fetched_at=timezone.now()
    )
    entries = [PlaylistEntry(playlist=playlist, position=n, track=row) for n, row in enumerate(rows, 1)]
    PlaylistEntry.objects.bulk_create(entries, batch_size=500)
    queries = 0

    def count(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal queries
        queries += 1
        return execute(*arguments)

    with connection.execute_wrapper(count):
        began = time.perf_counter()
        request_download(playlist=playlist)
        while drain_requests(Worker.here()):
            pass
        seconds = time.perf_counter() - began
    queued = Download.objects.count()
    print(f"enqueue {queued:,} tracks: {seconds:.2f} s (aim 5), {queries} queries (aim 250)", flush=True)


def fill(rows: int) -> None:
    """So many rows wait in the queue."""
    from catalog.models import Recording, Track
    from downloads.models import Download

    missing = rows - Download.objects.count()
    if missing <= 0:
        return
    recordings = Recording.objects.bulk_create(
        [Recording(title=f"More {n}", artist_text="Nadir", duration_ms=180_000) for n in range(missing)], batch_size=500
    )
    tracks = Track.objects.bulk_create([Track(recording=row, title=row.title) for row in recordings], batch_size=500)
    Download.objects.bulk_create(
        [Download(recording=t.recording, track=t, position=10**9 + n) for n, t in enumerate(tracks)], batch_size=500
    )


def claim(number: int) -> int:
    """So many claims by eight processes; how many rows were claimed twice."""
    from django.db import connections

    connections.close_all()
    began = time.perf_counter()
    with get_context("fork").Pool(CLAIMERS) as pool:
        results = pool.map(_claim, [number // CLAIMERS] * CLAIMERS, chunksize=1)
        seconds = time.perf_counter() - began
    ids = [pk for taken, _ in results for pk in taken]
    took = sorted(one for _, times in results for one in times)
    twice = len(ids) - len(set(ids))
    alone = _claim(max(20, number // 40))[1]
    print(
        f"claim with {CLAIMERS} claimers: {len(ids) / seconds:.0f}/s, p50 {statistics.median(took) * 1e3:.1f} ms, p95 "
        f"{took[int(len(took) * 0.95)] * 1e3:.1f} ms, {twice} twice; by one alone p50 "
        f"{statistics.median(alone) * 1e3:.1f} ms (aim 5 on SQLite, 15 on PostgreSQL)",
        flush=True,
    )
    return twice


def _claim(number: int) -> tuple[list[int], list[float]]:
    from downloads.services.claims import claim_next
    from downloads.services.worker import Worker

    worker, ids, took = Worker.here(), [], []
    for _ in range(number):
        began = time.perf_counter()
        download = claim_next(worker)
        took.append(time.perf_counter() - began)
        if download:
            ids.append(download.pk)
    return ids, took


def steer() -> None:
    """Everything that waits is steered as the page's "All" does it, while somebody else writes a heartbeat."""
    from django.db import connection

    from downloads.models import Download
    from downloads.selectors import listing
    from downloads.services import queue

    acts: list[tuple[str, str, Callable[[list[int]], Any]]] = [
        ("pause", "waiting", queue.pause),
        ("resume", "waiting", queue.resume),
        ("priority", "waiting", lambda ids: queue.set_priority(ids, 2)),
        ("to the top", "waiting", queue.move_to_top),
        ("remove", "waiting", queue.cancel),
        ("retry", "cancelled", queue.retry),
    ]
    statements = 0

    def count(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal statements
        statements += 1
        return execute(*arguments)

    said, rows, beside = [], 0, Beside()
    with connection.execute_wrapper(count), beside:
        for name, show, act in acts:
            began = time.perf_counter()
            rows = len(act(listing.ids_of(listing.matching(statuses=listing.OF_SHOW[show]))).done)
            said.append(f"{name} {time.perf_counter() - began:.2f} s")
    print(
        f"steer {rows:,} rows: {', '.join(said)} (aim 1.5), {statements / len(acts):.0f} statements each; a heartbeat "
        f"beside it took {beside.longest * 1e3:.0f} ms at most, {beside.middle * 1e3:.1f} ms in the middle",
        flush=True,
    )
    Download.objects.filter(status="queued").update(priority=3)


class Beside(Thread):
    """Somebody who writes a little twenty times a second, as workers do, from entering to leaving the block."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._ended = Event()
        self._took: list[float] = []

    def __enter__(self) -> Beside:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self.join()

    @property
    def longest(self) -> float:
        return max(self._took, default=0.0)

    @property
    def middle(self) -> float:
        return statistics.median(self._took) if self._took else 0.0

    def run(self) -> None:
        from django.db import connection

        from ops.services import heartbeats

        while not self._ended.is_set():
            began = time.perf_counter()
            heartbeats.beat("worker:beside")
            self._took.append(time.perf_counter() - began)
            self._ended.wait(0.05)
        connection.close()


def poll(number: int) -> None:
    """Eight clients: the poller with nothing new and with 20 changes, the bare page beside them."""
    from accounts.models import Person
    from downloads.models import WORKING, Download
    from ops.services import live

    # What was claimed above stands still: twenty rows are at work, as with twenty workers, the others wait.
    waiting, bars = 20, 20
    Download.objects.filter(status__in=WORKING).update(status="queued", lease_owner="")
    working = list(Download.objects.filter(status="queued").order_by("pk").values_list("pk", flat=True)[:bars])
    Download.objects.filter(pk__in=working).update(status="fetching", lease_owner="bench")
    owner = Person.objects.create_user("bench", password=None, role=Person.Role.OWNER)
    cookie = f"spotizer={_session(owner)}"
    moved = live.bump()
    changed = list(Download.objects.filter(status="queued").values_list("pk", flat=True)[:waiting])
    Download.objects.filter(pk__in=changed).update(live=moved)
    newest = live.bump(is_progress=True)
    moving = {"percent": 40, "done_bytes": 4_000_000, "total_bytes": 10_000_000, "bytes_per_second": 1_500_000}
    Download.objects.filter(status__in=WORKING).update(live=newest, doing="Fetching", **moving)
    bare_cookie = f"sessionid={_bare_session()}"
    with tempfile.TemporaryDirectory() as folder:
        ours, bare = Site("spotizer.wsgi", folder), Site("benchmarks.bare.wsgi", folder)
        try:
            runs: list[list[float]] = [[], [], [], []]
            for _ in range(3):  # turn by turn, so that a busy moment of the machine hits all
                runs[0].append(bare.p50("/", bare_cookie, number // 3, 200))
                runs[1].append(ours.p50(f"/live/?since={newest}&view=queue:", cookie, number // 3, 204))
                runs[2].append(ours.p50(f"/live/?since={moved}&view=queue:", cookie, number // 6, 200, b"<progress"))
                runs[3].append(ours.p50(f"/live/?since={moved - 1}&view=queue:", cookie, number // 6, 200))
        finally:
            ours.stop()
            bare.stop()
    base, idle, progress, moves = (statistics.median(column) for column in runs)
    print(
        f"poll with {CLIENTS} clients over {Download.objects.count():,} rows: nothing new {idle * 1e3:.1f} ms = "
        f"{idle / base:.2f} x bare (aim 1.5), {bars} rows moved on {progress * 1e3:.1f} ms = {progress / base:.2f} x "
        f"bare (aim 4), {waiting} rows changed {moves * 1e3:.1f} ms = {moves / base:.2f} x bare (aim 4); "
        f"bare {base * 1e3:.1f} ms",
        flush=True,
    )


def _session(owner: Any) -> str:
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    store = SessionStore()
    store[SESSION_KEY] = str(owner.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = owner.get_session_auth_hash()
    store.create()
    return str(store.session_key)


BARE_SESSION = """
from django.contrib.auth import BACKEND_SESSION_KEY as B, HASH_SESSION_KEY as H, SESSION_KEY as S
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
u = User.objects.create_user("bench"); s = SessionStore()
s[S], s[B], s[H] = str(u.pk), "django.contrib.auth.backends.ModelBackend", u.get_session_auth_hash()
s.create(); print(s.session_key)
"""


def _bare_session() -> str:
    command = [sys.executable, "-m", "django"]
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "benchmarks.bare.settings"}
    subprocess.run([*command, "migrate", "-v0"], env=env, cwd=ROOT, check=True)
    done = subprocess.run(
        [*command, "shell", "-v0", "-c", BARE_SESSION], env=env, cwd=ROOT, check=True, capture_output=True, text=True
    )
    return done.stdout.strip().splitlines()[-1]


class Site:
    """A gunicorn with one process of eight threads."""

    def __init__(self, application: str, folder: str) -> None:
        settings = "spotizer.settings" if application.startswith("spotizer") else "benchmarks.bare.settings"
        log = Path(folder, f"{application}.log")
        command = [sys.executable, "-m", "gunicorn", application, "--bind", "127.0.0.1:0", "--worker-class", "gthread"]
        command += ["--threads", "8", "--no-control-socket", "--keep-alive", "15", "--log-file", str(log)]
        env = {**os.environ, "DJANGO_SETTINGS_MODULE": settings}
        self.process = subprocess.Popen(command, env=env, cwd=ROOT, start_new_session=True)
        wait(lambda: log.exists() and "Listening at" in log.read_text(), application)
        found = re.search(r"Listening at: http://127\.0\.0\.1:(\d+)", log.read_text())
        assert found is not None
        self.port = int(found[1])

    def p50(self, path: str, cookie: str, number: int, status: int, holds: bytes = b"") -> float:
        """The middle of so many answers to eight clients at once; ``holds`` is in the answer."""
        assert holds in self._ask(path, cookie, 5, status, []), path
        took: list[float] = []
        each = max(3, number // CLIENTS)
        threads = [Thread(target=self._ask, args=(path, cookie, each, status, took)) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return statistics.median(took)

    def _ask(self, path: str, cookie: str, number: int, status: int, took: list[float]) -> bytes:
        body = b""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        for _ in range(number):
            began = time.perf_counter()
            connection.request("GET", path, headers={"Cookie": cookie})
            answer = connection.getresponse()
            body = answer.read()
            took.append(time.perf_counter() - began)
            assert answer.status == status, (path, answer.status)
        return body

    def stop(self) -> None:
        end(self.process)


def memory() -> None:
    """The whole idle tree against bare parts, each a while after its start."""
    with tempfile.TemporaryDirectory() as folder:
        bare = Site("benchmarks.bare.wsgi", folder)
        env = {**os.environ, "DJANGO_SETTINGS_MODULE": "benchmarks.bare.settings"}
        quiet = {"cwd": ROOT, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True}
        cluster = subprocess.Popen([sys.executable, "-m", "django", "qcluster"], env=env, **quiet)  # type: ignore[call-overload]
        try:
            time.sleep(6)
            HTTPConnection("127.0.0.1", bare.port, timeout=30).request("GET", "/")
            base = pss(bare.process.pid) + pss(cluster.pid)
        finally:
            bare.stop()
            end(cluster)
    # Where other parts left rows in the queue, its workers would be anything but idle.
    data = Path(os.environ["SPOTIZER_DATA"], "idle")
    data.mkdir()
    log = data / "serve.out"
    env = {**os.environ, "SPOTIZER_DATA": str(data), "DATABASE_URL": ""}
    with log.open("w") as out:
        serve = subprocess.Popen([sys.executable, "manage.py", "serve"], cwd=ROOT, env=env, stdout=out, stderr=out)
    try:
        wait(lambda: "is ready after" in log.read_text(), "the server")
        time.sleep(6)
        ours = pss(serve.pid)
    finally:
        serve.terminate()
        serve.wait(20)
    print(
        f"idle with 3 workers: {ours:.0f} MB PSS = {ours / base:.2f} x bare (aim 1.5); bare {base:.0f} MB", flush=True
    )


def pss(root: int) -> float:
    """Megabytes of a process and all below it."""
    parents: dict[int, int] = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(place.name)] = int((place / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    tree = {root}
    while more := {pid for pid, parent in parents.items() if parent in tree} - tree:
        tree |= more
    kilobytes = 0
    for pid in tree:
        try:
            found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
        except OSError:
            continue
        kilobytes += int(found[1]) if found else 0
    return kilobytes / 1024


def end(process: subprocess.Popen[Any]) -> None:
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        if time.monotonic() > deadline:
            sys.exit(f"Not within a minute: {what}")
        time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main())
