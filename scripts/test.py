#!/usr/bin/env python3
"""Runs every check and every test, and says at the end what passed, what failed and what was left out, and why.

make test    everything, with benchmarks and soak at about 1 % of their size
make lint    only the checks
make bench   the measurements at full size;   make soak   the long run at full size

Nothing is installed here. What this machine lacks is left out and listed with its remedy; where SPOTIZER_REQUIRE names
it (browser, postgres), leaving it out is a failure.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
SMALL = 0.01
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
POSTGRES_GUESSES = ("postgres://root@127.0.0.1:5432/test", "postgres://postgres@127.0.0.1:5432/test")


@dataclass
class Report:
    """What happened so far."""

    steps: list[tuple[str, bool, float]] = field(default_factory=list)
    left_out: list[tuple[str, str, str]] = field(default_factory=list)  # what, why, remedy
    closing_lines: list[str] = field(default_factory=list)

    def add(self, name: str, is_good: bool, seconds: float) -> None:
        self.steps.append((name, is_good, seconds))

    @property
    def is_good(self) -> bool:
        required = set(os.environ.get("SPOTIZER_REQUIRE", "").replace(",", " ").split())
        return all(good for _, good, _ in self.steps) and not required & {what for what, _, _ in self.left_out}

    def print(self, seconds: float) -> None:
        print("\n" + "=" * 80)
        for name, good, took in self.steps:
            print(f"  {'ok    ' if good else 'FAILED'}  {took:6.1f} s  {name}")
        for what, why, remedy in self.left_out:
            print(f"  left out  {what}: {why}\n            {remedy}")
        for line in self.closing_lines:
            print(line)
        print(f"{'All good' if self.is_good else 'NOT GOOD'} after {seconds:.0f} s")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only-checks", action="store_true", help="no tests")
    parser.add_argument("--bench", type=float, metavar="SIZE", help="only the benchmarks, 1 is full size")
    parser.add_argument("--soak", type=float, metavar="SIZE", help="only the soak run, 1 is full size")
    options, pytest_arguments = parser.parse_known_args()
    report, started = Report(), time.monotonic()
    os.chdir(ROOT)
    if options.bench is not None or options.soak is not None:
        long_runs(report, bench=options.bench, soak=options.soak)
    else:
        checks(report)
        if not options.only_checks:
            tests(report, pytest_arguments)
            long_runs(report, bench=SMALL, soak=SMALL)
    report.print(time.monotonic() - started)
    return 0 if report.is_good else 1


def checks(report: Report) -> None:
    """What needs no test, two at a time; the output of those that fail."""
    python = sys.executable
    commands: dict[str, list[str | Path]] = {
        "types (mypy)": [BIN / "mypy", "."],
        "style (ruff)": [BIN / "ruff", "check", "."],
        "format (ruff)": [BIN / "ruff", "format", "--check", "."],
        "imports (import-linter)": [BIN / "lint-imports"],
        "templates (djlint)": [BIN / "djlint", "--lint", "--quiet", "templates"],
        "migrations": [python, "manage.py", "makemigrations", "--check", "--dry-run"],
        "system checks": [python, "manage.py", "check", "--fail-level", "WARNING"],
    }
    with tempfile.TemporaryDirectory(prefix="spotizer-checks-") as data, ThreadPoolExecutor(2) as pool:
        env = {**os.environ, "SPOTIZER_DATA": data, "SPOTIZER_DEMO": "0", "DATABASE_URL": ""}

        def run(name: str) -> None:
            started = time.monotonic()
            done = subprocess.run(commands[name], env=env, capture_output=True, text=True, check=False)
            report.add(name, done.returncode == 0, time.monotonic() - started)
            if done.returncode:
                print(f"\n--- {name}\n{done.stdout}{done.stderr}", flush=True)

        list(pool.map(run, commands))


def tests(report: Report, arguments: list[str]) -> None:
    """The tests on SQLite, then those that are marked for it on PostgreSQL."""
    env = dict(os.environ)
    leave = ["not postgres"]
    names = [os.environ.get("SPOTIZER_TEST_CHROMIUM", ""), *CHROMIUMS]
    if chromium := next(filter(None, map(shutil.which, names)), None):
        env["SPOTIZER_TEST_CHROMIUM"] = chromium
    else:
        leave.append("not browser")
        report.left_out.append(
            ("browser", "no Chromium was found", "sudo apt install chromium, or set SPOTIZER_TEST_CHROMIUM")
        )
    run_pytest(report, "tests", ["-m", " and ".join(leave), *arguments], env)
    if url := postgres_url():
        run_pytest(
            report,
            "tests on PostgreSQL",
            ["-m", "postgres or databases", *arguments],
            {**env, "SPOTIZER_TEST_DATABASE": url},
        )
    else:
        report.left_out.append(
            (
                "postgres",
                "no PostgreSQL answered",
                "start one and set TEST_POSTGRES_URL=postgres://user:password@host/database",
            )
        )


def run_pytest(report: Report, name: str, arguments: list[str], env: dict[str, str]) -> None:
    """pytest on all cores, its output as it comes, its closing line kept for the end."""
    command = [sys.executable, "-m", "pytest", "-n", str(CORES), "--dist", "worksteal", *arguments]
    command += ["--color=yes"] if sys.stdout.isatty() else []
    print(f"\n--- {name}", flush=True)
    started, closing = time.monotonic(), ""
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True, errors="replace") as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            closing = line.rstrip() or closing
    report.add(name, process.returncode == 0, time.monotonic() - started)
    report.closing_lines.append(closing)


def postgres_url() -> str | None:
    """A PostgreSQL that lets us in and make databases: the one that is named, else the usual place."""
    import psycopg

    named = os.environ.get("TEST_POSTGRES_URL")
    for url in [named] if named else POSTGRES_GUESSES:
        try:
            with psycopg.connect(url, connect_timeout=3) as connection:
                row = connection.execute(
                    "SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user"
                ).fetchone()
        except psycopg.Error:
            continue
        if row and row[0]:
            return url
    return None


def long_runs(report: Report, *, bench: float | None, soak: float | None) -> None:
    """The benchmarks and the soak run, one after the other: they measure. What takes no size is run by hand."""
    for path in sorted((ROOT / "benchmarks").glob("[!_]*.py")):
        size = soak if path.stem == "soak" else bench
        if size is not None and '"--size"' in path.read_text("utf-8"):
            started = time.monotonic()
            print(f"\n--- {path.stem} at size {size:g}", flush=True)
            done = subprocess.run([sys.executable, "-m", f"benchmarks.{path.stem}", "--size", f"{size:g}"], check=False)
            report.add(f"{path.stem} at size {size:g}", done.returncode == 0, time.monotonic() - started)


if __name__ == "__main__":
    sys.exit(main())
