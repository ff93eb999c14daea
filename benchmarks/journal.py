"""Acts on files through the journal, beside the same done with nothing but the system calls that make it last.

    python -m benchmarks.journal [--size 1]

At size 1: 200 files of 3 MB are renamed, tagged, deleted and all of it undone, on SQLite as it is set up, in a folder
of the disk that holds the temporary files. The floor is a bare rename with both folders flushed; for tags a copy that
mutagen writes, flushed and renamed into place.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

COUNT, SECONDS = 200, 80.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=float, default=1.0)
    size = parser.parse_args().size
    with tempfile.TemporaryDirectory(prefix="spotizer-bench-") as folder:
        for name in [name for name in os.environ if name.startswith(("SPOTI", "DATABASE_URL"))]:
            del os.environ[name]
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "spotizer.settings",
            "SPOTIZER_DATA": folder,
            "SPOTIZER_DOTENV": os.devnull,
            "SPOTIZER_STOP_FILES": "0",
            "SPOTIZER_STOP_SHARE": "0",
        }
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        measure(Path(folder), max(4, round(COUNT * size)), max(2.0, SECONDS * min(1.0, size)))
    return 0


def measure(folder: Path, count: int, seconds: float) -> None:
    from library.services import journal
    from library.services.folder import ready_library

    root = ready_library()
    names = [f"Artist/Album/{number:04} Title.mp3" for number in range(count)]
    original = make_sound(folder / "original.mp3", seconds)
    (root / names[0]).parent.mkdir(parents=True)
    for name in names:
        shutil.copy(original, root / name)
    bare = folder / "bare"
    bare.mkdir()
    for number in range(count):
        shutil.copy(original, bare / f"{number}.mp3")
    print(f"{count} files of {original.stat().st_size / 1e6:.1f} MB")

    plan = journal.Plan("Rename", "bench")
    took = timed(lambda: [plan.move(name, name.replace("Title", "Name")) for name in names])
    print(f"plan of a rename (the dry run): {count / took:,.0f} files/s")
    batches = [report("rename", plan, timed(lambda: bare_renames(bare, count)))]
    plan = journal.Plan("Tags", "bench")
    for name in names:
        plan.tag(name.replace("Title", "Name"), retag)
    batches.append(report("tags", plan, timed(lambda: bare_tags(bare, count))))
    plan = journal.Plan("Delete", "bench")
    for name in names:
        plan.bin(name.replace("Title", "Name"))
    batches.append(report("delete", plan, 0))
    for what, batch in zip(("delete", "tags", "rename"), reversed(batches), strict=True):
        took = timed(lambda batch=batch: journal.undo_batch(batch, by="bench"))
        print(f"undo of {what}: {count / took:,.0f} files/s")
    whole = {path.read_bytes() == original.read_bytes() for path in root.rglob("*Title.mp3")}
    print(f"every file as it was: {'yes' if whole == {True} else 'NO'}")


def report(name: str, plan: object, floor: float) -> object:
    from library.services import journal

    outcome = None

    def work() -> None:
        nonlocal outcome
        outcome = journal.carry_out(plan)

    took, count = timed(work), len(plan.steps)
    assert not outcome.failed
    ratio = f", {took / floor:.1f} x the floor of {count / floor:,.0f}" if floor else ""
    print(f"{name}: {count / took:,.0f} files/s{ratio}")
    return outcome.batch


def timed(what: Callable[[], object]) -> float:
    started = time.perf_counter()
    what()
    return time.perf_counter() - started


def make_sound(path: Path, seconds: float) -> Path:
    import subprocess

    from library.audio import ffmpeg_path

    source = f"anoisesrc=d={seconds}:c=pink:r=44100:seed=7"
    command = [ffmpeg_path(), "-v", "error", "-f", "lavfi", "-i", source, "-ac", "2", "-b:a", "320k", path]
    subprocess.run(command, check=True)
    return path


def retag(copy: Path) -> None:
    from library.tags import Tags, write_tags

    write_tags(copy, Tags(title="Another", artist="Artist", album="Album"))


def bare_renames(folder: Path, count: int) -> None:
    for number in range(count):
        (folder / f"{number}.mp3").rename(folder / f"name {number}.mp3")
        flush(folder)


def bare_tags(folder: Path, count: int) -> None:
    for number in range(count):
        path, part = folder / f"name {number}.mp3", folder / "part.mp3"
        shutil.copy(path, part)
        retag(part)
        flush(part)
        part.replace(path)
        flush(folder)


def flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


if __name__ == "__main__":
    raise SystemExit(main())
